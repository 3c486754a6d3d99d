import fc from 'fast-check';
import { describe, it } from 'vitest';
import { actions, checkStorm } from './storm.rig';

describe('a long storm', () => {
  it('breaks no invariant and no replay', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), actions, checkStorm), {
      seed: 20260106,
      numRuns: 300,
    });
  }, 1_200_000);
});
