import type { ApiRequest } from '../../api/client';
import type { Fault } from '../../api/faults';
import type { Job, Node } from '../../api/objects';
import type { Input } from '../../kernel/input';
import type { StoreEvent } from '../../kernel/store/event';
import type { Mark } from '../../protocol/frame';
import type { PodRow } from './pod-table';

const VERBS: Record<string, string> = { POST: 'Create', PUT: 'Replace', PATCH: 'Apply', DELETE: 'Delete' };

/** The mark of what somebody did; undefined for training results, which nobody did. */
export function inputMark(input: Input): Mark | undefined {
  if (input.kind === 'request') return { atMs: input.atMs, kind: 'you', ...requestLabel(input.request) };
  if (input.kind === 'fault') return { atMs: input.atMs, kind: 'fault', ...faultLabel(input.fault) };
  if (input.kind === 'world') return { atMs: input.atMs, kind: 'you', label: `Set ${input.change.type}` };
  return undefined;
}

/** `Apply train-sgd`, `Scale infer`, `Delete train-sgd-x7k2p`. */
function requestLabel(request: ApiRequest): Pick<Mark, 'label' | 'subject'> {
  const parts = request.path.split('/').filter((part) => part !== '');
  const namespaces = parts.indexOf('namespaces');
  const scoped = namespaces >= 0 && parts.length > namespaces + 2;
  const [resource = '', inPath, subresource] = scoped
    ? parts.slice(namespaces + 2)
    : parts.slice(parts[0] === 'api' ? 2 : 3);
  const name = inPath ?? nameIn(request) ?? resource;
  const verb = subresource === 'scale' ? 'Scale' : subresource === 'eviction' ? 'Evict' : byClient(request);
  const namespace = scoped ? parts[namespaces + 1] : undefined;
  return { label: `${verb} ${name}`, subject: `${resource} ${namespace ? `${namespace}/` : ''}${name}` };
}

/** `kubectl apply` and `kubectl replace` create by POST: a person calls it apply and replace. */
function byClient({ method, query }: ApiRequest): string {
  const manager = query?.['fieldManager'];
  if (method === 'POST' && typeof manager === 'string') {
    if (manager.includes('apply')) return 'Apply';
    if (manager.includes('replace')) return 'Replace';
  }
  return VERBS[method] ?? method;
}

function nameIn({ body }: ApiRequest): string | undefined {
  const metadata = (body as { metadata?: { name?: unknown; generateName?: unknown } } | undefined)?.metadata;
  const name = metadata?.name ?? metadata?.generateName;
  return typeof name === 'string' ? name : undefined;
}

const FAULT_LABELS: Partial<Record<Fault['type'], string>> = {
  ContainerCrash: 'Kill',
  OutOfMemory: 'Out of memory',
  NodeDown: 'Power off',
  NodeUp: 'Power on',
  NodeNetworkDown: 'Cut',
  NodeNetworkUp: 'Join',
  NodeRemove: 'Remove',
  NodeAdd: 'Add',
  ComponentDown: 'Stop',
  ComponentUp: 'Start',
};

function faultLabel(fault: Fault): Pick<Mark, 'label' | 'subject'> {
  const verb = FAULT_LABELS[fault.type] ?? fault.type;
  if ('pod' in fault) return { label: `${verb} ${fault.pod}`, subject: `pods ${fault.namespace}/${fault.pod}` };
  if ('component' in fault) return { label: `${verb} ${fault.component}` };
  if (!('node' in fault) || fault.node === undefined) return { label: verb };
  const name = typeof fault.node === 'string' ? fault.node : fault.node.metadata.name;
  return { label: `${verb} ${name}`, subject: `nodes ${name}` };
}

const TROUBLE = new Set(['Failed', 'CrashLoopBackOff', 'Unknown']);

/** What happened to a Pod that is worth finding again. */
export function podMark(before: PodRow | undefined, row: PodRow, atMs: number): Mark | undefined {
  const was = before?.state.phase;
  const is = row.state.phase;
  if (was === is || row.detail.namespace === 'kube-system') return undefined;
  const subject = `pods ${row.key}`;
  const runs = (phase: string | undefined): boolean => phase === 'Running' || phase === 'NotReady';
  if (runs(is) && !runs(was)) return { atMs, kind: 'started', label: `${row.detail.name} started`, subject };
  if (TROUBLE.has(is)) return { atMs, kind: 'trouble', label: `${row.detail.name} ${is}`, subject };
  return undefined;
}

/** A node that fell silent, a Job that is done. */
export function objectMark(event: StoreEvent): Mark | undefined {
  if (event.type !== 'MODIFIED') return undefined;
  const { name } = event.object.metadata;
  const subject = `${event.resource} ${event.key}`;
  if (event.resource === 'nodes') {
    const lost = ready(event.object as Node) !== 'True' && ready(event.previous as Node) === 'True';
    return lost ? { atMs: event.atMs, kind: 'trouble', label: `${name} NotReady`, subject } : undefined;
  }
  if (event.resource !== 'jobs') return undefined;
  const done = isComplete(event.object as Job) && !isComplete(event.previous as Job);
  return done ? { atMs: event.atMs, kind: 'completed', label: `${name} Complete`, subject } : undefined;
}

function ready(node: Node): string | undefined {
  return node.status.conditions?.find((condition) => condition.type === 'Ready')?.status;
}

function isComplete(job: Job): boolean {
  return (
    job.status.conditions?.some((condition) => condition.type === 'Complete' && condition.status === 'True') ?? false
  );
}
