import type { Job, Pod } from '../../api/objects';

export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';
const FAILURES_ANNOTATION = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_ANNOTATION = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** The index a Pod stands for; `undefined` where it has none. Models getCompletionIndex. */
export function completionIndex(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX_ANNOTATION];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed';

/** The Pod's index if the Job has it. */
export function validIndex(job: Job, pod: Pod): number | undefined {
  const index = completionIndex(pod);
  return index !== undefined && index < (job.spec.completions ?? 0) ? index : undefined;
}

/** Ascending indexes as text: `1,3-5,7`. Three or more in a row are a range. Models orderedIntervals.String. */
export function formatIndexes(indexes: readonly number[]): string {
  const parts: string[] = [];
  for (let start = 0; start < indexes.length;) {
    let end = start;
    while (end + 1 < indexes.length && indexes[end + 1] === indexes[end]! + 1) end += 1;
    const [first, last] = [indexes[start]!, indexes[end]!];
    parts.push(first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`);
    start = end + 1;
  }
  return parts.join(',');
}

/** The indexes of a text, less those the Job does not have. Models parseIndexesFromString. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of text ? text.split(',') : []) {
    const [first, last = first] = part.split('-').map(Number);
    for (let index = first!; index <= last! && index < completions; index++) indexes.add(index);
  }
  return indexes;
}

export const ascending = (indexes: ReadonlySet<number>): number[] => [...indexes].sort((a, b) => a - b);

/** How often the index of a Pod had failed before it, by rules that count and by rules that ignore. */
export function indexFailures(pod: Pod): { counted: number; ignored: number } {
  const annotations = pod.metadata.annotations ?? {};
  return {
    counted: Number(annotations[FAILURES_ANNOTATION] ?? 0),
    ignored: Number(annotations[IGNORED_ANNOTATION] ?? 0),
  };
}

/** The annotations of a Pod that takes the place of `failed` (the first of its index: `undefined`). */
export function failureAnnotations(failed: Pod | undefined, ignored: boolean): Record<string, string> {
  const before = failed ? indexFailures(failed) : { counted: 0, ignored: 0 };
  const counted = before.counted + (failed && !ignored ? 1 : 0);
  const skipped = before.ignored + (failed && ignored ? 1 : 0);
  return {
    [FAILURES_ANNOTATION]: String(counted),
    ...(skipped > 0 ? { [IGNORED_ANNOTATION]: String(skipped) } : {}),
  };
}

/** The first free indexes, ascending. Models firstPendingIndexes. */
export function firstPending(taken: ReadonlySet<number>, count: number, completions: number): number[] {
  const indexes: number[] = [];
  for (let index = 0; index < completions && indexes.length < count; index++) {
    if (!taken.has(index)) indexes.push(index);
  }
  return indexes;
}
