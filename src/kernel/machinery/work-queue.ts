/** A work queue's whole state: keys in the order in which they wait, and why they wait. */
export interface WorkQueueState {
  /** Keys that wait, each once, with the revisions that made them wait. */
  waiting: Map<string, number[]>;
  /** Failures in a row by key. */
  failures: Map<string, number>;
}

export const emptyQueue = (): WorkQueueState => ({ waiting: new Map(), failures: new Map() });

const REVISIONS_A_KEY = 8;

/** Adds a key, or another reason for one that waits already. Models client-go/util/workqueue. */
export function addKey(queue: WorkQueueState, key: string, revision?: number): void {
  const revisions = queue.waiting.get(key);
  if (!revisions) queue.waiting.set(key, revision === undefined ? [] : [revision]);
  else if (revision !== undefined && revisions.length < REVISIONS_A_KEY) revisions.push(revision);
  else if (revision !== undefined) revisions[REVISIONS_A_KEY - 1] = revision;
}

/** Takes the key that has waited longest. */
export function takeKey(queue: WorkQueueState): { key: string; revisions: number[] } | undefined {
  for (const [key, revisions] of queue.waiting) {
    queue.waiting.delete(key);
    return { key, revisions };
  }
  return undefined;
}

/** Counts a failure and says how long to wait: 5 ms, doubled each time, at most `longestMs`. Models DefaultTypedItemBasedRateLimiter. */
export function failureDelayMs(queue: WorkQueueState, key: string, longestMs = 1_000_000): number {
  const failures = queue.failures.get(key) ?? 0;
  queue.failures.set(key, failures + 1);
  return Math.min(5 * 2 ** failures, longestMs);
}
