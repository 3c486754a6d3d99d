import { Alike } from '../../base/alike';
import { conditionOf } from '../../api/conditions';
import type { ContainerStatus, PodCondition, PodStatus } from '../../api/objects';
import { ALL_RESTARTING, couldRestartAll, isClearedAll, restartsAll } from './restart-all';
import type { PodRecord } from './state';

type Condition = Pick<PodCondition, 'type' | 'status'> & { reason?: string; message?: string };

/** The types of conditions that a kubelet writes; all others are somebody else's. */
export const KUBELET_CONDITIONS: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
  ALL_RESTARTING,
]);

/** The statuses of a Pod's containers, by kind. */
export interface Statuses {
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
}

/** The kubelet's conditions of a Pod. Models pkg/kubelet/status/generate.go. */
export function podConditions(record: PodRecord, statuses: Statuses, phase: string, before: PodStatus): Condition[] {
  const containersReady = containersReadyCondition(record, statuses, phase);
  return [
    ...resizing(record),
    { type: 'PodReadyToStartContainers', status: record.sandbox.state === 'ready' ? 'True' : 'False' },
    initializedCondition(record, statuses, phase, before),
    readyCondition(record, containersReady, phase),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
    ...restartingAll(record, phase),
    ...disruption(record),
  ];
}

/** Models pkg/kubelet/status status_manager.go GetPodResizeConditions. */
function resizing({ resize }: PodRecord): Condition[] {
  if (!resize) return [];
  const { pending, inProgress, error } = resize;
  const failed = error === null ? {} : { reason: 'Error', message: error };
  return [
    ...(pending ? [{ type: 'PodResizePending' as const, status: 'True' as const, ...pending }] : []),
    ...(inProgress ? [{ type: 'PodResizeInProgress' as const, status: 'True' as const, ...failed }] : []),
  ];
}

/** Models GenerateAllContainersRestartingCondition. */
function restartingAll(record: PodRecord, phase: string): Condition[] {
  if (!couldRestartAll(record)) return [];
  const type = ALL_RESTARTING;
  if (phase === 'Succeeded') return [{ type, status: 'False', reason: 'PodCompleted' }];
  if (phase === 'Failed') return [{ type, status: 'False', reason: 'PodFailed' }];
  if (!restartsAll(record) || isClearedAll(record)) return [{ type, status: 'False' }];
  const message = 'container exited with restart policy rule';
  return [{ type, status: 'True', reason: 'RestartAllContainersStarted', message }];
}

/** Says that the kubelet ends the Pod for the machine's sake, so that its owner need not count it as a failure. */
function disruption({ evicted }: PodRecord): Condition[] {
  if (!evicted?.disrupts) return [];
  return [{ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: evicted.message }];
}

/** A Pod that was initialized stays so, also while its init containers run anew. */
function initializedCondition(
  record: PodRecord,
  { init, main }: Statuses,
  phase: string,
  before: PodStatus,
): Condition {
  const type = 'Initialized';
  const incomplete = init.filter((status) => !(isSidecar(record, status.name) ? status.started : status.ready));
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const hasRun = main.some(
    (status) => status.state?.running || status.state?.terminated || status.lastState?.terminated,
  );
  const wasInitialized = conditionOf({ status: before }, type)?.status === 'True';
  if (incomplete.length === 0 || hasRun || wasInitialized) return { type, status: 'True' };
  const names = incomplete.map((status) => status.name).join(' ');
  return {
    type,
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names}]`,
  };
}

function containersReadyCondition(record: PodRecord, { init, main }: Statuses, phase: string): Condition {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const sidecars = init.filter((status) => isSidecar(record, status.name));
  const unready = [...sidecars, ...main].filter((status) => !status.ready);
  if (unready.length === 0) return { type, status: 'True' };
  const names = unready.map((status) => status.name).join(' ');
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
}

function readyCondition(record: PodRecord, containersReady: Condition, phase: string): Condition {
  const type = 'Ready';
  if (containersReady.status !== 'True' || phase === 'Succeeded' || phase === 'Failed')
    return { ...containersReady, type };
  const conditions = record.pod.status.conditions ?? [];
  const missing: string[] = [];
  for (const { conditionType } of record.pod.spec.readinessGates ?? []) {
    const found = conditions.find((condition) => condition.type === conditionType);
    if (!found) missing.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True') {
      missing.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
    }
  }
  if (missing.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}

const isSidecar = (record: PodRecord, name: string): boolean => record.containers.get(name)?.kind === 'sidecar';

/** Of these upstream does not say of which version of the Pod they are. */
const UNGENERATED: ReadonlySet<string> = new Set([ALL_RESTARTING]);

/**
 * Conditions with their times: what has not changed keeps its time, what is the same altogether stays the same object.
 * `before` is the status as it was.
 */
export function timedConditions(
  record: PodRecord,
  conditions: readonly Condition[],
  before: PodStatus,
  now: string,
): PodCondition[] {
  const known = before.conditions ?? [];
  const timed = conditions.map((condition) => {
    const generation = UNGENERATED.has(condition.type) ? undefined : record.pod.metadata.generation;
    const was = known.find((one) => one.type === condition.type) as Written | undefined;
    return (was && isSame(was, condition, generation)
      ? was
      : written(condition, was, generation, now)) as unknown as PodCondition;
  });
  return alikeConditions.share(timed);
}

/** Of Pods that came as far within the same seconds. */
const alikeConditions = new Alike<PodCondition[]>(16);

/** A condition as the API server has it. */
interface Written extends Condition {
  observedGeneration?: number;
  lastProbeTime: string | null;
  lastTransitionTime: string;
}

function isSame(was: Written, condition: Condition, generation: number | undefined): boolean {
  return (
    was.status === condition.status &&
    was.reason === condition.reason &&
    was.message === condition.message &&
    was.observedGeneration === generation
  );
}

/** Thousands of Pods say the same within a second: they share it. So many are kept before all are forgotten. */
const SAYINGS_KEPT = 256;
const sayings = new Map<string, Written>();

function written(condition: Condition, was: Written | undefined, generation: number | undefined, now: string): Written {
  const { type, status } = condition;
  const time = was?.status === status ? was.lastTransitionTime : now;
  if (condition.reason !== undefined || condition.message !== undefined) return said(condition, generation, time);
  const key = `${type} ${status} ${generation} ${time}`;
  let known = sayings.get(key);
  if (!known) {
    if (sayings.size >= SAYINGS_KEPT) sayings.clear();
    sayings.set(key, (known = Object.freeze(said(condition, generation, time))));
  }
  return known;
}

function said(
  { type, status, reason, message }: Condition,
  generation: number | undefined,
  lastTransitionTime: string,
): Written {
  const next: Written =
    generation === undefined
      ? { type, status, lastProbeTime: null, lastTransitionTime }
      : { type, observedGeneration: generation, status, lastProbeTime: null, lastTransitionTime };
  if (reason !== undefined) next.reason = reason;
  if (message !== undefined) next.message = message;
  return next;
}
