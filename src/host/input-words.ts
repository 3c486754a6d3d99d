import type { ApiRequest } from '../api/client';
import type { Fault } from '../api/faults';
import type { WorldChange } from '../api/world-change';
import type { Input, InputAction } from '../kernel/input';

/** What a request is about. `name` is what the path says, or the body where it is yet to be created. */
export interface Target {
  resource: string;
  namespace: string;
  name: string;
  subresource: string;
  /** The path of the object itself; empty where the request is about no single one. */
  path: string;
}

/** Takes a request's path apart. */
export function targetOf(request: ApiRequest): Target {
  const parts = request.path.split('/').filter((part) => part !== '');
  const namespaces = parts.indexOf('namespaces');
  const scoped = namespaces >= 0 && parts.length > namespaces + 2;
  const prefix = scoped ? namespaces + 2 : parts[0] === 'api' ? 2 : 3;
  const [resource = '', inPath, subresource = ''] = parts.slice(prefix);
  const name = inPath ?? nameIn(request) ?? '';
  return {
    resource,
    namespace: scoped ? (parts[namespaces + 1] ?? '') : '',
    name,
    subresource,
    path: name === '' ? '' : `/${[...parts.slice(0, prefix), resource, name].join('/')}`,
  };
}

function nameIn({ body }: ApiRequest): string | undefined {
  const metadata = (body as { metadata?: { name?: unknown; generateName?: unknown } } | undefined)?.metadata;
  const name = metadata?.name ?? metadata?.generateName;
  return typeof name === 'string' ? name : undefined;
}

const CONNECTION_VERBS: Record<string, string> = {
  exec: 'Exec into',
  attach: 'Attach to',
  portforward: 'Forward to',
  proxy: 'Ask',
};

const VERBS: Record<string, string> = { POST: 'Create', PUT: 'Replace', PATCH: 'Apply', DELETE: 'Delete' };

/** What somebody did, in a word: `kubectl apply` and `kubectl replace` create by POST, and are called so. */
export function verbOf(request: ApiRequest, { subresource }: Target): string {
  if (subresource === 'scale') return 'Scale';
  if (subresource === 'eviction') return 'Evict';
  if (Object.hasOwn(CONNECTION_VERBS, subresource)) return CONNECTION_VERBS[subresource]!;
  const manager = request.query?.['fieldManager'];
  if (request.method === 'POST' && typeof manager === 'string') {
    if (manager.includes('apply')) return 'Apply';
    if (manager.includes('replace')) return 'Replace';
  }
  return VERBS[request.method] ?? request.method;
}

/** `Apply train-sgd`, `Scale infer`, `Power off cpu-2`, and what it is about. Empty for training results and for what is typed. */
export function inputLabel(input: Input | InputAction): { label: string; subject?: string } {
  switch (input.kind) {
    case 'request':
      return requestLabel(input.request);
    case 'fault':
      return faultLabel(input.fault);
    case 'world':
      return { label: worldLabel(input.change) };
    case 'training':
    case 'stdin':
      return { label: '' };
  }
}

export function requestLabel(request: ApiRequest): { label: string; subject: string } {
  const target = targetOf(request);
  const name = target.name || target.resource;
  const namespace = target.namespace === '' ? '' : `${target.namespace}/`;
  return { label: `${verbOf(request, target)} ${name}`, subject: `${target.resource} ${namespace}${name}` };
}

/** `Let pool gpu-a100 have 1 to 5 nodes`, `Set bandwidth to 50 MB/s`. */
function worldLabel(change: WorldChange): string {
  if (change.type === 'bandwidth') return `Set bandwidth to ${change.megabytesPerSecond} MB/s`;
  const { pool, min, max } = change;
  return `Let pool ${pool} have ${min === max ? max : `${min} to ${max}`} ${max === 1 ? 'node' : 'nodes'}`;
}

const FAULT_LABELS: Record<Fault['type'], string> = {
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
  GpuFault: 'Break',
  GpuRepaired: 'Repair',
  DiskPressure: 'Fill the disk of',
  MemoryPressure: 'Fill the memory of',
  RegistryDown: 'Stop the image registry',
  RegistryUp: 'Start the image registry',
  NetworkDelay: 'Delay',
};

/** `Stop etcd member etcd-2`, `Stop kubelet on cpu-1`, `Stop kube-scheduler`. */
function componentLabel(
  verb: string,
  { component, node, member }: { component: string; node?: string; member?: string },
): { label: string; subject?: string } {
  if (member !== undefined) return { label: `${verb} ${component} member ${member}` };
  if (node === undefined) return { label: `${verb} ${component}` };
  return { label: `${verb} ${component} on ${node}`, subject: `nodes ${node}` };
}

/** What ends a fault that is switched. */
const RELIEVED = { DiskPressure: 'Free the disk of', MemoryPressure: 'Free the memory of' };

/** `Delay the network of cpu-2 by 200 ms, losing 10 %`, `End the delay of the network`. */
function delayLabel({ ms, loss, node }: Extract<Fault, { type: 'NetworkDelay' }>): { label: string; subject?: string } {
  const what = node === undefined ? 'the network' : `the network of ${node}`;
  const parts = [...(ms > 0 ? [`by ${ms} ms`] : []), ...(loss > 0 ? [`losing ${Math.round(loss * 100)} %`] : [])];
  const label = parts.length > 0 ? `Delay ${what} ${parts.join(', ')}` : `End the delay of ${what}`;
  return { label, ...(node === undefined ? {} : { subject: `nodes ${node}` }) };
}

function faultLabel(fault: Fault): { label: string; subject?: string } {
  const verb = 'on' in fault && !fault.on ? RELIEVED[fault.type] : FAULT_LABELS[fault.type];
  if ('pod' in fault) return { label: `${verb} ${fault.pod}`, subject: `pods ${fault.namespace}/${fault.pod}` };
  if ('component' in fault) return componentLabel(verb, fault);
  if ('device' in fault) return { label: `${verb} ${fault.device} of ${fault.node}`, subject: `nodes ${fault.node}` };
  if ('ms' in fault) return delayLabel(fault);
  if (!('node' in fault) || fault.node === undefined) return { label: verb };
  const name = typeof fault.node === 'string' ? fault.node : fault.node.metadata.name;
  return { label: `${verb} ${name}`, subject: `nodes ${name}` };
}
