import type { Namespace, Node } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, NONE, UNKNOWN } from './cells';

/** Models pkg/printers/internalversion printNode and printNamespace. */

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

export const nodeTable: TableColumns<Node> = {
  columns: [
    { name: 'Status', description: 'The status of the node' },
    { name: 'Roles', description: 'The roles of the node' },
    AGE,
    { name: 'Version', doc: 'core.v1.NodeSystemInfo.kubeletVersion' },
    { name: 'Internal-IP', priority: 1, doc: 'core.v1.NodeStatus.addresses' },
    { name: 'External-IP', priority: 1, doc: 'core.v1.NodeStatus.addresses' },
    { name: 'OS-Image', priority: 1, doc: 'core.v1.NodeSystemInfo.osImage' },
    { name: 'Kernel-Version', priority: 1, doc: 'core.v1.NodeSystemInfo.kernelVersion' },
    { name: 'Container-Runtime', priority: 1, doc: 'core.v1.NodeSystemInfo.containerRuntimeVersion' },
  ],
  cells(node, nowMs) {
    const info = node.status.nodeInfo;
    return [
      statusOf(node),
      rolesOf(node),
      ageOf(node, nowMs),
      info?.kubeletVersion ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      info?.osImage || UNKNOWN,
      kernelOf(node),
      info?.containerRuntimeVersion || UNKNOWN,
    ];
  },
};

function statusOf(node: Node): string {
  const ready = node.status.conditions?.find((condition) => condition.type === 'Ready');
  const status = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return node.spec.unschedulable ? `${status},SchedulingDisabled` : status;
}

function rolesOf(node: Node): string {
  const roles = new Set<string>();
  for (const [label, value] of Object.entries(node.metadata.labels ?? {})) {
    if (label.startsWith(ROLE_PREFIX) && label.length > ROLE_PREFIX.length) roles.add(label.slice(ROLE_PREFIX.length));
    else if (label === ROLE_LABEL && value !== '') roles.add(value);
  }
  return roles.size === 0 ? NONE : [...roles].sort().join(',');
}

function kernelOf(node: Node): string {
  const { kernelVersion, architecture } = node.status.nodeInfo ?? {};
  if (!kernelVersion) return UNKNOWN;
  return architecture ? `${kernelVersion} (${architecture})` : kernelVersion;
}

function addressOf(node: Node, type: string): string {
  return node.status.addresses?.find((address) => address.type === type)?.address ?? NONE;
}

export const namespaceTable: TableColumns<Namespace> = {
  columns: [{ name: 'Status', description: 'The status of the namespace' }, AGE],
  cells: (namespace, nowMs) => [namespace.status.phase ?? '', ageOf(namespace, nowMs)],
};
