import type { Conversion, Kind } from './kind';
import { horizontalpodautoscalers } from './kinds/autoscaling';
import { autoscalerConversion } from './kinds/autoscaling-versions';
import { certificatesigningrequests } from './kinds/certificates';
import { cronjobs } from './kinds/cronjobs';
import { eventConversion } from './kinds/event-versions';
import { controllerrevisions, daemonsets, statefulsets } from './kinds/controlled-sets';
import { DEVICES } from './kinds/devices';
import { limitranges, resourcequotas } from './kinds/limits';
import { componentstatuses } from './kinds/component-statuses';
import { customresourcedefinitions } from './kinds/custom-resource-definitions';
import { csidrivers, csinodes, csistoragecapacities, volumeattributesclasses } from './kinds/csi';
import { endpoints, endpointslices } from './kinds/endpoints';
import { namespaces } from './kinds/namespaces';
import { ingressclasses, ingresses, ipaddresses, networkpolicies, servicecidrs } from './kinds/networking';
import { nodes } from './kinds/nodes';
import { poddisruptionbudgets } from './kinds/policy';
import { pods } from './kinds/pods';
import { clusterrolebindings, clusterroles, rolebindings, roles } from './kinds/rbac';
import { podtemplates, replicationcontrollers } from './kinds/replication-controllers';
import { REGISTRATIONS } from './kinds/registrations';
import { runtimeclasses } from './kinds/runtime-classes';
import { services } from './kinds/services';
import {
  configmaps,
  events,
  leases,
  persistentvolumeclaims,
  persistentvolumes,
  priorityclasses,
  secrets,
  serviceaccounts,
  storageclasses,
  volumeattachments,
} from './kinds/simple';
import { deployments, jobs, replicasets } from './kinds/workloads';

/** The kinds this server serves: a row each. */
export const KINDS: readonly Kind[] = [
  namespaces,
  nodes,
  pods,
  services,
  configmaps,
  secrets,
  serviceaccounts,
  events,
  persistentvolumes,
  persistentvolumeclaims,
  deployments,
  replicasets,
  statefulsets,
  daemonsets,
  controllerrevisions,
  replicationcontrollers,
  podtemplates,
  jobs,
  cronjobs,
  storageclasses,
  volumeattachments,
  volumeattributesclasses,
  csinodes,
  csidrivers,
  csistoragecapacities,
  networkpolicies,
  ingresses,
  ingressclasses,
  ipaddresses,
  servicecidrs,
  runtimeclasses,
  roles,
  clusterroles,
  rolebindings,
  clusterrolebindings,
  horizontalpodautoscalers,
  resourcequotas,
  limitranges,
  poddisruptionbudgets,
  priorityclasses,
  leases,
  endpoints,
  endpointslices,
  componentstatuses,
  customresourcedefinitions as unknown as Kind,
  certificatesigningrequests as unknown as Kind,
  ...REGISTRATIONS,
  ...DEVICES,
];

/** The versions that are not stored, by `group/version/resource`. */
export const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'events.k8s.io/v1/events': eventConversion,
  'autoscaling/v1/horizontalpodautoscalers': autoscalerConversion,
};
