import { describe, expect, it } from 'vitest';
import { inTrouble, POD_FLAGS, POD_PHASES, type PodPhase } from './frame';

describe('trouble', () => {
  it('is a phase that does not end by itself', () => {
    const troubled = POD_PHASES.filter((phase) => inTrouble({ phase, flags: 0 }));
    expect(troubled).toEqual(['Failed', 'CrashLoopBackOff', 'Unknown']);
  });

  it.each<[keyof typeof POD_FLAGS, PodPhase, boolean]>([
    ['oomKilled', 'Running', true],
    ['imagePullBackOff', 'Creating', true],
    ['pulling', 'Creating', false],
    ['probeFailing', 'NotReady', false],
  ])('with the flag %s in %s: %s', (flag, phase, expected) =>
    expect(inTrouble({ phase, flags: POD_FLAGS[flag] })).toBe(expected),
  );
});
