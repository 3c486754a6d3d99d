import { milliValue, wholeValue } from '../../api/quantity';
import type { Container, Node, Pod } from '../../api/objects';
import type { NodeDetail, PodDetail } from '../../protocol/frame';
import type { Owner } from './owners';

type Requests = { cpuMilli: number; memoryBytes: number; devices: Record<string, number> };

/** What of a Pod does not change while it lives, but for what it tolerates. */
export function podDetail(pod: Pod, id: number, owner: Owner, leaving: string): PodDetail {
  const { namespace = '', name, uid } = pod.metadata;
  return {
    id,
    namespace,
    name,
    uid,
    ownerKind: owner.kind,
    ownerName: owner.name,
    hue: owner.hue,
    striped: owner.striped,
    monogram: owner.monogram,
    tolerations: (pod.spec.tolerations ?? []).map(({ key, operator, value, effect, tolerationSeconds }) => ({
      key: key ?? '',
      operator: operator ?? 'Equal',
      value: value ?? '',
      effect: effect ?? '',
      ...(tolerationSeconds === undefined ? {} : { seconds: tolerationSeconds }),
    })),
    nodeSelector: pod.spec.nodeSelector ?? {},
    nodeTerms: pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [],
    leaving,
    ...requestsOf(pod),
    claims: (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []),
    containerNames: pod.spec.containers.map((container) => container.name),
    initContainerNames: (pod.spec.initContainers ?? []).map((container) => container.name),
  };
}

/** What the Pod asks of a node: the sum of its containers, or the largest init container. Models resourcehelper.PodRequests. */
function requestsOf(pod: Pod): Requests {
  const sum: Requests = { cpuMilli: 0, memoryBytes: 0, devices: {} };
  for (const container of pod.spec.containers) add(sum, container, (left, right) => left + right);
  for (const container of pod.spec.initContainers ?? []) add(sum, container, Math.max);
  return sum;
}

function add(sum: Requests, container: Container, join: (left: number, right: number) => number): void {
  for (const [resource, quantity] of Object.entries(container.resources?.requests ?? {})) {
    if (resource === 'cpu') sum.cpuMilli = join(sum.cpuMilli, milliValue(quantity));
    else if (resource === 'memory') sum.memoryBytes = join(sum.memoryBytes, wholeValue(quantity));
    else if (isDevice(resource)) sum.devices[resource] = join(sum.devices[resource] ?? 0, wholeValue(quantity));
  }
}

/** Whether a resource is one of devices: an extended resource. */
function isDevice(resource: string): boolean {
  return resource.includes('/') && !resource.startsWith('hugepages-');
}

const POOL_LABELS = [
  'cloud.google.com/gke-nodepool',
  'eks.amazonaws.com/nodegroup',
  'kubernetes.azure.com/agentpool',
  'pool',
];

/** What of a node seldom changes. */
export function nodeDetail(node: Node, id: number): NodeDetail {
  const { name, labels = {} } = node.metadata;
  const label = POOL_LABELS.find((one) => labels[one] !== undefined);
  return {
    id,
    name,
    pool: label ? labels[label]! : (/^[a-z]+/.exec(name)?.[0] ?? name),
    zone: labels['topology.kubernetes.io/zone'] ?? '',
    taints: (node.spec.taints ?? []).map(({ key, value, effect }) => ({ key, value: value ?? '', effect })),
    labels,
    deviceResource: Object.keys(node.status.allocatable ?? {}).find(isDevice) ?? '',
  };
}
