import { describe, expect, it } from 'vitest';
import type { TrainingRows, WeightsAt } from '../protocol/control';
import { fitPicture, fitSentence, weightBars, weightPicture, weightText } from './fit';

function rowsOf(features: number, truth: TrainingRows['truth']): TrainingRows {
  const x = Array.from({ length: 40 * features }, (_, index) => ((index * 37) % 41) / 10 - 2);
  const y = Array.from({ length: 40 }, (_, row) =>
    (truth?.coef ?? [1]).reduce((sum, weight, at) => sum + weight * x[row * features + at]!, truth?.intercept ?? 0),
  );
  const plan = { rows: 40, features, stepsPerEpoch: 40, totalSteps: 400, epochs: 10 };
  return { container: 'uid/trainer', config: {} as TrainingRows['config'], plan, x, y, truth };
}

const at = (step: number, coef: number[], intercept: number): WeightsAt => ({
  step,
  atMs: step * 100,
  coef,
  intercept,
});

/** The ends of `M0,1L2,3`. */
const ends = (path: string): number[] => path.match(/-?[\d.]+/g)!.map(Number);

describe('the fit of one feature', () => {
  const rows = rowsOf(1, { coef: [2.4], intercept: 1.1 });

  it('is the line through the rows once the weights are the true ones', () => {
    const { form, dots, fits } = fitPicture(rows, [at(50, [1], 0), at(400, [2.4], 1.1)], 300, 200);
    expect(form).toBe('line');
    expect(fits.map((fit) => fit.age)).toEqual([1, 0]);
    const [x1, y1, x2, y2] = ends(fits[1]!.path) as [number, number, number, number];
    for (const dot of dots) expect(dot.y).toBeCloseTo(y1 + ((y2 - y1) * (dot.x - x1)) / (x2 - x1), 1);
    expect([x1, x2]).toEqual([0, 300]);
  });

  it('is told in words with what made the data', () => {
    expect(fitSentence(rows, at(1200, [2.3729], 1.0331))).toBe(
      'After step 1,200 the line is y = 2.373 x + 1.033, and the data were made with y = 2.4 x + 1.1.',
    );
  });
});

describe('the fit of many features', () => {
  const truth = { coef: [2, 0, 0, -1, 0], intercept: 0.5 };
  const rows = rowsOf(5, truth);

  it('shows what is predicted against what is true, and its trend come up to the diagonal', () => {
    const { form, dots, fits, diagonal } = fitPicture(
      rows,
      [at(0, [0, 0, 0, 0, 0], 0), at(400, truth.coef, truth.intercept)],
      300,
      200,
    );
    expect(form).toBe('predictions');
    const [, flat1, , flat2] = ends(fits[0]!.path) as [number, number, number, number];
    expect(flat1).toBeCloseTo(flat2, 1);
    const [right, trend] = [ends(diagonal), ends(fits[1]!.path)];
    trend.forEach((value, index) => expect(value).toBeCloseTo(right[index]!, 1));
    expect(dots.length).toBe(40);
  });

  it('has each weight beside the true one; of many, those that matter', () => {
    const bars = weightBars(rows, at(400, [1.8, 0.01, 0.02, -0.9, 0], 0.4), 2);
    expect(bars.map((bar) => [bar.name, bar.learned, bar.truth])).toEqual([
      ['w1', 1.8, 2],
      ['w4', -0.9, -1],
    ]);
    const picture = weightPicture(bars, 200, 100);
    expect(picture.bars[0]!.y + picture.bars[0]!.height).toBeCloseTo(picture.zeroY);
    expect(picture.bars[0]!.truthY).toBeLessThan(picture.bars[0]!.y);
    expect(picture.bars[1]!.y).toBeCloseTo(picture.zeroY);
    expect(picture.bars[1]!.truthY).toBeGreaterThan(picture.bars[1]!.y + picture.bars[1]!.height);
  });

  it('says of noise that it is noise', () => {
    const noise = rowsOf(5, { coef: [0, 0, 0, 0, 0], intercept: 0.5 });
    expect(fitSentence(noise, at(10, [0, 0, 0, 0, 0], 0.5))).toContain('nothing to learn but their mean');
  });
});

it.each([
  [2.3729, '2.373'],
  [-0.00001, '-1.0e-5'],
  [123.456, '123.5'],
  [12.3456, '12.35'],
  [0, '0.000'],
  [4321.9, '4322'],
])('a weight of %d is written %s', (value, text) => expect(weightText(value)).toBe(text));
