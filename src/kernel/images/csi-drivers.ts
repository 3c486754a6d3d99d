/** The CSI driver of zonal disks: a disk is attached to one node at a time. */
export const DISK_DRIVER = 'disk.podium.dev';
/** The CSI driver of network file systems: mounted by any number of nodes, never attached. */
export const FILES_DRIVER = 'files.podium.dev';

/** The CSI drivers to which plugins that once were in the tree have moved, by the plugin. Models csi-translation-lib. */
export const MIGRATED_DRIVERS: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};
