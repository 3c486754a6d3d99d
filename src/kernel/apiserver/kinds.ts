import type { Conversion, Kind } from './kind';
import { horizontalpodautoscalers } from './kinds/autoscaling';
import { autoscalerConversion } from './kinds/autoscaling-versions';
import { cronjobs } from './kinds/cronjobs';
import { eventConversion } from './kinds/event-versions';
import { controllerrevisions, daemonsets, statefulsets } from './kinds/controlled-sets';
import { limitranges, resourcequotas } from './kinds/limits';
import { namespaces } from './kinds/namespaces';
import { networkpolicies } from './kinds/networking';
import { nodes } from './kinds/nodes';
import { poddisruptionbudgets } from './kinds/policy';
import { pods } from './kinds/pods';
import { services } from './kinds/services';
import {
  configmaps,
  csinodes,
  endpointslices,
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
  jobs,
  cronjobs,
  storageclasses,
  volumeattachments,
  csinodes,
  networkpolicies,
  horizontalpodautoscalers,
  resourcequotas,
  limitranges,
  poddisruptionbudgets,
  priorityclasses,
  leases,
  endpointslices,
];

/** The versions that are not stored, by `group/version/resource`. */
export const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'events.k8s.io/v1/events': eventConversion,
  'autoscaling/v1/horizontalpodautoscalers': autoscalerConversion,
};
