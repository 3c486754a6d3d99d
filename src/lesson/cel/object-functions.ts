import { CelQuantity } from '../../api/cel/kubernetes';
import { CelError, type CelValue } from '../../api/cel/values';
import { controllerOf, type ContainerStatus, type Pod, type PodSpec, type Taint } from '../../api/objects';
import { podTotals } from '../../api/pod-resources';
import { quantityOf } from '../../api/quantity';
import { selectorMatches } from '../../api/selectors';
import { toleratesTaint, untoleratedTaint } from '../../api/taints';
import type { ViewName } from '../views/names';
import type { Reading } from './reading';
import { objectOf } from './viewed';

/** Functions about objects, in Kubernetes' sense of the words. */

/** As much of any object as is looked at here. */
interface Anything {
  kind?: string;
  metadata?: Pod['metadata'];
  key?: string;
  effect?: string;
  spec?: PodSpec & {
    template?: { spec: PodSpec; metadata?: { labels?: Record<string, string> } };
    replicas?: number;
    selector?: object;
    taints?: Taint[];
  };
  status?: Pod['status'] & {
    readyReplicas?: number;
    replicas?: number;
    desiredNumberScheduled?: number;
    numberReady?: number;
  };
}

const kindIs = (object: Anything, view: 'Pod' | 'Node' | 'Service'): boolean => object.kind === view;

const NO_SPEC = { containers: [] } as unknown as PodSpec;

/** A Pod's spec, or that of the template of its owner. */
const podSpec = ({ spec }: Anything): PodSpec => spec?.template?.spec ?? spec ?? NO_SPEC;

const conditionOf = (
  { status }: Anything,
  type: string,
): { status: string; message?: string; reason?: string } | undefined =>
  status?.conditions?.find((one) => one.type === type);

/** A Pod or Node that is Ready; a workload all of whose wanted Pods are. */
export function ready(object: Anything): boolean {
  if (kindIs(object, 'Pod') || kindIs(object, 'Node')) return conditionOf(object, 'Ready')?.status === 'True';
  const { desiredNumberScheduled: nodes, numberReady } = object.status ?? {};
  if (object.kind === 'DaemonSet') return nodes !== undefined && nodes > 0 && (numberReady ?? 0) >= nodes;
  const want = object.spec?.replicas ?? 1;
  return (object.status?.readyReplicas ?? 0) >= want && (object.status?.replicas ?? 0) === want;
}

/** Whether all taints of a node that keep Pods away are tolerated, or one taint is. */
function tolerates(object: Anything, of: Anything): boolean {
  const { tolerations } = podSpec(object);
  if (of.effect !== undefined) return toleratesTaint(tolerations, of as Taint);
  return untoleratedTaint(of.spec?.taints, tolerations) === undefined;
}

function amount(object: Anything, name: string, field: 'requests' | 'limits'): CelQuantity {
  return new CelQuantity(podTotals({ spec: podSpec(object) } as Pod, field).get(name) ?? quantityOf('0'));
}

/** Where the controllers of what may own something are found. */
const OWNER_VIEWS: Readonly<Record<string, ViewName>> = { ReplicaSet: 'replicasets', Job: 'jobs' };

/** The controller at the top; what nothing controls owns itself. */
function topOwner(object: Anything, reading: Reading): { kind: string; name: string } {
  let at = object;
  for (let level = 0; level < 4; level++) {
    const owner = at.metadata && controllerOf(at as { metadata: Pod['metadata'] });
    if (!owner) break;
    const view = OWNER_VIEWS[owner.kind];
    const above = view && reading.view(view).find((one) => objectOf<Anything>(one).metadata?.uid === owner.uid);
    if (!above) return { kind: owner.kind, name: owner.name };
    at = objectOf<Anything>(above);
  }
  return { kind: at.kind ?? '', name: at.metadata?.name ?? '' };
}

function isOwned(pod: Anything, by: Anything, reading: Reading): boolean {
  const { kind, name } = topOwner(pod, reading);
  const direct = pod.metadata?.ownerReferences?.some(({ uid }) => uid === by.metadata?.uid) ?? false;
  return direct || (kind === by.kind && name === by.metadata?.name);
}

/** Whether a Service, or a workload, selects a Pod by its labels. */
function selects(object: Anything, pod: Anything): boolean {
  const { selector } = object.spec ?? {};
  if (!selector || Object.keys(selector).length === 0) return false;
  const labels = pod.spec?.template?.metadata?.labels ?? pod.metadata?.labels ?? {};
  return selectorMatches((kindIs(object, 'Service') ? { matchLabels: selector } : selector) as never, labels);
}

/** What a container waits for that is as it should be. */
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

function waiting(statuses: readonly ContainerStatus[]): string | undefined {
  for (const { name, state = {} } of statuses) {
    const { waiting: waits, terminated } = state;
    if (waits?.reason && STARTING.has(waits.reason)) return 'is starting';
    if (waits)
      return `container ${name} waits: ${waits.reason ?? 'unknown'}${waits.message ? ` (${waits.message})` : ''}`;
    if (terminated && terminated.exitCode !== 0)
      return `container ${name} ended: ${terminated.reason ?? 'Error'}, exit code ${terminated.exitCode}`;
  }
  return undefined;
}

/** Why something is not as it should be, in the cluster's own words; empty where all is well. */
function why(object: Anything): string {
  if (object.metadata?.deletionTimestamp) return 'is being deleted';
  if (kindIs(object, 'Pod')) return whyPod(object);
  if (ready(object)) return '';
  if (kindIs(object, 'Node')) return conditionOf(object, 'Ready')?.message ?? 'is not Ready';
  return `${object.status?.readyReplicas ?? 0} of ${object.spec?.replicas ?? 1} Pods are Ready`;
}

/** The scheduler says first why no node fits, then why nothing that it could take away would help. */
const firstSentence = (message: string | undefined): string | undefined =>
  message?.split('. ', 1)[0]?.replace(/\.$/, '');

function whyPod(pod: Anything): string {
  const { status } = pod;
  if (status?.phase === 'Succeeded') return 'has ended well';
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return firstSentence(scheduled.message) ?? scheduled.reason ?? 'is not placed';
  if (!pod.spec?.nodeName) return 'is not placed yet';
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const words = waiting(statuses) ?? status?.message;
  if (words) return words;
  if (ready(pod)) return '';
  return status?.phase === 'Running' ? 'runs, but is not Ready' : `is ${status?.phase ?? 'Pending'}`;
}

const restarts = ({ status }: Anything): bigint =>
  BigInt((status?.containerStatuses ?? []).reduce((sum, one) => sum + (one.restartCount ?? 0), 0));

type Run = (reading: Reading, ...values: CelValue[]) => CelValue;

const of = (value: CelValue | undefined): Anything => objectOf<Anything>(value ?? null);

function text(value: CelValue | undefined): string {
  if (typeof value !== 'string') throw new CelError('no such overload');
  return value;
}

/** By signature, with the views that each reads besides what it is given. */
export const OBJECT_FUNCTIONS: Readonly<Record<string, { reads: readonly ViewName[]; run: Run }>> = {
  'ready(dyn): bool': { reads: [], run: (_, object) => ready(of(object)) },
  'running(dyn): bool': {
    reads: [],
    run: (_, pod) => of(pod).status?.phase === 'Running' && !of(pod).metadata?.deletionTimestamp,
  },
  'condition(dyn, string): string': {
    reads: [],
    run: (_, object, type) => conditionOf(of(object), text(type))?.status ?? '',
  },
  'nodeOf(dyn): string': { reads: [], run: (_, pod) => of(pod).spec?.nodeName ?? '' },
  'restarts(dyn): int': { reads: [], run: (_, pod) => restarts(of(pod)) },
  'tolerates(dyn, dyn): bool': { reads: [], run: (_, object, node) => tolerates(of(object), of(node)) },
  'requests(dyn, string): kubernetes.Quantity': {
    reads: [],
    run: (_, object, name) => amount(of(object), text(name), 'requests'),
  },
  'limits(dyn, string): kubernetes.Quantity': {
    reads: [],
    run: (_, object, name) => amount(of(object), text(name), 'limits'),
  },
  'selects(dyn, dyn): bool': { reads: [], run: (_, object, pod) => selects(of(object), of(pod)) },
  'owner(dyn): map<string, string>': {
    reads: ['replicasets', 'jobs'],
    run: (reading, object) => topOwner(of(object), reading),
  },
  'podsOf(dyn): list': {
    reads: ['pods', 'replicasets', 'jobs'],
    run: (reading, object) => reading.view('pods').filter((pod) => isOwned(of(pod), of(object), reading)),
  },
  'why(dyn): string': { reads: [], run: (_, object) => why(of(object)) },
};
