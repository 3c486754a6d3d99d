import type { Draft, StorageClass } from '../../api/objects';

/** The CSI driver of zonal disks: a disk is attached to one node at a time. */
export const DISK_DRIVER = 'disk.podium.dev';
/** The CSI driver of network file systems: mounted by any number of nodes, never attached. */
export const FILES_DRIVER = 'files.podium.dev';

/** The StorageClasses of a cluster with dynamic provisioning. */
export const STORAGE_CLASSES: readonly Draft<StorageClass>[] = [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: DISK_DRIVER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'shared' },
    provisioner: FILES_DRIVER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  },
];
