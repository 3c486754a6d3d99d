import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/objects';
import { milliValue, wholeValue } from '../../api/quantity';
import type { Cluster } from '../../kernel/cluster';

/**
 * The nodes on which a waiting Pod of a storm fits, worked out from the objects alone, without the scheduler: its
 * selector, taints, what is left of each resource, the zones of its volumes and its spread over zones.
 */
export function placesFor(cluster: Cluster, pod: Pod): string[] {
  const nodes = [...cluster.store.all('nodes').values()] as Node[];
  const names = nodes.filter((node) => admits(node, pod) && hasRoom(cluster, node, pod) && reaches(cluster, node, pod));
  return names.filter((node) => spreads(cluster, nodes, node, pod)).map(({ metadata }) => metadata.name);
}

function admits({ metadata, spec }: Node, pod: Pod): boolean {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {}))
    if (metadata.labels?.[key] !== value) return false;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const named = terms?.flatMap(({ matchFields }) => matchFields?.flatMap(({ values }) => values ?? []) ?? []) ?? [];
  if (named.length > 0 && !named.includes(metadata.name)) return false;
  const tolerated = (taint: { key: string; effect: string }): boolean =>
    (pod.spec.tolerations ?? []).some(
      ({ key, effect }) => (!key || key === taint.key) && (!effect || effect === taint.effect),
    );
  if (spec.unschedulable && !tolerated({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })) return false;
  return (spec.taints ?? []).every((taint) => taint.effect === 'PreferNoSchedule' || tolerated(taint));
}

const onNode = (cluster: Cluster, name: string): Pod[] =>
  ([...cluster.store.all('pods').values()] as Pod[]).filter(
    ({ spec, status }) => spec.nodeName === name && status.phase !== 'Succeeded' && status.phase !== 'Failed',
  );

function asked(pod: Pod, resource: string): number {
  return pod.spec.containers.reduce((sum, { resources }) => {
    const quantity = resources?.requests?.[resource];
    return sum + (resource === 'cpu' ? milliValue(quantity) : wholeValue(quantity));
  }, 0);
}

function hasRoom(cluster: Cluster, node: Node, pod: Pod): boolean {
  const others = onNode(cluster, node.metadata.name);
  const allocatable = (node.status.allocatable ?? {}) as Record<string, string>;
  if (others.length >= Number(allocatable['pods'])) return false;
  const wanted = new Set(pod.spec.containers.flatMap(({ resources }) => Object.keys(resources?.requests ?? {})));
  return [...wanted].every((resource) => {
    const all = resource === 'cpu' ? milliValue(allocatable[resource]) : wholeValue(allocatable[resource]);
    return others.reduce((sum, other) => sum + asked(other, resource), asked(pod, resource)) <= all;
  });
}

/** Whether each volume of the Pod can be had there: one that exists says where. */
function reaches(cluster: Cluster, { metadata }: Node, pod: Pod): boolean {
  return (pod.spec.volumes ?? []).every(({ persistentVolumeClaim }) => {
    if (!persistentVolumeClaim) return true;
    const key = `${pod.metadata.namespace}/${persistentVolumeClaim.claimName}`;
    const claim = cluster.store.get('persistentvolumeclaims', key) as PersistentVolumeClaim | undefined;
    if (!claim || claim.metadata.deletionTimestamp) return false;
    const volume = cluster.store.get('persistentvolumes', claim.spec.volumeName ?? '') as PersistentVolume | undefined;
    const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    const holds = ({ key: label, values }: { key: string; values?: string[] }): boolean =>
      values?.includes(metadata.labels?.[label] ?? '') ?? false;
    return terms.length === 0 || terms.some(({ matchExpressions }) => matchExpressions?.every(holds) ?? false);
  });
}

/** Whether the Pod's hard constraints let it go to this node's zone. */
function spreads(cluster: Cluster, nodes: readonly Node[], { metadata }: Node, pod: Pod): boolean {
  return (pod.spec.topologySpreadConstraints ?? []).every(
    ({ topologyKey, labelSelector, maxSkew, whenUnsatisfiable }) => {
      if (whenUnsatisfiable !== 'DoNotSchedule') return true;
      const labels = Object.entries(labelSelector?.matchLabels ?? {});
      const counts = new Map<string, number>();
      for (const node of nodes) {
        const zone = node.metadata.labels?.[topologyKey];
        const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(
          ([key, value]) => node.metadata.labels?.[key] === value,
        );
        if (zone === undefined || !selected) continue;
        const matching = onNode(cluster, node.metadata.name).filter(
          (other) =>
            !other.metadata.deletionTimestamp &&
            other.metadata.namespace === pod.metadata.namespace &&
            labels.every(([key, value]) => other.metadata.labels?.[key] === value),
        );
        counts.set(zone, (counts.get(zone) ?? 0) + matching.length);
      }
      const self = labels.every(([key, value]) => pod.metadata.labels?.[key] === value) ? 1 : 0;
      const own = counts.get(metadata.labels?.[topologyKey] ?? '');
      return own !== undefined && own + self - Math.min(...counts.values()) <= maxSkew;
    },
  );
}
