import type { CSINode, PersistentVolumeClaim, Pod } from '../../../api/objects';
import {
  SKIP,
  go,
  unresolvable,
  unschedulable,
  type Cycle,
  type Plugin,
  type PreFilterAnswer,
  type Status,
} from '../framework/plugin';
import type { ClusterLister } from '../framework/lister';
import type { NodeInfo } from '../node-info';
import { claimNameOf } from '../../../api/claim-names';
import { podInfo } from '../pod-info';

const TOO_MANY = unschedulable('node(s) exceed max volume count');

/** Refuses nodes whose driver can attach no further volume. Models plugins/nodevolumelimits csi.go. */
export const nodeVolumeLimits = (): Plugin<null> => ({
  name: 'NodeVolumeLimits',
  registrations: [
    { events: ['CSINodeAdd', 'CSINodeUpdate', 'NodeAdd', 'VolumeAttachmentDelete'] },
    { events: ['AssignedPodDelete'], hint: (_, { before }) => podInfo(before as Pod).claims.length > 0 },
    {
      events: ['PersistentVolumeClaimAdd'],
      hint: (pod, { after }) => podInfo(pod).claims.includes(`${after!.metadata.namespace}/${after!.metadata.name}`),
    },
    { events: ['PersistentVolumeAdd'] },
  ],
  preFilter: ({ info }): PreFilterAnswer<null> => (info.claims.length === 0 ? SKIP : go(null)),
  filter: (cycle, node) => exceeds(cycle, node),
});

function exceeds({ pod, lister }: Cycle, node: NodeInfo): Status | undefined {
  const wanted = new Map<string, string>();
  const missing = collectVolumes(lister, pod, wanted);
  if (missing) return unresolvable(missing);
  const csiNode = lister.csiNode(node.name);
  if (wanted.size === 0 || !csiNode) return undefined;
  const attached = new Map<string, string>();
  for (const other of node.pods.values()) collectVolumes(lister, other, attached);
  for (const { spec } of lister.attachmentsOn(node.name)) {
    const source = spec.source.persistentVolumeName;
    const csi = source === undefined ? undefined : lister.volume(source)?.spec.csi;
    if (csi) attached.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
  }
  for (const volume of attached.keys()) wanted.delete(volume);
  const before = countByDriver(attached);
  for (const [driver, count] of countByDriver(wanted)) {
    const limit = limitOf(csiNode, driver);
    if (limit !== undefined && (before.get(driver) ?? 0) + count > limit) return TOO_MANY;
  }
  return undefined;
}

function limitOf(csiNode: CSINode, driver: string): number | undefined {
  return csiNode.spec?.drivers?.find(({ name }) => name === driver)?.allocatable?.count;
}

function countByDriver(volumes: ReadonlyMap<string, string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const driver of volumes.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1);
  return counts;
}

/** Adds the Pod's attachable volumes, each with its driver; returns words about a claim that is missing. */
function collectVolumes(lister: ClusterLister, pod: Pod, volumes: Map<string, string>): string | undefined {
  const namespace = pod.metadata.namespace ?? '';
  let missing: string | undefined;
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod.metadata.name, volume);
    if (!name) continue;
    const claim = lister.claim(namespace, name);
    if (!claim) {
      missing ??= `persistentvolumeclaim "${name}" not found`;
      continue;
    }
    const found = driverAndHandle(lister, claim);
    if (found) volumes.set(`${found.driver}/${found.handle}`, found.driver);
  }
  return missing;
}

/** A volume still to be provisioned counts for the driver of its class, under a handle of its own. */
function driverAndHandle(
  lister: ClusterLister,
  claim: PersistentVolumeClaim,
): { driver: string; handle: string } | undefined {
  const volumeName = claim.spec.volumeName;
  const volume = volumeName ? lister.volume(volumeName) : undefined;
  if (volume) {
    const csi = volume.spec.csi;
    return csi && { driver: csi.driver, handle: csi.volumeHandle };
  }
  const driver = lister.storageClass(claim.spec.storageClassName ?? '')?.provisioner;
  return driver ? { driver, handle: `unprovisioned-${claim.metadata.namespace}/${claim.metadata.name}` } : undefined;
}
