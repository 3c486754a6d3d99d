import { describe, expect, it } from 'vitest';
import { playStorm } from './player';
import { scriptOf } from './script';

const RUNS = 150;
const FIRST = 50_000;

describe('many storms', () => {
  it('end in a cluster that has become what was declared, or says truly why not', () => {
    const failed: unknown[] = [];
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
      const { problems, inputs } = playStorm(scriptOf(seed));
      if (problems.length > 0) failed.push({ seed, problems, inputs });
    }
    expect(failed).toEqual([]);
  }, 1_200_000);
});
