/** The CSI driver of zonal disks: a disk is attached to one node at a time. */
export const DISK_DRIVER = 'disk.podium.dev';
/** The CSI driver of network file systems: mounted by any number of nodes, never attached. */
export const FILES_DRIVER = 'files.podium.dev';
