import type { ApiObject, Container, PersistentVolumeClaim, Pod, Service } from '../../../api/objects';
import { podTotals } from '../../../api/pod-resources';
import { addQuantities, compareQuantities, quantityOf, type Quantity } from '../../../api/quantity';
import type { ResourceRow } from '../../../api/schema/types';
import { isExtended, isHugePages } from '../validation/resources';

/** What objects use of quotas. Models pkg/quota/v1/evaluator/core. */

export type Usage = Map<string, Quantity>;

const ONE = quantityOf('1');
const REQUESTS = 'requests.';
const LIMITS = 'limits.';
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
/** What a quota can count by the bare name of a resource. */
const COUNTED = ['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'];
/** What each container must say where a quota limits it. */
const DEMANDED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

const isRequestOfExtended = (name: string): boolean =>
  name.startsWith(REQUESTS) && isExtended(name.slice(REQUESTS.length));

function isOfPods(name: string): boolean {
  const bare = name.replace(/^(requests|limits)\./, '');
  return name === 'pods' || COMPUTE.includes(bare) || isHugePages(bare) || isRequestOfExtended(name);
}

const isOfClaims = (name: string): boolean =>
  name === 'persistentvolumeclaims' || name === 'requests.storage' || name.includes(CLASS_SUFFIX);

/** The name under which a quota counts the objects of any resource, such as `count/jobs.batch`. */
export function countName({ group, resource }: Pick<ResourceRow, 'group' | 'resource'>): string {
  return `count/${resource}${group ? `.${group}` : ''}`;
}

/** The resource whose objects use what a quota calls `name`; `count` names are told from the others by their prefix. */
export function resourceCounted(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length).split('.')[0]!;
  if (isOfPods(name)) return 'pods';
  if (isOfClaims(name)) return 'persistentvolumeclaims';
  return name.split('.')[0]!;
}

/** Whether objects of a resource use what a quota calls `name`. */
export function isUsedBy(name: string, row: Pick<ResourceRow, 'group' | 'resource'>): boolean {
  if (name === countName(row)) return true;
  if (row.group !== '' || name.startsWith('count/')) return false;
  if (row.resource === 'pods') return isOfPods(name);
  if (row.resource === 'persistentvolumeclaims') return isOfClaims(name);
  if (row.resource === 'services') return name === 'services' || name.startsWith('services.');
  return row.resource === name && COUNTED.includes(name);
}

/** Everything an object uses. */
export function usageOf(row: Pick<ResourceRow, 'group' | 'resource'>, object: ApiObject): Usage {
  const usage: Usage = new Map([[countName(row), ONE]]);
  if (row.group !== '') return usage;
  if (row.resource === 'pods') addPod(usage, object as Pod);
  else if (row.resource === 'services') addService(usage, object as Service);
  else if (row.resource === 'persistentvolumeclaims') addClaim(usage, object as PersistentVolumeClaim);
  else if (COUNTED.includes(row.resource)) usage.set(row.resource, ONE);
  return usage;
}

/** Whether a Pod still holds what it asked for. Models QuotaV1Pod. */
export function holdsQuota(pod: Pod, nowMs: number): boolean {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function addPod(usage: Usage, pod: Pod): void {
  usage.set('pods', ONE);
  addCompute(usage, podTotals(pod, 'requests'), podTotals(pod, 'limits'));
}

/** Models podComputeUsageHelper. */
function addCompute(usage: Usage, requests: Usage, limits: Usage): void {
  for (const [name, quantity] of requests) {
    if (COMPUTE.includes(name) || isHugePages(name)) usage.set(name, quantity);
    if (COMPUTE.includes(name) || isHugePages(name) || isExtended(name)) usage.set(REQUESTS + name, quantity);
  }
  for (const [name, quantity] of limits) if (COMPUTE.includes(name)) usage.set(LIMITS + name, quantity);
}

function addService(usage: Usage, { spec }: Service): void {
  const ports = spec.ports ?? [];
  const balanced = spec.type === 'LoadBalancer';
  const noPorts = balanced && spec.allocateLoadBalancerNodePorts === false;
  const nodePorts = noPorts ? ports.filter((port) => port.nodePort).length : ports.length;
  usage.set('services', ONE);
  usage.set('services.loadbalancers', quantityOf(balanced ? 1 : 0));
  usage.set('services.nodeports', quantityOf(balanced || spec.type === 'NodePort' ? nodePorts : 0));
}

/** What a claim asks for, or what is being allocated to it where that is more. Models getStorageUsage. */
function addClaim(usage: Usage, { spec, status }: PersistentVolumeClaim): void {
  const storage = spec.resources?.requests?.['storage'];
  const { storageClassName } = spec;
  usage.set('persistentvolumeclaims', ONE);
  if (storageClassName) usage.set(`${storageClassName}${CLASS_SUFFIX}persistentvolumeclaims`, ONE);
  if (storage === undefined) return;
  const allocated = status?.allocatedResources?.['storage'];
  const sizes = [storage, allocated ?? storage].map((size) => quantityOf(size as string));
  const asked = compareQuantities(sizes[1]!, sizes[0]!) > 0 ? sizes[1]! : sizes[0]!;
  usage.set('requests.storage', asked);
  if (storageClassName) usage.set(`${storageClassName}${CLASS_SUFFIX}requests.storage`, asked);
}

/** Adds a usage to a total, as far as the total has the names. */
export function addUsage(total: Usage, usage: Usage): void {
  for (const [name, quantity] of usage) {
    const known = total.get(name);
    if (known) total.set(name, addQuantities(known, quantity));
  }
}

/** What containers should say, because a quota limits it, and do not. Models the pod evaluator's Constraints. */
export function missingFrom(pod: Pod, limited: readonly string[]): string | undefined {
  const demanded = DEMANDED.filter((name) => limited.includes(name)).sort();
  const missing: string[] = [];
  for (const name of demanded) {
    const silent = new Set<string>();
    for (const container of [...pod.spec.containers, ...((pod.spec.initContainers ?? []) as Container[])]) {
      const usage: Usage = new Map();
      addCompute(usage, quantities(container.resources?.requests), quantities(container.resources?.limits));
      if (!usage.has(name)) silent.add(container.name);
    }
    if (silent.size > 0) missing.push(`${name} for: ${[...silent].sort().join(',')}`);
  }
  return missing.length > 0 ? `must specify ${missing.join('; ')}` : undefined;
}

function quantities(list: object | undefined): Usage {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, quantityOf(text as string)]));
}
