import { describe, expect, it } from 'vitest';
import type { Json } from './objects';
import type { TrainingResult, TrainingState } from './training';
import { readTrainingResult, readTrainingState } from './training-checkpoint';

const STATE: TrainingState = {
  coef: [0.5, -1],
  intercept: 0.25,
  t: 11,
  epoch: 1,
  position: 3,
  l1: { total: 0.125, applied: [0.125, 0] },
  adaptive: { eta: 0.01, bestLoss: null, staleEpochs: 2, epochLoss: 4 },
};
const RESULT: TrainingResult = {
  run: 'a',
  state: STATE,
  steps: 10,
  loss: 1,
  r2: -1,
  backend: 'wasm',
  curve: [[10, 1]],
};

describe('what a journal and a volume hold', () => {
  it('comes back as it was written', () => {
    const json: Json = RESULT;
    expect(readTrainingResult(JSON.parse(JSON.stringify(json)))).toEqual(RESULT);
    expect(readTrainingState({ ...STATE, l1: null, adaptive: null, more: 1 })).toEqual({
      ...STATE,
      l1: null,
      adaptive: null,
    });
  });

  it.each<[string, unknown]>([
    ['text', 'weights'],
    ['a list', [1, 2]],
    ['no coefficients', { ...STATE, coef: undefined }],
    ['a coefficient of text', { ...STATE, coef: ['1', 2] }],
    ['a hole', { ...STATE, coef: [null, 2] }],
    ['too few penalties', { ...STATE, l1: { total: 1, applied: [1] } }],
    ['a step before the first', { ...STATE, t: 0 }],
    ['half a row', { ...STATE, position: 0.5 }],
    ['no word on L1', { ...STATE, l1: undefined }],
  ])('is no state: %s', (_, value) => {
    expect(readTrainingState(value)).toBeNull();
    expect(readTrainingResult({ ...RESULT, state: value })).toBeNull();
  });

  it.each<[string, object]>([
    ['an unknown backend', { backend: 'tpu' }],
    ['a loss that is not finite', { loss: Infinity }],
    ['a curve of single numbers', { curve: [1, 2] }],
    ['a failure that is no text', { failure: 1 }],
  ])('is no result: %s', (_, change) => {
    expect(readTrainingResult({ ...RESULT, ...change })).toBeNull();
  });
});
