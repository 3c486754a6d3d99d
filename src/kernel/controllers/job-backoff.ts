import { conditionOf } from '../../api/conditions';
import type { Pod } from '../../api/objects';
import { parseTime } from '../../api/time';

/** A Job's failures in a row, and when the last one was (milliseconds since the Unix epoch). */
export interface BackoffRecord {
  failures: number;
  lastFailureMs: number;
}

const BASE_MS = 10_000;
const MAX_MS = 600_000;

/**
 * When a Pod ended, in milliseconds since the Unix epoch: with its last container, else when it stopped being ready,
 * else when its deletion was asked for. Models getFinishedTime.
 */
export function finishedAtMs(pod: Pod): number {
  const ends = (pod.status.containerStatuses ?? []).map((status) => status.state?.terminated?.finishedAt);
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...ends.map(parseTime));
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  if (deletionTimestamp) return parseTime(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return parseTime(creationTimestamp);
}

/** The record after more Pods have ended: a success starts the count anew. Models newBackoffRecord. */
export function backoffAfter(
  before: BackoffRecord | undefined,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): BackoffRecord {
  const record = { failures: before?.failures ?? 0, lastFailureMs: before?.lastFailureMs ?? 0 };
  if (succeeded.length === 0 && failed.length === 0) return record;
  const lastSuccessMs = Math.max(-Infinity, ...succeeded.map(finishedAtMs));
  const later = failed.map(finishedAtMs).filter((atMs) => atMs > lastSuccessMs);
  if (succeeded.length > 0) Object.assign(record, { failures: 0, lastFailureMs: 0 });
  record.failures += later.length;
  record.lastFailureMs = Math.max(record.lastFailureMs, ...later);
  return record;
}

/** Milliseconds to wait before the next Pod: 10 s after the first failure, doubled with each, at most 10 min. */
export function remainingMs(record: BackoffRecord, epochNowMs: number): number {
  if (record.failures === 0) return 0;
  const delayMs = Math.min(BASE_MS * 2 ** (record.failures - 1), MAX_MS);
  return Math.max(0, record.lastFailureMs + delayMs - epochNowMs);
}
