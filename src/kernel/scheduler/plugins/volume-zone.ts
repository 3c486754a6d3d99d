import type { Node } from '../../../api/objects';
import {
  SKIP,
  go,
  nodeLabel,
  refuse,
  unresolvable,
  type Cycle,
  type Plugin,
  type PreFilterAnswer,
} from '../framework/plugin';
import { podInfo } from '../pod-info';

const OTHER_ZONE = unresolvable('node(s) had no available volume zone');
const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';
/** Label → what it is called today. */
const TOPOLOGY_LABELS: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', ZONE],
  ['failure-domain.beta.kubernetes.io/region', REGION],
  [ZONE, ZONE],
  [REGION, REGION],
]);

interface VolumeTopology {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

/** Keeps a Pod to the zones and regions that its volumes' labels name. Models plugins/volumezone. */
export const volumeZone = (): Plugin<readonly VolumeTopology[]> => ({
  name: 'VolumeZone',
  registrations: [
    { events: ['NodeAdd', 'NodeUpdateLabel', 'StorageClassAdd', 'PersistentVolumeAdd', 'PersistentVolumeUpdate'] },
    {
      events: ['PersistentVolumeClaimAdd', 'PersistentVolumeClaimUpdate'],
      hint: (pod, { after }) => podInfo(pod).claims.includes(`${after!.metadata.namespace}/${after!.metadata.name}`),
    },
  ],
  preFilter(cycle): PreFilterAnswer<readonly VolumeTopology[]> {
    const topologies: VolumeTopology[] = [];
    for (const { persistentVolumeClaim } of cycle.pod.spec.volumes ?? []) {
      if (!persistentVolumeClaim) continue;
      const problem = addTopologies(cycle, persistentVolumeClaim.claimName, topologies);
      if (problem) return refuse(unresolvable(problem));
    }
    return topologies.length === 0 ? SKIP : go(topologies);
  },
  filter: (_, { node }, topologies) =>
    isPlaced(node) && !topologies.every((one) => holds(node, one)) ? OTHER_ZONE : undefined,
});

/** A node without any topology label takes every volume. */
function isPlaced(node: Node): boolean {
  for (const key of TOPOLOGY_LABELS.keys()) if (nodeLabel(node, key) !== undefined) return true;
  return false;
}

function holds(node: Node, { key, values }: VolumeTopology): boolean {
  const value = nodeLabel(node, key) ?? nodeLabel(node, TOPOLOGY_LABELS.get(key)!);
  return value !== undefined && values.has(value);
}

/** Adds what the claim's volume asks for; returns words about what is missing. */
function addTopologies({ pod, lister }: Cycle, claimName: string, topologies: VolumeTopology[]): string | undefined {
  if (!claimName) return 'PersistentVolumeClaim had no name';
  const claim = lister.claim(pod.metadata.namespace ?? '', claimName);
  if (!claim) return `persistentvolumeclaim "${claimName}" not found`;
  const volumeName = claim.spec.volumeName;
  if (!volumeName) return problemOfUnbound(claim.spec.storageClassName ?? '', lister);
  const volume = lister.volume(volumeName);
  if (!volume) return `persistentvolume "${volumeName}" not found`;
  for (const key of TOPOLOGY_LABELS.keys()) {
    const value = volume.metadata.labels?.[key];
    if (value !== undefined) topologies.push({ key, values: new Set(value.split('__').map((zone) => zone.trim())) });
  }
  return undefined;
}

function problemOfUnbound(className: string, lister: Cycle['lister']): string | undefined {
  if (!className) return 'PersistentVolumeClaim had no pv name and storageClass name';
  const storageClass = lister.storageClass(className);
  if (!storageClass) return `storageclass.storage.k8s.io "${className}" not found`;
  if (!storageClass.volumeBindingMode) return `VolumeBindingMode not set for StorageClass "${className}"`;
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? undefined : 'PersistentVolume had no name';
}
