import { describe, expect, it } from 'vitest';
import type { TrialChange } from '../../api/scheduling';
import { placesOf, wordsOfChange } from './way-words';

describe('a way out in words', () => {
  const cases: [TrialChange, string, string][] = [
    [
      {
        kind: 'Tolerate',
        path: ['spec', 'tolerations', 2],
        value: { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
      },
      'tolerate the taint nvidia.com/gpu:NoSchedule',
      'spec.tolerations',
    ],
    [
      { kind: 'DropSelector', path: ['spec', 'nodeSelector', 'zone'], was: 'x' },
      'do without the selector zone=x',
      'spec.nodeSelector.zone',
    ],
    [
      {
        kind: 'LowerRequest',
        path: ['spec', 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu'],
        was: '8',
        value: '4',
      },
      'ask for 4 of nvidia.com/gpu in place of 8',
      'spec.containers[0].resources.limits[nvidia.com/gpu]',
    ],
    [
      {
        kind: 'LowerRequest',
        path: ['spec', 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu'],
        was: 1,
        value: '0',
      },
      'ask for no nvidia.com/gpu',
      'spec.containers[0].resources.limits[nvidia.com/gpu]',
    ],
    [{ kind: 'RemovePod', object: 'pods/default/big' }, 'let the Pod big end', ''],
    [{ kind: 'Uncordon', object: 'nodes/cpu-1' }, 'uncordon cpu-1', ''],
  ];
  it.each(cases)('%j', (change, text, field) => {
    expect(wordsOfChange(change)).toEqual({ text, field });
  });

  it('names three nodes, in order, and counts the others', () => {
    expect(placesOf({ changes: [], fits: 2, nodes: ['n-10', 'n-2'] })).toBe('n-2, n-10 would fit');
    expect(placesOf({ changes: [], fits: 5, nodes: ['a', 'b', 'c', 'd', 'e'] })).toBe('a, b, c and 2 more would fit');
  });
});
