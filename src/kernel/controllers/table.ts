import type { ResourceName } from '../../api/objects';
import type { Component } from '../machinery/component';
import type { ControllerParts } from '../machinery/controller';
import type { IndexName, InformersOptions } from '../machinery/informers';
import { CertificateApprovingController } from './certificates-approving';
import { CertificateCleaner } from './certificates-cleaner';
import { CertificateSigningController } from './certificates-signing';
import { ClusterRoleAggregationController } from './clusterrole-aggregation';
import { CronJobController } from './cronjob';
import { DaemonSetController } from './daemonset';
import { DeploymentController } from './deployment';
import { DisruptionController } from './disruption';
import { EndpointController } from './endpoint';
import { EndpointSliceController } from './endpointslice';
import { EndpointSliceMirroringController } from './endpointslice-mirroring';
import { EphemeralVolumeController } from './ephemeral-volume';
import { GarbageCollector } from './garbage-collector';
import { HorizontalController } from './horizontal';
import { JobController } from './job';
import { NamespaceController } from './namespace';
import { NodeLifecycleController } from './node-lifecycle';
import { PersistentVolumeBinder } from './persistentvolume-binder';
import { PersistentVolumeExpander } from './persistentvolume-expander';
import { PersistentVolumeProtection } from './persistentvolume-protection';
import { PersistentVolumeClaimProtection } from './persistentvolumeclaim-protection';
import { PodGarbageCollector } from './pod-garbage-collector';
import { ReplicaSetController } from './replicaset';
import { ReplicationManager } from './replication';
import { ResourceQuotaController } from './resourcequota';
import { RootCaCertPublisher } from './root-ca-cert-publisher';
import { TokensController } from './service-account-tokens';
import { ServiceAccountController } from './serviceaccount';
import { ServiceLoadBalancerController } from './service-load-balancer';
import { StatefulSetController } from './statefulset';
import { TaintEvictionController } from './taint-eviction';
import { TtlAfterFinishedController } from './ttl-after-finished';

/** One controller of kube-controller-manager. */
interface ControllerRow {
  /** Who it is to the API server: its ServiceAccount upstream. */
  readonly actor: string;
  /** `source.component` of its Events. */
  readonly recorderComponent: string;
  readonly make: (parts: ControllerParts) => Component & { begin(): void };
}

const row = (
  actor: string,
  recorderComponent: string,
  Kind: new (parts: ControllerParts) => Component & { begin(): void },
): ControllerRow => ({ actor, recorderComponent, make: (parts) => new Kind(parts) });

/** The controllers in the order in which they are told of events. */
export const CONTROLLERS: readonly ControllerRow[] = [
  row('deployment-controller', 'deployment-controller', DeploymentController),
  row('replicaset-controller', 'replicaset-controller', ReplicaSetController),
  row('replication-controller', 'replication-controller', ReplicationManager),
  row('statefulset-controller', 'statefulset-controller', StatefulSetController),
  row('daemon-set-controller', 'daemonset-controller', DaemonSetController),
  row('job-controller', 'job-controller', JobController),
  row('cronjob-controller', 'cronjob-controller', CronJobController),
  row('disruption-controller', 'controllermanager', DisruptionController),
  row('resourcequota-controller', 'resourcequota-controller', ResourceQuotaController),
  row('horizontal-pod-autoscaler', 'horizontal-pod-autoscaler', HorizontalController),
  row('ttl-after-finished-controller', 'ttl-after-finished-controller', TtlAfterFinishedController),
  row('endpointslice-controller', 'endpoint-slice-controller', EndpointSliceController),
  row('endpoint-controller', 'endpoint-controller', EndpointController),
  row('endpointslicemirroring-controller', 'endpoint-slice-mirroring-controller', EndpointSliceMirroringController),
  row('node-controller', 'node-controller', NodeLifecycleController),
  row('taint-eviction-controller', 'taint-eviction-controller', TaintEvictionController),
  row('pod-garbage-collector', 'pod-garbage-collector', PodGarbageCollector),
  row('namespace-controller', 'namespace-controller', NamespaceController),
  row('service-account-controller', 'service-account-controller', ServiceAccountController),
  row('tokens-controller', 'tokens-controller', TokensController),
  row('clusterrole-aggregation-controller', 'clusterrole-aggregation-controller', ClusterRoleAggregationController),
  row('root-ca-cert-publisher', 'root-ca-cert-publisher', RootCaCertPublisher),
  row('persistent-volume-binder', 'persistentvolume-controller', PersistentVolumeBinder),
  row('expand-controller', 'volume_expand', PersistentVolumeExpander),
  row('ephemeral-volume-controller', 'ephemeral_volume', EphemeralVolumeController),
  row('pvc-protection-controller', 'pvc-protection-controller', PersistentVolumeClaimProtection),
  row('pv-protection-controller', 'pv-protection-controller', PersistentVolumeProtection),
  row('certificate-controller', 'certificate-controller', CertificateSigningController),
  row('certificate-controller', 'certificate-controller', CertificateApprovingController),
  row('certificate-controller', 'certificate-controller', CertificateCleaner),
  row('generic-garbage-collector', 'garbage-collector-controller', GarbageCollector),
];

/** The controllers of a cluster's provider that work on what others declare. */
export const PROVIDER_CONTROLLERS: readonly ControllerRow[] = [
  row('service-controller', 'service-controller', ServiceLoadBalancerController),
];

const OWNED: readonly IndexName[] = ['owner'];

/** Everything that controllers look at. All of them share one picture of the cluster. */
const WATCHED: Partial<Record<ResourceName, readonly IndexName[]>> = {
  namespaces: [],
  nodes: [],
  leases: [],
  pods: ['node', 'namespace', 'controller', 'orphan', 'claim', 'owner'],
  services: ['namespace', 'owner'],
  endpoints: OWNED,
  endpointslices: ['service', 'owner'],
  configmaps: OWNED,
  horizontalpodautoscalers: OWNED,
  resourcequotas: ['namespace', 'owner'],
  secrets: OWNED,
  serviceaccounts: OWNED,
  persistentvolumes: OWNED,
  persistentvolumeclaims: ['namespace', 'owner'],
  deployments: ['namespace', 'owner'],
  replicasets: ['namespace', 'controller', 'orphan', 'owner'],
  replicationcontrollers: ['namespace', 'owner'],
  podtemplates: OWNED,
  statefulsets: ['namespace', 'owner'],
  daemonsets: ['namespace', 'owner'],
  controllerrevisions: ['controller', 'orphan', 'owner'],
  poddisruptionbudgets: ['namespace', 'owner'],
  jobs: ['namespace', 'controller', 'owner'],
  cronjobs: OWNED,
  networkpolicies: OWNED,
  ingresses: OWNED,
  roles: OWNED,
  rolebindings: OWNED,
  limitranges: OWNED,
  csistoragecapacities: OWNED,
  storageclasses: [],
  clusterroles: [],
  volumeattachments: ['node', 'volume', 'owner'],
  certificatesigningrequests: [],
};

export const CONTROLLER_INFORMERS: InformersOptions = { resources: WATCHED, latencyMs: [1, 5] };
