import { describe, expect, test } from 'vitest';
import { resourceScorer, type ScoringStrategy } from './scoring-strategy';

const CPU_MEMORY = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
const GPU_FIRST = [
  { name: 'cpu', weight: 1 },
  { name: 'nvidia.com/gpu', weight: 5 },
];
const FILL = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];
const BENT = [
  { utilization: 0, score: 10 },
  { utilization: 50, score: 5 },
  { utilization: 100, score: 0 },
];

const CASES: [about: string, strategy: ScoringStrategy, requested: number[], capacity: number[], score: number][] = [
  ['least allocated: empty', { type: 'LeastAllocated', resources: CPU_MEMORY }, [0, 0], [4000, 10000], 100],
  [
    'least allocated: half and half',
    { type: 'LeastAllocated', resources: CPU_MEMORY },
    [3000, 5000],
    [4000, 10000],
    37,
  ],
  [
    'least allocated: too much of one',
    { type: 'LeastAllocated', resources: CPU_MEMORY },
    [6000, 5000],
    [4000, 10000],
    25,
  ],
  ['least allocated: no capacity at all', { type: 'LeastAllocated', resources: CPU_MEMORY }, [1, 1], [0, 0], 0],
  ['most allocated: half and half', { type: 'MostAllocated', resources: CPU_MEMORY }, [3000, 5000], [4000, 10000], 62],
  [
    'most allocated: too much counts as full',
    { type: 'MostAllocated', resources: CPU_MEMORY },
    [6000, 5000],
    [4000, 10000],
    75,
  ],
  ['most allocated: GPUs weigh more', { type: 'MostAllocated', resources: GPU_FIRST }, [1000, 4], [4000, 4], 87],
  [
    'ratio: the fuller the better',
    { type: 'RequestedToCapacityRatio', resources: CPU_MEMORY, shape: FILL },
    [3000, 5000],
    [4000, 10000],
    63,
  ],
  [
    'ratio: a broken line',
    { type: 'RequestedToCapacityRatio', resources: CPU_MEMORY, shape: BENT },
    [1000, 7500],
    [4000, 10000],
    50,
  ],
  [
    'ratio: what scores nothing does not count',
    { type: 'RequestedToCapacityRatio', resources: GPU_FIRST, shape: FILL },
    [0, 2],
    [4000, 4],
    50,
  ],
];

describe('scoring by resources', () => {
  test.each(CASES)('%s', (_, strategy, requested, capacity, score) => {
    expect(resourceScorer(strategy)(requested, capacity)).toBe(score);
  });
});
