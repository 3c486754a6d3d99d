import type { Pod, Volume } from '../../../api/objects';
import {
  SKIP,
  go,
  refuse,
  unresolvable,
  unschedulable,
  type Cycle,
  type Plugin,
  type PreFilterAnswer,
} from '../framework/plugin';
import type { NodeInfo } from '../node-info';
import { podInfo } from '../pod-info';

const DISK_IN_USE = unschedulable('node(s) had no available disk');
const CLAIM_IN_USE = unschedulable(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);

interface FilterData {
  /** ReadWriteOncePod claims of the Pod. */
  readonly claims: ReadonlySet<string>;
  /** How many uses of them by Pods on nodes stand in the way. */
  conflicts: number;
}

/** Keeps volumes that only one Pod may use to one Pod. Models plugins/volumerestrictions. */
export const volumeRestrictions = (): Plugin<FilterData> => ({
  name: 'VolumeRestrictions',
  registrations: [
    { events: ['AssignedPodDelete'], hint: (pod, { before }) => sharesVolume(pod, before as Pod) },
    { events: ['NodeAdd'] },
    {
      events: ['PersistentVolumeClaimAdd', 'PersistentVolumeClaimUpdate'],
      hint: (pod, { after }) => podInfo(pod).claims.includes(`${after!.metadata.namespace}/${after!.metadata.name}`),
    },
  ],
  preFilter(cycle): PreFilterAnswer<FilterData> {
    const claims = exclusiveClaims(cycle);
    if (typeof claims === 'string') return refuse(unresolvable(claims));
    let conflicts = 0;
    for (const claim of claims) if (cycle.snapshot.claimUsers(claim) > 0) conflicts += 1;
    const disks = (cycle.pod.spec.volumes ?? []).some((volume) => diskOf(volume) !== undefined);
    return !disks && conflicts === 0 ? SKIP : go({ claims, conflicts });
  },
  cloneData: (data) => ({ ...data }),
  addPod: (_, data, other) => void (data.conflicts += usesOf(other, data.claims)),
  removePod: (_, data, other) => void (data.conflicts -= usesOf(other, data.claims)),
  filter({ pod }, node, { conflicts }) {
    if (diskConflicts(pod, node)) return DISK_IN_USE;
    return conflicts > 0 ? CLAIM_IN_USE : undefined;
  },
});

const usesOf = (pod: Pod, claims: ReadonlySet<string>): number =>
  podInfo(pod).claims.filter((claim) => claims.has(claim)).length;

function sharesVolume(pod: Pod, gone: Pod): boolean {
  const { claims } = podInfo(gone);
  if (podInfo(pod).claims.some((claim) => claims.includes(claim))) return true;
  return (pod.spec.volumes ?? []).some((one) => (gone.spec.volumes ?? []).some((other) => conflict(one, other)));
}

/** The Pod's ReadWriteOncePod claims, or why one cannot be found. */
function exclusiveClaims({ pod, lister }: Cycle): ReadonlySet<string> | string {
  const claims = new Set<string>();
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const { claimName } = persistentVolumeClaim;
    const claim = lister.claim(pod.metadata.namespace ?? '', claimName);
    if (!claim) return `persistentvolumeclaim "${claimName}" not found`;
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) claims.add(`${pod.metadata.namespace}/${claimName}`);
  }
  return claims;
}

interface Disk {
  readonly kind: string;
  readonly id: string;
  /** Two readers may share it. */
  readonly readOnly: boolean;
  readonly monitors: readonly string[];
}

/** An in-line disk that at most one Pod of a node may write to. */
function diskOf(volume: Volume): Disk | undefined {
  const { gcePersistentDisk: gce, awsElasticBlockStore: aws, iscsi, rbd } = volume;
  if (gce) return { kind: 'gce', id: gce.pdName, readOnly: gce.readOnly === true, monitors: [] };
  if (aws) return { kind: 'aws', id: aws.volumeID, readOnly: false, monitors: [] };
  if (iscsi) return { kind: 'iscsi', id: iscsi.iqn, readOnly: iscsi.readOnly === true, monitors: [] };
  if (rbd)
    return {
      kind: 'rbd',
      id: `${rbd.pool ?? 'rbd'}/${rbd.image}`,
      readOnly: rbd.readOnly === true,
      monitors: rbd.monitors,
    };
  return undefined;
}

function conflict(volume: Volume, other: Volume): boolean {
  const one = diskOf(volume);
  const two = one && diskOf(other);
  if (!one || !two || one.kind !== two.kind || one.id !== two.id) return false;
  if (one.readOnly && two.readOnly) return false;
  return one.kind !== 'rbd' || one.monitors.some((monitor) => two.monitors.includes(monitor));
}

function diskConflicts(pod: Pod, node: NodeInfo): boolean {
  for (const volume of pod.spec.volumes ?? []) {
    if (!diskOf(volume)) continue;
    for (const other of node.pods.values()) {
      if (other.spec.volumes?.some((theirs) => conflict(volume, theirs))) return true;
    }
  }
  return false;
}
