import type { Mapping } from '../cluster/discovery';
import { describeConfigMap } from './config-map';
import { describeCronJob } from './cron-job';
import { describeCsiNode } from './csi-node';
import { describeDaemonSet } from './daemon-set';
import { describeDeployment } from './deployment';
import type { Describer } from './describer';
import { describeEndpoints } from './endpoints';
import { describeEndpointSlice } from './endpoint-slice';
import { describeGeneric } from './generic';
import { describeHorizontalPodAutoscaler } from './horizontal-pod-autoscaler';
import { describeIngress } from './ingress';
import { describeIngressClass } from './ingress-class';
import { describeJob } from './job';
import { describeLimitRange } from './limit-range';
import { describeNamespace } from './namespace';
import { describeNetworkPolicy } from './network-policy';
import { describeNode } from './node';
import { describePersistentVolume } from './persistent-volume';
import { describePersistentVolumeClaim } from './persistent-volume-claim';
import { describePod } from './pod';
import { describePodDisruptionBudget } from './pod-disruption-budget';
import { describePriorityClass } from './priority-class';
import { describeReplicaSet } from './replica-set';
import { describeReplicationController } from './replication-controller';
import { describeResourceQuota } from './quota';
import { describeRole } from './role';
import { describeRoleBinding } from './role-binding';
import { describeSecret } from './secret';
import { describeService } from './service';
import { describeServiceAccount } from './service-account';
import { describeStatefulSet } from './stateful-set';
import { describeStorageClass } from './storage-class';
import { describeVolumeAttributesClass } from './volume-attributes-class';

const DESCRIBERS: Record<string, Describer> = {
  ConfigMap: describeConfigMap,
  Endpoints: describeEndpoints,
  LimitRange: describeLimitRange,
  Namespace: describeNamespace,
  Node: describeNode,
  PersistentVolume: describePersistentVolume,
  PersistentVolumeClaim: describePersistentVolumeClaim,
  Pod: describePod,
  ReplicationController: describeReplicationController,
  ResourceQuota: describeResourceQuota,
  Secret: describeSecret,
  Service: describeService,
  ServiceAccount: describeServiceAccount,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'CSINode.storage.k8s.io': describeCsiNode,
  'CronJob.batch': describeCronJob,
  'DaemonSet.apps': describeDaemonSet,
  'Deployment.apps': describeDeployment,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'HorizontalPodAutoscaler.autoscaling': describeHorizontalPodAutoscaler,
  'Ingress.networking.k8s.io': describeIngress,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'Job.batch': describeJob,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  'PodDisruptionBudget.policy': describePodDisruptionBudget,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'ReplicaSet.apps': describeReplicaSet,
  'Role.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'StatefulSet.apps': describeStatefulSet,
  'StorageClass.storage.k8s.io': describeStorageClass,
  'VolumeAttributesClass.storage.k8s.io': describeVolumeAttributesClass,
};

/** The describer of a kind, by kind and group: `Pod`, `Deployment.apps`; all others are described field by field. */
export function describerFor(mapping: Mapping): Describer {
  const key = mapping.group ? `${mapping.kind}.${mapping.group}` : mapping.kind;
  return (Object.hasOwn(DESCRIBERS, key) ? DESCRIBERS[key] : undefined) ?? describeGeneric;
}
