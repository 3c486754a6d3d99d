import { describe, expect, it } from 'vitest';
import type { SchedulingRecord } from '../../api/scheduling';
import { attemptRows, whyItWon } from './attempt-rows';

const record: SchedulingRecord = {
  namespace: 'default',
  name: 'train',
  uid: 'u',
  profile: 'default-scheduler',
  atMs: 0,
  attempt: 1,
  wokenBy: 'PodAdd',
  outcome: 'Scheduled',
  nodes: 5,
  evaluated: 5,
  feasible: 2,
  refusals: [
    {
      plugin: 'NodeResourcesFit',
      code: 'Unschedulable',
      reasons: ['Insufficient cpu'],
      count: 2,
      nodes: ['cpu-10', 'cpu-2'],
    },
    { plugin: '', code: 'UnschedulableAndUnresolvable', reasons: ['left out'], count: 1, nodes: ['cpu-1'] },
  ],
  filters: ['TaintToleration', 'NodeResourcesFit', 'PodTopologySpread'],
  scorers: ['TaintToleration', 'NodeResourcesFit', 'ImageLocality'],
  scores: [
    { node: 'gpu-1', scores: [300, 81, 0], total: 381 },
    { node: 'gpu-2', scores: [300, 53, 18], total: 371 },
  ],
  node: 'gpu-1',
};

describe('an attempt as rows', () => {
  it('names each node with what each filter said, and asks nobody after the first refusal', () => {
    const rows = attemptRows(record).map((row) => [row.node, ...row.verdicts.map(({ kind }) => kind), row.leftOut]);
    expect(rows).toEqual([
      ['gpu-1', 'yes', 'yes', 'yes', ''],
      ['gpu-2', 'yes', 'yes', 'yes', ''],
      ['cpu-1', 'left out'],
      ['cpu-2', 'yes', 'no', 'unasked', ''],
      ['cpu-10', 'yes', 'no', 'unasked', ''],
    ]);
  });

  it('holds the only node that fits, though nothing was compared', () => {
    const [first] = attemptRows({ ...record, scorers: [], scores: [] });
    expect([first?.node, first?.score]).toEqual(['gpu-1', undefined]);
  });
});

describe('why a node won', () => {
  it('says what made the difference, and what spoke for the other', () => {
    expect(whyItWon(record)).toBe(
      'gpu-1 is 10 ahead: NodeResourcesFit gives it 28 more than gpu-2. ImageLocality gives gpu-2 18 more.',
    );
  });

  it('owns up to chance', () => {
    const scores = record.scores.map((score) => ({ ...score, total: 300 }));
    expect(whyItWon({ ...record, scores })).toBe('gpu-1 and gpu-2 score the same; chance decides.');
  });

  it('is silent where one node fits', () => {
    expect(whyItWon({ ...record, scores: [] })).toBe('');
  });
});
