import type { Draft, Job, Pod, PodTemplate } from '../../api/objects';
import { ApiError } from '../../api/status';
import type { ControllerParts } from '../machinery/controller';
import { expectCreation, expectDeletion, type Expectations } from './expectations';
import { remainingMs } from './job-backoff';
import {
  completionIndex,
  failureAnnotations,
  firstPending,
  indexFailures,
  INDEX_ANNOTATION,
  isIndexed,
  validIndex,
} from './job-indexes';
import { finishedAtMs } from './job-backoff';
import { judgeFailure } from './job-policy';
import { isSuspended, onlyReplacesFailed, TRACKING_FINALIZER, type JobSync } from './job-state';
import { removeFinalizer, type JobTracker } from './job-tracking';
import { isPodReady, isPodTerminating, leastAdvancedFirst } from './pods';
import { createPod, deletePod, podFromTemplate } from './pod-control';
import { slowStart } from './slow-start';

/** Pods created or deleted in one reconcile at most. */
const MAX_PODS_A_SYNC = 500;

export interface JobPods extends JobTracker {
  readonly parts: ControllerParts;
  readonly expectations: Expectations;
  /** Reconciles the Job again after a while. */
  later(key: string, delayMs: number): void;
}

/** Creates or deletes Pods as parallelism, completions, suspension and back-off want it. Models manageJob. */
export function managePods(control: JobPods, sync: JobSync): ApiError | undefined {
  const { job } = sync;
  if (isSuspended(job)) return removePods(control, sync, surplusPods(sync, sync.active.length), true);
  const wanted = wantedActive(sync);
  const surplus = surplusPods(sync, Math.max(0, sync.active.length - wanted)).slice(0, MAX_PODS_A_SYNC);
  if (surplus.length > 0) return removePods(control, sync, surplus, true);
  const leaving = onlyReplacesFailed(job) ? sync.terminating : 0;
  const missing = Math.min(wanted - leaving - sync.active.length, MAX_PODS_A_SYNC);
  if (missing <= 0) return undefined;
  return isIndexed(job) ? addIndexes(control, sync, missing) : addPods(control, sync, missing);
}

/** How many Pods should run now. */
function wantedActive({ job, succeeded, active }: JobSync): number {
  const { completions, parallelism = 1 } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

function waitsForBackoff(control: JobPods, sync: JobSync): boolean {
  const waitMs = remainingMs(sync.backoff, control.parts.clock.epochNowMs);
  if (waitMs > 0) control.later(sync.key, waitMs);
  return waitMs > 0;
}

function addPods(control: JobPods, sync: JobSync, count: number): ApiError | undefined {
  if (waitsForBackoff(control, sync)) return undefined;
  const draft = trackedDraft(sync.job, sync.job.spec.template);
  return create(
    control,
    sync,
    Array.from({ length: count }, () => draft),
  );
}

function addIndexes(control: JobPods, sync: JobSync, count: number): ApiError | undefined {
  const perIndex = sync.job.spec.backoffLimitPerIndex !== undefined;
  if (!perIndex && waitsForBackoff(control, sync)) return undefined;
  const pending = firstPending(takenIndexes(sync), count, sync.job.spec.completions ?? 0);
  const indexes = perIndex ? dueIndexes(control, sync, pending) : pending;
  return create(
    control,
    sync,
    indexes.map((index) => indexedDraft(sync, index, perIndex)),
  );
}

function takenIndexes(sync: JobSync): Set<number> {
  const taken = new Set([...sync.succeededIndexes, ...(sync.failedIndexes ?? [])]);
  const leaving = onlyReplacesFailed(sync.job) ? sync.pods.filter(isPodTerminating) : [];
  for (const pod of [...sync.active, ...leaving]) {
    const index = completionIndex(pod);
    if (index !== undefined) taken.add(index);
  }
  return taken;
}

/** The indexes whose own back-off is over; where there is none, waits for the first. */
function dueIndexes(control: JobPods, sync: JobSync, indexes: readonly number[]): number[] {
  const waits = indexes.map((index) => {
    const failed = sync.delayed.get(index);
    if (!failed) return 0;
    const { counted, ignored } = indexFailures(failed);
    const record = { failures: counted + ignored + 1, lastFailureMs: finishedAtMs(failed) };
    return remainingMs(record, control.parts.clock.epochNowMs);
  });
  const due = indexes.filter((_, position) => waits[position] === 0);
  if (due.length === 0 && waits.length > 0) control.later(sync.key, Math.min(...waits));
  return due;
}

function trackedDraft(job: Job, template: PodTemplate, generateName?: string): Draft<Pod> {
  const finalizers = template.metadata?.finalizers ?? [];
  const tracked = finalizers.includes(TRACKING_FINALIZER) ? finalizers : [...finalizers, TRACKING_FINALIZER];
  const metadata = { ...template.metadata, finalizers: tracked };
  return podFromTemplate({ ...template, metadata } as PodTemplate, job, generateName);
}

function indexedDraft(sync: JobSync, index: number, perIndex: boolean): Draft<Pod> {
  const { job } = sync;
  const { template } = job.spec;
  const failed = sync.delayed.get(index);
  const ignored = failed !== undefined && !judgeFailure(job.spec.podFailurePolicy, failed).counts;
  const annotations = {
    ...template.metadata?.annotations,
    [INDEX_ANNOTATION]: String(index),
    ...(perIndex ? failureAnnotations(failed, ignored) : {}),
  };
  const labels = { ...template.metadata?.labels, [INDEX_ANNOTATION]: String(index) };
  const spec = { ...withIndexVariable(template.spec!), hostname: `${job.metadata.name}-${index}` };
  const indexed = { ...template, metadata: { ...template.metadata, annotations, labels }, spec };
  return trackedDraft(job, indexed as PodTemplate, `${job.metadata.name}-${index}-`);
}

type TemplateSpec = NonNullable<PodTemplate['spec']>;
type TemplateContainer = TemplateSpec['containers'][number];

const INDEX_VARIABLE = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` } },
};

/** Models addCompletionIndexEnvVariables. */
function withIndexVariable(spec: TemplateSpec): TemplateSpec {
  const extend = (container: TemplateContainer): TemplateContainer =>
    container.env?.some((one) => one.name === INDEX_VARIABLE.name)
      ? container
      : { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] };
  return {
    ...spec,
    containers: spec.containers.map(extend),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(extend) } : {}),
  };
}

function create(control: JobPods, sync: JobSync, drafts: readonly Draft<Pod>[]): ApiError | undefined {
  let next = 0;
  const { successes, error } = slowStart(drafts.length, () =>
    createPod(control.parts, sync.job, drafts[next++]!, (pod) => expectCreation(control.expectations, sync.key, pod)),
  );
  sync.activeCount += successes;
  return error;
}

/**
 * The Pods to give up: of an Indexed Job those without an index of their own first, then the least advanced. Models
 * activePodsForRemoval.
 */
function surplusPods(sync: JobSync, atLeast: number): Pod[] {
  const ordered = leastAdvancedFirst(sync.active);
  if (!isIndexed(sync.job)) return ordered.slice(0, atLeast);
  const kept = new Map<number, Pod>();
  for (const pod of ordered) {
    const index = validIndex(sync.job, pod);
    if (index !== undefined) kept.set(index, pod);
  }
  const keepers = new Set(kept.values());
  const surplus = ordered.filter((pod) => !keepers.has(pod));
  const more = ordered.filter((pod) => keepers.has(pod));
  return [...surplus, ...more.slice(0, Math.max(0, atLeast - surplus.length))];
}

/**
 * Deletes Pods and counts them as leaving. `uncounted`: their finalizer goes first, so that they never count as
 * failed. Models deleteJobPods and deleteActivePods.
 */
export function removePods(
  control: JobPods,
  sync: JobSync,
  pods: readonly Pod[],
  uncounted: boolean,
): ApiError | undefined {
  let failure: ApiError | undefined;
  for (const pod of pods) {
    try {
      if (uncounted) removeFinalizer(control, sync.key, pod);
      deletePod(control.parts, sync.job, pod);
      expectDeletion(control.expectations, sync.key, pod);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure ??= error;
      continue;
    }
    sync.activeCount -= 1;
    sync.terminating += 1;
    if (isPodReady(pod)) sync.ready -= 1;
  }
  return failure;
}
