import { objectKey, type PersistentVolume, type PersistentVolumeClaim, type VolumeAttachment } from '../../api/objects';
import type { VolumeView } from '../../protocol/frame';
import type { PodRow, PodTable } from './pod-table';
import type { FrameSource } from './source';

const CHECKPOINT = /\/checkpoint-0*(\d+)\.json$/;
/** Volumes shown: the stage has room for a few, and the rest is a list. */
const VOLUMES_LIMIT = 200;

/** The steps of the checkpoints on a volume, in the order of writing. */
export function checkpointSteps(source: Pick<FrameSource, 'volumes'>, volume: string): number[] {
  return source.volumes.list(volume).flatMap((path) => {
    const match = CHECKPOINT.exec(path);
    return match ? [Number(match[1])] : [];
  });
}

/** Claims and the volumes behind them, and volumes that nothing claims, in the order of their making. */
export function volumeViews(source: FrameSource, pods: PodTable): VolumeView[] {
  const views: VolumeView[] = [];
  const users = usersOf(pods);
  const attached = attachments(source);
  const claimed = new Set<string>();
  for (const object of source.store.all('persistentvolumeclaims').values()) {
    const claim = object as PersistentVolumeClaim;
    const volume = claim.spec.volumeName ?? '';
    claimed.add(volume);
    if (views.length < VOLUMES_LIMIT)
      views.push(claimView(source, claim, users.get(objectKey(claim)) ?? [], attached.get(volume)));
  }
  for (const object of source.store.all('persistentvolumes').values()) {
    const volume = object as PersistentVolume;
    if (!claimed.has(volume.metadata.name) && views.length < VOLUMES_LIMIT) views.push(unclaimedView(volume));
  }
  return views;
}

function claimView(
  source: FrameSource,
  claim: PersistentVolumeClaim,
  users: readonly PodRow[],
  attached: readonly string[] | undefined,
): VolumeView {
  const volume = claim.spec.volumeName ?? '';
  const bound = claim.status.phase === 'Bound';
  const accessMode = claim.spec.accessModes?.[0] ?? '';
  const started = users.filter((row) => row.state.phase !== 'Creating').map((row) => row.node);
  const attachedTo = attached ?? [...new Set(started)];
  return {
    key: objectKey(claim),
    claim: claim.metadata.name,
    volume,
    size: String(claim.status.capacity?.['storage'] ?? claim.spec.resources?.requests?.['storage'] ?? ''),
    accessMode,
    storageClass: claim.spec.storageClassName ?? '',
    bound,
    attachedTo: [...attachedTo],
    refusedBy: refusals(users, accessMode, attached),
    checkpoints: bound ? checkpointSteps(source, volume).length : 0,
  };
}

/** Nodes whose Pod waits for a volume that another node holds and that has room for one plug. */
function refusals(users: readonly PodRow[], accessMode: string, attached: readonly string[] | undefined): string[] {
  const single = accessMode === 'ReadWriteOnce' || accessMode === 'ReadWriteOncePod';
  if (!single || !attached || attached.length === 0) return [];
  const waiting = users.filter((row) => row.state.phase === 'Creating' && !attached.includes(row.node));
  return [...new Set(waiting.map((row) => row.node))];
}

function unclaimedView(volume: PersistentVolume): VolumeView {
  return {
    key: volume.metadata.name,
    claim: '',
    volume: volume.metadata.name,
    size: String(volume.spec.capacity?.['storage'] ?? ''),
    accessMode: volume.spec.accessModes?.[0] ?? '',
    storageClass: volume.spec.storageClassName ?? '',
    bound: false,
    attachedTo: [],
    refusedBy: [],
    checkpoints: 0,
  };
}

/** Pods on a node that mount a claim and have not ended, by the claim's key. */
function usersOf(pods: PodTable): Map<string, PodRow[]> {
  const users = new Map<string, PodRow[]>();
  for (const row of pods.withClaims()) {
    if (row.node === '' || row.state.phase === 'Succeeded' || row.state.phase === 'Failed') continue;
    for (const claim of row.detail.claims) {
      const key = `${row.detail.namespace}/${claim}`;
      const there = users.get(key);
      if (there) there.push(row);
      else users.set(key, [row]);
    }
  }
  return users;
}

/** Nodes by volume, as the attach/detach controller has plugged them. Absent: this volume needs no plugging. */
function attachments(source: FrameSource): Map<string, string[]> {
  const attached = new Map<string, string[]>();
  for (const object of source.store.all('volumeattachments').values()) {
    const { spec, status } = object as VolumeAttachment;
    const volume = spec.source.persistentVolumeName;
    if (!volume) continue;
    const nodes = attached.get(volume) ?? [];
    if (status?.attached) nodes.push(spec.nodeName);
    attached.set(volume, nodes);
  }
  return attached;
}
