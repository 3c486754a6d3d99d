import type {
  CSINode,
  LabelSelector,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
  StorageClass,
  VolumeAttachment,
} from '../../../api/objects';

/**
 * What plugins read beside Pods and Nodes: the informers' caches, with what the scheduler has assumed laid over
 * them. Never a write.
 */
export interface ClusterLister {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Volumes of a storage class; the empty class for volumes without one. */
  volumesOf(className: string): Iterable<PersistentVolume>;
  storageClass(name: string): StorageClass | undefined;
  csiNode(nodeName: string): CSINode | undefined;
  attachmentsOn(nodeName: string): Iterable<VolumeAttachment>;
  namespaceLabels(namespace: string): Readonly<Record<string, string>>;
  servicesIn(namespace: string): Iterable<Service>;
  /** The selector of a controller of Pods: ReplicaSet, StatefulSet, ReplicationController. */
  selectorOf(kind: string, namespace: string, name: string): LabelSelector | undefined;
  disruptionBudgets(): Iterable<PodDisruptionBudget>;
}
