import type {
  IControllerRevision,
  IDaemonSet,
  IDeployment,
  IReplicaSet,
  IStatefulSet,
} from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { ICronJob, IJob } from 'kubernetes-models/batch/v1';
import type { ICertificateSigningRequest } from 'kubernetes-models/certificates.k8s.io/v1';
import type { ILease } from 'kubernetes-models/coordination.k8s.io/v1';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import type {
  IIngress,
  IIngressClass,
  IIPAddress,
  INetworkPolicy,
  IServiceCIDR,
} from 'kubernetes-models/networking.k8s.io/v1';
import type { IRuntimeClass } from 'kubernetes-models/node.k8s.io/v1';
import type {
  IClusterRole,
  IClusterRoleBinding,
  IRole,
  IRoleBinding,
} from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type {
  ICSIDriver,
  ICSINode,
  ICSIStorageCapacity,
  IStorageClass,
  IVolumeAttachment,
  IVolumeAttributesClass,
} from 'kubernetes-models/storage.k8s.io/v1';
import type {
  IComponentStatus,
  IConfigMap,
  IEndpoints,
  IEvent,
  ILimitRange,
  INamespace,
  INode,
  IPersistentVolume,
  IPersistentVolumeClaim,
  IPod,
  IPodTemplate,
  IReplicationController,
  IResourceQuota,
  ISecret,
  IService,
  IServiceAccount,
} from 'kubernetes-models/v1';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type PodMetadata = NonNullable<IPod['metadata']>;
export type OwnerReference = NonNullable<PodMetadata['ownerReferences']>[number];

/** Metadata as the API server returns it: a name, a uid and a revision are always there. */
export type ObjectMeta = Omit<
  PodMetadata,
  'name' | 'uid' | 'resourceVersion' | 'creationTimestamp' | 'managedFields'
> & {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  /** Entries for readers; in the store often a note of which the API server makes them. */
  managedFields?: object;
};

/** Metadata before the API server has seen it. */
export type DraftMeta = Partial<ObjectMeta>;

/** An object as it stands in etcd. Immutable: a write makes a new one that shares what did not change. */
export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object on its way to the API server. */
export interface DraftObject {
  apiVersion: string;
  kind: string;
  metadata: DraftMeta;
}

type Stored<T, Required extends keyof T = never> = Omit<T, 'metadata' | Required> & {
  [Field in Required]-?: NonNullable<T[Field]>;
} & { metadata: ObjectMeta };

export type Pod = Stored<IPod, 'spec' | 'status'>;
export type PodSpec = Pod['spec'];
export type PodStatus = Pod['status'];
export type PodCondition = NonNullable<PodStatus['conditions']>[number];
export type Container = PodSpec['containers'][number];
export type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];
export type ContainerState = NonNullable<ContainerStatus['state']>;
export type Probe = NonNullable<Container['livenessProbe']>;
export type Volume = NonNullable<PodSpec['volumes']>[number];
export type Toleration = NonNullable<PodSpec['tolerations']>[number];
export type Node = Stored<INode, 'spec' | 'status'>;
export type Taint = NonNullable<Node['spec']['taints']>[number];
export type NodeCondition = NonNullable<Node['status']['conditions']>[number];
export type Namespace = Stored<INamespace, 'spec' | 'status'>;
export type Service = Stored<IService, 'spec' | 'status'>;
export type Endpoints = Stored<IEndpoints>;
export type EndpointSlice = Stored<IEndpointSlice>;
export type ComponentStatus = Stored<IComponentStatus>;
export type ConfigMap = Stored<IConfigMap>;
export type Secret = Stored<ISecret>;
export type ServiceAccount = Stored<IServiceAccount>;
export type Event = Stored<IEvent>;
export type PersistentVolume = Stored<IPersistentVolume, 'spec' | 'status'>;
export type PersistentVolumeClaim = Stored<IPersistentVolumeClaim, 'spec' | 'status'>;
export type Deployment = Stored<IDeployment, 'spec' | 'status'>;
export type ReplicaSet = Stored<IReplicaSet, 'spec' | 'status'>;
export type StatefulSet = Stored<IStatefulSet, 'spec' | 'status'>;
export type DaemonSet = Stored<IDaemonSet, 'spec' | 'status'>;
export type ControllerRevision = Stored<IControllerRevision>;
export type PodTemplate = Deployment['spec']['template'];
/** The kind `PodTemplate`: a template that stands by itself. */
export type StoredPodTemplate = Stored<IPodTemplate>;
export type ReplicationController = Stored<IReplicationController, 'spec' | 'status'>;
export type Job = Stored<IJob, 'spec' | 'status'>;
export type CronJob = Stored<ICronJob, 'spec' | 'status'>;
export type StorageClass = Stored<IStorageClass>;
export type VolumeAttachment = Stored<IVolumeAttachment, 'spec'>;
export type VolumeAttributesClass = Stored<IVolumeAttributesClass>;
export type CSINode = Stored<ICSINode, 'spec'>;
export type CSIDriver = Stored<ICSIDriver, 'spec'>;
export type CSIStorageCapacity = Stored<ICSIStorageCapacity>;
export type PodDisruptionBudget = Stored<IPodDisruptionBudget, 'spec' | 'status'>;
export type NetworkPolicy = Stored<INetworkPolicy, 'spec'>;
export type Ingress = Stored<IIngress, 'spec' | 'status'>;
export type IngressClass = Stored<IIngressClass, 'spec'>;
export type IPAddress = Stored<IIPAddress, 'spec'>;
export type ServiceCIDR = Stored<IServiceCIDR, 'spec' | 'status'>;
export type RuntimeClass = Stored<IRuntimeClass>;
export type Role = Stored<IRole>;
export type ClusterRole = Stored<IClusterRole>;
export type RoleBinding = Stored<IRoleBinding>;
export type ClusterRoleBinding = Stored<IClusterRoleBinding>;
export type HorizontalPodAutoscaler = Stored<IHorizontalPodAutoscaler, 'spec' | 'status'>;
export type ResourceQuota = Stored<IResourceQuota, 'spec' | 'status'>;
export type LimitRange = Stored<ILimitRange, 'spec'>;
export type PriorityClass = Stored<IPriorityClass>;
export type CertificateSigningRequest = Stored<ICertificateSigningRequest, 'spec' | 'status'>;
export type Lease = Stored<ILease, 'spec'>;
export type LabelSelector = NonNullable<Deployment['spec']['selector']>;

/** The built-in kinds by resource name; the key under which store, informers and clients know them. */
export interface ResourceTypes {
  namespaces: Namespace;
  nodes: Node;
  pods: Pod;
  services: Service;
  endpoints: Endpoints;
  endpointslices: EndpointSlice;
  configmaps: ConfigMap;
  secrets: Secret;
  serviceaccounts: ServiceAccount;
  events: Event;
  persistentvolumes: PersistentVolume;
  persistentvolumeclaims: PersistentVolumeClaim;
  deployments: Deployment;
  replicasets: ReplicaSet;
  statefulsets: StatefulSet;
  daemonsets: DaemonSet;
  controllerrevisions: ControllerRevision;
  replicationcontrollers: ReplicationController;
  podtemplates: StoredPodTemplate;
  jobs: Job;
  cronjobs: CronJob;
  storageclasses: StorageClass;
  volumeattachments: VolumeAttachment;
  volumeattributesclasses: VolumeAttributesClass;
  csinodes: CSINode;
  csidrivers: CSIDriver;
  csistoragecapacities: CSIStorageCapacity;
  networkpolicies: NetworkPolicy;
  ingresses: Ingress;
  ingressclasses: IngressClass;
  ipaddresses: IPAddress;
  servicecidrs: ServiceCIDR;
  runtimeclasses: RuntimeClass;
  roles: Role;
  clusterroles: ClusterRole;
  rolebindings: RoleBinding;
  clusterrolebindings: ClusterRoleBinding;
  horizontalpodautoscalers: HorizontalPodAutoscaler;
  resourcequotas: ResourceQuota;
  limitranges: LimitRange;
  poddisruptionbudgets: PodDisruptionBudget;
  priorityclasses: PriorityClass;
  leases: Lease;
  certificatesigningrequests: CertificateSigningRequest;
}

/** A built-in resource's name, such as `pods`. */
export type ResourceName = keyof ResourceTypes;

/** An object of a built-in resource on its way to the API server: metadata may lack what the server fills in. */
export type Draft<T extends ApiObject> = Omit<T, 'metadata' | 'status'> & {
  metadata: DraftMeta;
  status?: T extends { status: infer Status } ? Status : never;
};

/** `namespace/name`, or `name` for what has no namespace: the key of an object within its resource. */
export function objectKey(object: { metadata: { namespace?: string; name?: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name ?? ''}` : (name ?? '');
}

let prefixed = '';
let prefix = '/';

/** The key for a namespace (empty for none) and a name. Keys of one namespace share what they begin with. */
export function keyOf(namespace: string | undefined, name: string): string {
  if (!namespace) return name;
  if (namespace !== prefixed) [prefixed, prefix] = [namespace, `${namespace}/`];
  return prefix + name;
}

/** Takes a key apart. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner reference with `controller: true`, if there is one. Models metav1.GetControllerOf. */
export function controllerOf(object: { metadata: { ownerReferences?: OwnerReference[] } }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The owner reference a controller writes into what it creates. Models metav1.NewControllerRef. */
export function controllerReference(owner: ApiObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
