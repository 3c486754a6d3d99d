import type { Pod, PodCondition } from '../../../api/objects';
import { equalJson } from '../../../api/json';
import { podTable } from '../columns/pod';
import { defaultPod } from '../defaults/pod';
import type { Kind } from '../kind';
import { validatePod, validatePodStatus, validatePodUpdate } from '../validation/pod';
import { podWarnings } from '../validation/pod-warnings';
import { withLabelKeys } from './label-keys';
import { withEphemeralContainers, withResizedContainers } from './pod-parts';
import { qosClassOf } from './qos';

/** Owners are not the kubelet's to change. */
function withOwners(next: Pod, current: Pod): Pod {
  if (equalJson(next.metadata.ownerReferences, current.metadata.ownerReferences)) return next;
  const { ownerReferences: _owners, ...metadata } = next.metadata;
  const { ownerReferences } = current.metadata;
  return { ...next, metadata: ownerReferences ? { ...metadata, ownerReferences } : metadata };
}

/** The first of all addresses is the address. */
function withAddresses(pod: Pod): Pod {
  const { podIP, podIPs } = pod.status;
  return podIP && !podIPs?.length ? { ...pod, status: { ...pod.status, podIPs: [{ ip: podIP }] } } : pod;
}

/** A gated Pod says at once why nobody places it. */
function initialStatus(pod: Pod): Pod['status'] {
  const status: Pod['status'] = { phase: 'Pending', qosClass: qosClassOf(pod) };
  if (!pod.spec.schedulingGates?.length) return status;
  const gated: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastProbeTime: null as unknown as string,
    lastTransitionTime: pod.metadata.creationTimestamp,
  };
  return { ...status, conditions: [gated] };
}

/** Models pkg/registry/core/pod strategy.go. */
export const pods: Kind<Pod> = {
  resource: 'pods',
  returnsDeleted: true,
  table: podTable,
  generation: true,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status.phase ?? '',
    'status.podIP': (pod) => pod.status.podIP ?? '',
    'status.nominatedNodeName': (pod) => pod.status.nominatedNodeName ?? '',
  },
  defaults: defaultPod,
  prepareCreate: (pod) => ({ ...withLabelKeys(pod), status: initialStatus(pod) }),
  prepareStatus: (next, current) => withAddresses(withOwners(next, current)),
  parts: { ephemeralcontainers: withEphemeralContainers, resize: withResizedContainers },
  warnings: podWarnings,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatus: validatePodStatus,
  /** Models podStrategy.CheckGracefulDelete. */
  gracePeriodSeconds(pod, asked) {
    const { phase } = pod.status;
    if (!pod.spec.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
    const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
};
