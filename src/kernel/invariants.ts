import { controllerOf, type ApiObject, type DaemonSet, type Pod } from '../api/objects';
import { milliValue, wholeValue } from '../api/quantity';
import type { Cluster } from './cluster';

/**
 * What must hold after every step of every cluster, whatever was asked of it and whatever broke. Each returns what is
 * wrong, in words; nothing for a cluster that is well. They look at everything, so they run in tests only.
 */
export const INVARIANTS: Record<string, (cluster: Cluster) => string[]> = {
  'no node is over-committed by what was scheduled to it': overCommitted,
  'no device is in two containers': sharedDevices,
  'a Pod once bound stays bound': boundPods,
  'what is stored is immutable and carries its revision': storedObjects,
  'a node has one daemon of each DaemonSet': doubleDaemons,
  'a volume that one node may write is attached to one node': attachments,
  'every request that is under way will end': endlessRequests,
  'a kubelet knows how much memory its containers use': memoryCounts,
};

/** Everything that is wrong with a cluster. */
export function brokenInvariants(cluster: Cluster): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, check]) => check(cluster).map((problem) => `${name}: ${problem}`));
}

const finished = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

function requestsOf(pod: Pod): Map<string, number> {
  const sums = new Map<string, number>();
  for (const container of pod.spec.containers) {
    for (const [resource, quantity] of Object.entries(container.resources?.requests ?? {})) {
      const amount = resource === 'cpu' ? milliValue(quantity) : wholeValue(quantity);
      sums.set(resource, (sums.get(resource) ?? 0) + amount);
    }
  }
  return sums;
}

function overCommitted(cluster: Cluster): string[] {
  const used = new Map<string, Map<string, number>>();
  for (const object of cluster.store.all('pods').values()) {
    const pod = object as Pod;
    const node = pod.spec.nodeName;
    if (!node || finished(pod)) continue;
    const sums = used.get(node) ?? new Map<string, number>();
    used.set(node, sums);
    for (const [resource, amount] of requestsOf(pod)) sums.set(resource, (sums.get(resource) ?? 0) + amount);
  }
  const problems: string[] = [];
  for (const [name, sums] of used) {
    const node = cluster.store.get('nodes', name) as { status?: { allocatable?: Record<string, string> } } | undefined;
    if (!node) continue;
    for (const [resource, amount] of sums) {
      const allocatable = node.status?.allocatable?.[resource];
      /* What failed after it was given is allocatable no more, and its Pod stays. */
      const failed =
        cluster.machines
          .get(name)
          ?.devices.get(resource)
          ?.filter(({ healthy }) => !healthy).length ?? 0;
      const most = resource === 'cpu' ? milliValue(allocatable) : wholeValue(allocatable) + failed;
      if (amount > most) problems.push(`${name} has ${most} ${resource}, its Pods request ${amount}`);
    }
  }
  return problems;
}

function endlessRequests({ network, clock }: Cluster): string[] {
  return Array.from(network.state.log.open.keys()).flatMap((id) =>
    clock.timer(network.name, 'end', id) ? [] : [`nothing ends ${id}`],
  );
}

function sharedDevices(cluster: Cluster): string[] {
  const problems: string[] = [];
  for (const [name, kubelet] of cluster.kubelets) {
    const seen = new Set<string>();
    for (const device of kubelet.devicesInUse()) {
      if (seen.has(device)) problems.push(`${device} on ${name}`);
      seen.add(device);
    }
  }
  return problems;
}

function memoryCounts({ kubelets }: Cluster): string[] {
  return Array.from(kubelets).flatMap(([name, kubelet]) => {
    const { memoryBytes } = kubelet.used();
    const counted = kubelet.state.memoryBytes;
    return counted === memoryBytes ? [] : [`${name} counts ${counted} bytes of ${memoryBytes}`];
  });
}

function boundPods(cluster: Cluster): string[] {
  return cluster.store.state.events
    .filter((event) => event.resource === 'pods' && event.type === 'MODIFIED')
    .filter((event) => {
      const before = (event.previous as Pod | undefined)?.spec.nodeName;
      return before && (event.object as Pod).spec.nodeName !== before;
    })
    .map((event) => `${event.key} at revision ${event.revision}`);
}

/** Pods that stay; a set that surges may have two of them. */
function doubleDaemons(cluster: Cluster): string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const object of cluster.store.all('pods').values()) {
    const pod = object as Pod;
    const owner = controllerOf(pod);
    if (owner?.kind !== 'DaemonSet' || !pod.spec.nodeName || finished(pod) || pod.metadata.deletionTimestamp) continue;
    const set = cluster.store.get('daemonsets', `${pod.metadata.namespace}/${owner.name}`) as DaemonSet | undefined;
    const { maxSurge = 0 } = set?.spec.updateStrategy?.rollingUpdate ?? {};
    if (!set || maxSurge !== 0) continue;
    const place = `${owner.uid} on ${pod.spec.nodeName}`;
    if (seen.has(place)) problems.push(place);
    seen.add(place);
  }
  return problems;
}

function storedObjects(cluster: Cluster): string[] {
  const problems: string[] = [];
  for (const resource of cluster.store.state.objects.keys()) {
    for (const [key, object] of cluster.store.all(resource)) {
      if (!Object.isFrozen(object)) problems.push(`${resource} ${key} can be changed`);
      if (!(Number(object.metadata.resourceVersion) <= cluster.store.revision))
        problems.push(`${resource} ${key} is from the future`);
    }
  }
  return problems;
}

interface Attachment extends ApiObject {
  spec: { nodeName: string; source: { persistentVolumeName?: string } };
  status?: { attached: boolean };
}

function attachments(cluster: Cluster): string[] {
  const nodes = new Map<string, string>();
  const problems: string[] = [];
  for (const object of cluster.store.all('volumeattachments').values()) {
    const { spec, status } = object as Attachment;
    const volume = spec.source.persistentVolumeName ?? '';
    const modes = (cluster.store.get('persistentvolumes', volume) as { spec?: { accessModes?: string[] } } | undefined)
      ?.spec?.accessModes;
    if (!status?.attached || !modes?.every((mode) => mode === 'ReadWriteOnce')) continue;
    const other = nodes.get(volume);
    if (other && other !== spec.nodeName) problems.push(`${volume} is attached to ${other} and ${spec.nodeName}`);
    nodes.set(volume, spec.nodeName);
  }
  return problems;
}
