import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../../../api/objects';
import { canonicalQuantity } from '../../../api/quantity';
import type { TableColumns } from '../kind';
import { AGE, ageOf, NONE, UNSET } from './cells';

/** Models pkg/printers/internalversion: claims, volumes, classes, attachments, drivers. */

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Each mode once, in upstream's order. */
function modesCell(modes: readonly string[] | undefined): string {
  return Object.keys(SHORT_MODES)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => SHORT_MODES[mode])
    .join(',');
}

const storageCell = (amounts: Record<string, string | number> | undefined): string =>
  canonicalQuantity(amounts?.['storage'] ?? '') ?? '';

function phaseOf(object: PersistentVolumeClaim | PersistentVolume): string {
  return object.metadata.deletionTimestamp ? 'Terminating' : (object.status.phase ?? '');
}

export const claimTable: TableColumns<PersistentVolumeClaim> = {
  columns: [
    { name: 'Status', doc: 'core.v1.PersistentVolumeClaimStatus.phase' },
    { name: 'Volume', doc: 'core.v1.PersistentVolumeClaimSpec.volumeName' },
    { name: 'Capacity', doc: 'core.v1.PersistentVolumeClaimStatus.capacity' },
    { name: 'Access Modes', doc: 'core.v1.PersistentVolumeClaimStatus.accessModes' },
    { name: 'StorageClass', description: 'StorageClass of the pvc' },
    { name: 'VolumeAttributesClass', description: 'VolumeAttributesClass of the pvc' },
    AGE,
    { name: 'VolumeMode', priority: 1, doc: 'core.v1.PersistentVolumeClaimSpec.volumeMode' },
  ],
  cells(claim, nowMs) {
    const { spec, status } = claim;
    const bound = Boolean(spec.volumeName);
    return [
      phaseOf(claim),
      spec.volumeName ?? '',
      bound ? storageCell(status.capacity) : '',
      bound ? modesCell(status.accessModes) : '',
      spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? UNSET,
      ageOf(claim, nowMs),
      spec.volumeMode ?? UNSET,
    ];
  },
};

export const volumeTable: TableColumns<PersistentVolume> = {
  columns: [
    { name: 'Capacity', doc: 'core.v1.PersistentVolumeSpec.capacity' },
    { name: 'Access Modes', doc: 'core.v1.PersistentVolumeSpec.accessModes' },
    { name: 'Reclaim Policy', doc: 'core.v1.PersistentVolumeSpec.persistentVolumeReclaimPolicy' },
    { name: 'Status', doc: 'core.v1.PersistentVolumeStatus.phase' },
    { name: 'Claim', doc: 'core.v1.PersistentVolumeSpec.claimRef' },
    { name: 'StorageClass', description: 'StorageClass of the pv' },
    { name: 'VolumeAttributesClass', description: 'VolumeAttributesClass of the pv' },
    { name: 'Reason', doc: 'core.v1.PersistentVolumeStatus.reason' },
    AGE,
    { name: 'VolumeMode', priority: 1, doc: 'core.v1.PersistentVolumeSpec.volumeMode' },
  ],
  cells(volume, nowMs) {
    const { spec, status } = volume;
    const { claimRef } = spec;
    return [
      storageCell(spec.capacity),
      modesCell(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      phaseOf(volume),
      claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
      spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? UNSET,
      status.reason ?? '',
      ageOf(volume, nowMs),
      spec.volumeMode ?? UNSET,
    ];
  },
};

const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const storageClassTable: TableColumns<StorageClass> = {
  columns: [
    { name: 'Provisioner', doc: 'storage.v1.StorageClass.provisioner' },
    { name: 'ReclaimPolicy', doc: 'storage.v1.StorageClass.reclaimPolicy' },
    { name: 'VolumeBindingMode', doc: 'storage.v1.StorageClass.volumeBindingMode' },
    { name: 'AllowVolumeExpansion', doc: 'storage.v1.StorageClass.allowVolumeExpansion' },
    AGE,
  ],
  nameOf({ metadata }) {
    const isDefault = IS_DEFAULT.some((key) => metadata.annotations?.[key] === 'true');
    return isDefault ? `${metadata.name} (default)` : metadata.name;
  },
  cells: (storageClass, nowMs) => [
    storageClass.provisioner,
    storageClass.reclaimPolicy ?? 'Delete',
    storageClass.volumeBindingMode ?? 'Immediate',
    storageClass.allowVolumeExpansion ?? false,
    ageOf(storageClass, nowMs),
  ],
};

export const attachmentTable: TableColumns<VolumeAttachment> = {
  columns: [
    { name: 'Attacher', format: 'name', doc: 'storage.v1.VolumeAttachmentSpec.attacher' },
    { name: 'PV', doc: 'storage.v1.VolumeAttachmentSource.persistentVolumeName' },
    { name: 'Node', doc: 'storage.v1.VolumeAttachmentSpec.nodeName' },
    { name: 'Attached', type: 'boolean', doc: 'storage.v1.VolumeAttachmentStatus.attached' },
    AGE,
  ],
  cells: ({ spec, status, ...rest }, nowMs) => [
    spec.attacher,
    spec.source.persistentVolumeName ?? '',
    spec.nodeName,
    status?.attached ?? false,
    ageOf(rest, nowMs),
  ],
};

export const csiNodeTable: TableColumns<CSINode> = {
  columns: [
    {
      name: 'Drivers',
      type: 'integer',
      description: 'Drivers indicates the number of CSI drivers registered on the node',
    },
    AGE,
  ],
  cells: (csiNode, nowMs) => [csiNode.spec.drivers?.length ?? 0, ageOf(csiNode, nowMs)],
};

export const csiDriverTable: TableColumns<CSIDriver> = {
  columns: [
    { name: 'AttachRequired', type: 'boolean', doc: 'storage.v1.CSIDriverSpec.attachRequired' },
    { name: 'PodInfoOnMount', type: 'boolean', doc: 'storage.v1.CSIDriverSpec.podInfoOnMount' },
    { name: 'StorageCapacity', type: 'boolean', doc: 'storage.v1.CSIDriverSpec.storageCapacity' },
    { name: 'TokenRequests', doc: 'storage.v1.CSIDriverSpec.tokenRequests' },
    { name: 'RequiresRepublish', type: 'boolean', doc: 'storage.v1.CSIDriverSpec.requiresRepublish' },
    { name: 'Modes', doc: 'storage.v1.CSIDriverSpec.volumeLifecycleModes' },
    AGE,
  ],
  cells: ({ spec, ...rest }, nowMs) => [
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? UNSET,
    spec.requiresRepublish ?? false,
    spec.volumeLifecycleModes?.join(',') || NONE,
    ageOf(rest, nowMs),
  ],
};

export const storageCapacityTable: TableColumns<CSIStorageCapacity> = {
  columns: [
    { name: 'StorageClassName', doc: 'storage.v1.CSIStorageCapacity.storageClassName' },
    { name: 'Capacity', doc: 'storage.v1.CSIStorageCapacity.capacity' },
  ],
  cells: ({ storageClassName, capacity }) => [
    storageClassName,
    capacity === undefined ? UNSET : (canonicalQuantity(capacity) ?? ''),
  ],
};

export const volumeAttributesClassTable: TableColumns<VolumeAttributesClass> = {
  columns: [{ name: 'DriverName', doc: 'storage.v1.VolumeAttributesClass.driverName' }, AGE],
  cells: (one, nowMs) => [one.driverName, ageOf(one, nowMs)],
};
