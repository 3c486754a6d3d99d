import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../api/training';
import { BUILT_IN_DATASETS, isBuiltInDataset } from '../api/training';
import { parseTrainingEnvironment } from '../api/training-environment';
import { hashText } from '../base/random';
import { loadDataset, trueWeights } from './dataset';

function load(dataset: string, seed = 42, csv?: string): TrainingData {
  const parsed = parseTrainingEnvironment({ DATASET: dataset, SEED: String(seed) });
  if ('error' in parsed) throw new Error(parsed.error);
  const data = loadDataset(parsed.config, csv);
  if (typeof data === 'string') throw new Error(data);
  return data;
}

const bits = (data: TrainingData): number => hashText([...new Uint32Array(data.x.buffer), ...data.y].join());

describe('built-in data sets', () => {
  it.each(Object.keys(BUILT_IN_DATASETS))('%s is the same for a seed, and another for another', (name) => {
    expect(bits(load(name, 7))).toBe(bits(load(name, 7)));
    expect(bits(load(name, 7))).not.toBe(bits(load(name, 8)));
  });

  it('has the shape its name says, all numbers finite', () => {
    for (const name of Object.keys(BUILT_IN_DATASETS)) {
      if (!isBuiltInDataset(name)) continue;
      const data = load(name);
      expect(data).toMatchObject(BUILT_IN_DATASETS[name]);
      expect(data.x.length).toBe(data.rows * data.features);
      expect([...data.x, ...data.y].every(Number.isFinite)).toBe(true);
    }
  });

  it('keeps every bit from one version to the next', () => {
    expect(Object.keys(BUILT_IN_DATASETS).map((name) => bits(load(name)))).toMatchInlineSnapshot(`
      [
        3721424729,
        4255739700,
        2923515086,
      ]
    `);
  });

  it('has a line to find in line-1000', () => {
    const { x, y, rows } = load('line-1000');
    const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / rows;
    const [middleX, middleY] = [mean(x), mean(y)];
    let covariance = 0;
    let variance = 0;
    for (let row = 0; row < rows; row++) {
      covariance += (x[row]! - middleX) * (y[row]! - middleY);
      variance += (x[row]! - middleX) ** 2;
    }
    const slope = covariance / variance;
    expect(slope).toBeCloseTo(2.4, 1);
    expect(middleY - slope * middleX).toBeCloseTo(1.1, 1);
  });
});

describe('data from a file', () => {
  it('says what is wrong', () => {
    expect(() => load('/data/rows.csv', 42, '1,x\n2,y\n')).toThrow('/data/rows.csv: line 2: "y" is not a number');
    expect(() => load('/data/rows.csv')).toThrow('/data/rows.csv: no such file');
  });
});

describe('the true weights', () => {
  it.each([
    ['line-1000', 0.25],
    ['wide-10000x50', 0.5],
  ])('of %s leave nothing of its targets but the noise', (dataset, noise) => {
    const { features, rows, x, y } = load(dataset, 7);
    const truth = trueWeights({ dataset, seed: 7 })!;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const predicted = truth.coef.reduce((sum, weight, at) => sum + weight * x[row * features + at]!, truth.intercept);
      squares += (y[row]! - predicted) ** 2;
    }
    expect(Math.sqrt(squares / rows)).toBeGreaterThan(0.9 * noise);
    expect(Math.sqrt(squares / rows)).toBeLessThan(1.1 * noise);
  });

  it('are unknown for a file', () => {
    expect(trueWeights({ dataset: '/data/rows.csv', seed: 1 })).toBeNull();
  });
});
