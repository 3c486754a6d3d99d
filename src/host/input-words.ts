import type { ApiRequest } from '../api/client';
import type { Fault } from '../api/faults';
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

const VERBS: Record<string, string> = { POST: 'Create', PUT: 'Replace', PATCH: 'Apply', DELETE: 'Delete' };

/** What somebody did, in a word: `kubectl apply` and `kubectl replace` create by POST, and are called so. */
export function verbOf(request: ApiRequest, { subresource }: Target): string {
  if (subresource === 'scale') return 'Scale';
  if (subresource === 'eviction') return 'Evict';
  const manager = request.query?.['fieldManager'];
  if (request.method === 'POST' && typeof manager === 'string') {
    if (manager.includes('apply')) return 'Apply';
    if (manager.includes('replace')) return 'Replace';
  }
  return VERBS[request.method] ?? request.method;
}

/** `Apply train-sgd`, `Scale infer`, `Power off cpu-2`, and what it is about. Empty for training results. */
export function inputLabel(input: Input | InputAction): { label: string; subject?: string } {
  switch (input.kind) {
    case 'request':
      return requestLabel(input.request);
    case 'fault':
      return faultLabel(input.fault);
    case 'world':
      return { label: `Set ${input.change.type}` };
    case 'training':
      return { label: '' };
  }
}

export function requestLabel(request: ApiRequest): { label: string; subject: string } {
  const target = targetOf(request);
  const name = target.name || target.resource;
  const namespace = target.namespace === '' ? '' : `${target.namespace}/`;
  return { label: `${verbOf(request, target)} ${name}`, subject: `${target.resource} ${namespace}${name}` };
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

/** `Stop etcd member etcd-2`, `Stop kubelet on cpu-1`, `Stop kube-scheduler`. */
function componentLabel(
  verb: string,
  { component, node, member }: { component: string; node?: string; member?: string },
): { label: string; subject?: string } {
  if (member !== undefined) return { label: `${verb} ${component} member ${member}` };
  if (node === undefined) return { label: `${verb} ${component}` };
  return { label: `${verb} ${component} on ${node}`, subject: `nodes ${node}` };
}

function faultLabel(fault: Fault): { label: string; subject?: string } {
  const verb = FAULT_LABELS[fault.type] ?? fault.type;
  if ('pod' in fault) return { label: `${verb} ${fault.pod}`, subject: `pods ${fault.namespace}/${fault.pod}` };
  if ('component' in fault) return componentLabel(verb, fault);
  if (!('node' in fault) || fault.node === undefined) return { label: verb };
  const name = typeof fault.node === 'string' ? fault.node : fault.node.metadata.name;
  return { label: `${verb} ${name}`, subject: `nodes ${name}` };
}
