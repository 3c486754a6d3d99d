import { growing, grown, needsFileSystemResize } from '../../api/claim-size';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { subjectOf } from '../machinery/event-recorder';
import type { KubeletCore } from './core';
import type { PodRecord } from './state';

type Status = PersistentVolumeClaim['status'];

/** Lets the file systems of a Pod's disks grow to what the disks have become. Models NodeExpander. */
export function expandFileSystems(core: KubeletCore, record: PodRecord): void {
  if (!core.online) return;
  const { client } = core.parts;
  for (const { name, persistentVolumeClaim: source, ephemeral } of record.pod.spec.volumes ?? []) {
    const claimName = source?.claimName ?? (ephemeral ? `${record.name}-${name}` : undefined);
    const mounted = record.volumes.get(name);
    if (claimName === undefined || !mounted?.uniqueName || mounted.readOnly) continue;
    const claim = client.get('persistentvolumeclaims', record.namespace, claimName);
    const volume = client.get('persistentvolumes', '', claim?.spec.volumeName ?? '');
    if (claim && volume && needsFileSystemResize(claim, volume)) expand(core, record, claim, volume);
  }
}

function expand(core: KubeletCore, record: PodRecord, claim: PersistentVolumeClaim, volume: PersistentVolume): void {
  const pending = { type: 'FileSystemResizePending', lastTransitionTime: core.parts.clock.time } as const;
  core.because(record);
  setStatus(core, claim, (status) => growing(status, 'NodeResizeInProgress', pending));
  const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${core.nodeName}`;
  core.podEvent(record, 'Normal', 'FileSystemResizeSuccessful', message);
  core.event(subjectOf(claim), 'Normal', 'FileSystemResizeSuccessful', message);
  setStatus(core, claim, (status) => grown(status, volume.spec.capacity!['storage'] as string));
}

function setStatus(core: KubeletCore, claim: PersistentVolumeClaim, change: (status: Status) => Status): void {
  const { namespace = '', name } = claim.metadata;
  try {
    const status = (one: PersistentVolumeClaim): PersistentVolumeClaim => ({ ...one, status: change(one.status) });
    core.parts.client.patch('persistentvolumeclaims', namespace, name, status, 'status');
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}
