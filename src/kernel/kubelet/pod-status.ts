import { parseTime } from '../../api/time';
import type { ContainerStatus, PodStatus } from '../../api/objects';
import { containerStatus } from './container-status';
import type { KubeletCore } from './core';
import { podConditions, timedConditions, type Statuses } from './pod-conditions';
import { podPhase } from './pod-phase';
import { phaseKept } from './restart-all';
import type { ContainerRecord, PodRecord } from './state';

const isTerminal = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed';

/**
 * The Pod's status as the kubelet sees it now. `podIsTerminal`: nothing of it runs any more, and nothing will.
 * Models pkg/kubelet/kubelet_pods.go generateAPIPodStatus.
 */
export function generateStatus(core: KubeletCore, record: PodRecord, podIsTerminal: boolean): PodStatus {
  const before = record.status ?? record.pod.status;
  const statuses = statusesOf(core, record);
  const found = podPhase(record, statuses, podIsTerminal);
  const derived = podIsTerminal ? found : phaseKept(record, before, found);
  const deadline = isTerminal(before.phase) ? undefined : deadlineExceeded(core, record);
  const evicted = isTerminal(before.phase) ? null : record.evicted;
  const phase = isTerminal(before.phase) ? before.phase! : deadline || evicted ? 'Failed' : derived;
  const told =
    deadline ??
    (evicted && { reason: evicted.reason, message: evicted.message }) ??
    (before.reason ? { reason: before.reason, message: before.message } : {});
  const { generation } = record.pod.metadata;
  const { ip } = record.sandbox;
  const host = core.state.hostIp;
  return {
    phase,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: timedConditions(record, podConditions(record, statuses, phase, before), before, core.time),
    ...told,
    ...(host ? { hostIP: host, hostIPs: core.hostIPs } : {}),
    ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
    startTime: before.startTime ?? core.time,
    ...(statuses.init.length > 0 ? { initContainerStatuses: statuses.init } : {}),
    containerStatuses: statuses.main,
    ...(record.pod.status.qosClass ? { qosClass: record.pod.status.qosClass } : {}),
    ...podResources(record),
  } as PodStatus;
}

/** What the containers of a Pod are doing. */
function statusesOf(core: KubeletCore, record: PodRecord): Statuses {
  const containers = [...record.containers.values()];
  /* By `map`, so that lists which are kept as long as the Pod are no longer than they need be. */
  const told = (some: ContainerRecord[]): ContainerStatus[] => some.map((one) => containerStatus(core, record, one));
  return {
    init: told(containers.filter(({ kind }) => kind !== 'main')),
    main: told(containers.filter(({ kind }) => kind === 'main')),
  };
}

/** Models pkg/kubelet/active_deadline.go. */
export function deadlineExceeded(
  core: KubeletCore,
  record: PodRecord,
): { reason: string; message: string } | undefined {
  const atMs = deadlineMs(core, record);
  if (atMs === undefined || core.nowMs < atMs) return undefined;
  return { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
}

/** The moment at which the Pod's activeDeadlineSeconds are over. */
export function deadlineMs(core: KubeletCore, record: PodRecord): number | undefined {
  const seconds = record.pod.spec.activeDeadlineSeconds;
  const startTime = (record.status ?? record.pod.status).startTime;
  if (seconds === undefined || seconds === null || !startTime) return undefined;
  return parseTime(startTime) - core.parts.clock.state.epochMs + seconds * 1000;
}

const NO_RESOURCES: PodRecord['resources'] = Object.freeze({});

/** The Pod's own `resources` and `allocatedResources`: what its containers have together, until it ends. */
function podResources({ stage, resources }: PodRecord): Partial<PodStatus> {
  const allocated = resources.requests ? { allocatedResources: resources.requests } : {};
  return { resources: stage === 'sync' ? resources : NO_RESOURCES, ...allocated } as Partial<PodStatus>;
}
