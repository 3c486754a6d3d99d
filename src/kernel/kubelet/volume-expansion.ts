import { claimNameOf } from '../../api/claim-names';
import { growing, grown, needsFileSystemResize } from '../../api/claim-size';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/objects';
import { setClaimStatus } from '../machinery/claim-status';
import { subjectOf } from '../machinery/event-recorder';
import type { KubeletCore } from './core';
import type { PodRecord } from './state';

/** Lets the file systems of a Pod's disks grow to what the disks have become. Models NodeExpander. */
export function expandFileSystems(core: KubeletCore, record: PodRecord): void {
  if (!core.online) return;
  const { client } = core.parts;
  for (const source of record.pod.spec.volumes ?? []) {
    const claimName = claimNameOf(record.name, source);
    const mounted = record.volumes.get(source.name);
    if (claimName === undefined || !mounted?.uniqueName || mounted.readOnly) continue;
    const claim = client.get('persistentvolumeclaims', record.namespace, claimName);
    const volume = client.get('persistentvolumes', '', claim?.spec.volumeName ?? '');
    if (claim && volume && needsFileSystemResize(claim, volume)) expand(core, record, claim, volume);
  }
}

function expand(core: KubeletCore, record: PodRecord, claim: PersistentVolumeClaim, volume: PersistentVolume): void {
  const pending = { type: 'FileSystemResizePending', lastTransitionTime: core.parts.clock.time } as const;
  core.because(record);
  setClaimStatus(core.parts.client, claim, (status) => growing(status, 'NodeResizeInProgress', pending));
  const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${core.nodeName}`;
  core.podEvent(record, 'Normal', 'FileSystemResizeSuccessful', message);
  core.event(subjectOf(claim), 'Normal', 'FileSystemResizeSuccessful', message);
  setClaimStatus(core.parts.client, claim, (status) => grown(status, volume.spec.capacity!['storage'] as string));
}
