import type { Json } from '../../api/objects';
import type { Quantity } from '../../api/quantity';
import { formatQuantity, parseQuantity } from '../../api/quantity';
import { asError, ServerError } from '../errors';
import { addResources, podLimits, podRequests } from '../cluster/pod-resources';
import type { Resources } from '../cluster/pod-resources';
import { at, listAt, objectAt, sortedKeys, stringMapAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { sinceText } from '../printers/human';
import { goSort } from '../printers/sort';
import type { Session } from '../session';
import type { Describer } from './describer';
import { readObject } from './describer';
import { Description, longTime, valueText } from './description';
import { searchEvents, subjectOf, writeEvents } from './events';

/** Models pkg/describe NodeDescriber. */
export const describeNode: Describer = async (session, info, showEvents) => {
  const node = await readObject(session, info);
  const name = textAt(node, 'metadata', 'name');
  const pods = await podsOn(session, name);
  const events = showEvents ? await nodeEvents(session, node) : undefined;
  const description = new Description();
  writeHead(description, node);
  writeLease(description, await leaseOf(session, name));
  writeConditions(description, node);
  writeMachine(description, node);
  if (pods) writePods(description, node, pods, session.io.nowMs());
  else description.field('Pods', 'not authorized');
  writeEvents(description, events, session.io.nowMs());
  return description.toString();
};

async function podsOn(session: Session, node: string): Promise<Json[] | undefined> {
  const fieldSelector = `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`;
  try {
    return listAt(await session.rest.json('GET', '/api/v1/pods', { query: { fieldSelector, limit: '500' } }), 'items');
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof ServerError && error.reason === 'Forbidden') return undefined;
    throw error;
  }
}

/** Kubelets report under the node's name in place of its uid. */
async function nodeEvents(session: Session, node: JsonObject): Promise<Json[] | undefined> {
  const subject = subjectOf(node);
  const byUid = await searchEvents(session, subject);
  const byName = await searchEvents(session, { ...subject, uid: subject.name });
  return byUid && [...byUid, ...(byName ?? [])];
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function rolesOf(node: JsonObject): string[] {
  const roles = new Set<string>();
  for (const [key, value] of stringMapAt(node, 'metadata', 'labels')) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value) roles.add(value);
  }
  return [...roles].sort();
}

function writeHead(description: Description, node: JsonObject): void {
  description.heading(node, false);
  description.field('Roles', rolesOf(node).join(',') || '<none>');
  description.labelsAndAnnotations(node);
  description.field('CreationTimestamp', longTime(textAt(node, 'metadata', 'creationTimestamp')));
  const taints = [...listAt(node, 'spec', 'taints')];
  const order = (taint: Json): string => `${textAt(taint, 'effect')},${textAt(taint, 'key')}`;
  goSort(taints, (left, right) => order(left) < order(right));
  description.list('Taints', taints.map(taintText));
  description.field('Unschedulable', at(node, 'spec', 'unschedulable') === true);
}

/** `key=value:Effect`. Models Taint ToString. */
function taintText(taint: Json): string {
  const [key, value, effect] = [textAt(taint, 'key'), textAt(taint, 'value'), textAt(taint, 'effect')];
  if (effect === '') return value === '' ? key : `${key}=${value}:`;
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

async function leaseOf(session: Session, name: string): Promise<Json | Error> {
  try {
    return await session.rest.json(
      'GET',
      `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${encodeURIComponent(name)}`,
    );
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof ServerError) return error;
    throw error;
  }
}

function writeLease(description: Description, lease: Json | Error): void {
  if (lease instanceof Error) {
    description.field('Lease', `Failed to get lease: ${lease.message}`);
    return;
  }
  description.line(0, 'Lease:');
  description.field('HolderIdentity', valueText(at(lease, 'spec', 'holderIdentity'), '<unset>'), 1);
  for (const [title, field] of [
    ['AcquireTime', 'acquireTime'],
    ['RenewTime', 'renewTime'],
  ] as const) {
    const time = textAt(lease, 'spec', field);
    description.field(title, time ? longTime(time) : '<unset>', 1);
  }
}

function writeConditions(description: Description, node: JsonObject): void {
  const conditions = listAt(node, 'status', 'conditions');
  if (conditions.length === 0) return;
  description.line(0, 'Conditions:');
  description.line(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
  description.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const condition of conditions) {
    const cells = [
      textAt(condition, 'type'),
      textAt(condition, 'status'),
      longTime(textAt(condition, 'lastHeartbeatTime')),
      longTime(textAt(condition, 'lastTransitionTime')),
      textAt(condition, 'reason'),
      textAt(condition, 'message'),
    ];
    description.line(1, cells.join(' \t'));
  }
}

const SYSTEM_INFO = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
] as const;

function writeMachine(description: Description, node: JsonObject): void {
  description.line(0, 'Addresses:');
  for (const address of listAt(node, 'status', 'addresses'))
    description.field(textAt(address, 'type'), textAt(address, 'address'), 1);
  for (const [title, field] of [
    ['Capacity', 'capacity'],
    ['Allocatable', 'allocatable'],
  ] as const) {
    const list = objectAt(node, 'status', field) ?? {};
    if (Object.keys(list).length > 0) description.line(0, `${title}:`);
    for (const name of sortedKeys(list)) description.field(name, valueText(list[name]), 1);
  }
  description.line(0, 'System Info:');
  for (const [title, field] of SYSTEM_INFO) description.field(title, textAt(node, 'status', 'nodeInfo', field), 1);
  const range = textAt(node, 'spec', 'podCIDR');
  if (range) description.field('PodCIDR', range);
  const ranges = listAt(node, 'spec', 'podCIDRs').map((one) => valueText(one));
  if (ranges.length > 0) description.field('PodCIDRs', ranges.join(','));
  const provider = textAt(node, 'spec', 'providerID');
  if (provider) description.field('ProviderID', provider);
}

const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

function writePods(description: Description, node: JsonObject, pods: Json[], nowMs: number): void {
  const allocatable = allocatableOf(node);
  description.field('Non-terminated Pods', `(${pods.length} in total)`);
  description.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  description.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const requests: Resources = new Map();
  const limits: Resources = new Map();
  for (const pod of pods) {
    const [asked, limited] = [podRequests(pod), podLimits(pod)];
    addResources(requests, asked);
    addResources(limits, limited);
    const shares = (['cpu', 'memory'] as const).flatMap((name) =>
      [asked, limited].map((resources) => shareText(resources.get(name), allocatable.get(name), name)),
    );
    const age = sinceText(textAt(pod, 'metadata', 'creationTimestamp'), nowMs);
    description.line(
      1,
      [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name'), '', ...shares, age].join('\t'),
    );
  }
  writeAllocated(description, allocatable, requests, limits);
}

function allocatableOf(node: JsonObject): Resources {
  const allocatable = objectAt(node, 'status', 'allocatable') ?? {};
  const list = Object.keys(allocatable).length > 0 ? allocatable : (objectAt(node, 'status', 'capacity') ?? {});
  const resources: Resources = new Map();
  for (const name of sortedKeys(list)) {
    const quantity = parseQuantity(valueText(list[name]));
    if (quantity) resources.set(name, quantity);
  }
  return resources;
}

/** `500m (12%)`; the share is cut, not rounded. */
function shareText(quantity: Quantity = ZERO, whole: Quantity = ZERO, name: string): string {
  const scale = name === 'cpu' ? 1_000_000n : 1_000_000_000n;
  const units = (value: Quantity): number => Number((value.nano + scale - 1n) / scale);
  const share = units(whole) === 0 ? 0 : Math.trunc((units(quantity) / units(whole)) * 100);
  return `${formatQuantity(quantity)} (${share}%)`;
}

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);

function writeAllocated(
  description: Description,
  allocatable: Resources,
  requests: Resources,
  limits: Resources,
): void {
  description.line(0, 'Allocated resources:');
  description.line(1, '(Total limits may be over 100 percent, i.e., overcommitted.)');
  description.line(1, 'Resource\tRequests\tLimits');
  description.line(1, '--------\t--------\t------');
  const names = [...allocatable.keys()];
  const pages = names.filter((name) => name.startsWith('hugepages-'));
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...pages]) {
    const whole = allocatable.get(name);
    description.line(
      1,
      `${name}\t${shareText(requests.get(name), whole, name)}\t${shareText(limits.get(name), whole, name)}`,
    );
  }
  for (const name of names) {
    if (STANDARD.has(name) || name.startsWith('hugepages-')) continue;
    const [asked, limited] = [requests.get(name) ?? ZERO, limits.get(name) ?? ZERO];
    description.line(1, `${name}\t${formatQuantity(asked)}\t${formatQuantity(limited)}`);
  }
}
