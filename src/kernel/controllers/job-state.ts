import type { Job, Pod } from '../../api/objects';
import { formatTime } from '../../api/time';
import type { BackoffRecord } from './job-backoff';
import { judgeFailure } from './job-policy';

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

export type JobStatus = Job['status'];
export type JobCondition = NonNullable<JobStatus['conditions']>[number];

/** One reconcile's picture of a Job: what is counted, and the status that it leads to. */
export interface JobSync {
  readonly key: string;
  /** The Job as last written. */
  job: Job;
  /** The status to be written; owned by this reconcile. */
  status: JobStatus;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  activeCount: number;
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  /** Finalizers that were taken away and are still seen. */
  readonly removing: ReadonlySet<string>;
  /** Pods that the status already holds as uncounted. */
  readonly uncounted: { readonly succeeded: ReadonlySet<string>; readonly failed: ReadonlySet<string> };
  backoff: BackoffRecord;
  finished: JobCondition | undefined;
  /** Indexes that had succeeded before, and those that have now. */
  succeededBefore: ReadonlySet<number>;
  succeededIndexes: Set<number>;
  failedIndexes: ReadonlySet<number> | undefined;
  /** With backoffLimitPerIndex: the failed Pod of each index that waits for the next one. */
  delayed: ReadonlyMap<number, Pod>;
}

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;

export const isSuspended = (job: Job): boolean => job.spec.suspend === true;

export function jobCondition(status: JobStatus | undefined, type: string): JobCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the Job is `Complete` or `Failed`. Models IsJobFinished. */
export function isJobFinished(job: Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
}

/** A condition that changes now. `epochNowMs` is milliseconds since the Unix epoch. */
export function jobConditionNow(
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  epochNowMs: number,
): JobCondition {
  const now = formatTime(epochNowMs);
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
}

/** Appends or replaces a condition in `status`; False is not appended. Returns whether the list changed. */
export function ensureCondition(status: JobStatus, condition: JobCondition): boolean {
  const known = jobCondition(status, condition.type);
  if (!known && condition.status === 'False') return false;
  const same = known && known.status === condition.status && known.reason === condition.reason;
  if (same && known.message === condition.message) return false;
  const list = status.conditions ?? [];
  status.conditions = known ? list.map((one) => (one === known ? condition : one)) : [...list, condition];
  return true;
}

/** Whether Pods are replaced only once they have failed, not already when they are deleted. */
export function onlyReplacesFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;
}

/** Whether a Pod counts as failed: a deleted one too, unless the Job waits for its end. Models isPodFailed. */
export function isFailedPod(job: Job, pod: Pod): boolean {
  if (pod.status.phase === 'Failed') return true;
  if (onlyReplacesFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded';
}

/** The failed Pods that count towards the limit. Models nonIgnoredFailedPodsCount. */
export function countedFailures(job: Job, failed: readonly Pod[]): number {
  const policy = job.spec.podFailurePolicy;
  return policy ? failed.filter((pod) => judgeFailure(policy, pod).counts).length : failed.length;
}

/** Whether containers have restarted too often in running Pods (OnFailure). Models pastBackoffLimitOnFailure. */
export function pastRestartLimit(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue;
    for (const one of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
      restarts += one.restartCount;
    }
  }
  const limit = job.spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}
