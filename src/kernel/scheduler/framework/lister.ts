import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { ICSINode } from 'kubernetes-models/storage.k8s.io/v1';
import type {
  LabelSelector,
  ObjectMeta,
  PersistentVolume,
  PersistentVolumeClaim,
  Service,
  StorageClass,
  VolumeAttachment,
} from '../../../api/objects';

export type CsiNode = ICSINode & { metadata: ObjectMeta };
export type DisruptionBudget = IPodDisruptionBudget & { metadata: ObjectMeta };

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
  csiNode(nodeName: string): CsiNode | undefined;
  attachmentsOn(nodeName: string): Iterable<VolumeAttachment>;
  namespaceLabels(namespace: string): Readonly<Record<string, string>>;
  servicesIn(namespace: string): Iterable<Service>;
  /** The selector of a controller of Pods: ReplicaSet, StatefulSet, ReplicationController. */
  selectorOf(kind: string, namespace: string, name: string): LabelSelector | undefined;
  disruptionBudgets(): Iterable<DisruptionBudget>;
}
