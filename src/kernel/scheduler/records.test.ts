import { describe, expect, it } from 'vitest';
import type { NodeScore, SchedulingRecord } from '../../api/scheduling';
import { copyState, hashState } from '../../base/state';
import type { CycleResult } from './cycle';
import { emptyRecords, keepRecord, latestRecord, recordOf, recordsOf, recordsSince, type RecordHead } from './records';

const head = (atMs: number, attempt: number): RecordHead => ({
  namespace: 'default',
  name: 'a',
  uid: 'uid-a',
  profile: 'default-scheduler',
  atMs,
  attempt,
  wokenBy: 'PodAdd',
});

/** A cycle on nodes with these scores of two plugins. */
function cycle(...scores: readonly (readonly [number, number])[]): CycleResult {
  const nodes = scores.map((_, index) => ({ name: `n${index}` }));
  return {
    nodes,
    feasible: nodes,
    evaluated: nodes.length,
    verdicts: [],
    filters: ['Fit'],
    chosen: nodes[0],
    scores:
      nodes.length > 1
        ? ['Left', 'Right'].map((plugin, at) => ({ plugin, values: scores.map((one) => one[at]!) }))
        : [],
    totals: scores.map(([left, right]) => left + right),
  } as unknown as CycleResult;
}

describe('what is kept of attempts', () => {
  it.each<[string, CycleResult, NodeScore[]]>([
    ['one node needs no scores', cycle([1, 2]), []],
    [
      'the best first',
      cycle([1, 2], [5, 0], [2, 1]),
      [
        { node: 'n1', scores: [5, 0], total: 5 },
        { node: 'n0', scores: [1, 2], total: 3 },
        { node: 'n2', scores: [2, 1], total: 3 },
      ],
    ],
  ])('%s', (_name, result, scores) => {
    const state = emptyRecords();
    keepRecord(state, 'default/a', recordOf(head(5, 1), result));
    const [record] = recordsOf(state, 'default/a') as [SchedulingRecord];
    expect(record).toMatchObject({ name: 'a', atMs: 5, outcome: 'Scheduled', scores });
    expect(latestRecord(state)).toEqual(record);
    expect(recordsSince(state, 4)).toEqual([record]);
    expect(recordsSince(state, 5)).toEqual([]);
    const copy = copyState(state);
    expect(recordsOf(copy, 'default/a')).toEqual([record]);
    expect(hashState(copy)).toBe(hashState({ byPod: new Map([['default/a', [record]]]), latest: record }));
  });

  it('keeps the last sixteen of a Pod, and none of one before it of the same name', () => {
    const state = emptyRecords();
    for (let attempt = 1; attempt <= 20; attempt++)
      keepRecord(state, 'default/a', recordOf(head(attempt, attempt), cycle([1, 1], [2, 2])));
    expect(recordsOf(state, 'default/a').map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: 16 }, (_, index) => index + 5),
    );
    keepRecord(state, 'default/a', recordOf({ ...head(30, 1), uid: 'uid-b' }, cycle([1, 1])));
    expect(recordsOf(state, 'default/a')).toHaveLength(1);
  });
});
