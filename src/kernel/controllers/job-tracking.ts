import { splitKey, type Pod } from '../../api/objects';
import { equalJson } from '../../api/json';
import { isRefusal } from '../../api/status';
import type { ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import { ascending, formatIndexes, isIndexed, validIndex } from './job-indexes';
import { judgeFailure } from './job-policy';
import {
  ensureCondition,
  isFailedPod,
  isTracked,
  jobCondition,
  jobConditionNow,
  TRACKING_FINALIZER,
  type JobStatus,
  type JobSync,
} from './job-state';
import { withFinalizer } from './pod-control';

/** Uncounted Pods in a status at most; the rest waits for the next reconcile. */
const MAX_UNCOUNTED = 500;

/** What the tracker needs of its controller. */
export interface JobTracker {
  readonly parts: ControllerParts;
  /** Finalizers taken away and still seen, by Job: uid → key of the Pod. */
  readonly removals: Map<string, Map<string, string>>;
  /** Keeps the back-off record once the failures it counts are written. */
  keepBackoff(sync: JobSync): void;
}

/**
 * Counts ended Pods exactly once: notes them in the status, takes their finalizers away, then moves them into the
 * counters, and only then calls the Job finished. Models trackJobStatusAndRemoveFinalizers.
 */
export function trackJob(tracker: JobTracker, sync: JobSync): void {
  const tracked = new Set<string>();
  for (const { metadata } of sync.pods.filter(isTracked))
    if (!sync.removing.has(metadata.uid)) tracked.add(metadata.uid);
  countRemoved(sync.status, tracked);
  const { ended, full } = noteEnded(sync);
  if (isIndexed(sync.job)) noteIndexes(sync);
  noteInterim(tracker, sync);
  if (writeStatus(tracker, sync)) tracker.keepBackoff(sync);
  for (const pod of ended) {
    removeFinalizer(tracker, sync.key, pod);
    tracked.delete(pod.metadata.uid);
  }
  countRemoved(sync.status, tracked);
  const finished = !full && enactFinished(sync);
  writeStatus(tracker, sync);
  if (finished) sayFinished(tracker, sync);
}

/** Moves Pods without a finalizer from the uncounted into the counters. Models cleanUncountedPodsWithoutFinalizers. */
function countRemoved(status: JobStatus, tracked: ReadonlySet<string>): void {
  const uncounted = status.uncountedTerminatedPods ?? {};
  const next: Record<string, string[]> = {};
  for (const outcome of ['succeeded', 'failed'] as const) {
    const uids = uncounted[outcome] ?? [];
    const left = uids.filter((uid) => tracked.has(uid));
    if (left.length < uids.length) status[outcome] = (status[outcome] ?? 0) + uids.length - left.length;
    if (left.length > 0) next[outcome] = left;
  }
  status.uncountedTerminatedPods = next;
}

/** Notes Pods that have ended and may lose their finalizer; `full` when there are too many for one status. */
function noteEnded(sync: JobSync): { ended: Pod[]; full: boolean } {
  const indexed = isIndexed(sync.job);
  const { succeeded = [], failed = [] } = sync.status.uncountedTerminatedPods ?? {};
  const noted = { succeeded: [...succeeded], failed: [...failed] };
  const ended: Pod[] = [];
  let newIndexes = 0;
  let full = false;
  for (const pod of inIndexOrder(sync, indexed)) {
    const { uid } = pod.metadata;
    if (!isTracked(pod) || sync.removing.has(uid)) continue;
    const lost = isFailedPod(sync.job, pod);
    if (!mayRemoveFinalizer(sync, pod, lost)) continue;
    ended.push(pod);
    const index = validIndex(sync.job, pod);
    if (pod.status.phase === 'Succeeded' && !sync.uncounted.failed.has(uid)) {
      if (!indexed && !sync.uncounted.succeeded.has(uid)) noted.succeeded.push(uid);
      if (indexed && index !== undefined && !sync.succeededBefore.has(index)) {
        sync.succeededIndexes.add(index);
        newIndexes += 1;
      }
    } else if (lost || (sync.finished && sync.finished.type !== 'SuccessCriteriaMet')) {
      const counts = judgeFailure(sync.job.spec.podFailurePolicy, pod).counts;
      if (counts && !sync.uncounted.failed.has(uid) && (!indexed || index !== undefined)) noted.failed.push(uid);
    }
    full = newIndexes + noted.succeeded.length + noted.failed.length >= MAX_UNCOUNTED;
    if (full) break;
  }
  sync.status.uncountedTerminatedPods = {
    ...(noted.succeeded.length > 0 ? { succeeded: noted.succeeded } : {}),
    ...(noted.failed.length > 0 ? { failed: noted.failed } : {}),
  };
  return { ended, full };
}

function inIndexOrder(sync: JobSync, indexed: boolean): readonly Pod[] {
  if (!indexed) return sync.pods;
  const order = (pod: Pod): number => validIndex(sync.job, pod) ?? Number.MAX_SAFE_INTEGER;
  return [...sync.pods].sort((a, b) => order(a) - order(b));
}

/** Models canRemoveFinalizer. */
function mayRemoveFinalizer(sync: JobSync, pod: Pod, lost: boolean): boolean {
  if (sync.job.metadata.deletionTimestamp || sync.finished || pod.status.phase === 'Succeeded') return true;
  if (!lost) return false;
  const index = validIndex(sync.job, pod);
  return index === undefined || sync.delayed.get(index) !== pod;
}

function noteIndexes(sync: JobSync): void {
  const succeeded = ascending(sync.succeededIndexes);
  sync.status.succeeded = succeeded.length;
  if (succeeded.length > 0) sync.status.completedIndexes = formatIndexes(succeeded);
  else delete sync.status.completedIndexes;
  if (sync.failedIndexes) sync.status.failedIndexes = formatIndexes(ascending(sync.failedIndexes));
}

/** Writes the condition that announces the end, before any finalizer goes. */
function noteInterim(tracker: JobTracker, sync: JobSync): void {
  const announced = sync.finished;
  if (!announced || (announced.type !== 'FailureTarget' && announced.type !== 'SuccessCriteriaMet')) return;
  if (!jobCondition(sync.status, announced.type)) {
    sync.status.conditions = [...(sync.status.conditions ?? []), announced];
  }
  const type = announced.type === 'FailureTarget' ? 'Failed' : 'Complete';
  const { reason = '', message = '' } = announced;
  sync.finished = jobConditionNow(type, 'True', reason, message, tracker.parts.clock.epochNowMs);
}

/** Adds the last condition when nothing is uncounted and no Pod is on its way out. Models enactJobFinished. */
function enactFinished(sync: JobSync): boolean {
  const { finished, status } = sync;
  if (!finished || sync.terminating > 0) return false;
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0) return false;
  ensureCondition(status, finished);
  if (finished.type === 'Complete' && finished.lastTransitionTime) status.completionTime = finished.lastTransitionTime;
  return true;
}

/** Models recordJobFinished. */
function sayFinished({ parts }: JobTracker, sync: JobSync): void {
  const subject = subjectOf(sync.job);
  if (sync.finished?.type !== 'Complete') {
    return parts.recorder.event(subject, 'Warning', sync.finished?.reason ?? '', sync.finished?.message ?? '');
  }
  const { completions } = sync.job.spec;
  if (completions !== undefined && (sync.status.succeeded ?? 0) > completions) {
    const message = 'Too many succeeded pods running after completion count reached';
    parts.recorder.event(subject, 'Warning', 'TooManySucceededPods', message);
  }
  parts.recorder.event(subject, 'Normal', 'Completed', 'Job completed');
}

/** Writes the status where it differs from what is there; a conflict is thrown. Returns whether it was written. */
function writeStatus(tracker: JobTracker, sync: JobSync): boolean {
  const status = withoutZeros(sync.status);
  if (equalJson(status, sync.job.status)) return false;
  sync.job = tracker.parts.client.updateStatus('jobs', { ...sync.job, status });
  return true;
}

function withoutZeros(status: JobStatus): JobStatus {
  const { active, succeeded, failed, ...rest } = status;
  return {
    ...rest,
    ...(active ? { active } : {}),
    ...(succeeded ? { succeeded } : {}),
    ...(failed ? { failed } : {}),
  };
}

/** Takes the tracking finalizer from a Pod; one that is gone is no fault. */
export function removeFinalizer(tracker: JobTracker, jobKey: string, pod: Pod): void {
  const { namespace = '', name, uid } = pod.metadata;
  untrackPod(tracker.parts, `${namespace}/${name}`);
  let removals = tracker.removals.get(jobKey);
  if (!removals) tracker.removals.set(jobKey, (removals = new Map()));
  removals.set(uid, `${namespace}/${name}`);
}

/** Takes the tracking finalizer from the Pod of a key, if it is still there. */
export function untrackPod(parts: ControllerParts, podKey: string): void {
  const { namespace, name } = splitKey(podKey);
  try {
    parts.client.patch('pods', namespace, name, (pod) => withFinalizer(pod, TRACKING_FINALIZER, false));
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}

/** The uids of Pods whose finalizer is gone and whose picture in the cache still has it. */
export function pendingRemovals(tracker: JobTracker, jobKey: string): Set<string> {
  const removals = tracker.removals.get(jobKey);
  for (const [uid, podKey] of removals ?? []) {
    const pod = tracker.parts.informers.byKey('pods', podKey);
    if (!pod || pod.metadata.uid !== uid || !isTracked(pod)) removals?.delete(uid);
  }
  if (removals?.size === 0) tracker.removals.delete(jobKey);
  return new Set(removals?.keys());
}
