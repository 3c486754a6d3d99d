import { controllerOf, objectKey, type Job, type Pod } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import type { ApiError } from '../../api/status';
import { parseTime } from '../../api/time';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { isSatisfied, type Expectations } from './expectations';
import { backoffAfter, type BackoffRecord } from './job-backoff';
import { indexFailures, isIndexed, parseIndexes, validIndex } from './job-indexes';
import { judgeFailure, metSuccessRule } from './job-policy';
import { managePods, removePods, type JobPods } from './job-pods';
import {
  countedFailures,
  ensureCondition,
  isFailedPod,
  isJobFinished,
  isSuspended,
  isTracked,
  jobCondition,
  jobConditionNow,
  pastRestartLimit,
  TRACKING_FINALIZER,
  type JobCondition,
  type JobSync,
} from './job-state';
import { pendingRemovals, trackJob, untrackPod } from './job-tracking';
import { isPodActive, isPodReady, isPodTerminating } from './pods';
import { claim } from './pod-control';

interface JobExtra {
  expectations: Expectations;
  /** Finalizers taken away that the cache still shows, by Job: uid → key of the Pod. */
  removals: Map<string, Map<string, string>>;
  backoff: Map<string, BackoffRecord>;
}

/** Changes of Pods and of the status wait so long, so that several are counted at once. */
const BATCH_MS = 1000;
/** Marks the keys of Pods that lost their Job and keep its finalizer. */
const ORPHAN = 'orphan:';

/** Runs Pods to completion. Models pkg/controller/job/job_controller.go. */
export class JobController extends Controller<JobExtra> {
  constructor(parts: ControllerParts) {
    super('job-controller', parts, { expectations: new Map(), removals: new Map(), backoff: new Map() });
    parts.informers.on('jobs', (event) => this.#onJob(event));
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  #onJob(event: StoreEvent<Job>): void {
    const { object: job, previous, key } = event;
    if (event.type === 'MODIFIED' && previous?.metadata.generation === job.metadata.generation) this.#batch(key, event);
    else this.enqueue(key, event);
    if (event.type === 'DELETED' || isJobFinished(job)) this.#wakeTracked(job, event);
    const { activeDeadlineSeconds } = job.spec;
    const { startTime } = job.status ?? {};
    const known = previous?.spec.activeDeadlineSeconds === activeDeadlineSeconds && previous?.status?.startTime;
    if (event.type === 'DELETED' || activeDeadlineSeconds === undefined || !startTime || known) return;
    this.enqueueAfter(key, Math.max(0, this.#deadlineInMs(startTime, activeDeadlineSeconds)));
  }

  #wakeTracked(job: Job, event: StoreEvent): void {
    for (const pod of this.parts.informers.by('pods', 'controller', job.metadata.uid)) {
      if (isTracked(pod)) this.enqueue(`${ORPHAN}${objectKey(pod)}`, event);
    }
  }

  #batch(key: string, event: StoreEvent): void {
    this.noteCause(key, event);
    this.enqueueAfter(key, BATCH_MS);
  }

  #onPod(event: StoreEvent<Pod>): void {
    const pod = event.object;
    const owner = controllerOf(pod);
    const before = event.previous && controllerOf(event.previous);
    const { namespace = '' } = pod.metadata;
    if (before?.kind === 'Job' && before.uid !== owner?.uid) this.#batch(`${namespace}/${before.name}`, event);
    if (owner && owner.kind !== 'Job') return;
    const job = owner && this.parts.informers.get('jobs', namespace, owner.name);
    const lives = job !== undefined && job.metadata.uid === owner?.uid;
    if (
      isTracked(pod) &&
      event.type !== 'DELETED' &&
      (!lives || (pod.metadata.deletionTimestamp && isJobFinished(job)))
    ) {
      this.enqueue(`${ORPHAN}${event.key}`, event);
    }
    if (lives) this.#batch(objectKey(job), event);
    else if (!owner && event.type !== 'DELETED') this.#wakeAdopters(event);
  }

  #wakeAdopters(event: StoreEvent<Pod>): void {
    const { namespace = '', labels } = event.object.metadata;
    if (event.previous && event.previous.metadata.labels === labels && !controllerOf(event.previous)) return;
    for (const job of this.parts.informers.by('jobs', 'namespace', namespace)) {
      if (selectorMatches(job.spec.selector, labels)) this.#batch(objectKey(job), event);
    }
  }

  protected override reconcile(key: string): void {
    if (key.startsWith(ORPHAN)) return this.#untrackOrphan(key.slice(ORPHAN.length));
    const job = this.parts.informers.byKey('jobs', key);
    if (!job || isJobFinished(job)) this.state.backoff.delete(key);
    if (!job) {
      this.state.expectations.delete(key);
      this.state.removals.delete(key);
      return;
    }
    const { managedBy } = job.spec;
    if (isJobFinished(job) || (managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller')) return;
    const failure = this.#sync(key, job);
    if (failure) throw failure;
  }

  /** Models syncOrphanPod. */
  #untrackOrphan(podKey: string): void {
    const pod = this.parts.informers.byKey('pods', podKey);
    if (!pod || !isTracked(pod)) return;
    const owner = controllerOf(pod);
    if (owner && owner.kind !== 'Job') return;
    const job = owner && this.parts.informers.get('jobs', pod.metadata.namespace, owner.name);
    if (job && job.metadata.uid === owner.uid && !isJobFinished(job)) return;
    untrackPod(this.parts, podKey);
  }

  /** Models syncJob. */
  #sync(key: string, job: Job): ApiError | undefined {
    const settled = isSatisfied(this.state.expectations, key, this.parts.informers);
    const sync = this.#picture(key, job);
    const control = this.#control();
    if (!sync.status.startTime && !isSuspended(job)) sync.status.startTime = this.parts.clock.time;
    sync.finished = this.#verdict(sync);
    let failure: ApiError | undefined;
    if (sync.finished) {
      failure = removePods(control, sync, sync.active, false);
      if (failure || !settled) sync.finished = undefined;
    } else {
      const manages = settled && !job.metadata.deletionTimestamp;
      if (manages) failure = managePods(control, sync);
      if (this.#isComplete(sync)) sync.finished = this.#announceSuccess();
      else if (manages) this.#noteSuspension(sync);
    }
    sync.status.active = sync.activeCount;
    sync.status.ready = sync.ready;
    sync.status.terminating = sync.terminating;
    trackJob(control, sync);
    return failure;
  }

  #control(): JobPods {
    return {
      parts: this.parts,
      expectations: this.state.expectations,
      removals: this.state.removals,
      later: (key, delayMs) => this.enqueueAfter(key, Math.max(delayMs, BATCH_MS)),
      keepBackoff: (sync) => this.state.backoff.set(sync.key, sync.backoff),
    };
  }

  /** Everything that is counted. */
  #picture(key: string, job: Job): JobSync {
    const pods = claim(this.parts, 'pods', job, job.spec.selector, { finalizer: TRACKING_FINALIZER });
    const active = pods.filter(isPodActive);
    const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
    const uncounted = { succeeded: new Set(succeeded), failed: new Set(failed) };
    const removing = pendingRemovals(this.#control(), key);
    const fresh = (pod: Pod, known: ReadonlySet<string>): boolean =>
      isTracked(pod) &&
      !known.has(pod.metadata.uid) &&
      !removing.has(pod.metadata.uid) &&
      (!isIndexed(job) || validIndex(job, pod) !== undefined);
    const newSucceeded = pods.filter((pod) => pod.status.phase === 'Succeeded' && fresh(pod, uncounted.succeeded));
    const newFailed = pods.filter((pod) => isFailedPod(job, pod) && fresh(pod, uncounted.failed));
    const sync: JobSync = {
      key,
      job,
      status: { ...job.status, uncountedTerminatedPods: job.status?.uncountedTerminatedPods ?? {} },
      pods,
      active,
      activeCount: active.length,
      ready: active.filter(isPodReady).length,
      terminating: pods.filter(isPodTerminating).length,
      succeeded: (job.status?.succeeded ?? 0) + newSucceeded.length + uncounted.succeeded.size,
      failed: (job.status?.failed ?? 0) + countedFailures(job, newFailed) + uncounted.failed.size,
      removing,
      uncounted,
      backoff: backoffAfter(this.state.backoff.get(key), newSucceeded, newFailed),
      finished: undefined,
      succeededBefore: new Set(),
      succeededIndexes: new Set(),
      failedIndexes: undefined,
      delayed: new Map(),
    };
    if (isIndexed(job)) this.#countIndexes(sync);
    return sync;
  }

  /** Models calculateSucceededIndexes, calculateFailedIndexes and getPodsWithDelayedDeletionPerIndex. */
  #countIndexes(sync: JobSync): void {
    const { job, pods } = sync;
    const completions = job.spec.completions ?? 0;
    sync.succeededBefore = parseIndexes(job.status?.completedIndexes, completions);
    sync.succeededIndexes = new Set(sync.succeededBefore);
    for (const pod of pods) {
      const index = validIndex(job, pod);
      if (index !== undefined && pod.status.phase === 'Succeeded' && isTracked(pod)) sync.succeededIndexes.add(index);
    }
    sync.succeeded = sync.succeededIndexes.size;
    const limit = job.spec.backoffLimitPerIndex;
    if (limit === undefined) return;
    const failed = parseIndexes(job.status?.failedIndexes, completions);
    const lost = pods.filter((pod) => isFailedPod(job, pod) && validIndex(job, pod) !== undefined);
    for (const pod of lost) {
      const { action, counts } = judgeFailure(job.spec.podFailurePolicy, pod);
      const spent = counts && indexFailures(pod).counted >= limit;
      if (action === 'FailIndex' || spent) failed.add(validIndex(job, pod)!);
    }
    sync.failedIndexes = failed;
    sync.delayed = delayedPods(sync, lost);
  }

  /** Why the Job ends now, if it does; what was announced before stands. */
  #verdict(sync: JobSync): JobCondition | undefined {
    const { job } = sync;
    const met = jobCondition(job.status, 'SuccessCriteriaMet');
    if (met?.status === 'True') return met;
    const target = jobCondition(job.status, 'FailureTarget');
    if (target?.status === 'True') {
      return {
        ...target,
        type: 'Failed',
        lastTransitionTime: this.parts.clock.time,
        lastProbeTime: this.parts.clock.time,
      };
    }
    const policyMessage = sync.pods
      .filter((pod) => job.spec.podFailurePolicy && isFailedPod(job, pod))
      .map((pod) => judgeFailure(job.spec.podFailurePolicy, pod).message)
      .find((message) => message !== undefined);
    if (policyMessage) return this.#announceFailure('PodFailurePolicy', policyMessage);
    if (sync.failed > (job.spec.backoffLimit ?? 6) || pastRestartLimit(job, sync.pods)) {
      return this.#announceFailure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    }
    return this.#deadlineVerdict(sync) ?? (isIndexed(job) ? this.#indexVerdict(sync) : undefined);
  }

  #deadlineVerdict({ key, job, status }: JobSync): JobCondition | undefined {
    const { activeDeadlineSeconds } = job.spec;
    if (activeDeadlineSeconds === undefined || isSuspended(job) || !status.startTime) return undefined;
    const inMs = this.#deadlineInMs(status.startTime, activeDeadlineSeconds);
    if (job.status?.startTime && inMs <= 0) {
      return this.#announceFailure('DeadlineExceeded', 'Job was active longer than specified deadline');
    }
    this.enqueueAfter(key, Math.max(0, inMs));
    return undefined;
  }

  #indexVerdict({ job, succeededIndexes, failedIndexes }: JobSync): JobCondition | undefined {
    const completions = job.spec.completions ?? 0;
    const failed = failedIndexes?.size ?? 0;
    if (failed > (job.spec.maxFailedIndexes ?? Infinity)) {
      const message = 'Job has exceeded the specified maximal number of failed indexes';
      return this.#announceFailure('MaxFailedIndexesExceeded', message);
    }
    if (failed > 0 && failed + succeededIndexes.size >= completions) {
      return this.#announceFailure('FailedIndexes', 'Job has failed indexes');
    }
    const message = metSuccessRule(job.spec.successPolicy, succeededIndexes, (text) => parseIndexes(text, completions));
    if (!message) return undefined;
    return jobConditionNow('SuccessCriteriaMet', 'True', 'SuccessPolicy', message, this.parts.clock.epochNowMs);
  }

  #announceFailure(reason: string, message: string): JobCondition {
    return jobConditionNow('FailureTarget', 'True', reason, message, this.parts.clock.epochNowMs);
  }

  #announceSuccess(): JobCondition {
    const message = 'Reached expected number of succeeded pods';
    return jobConditionNow('SuccessCriteriaMet', 'True', 'CompletionsReached', message, this.parts.clock.epochNowMs);
  }

  #isComplete({ job, succeeded, activeCount }: JobSync): boolean {
    const { completions } = job.spec;
    return activeCount === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
  }

  #noteSuspension(sync: JobSync): void {
    const suspended = isSuspended(sync.job);
    const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
    const word = suspended ? 'True' : 'False';
    const condition = jobConditionNow('Suspended', word, reason, message, this.parts.clock.epochNowMs);
    if (!ensureCondition(sync.status, condition)) return;
    this.parts.recorder.event(subjectOf(sync.job), 'Normal', suspended ? 'Suspended' : 'Resumed', message);
    if (suspended) delete sync.status.startTime;
    else sync.status.startTime = this.parts.clock.time;
  }

  #deadlineInMs(startTime: string, activeDeadlineSeconds: number): number {
    return parseTime(startTime) + activeDeadlineSeconds * 1000 - this.parts.clock.epochNowMs;
  }
}

/** The failed Pod of each index that waits for its successor: it keeps its finalizer so that its count is not lost. */
function delayedPods(sync: JobSync, lost: readonly Pod[]): Map<number, Pod> {
  const running = new Set(sync.active.map((pod) => validIndex(sync.job, pod)));
  const failures = (pod: Pod): number => indexFailures(pod).counted + indexFailures(pod).ignored;
  const delayed = new Map<number, Pod>();
  for (const pod of lost) {
    const index = validIndex(sync.job, pod)!;
    const settled = sync.succeededIndexes.has(index) || sync.failedIndexes?.has(index) || running.has(index);
    if (settled || !isTracked(pod) || sync.removing.has(pod.metadata.uid)) continue;
    const known = delayed.get(index);
    if (!known || failures(pod) > failures(known)) delayed.set(index, pod);
  }
  return delayed;
}
