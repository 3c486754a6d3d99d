import { extent, line, scaleLinear } from 'd3';
import type { TrainingRows, WeightsAt } from '../protocol/control';
import { grouped, numberTicks, type Scale, type Tick } from './axes';

/** Data and fit as a picture, in pixels of a plot of `width` × `height`. */
export interface FitPicture {
  /** One feature: the rows and a line through them. More: what was predicted against what is true. */
  form: 'line' | 'predictions';
  dots: { x: number; y: number }[];
  /** The fits from the oldest on; `age` is 0 for that of the moment. */
  fits: { path: string; age: number }[];
  /** Where all predictions would be right; empty for a line. */
  diagonal: string;
  xTicks: Tick[];
  yTicks: Tick[];
}

const ROOM = 0.06;

/** Lays rows and fits out. Predictions are those of the last weights. */
export function fitPicture(
  rows: TrainingRows,
  weights: readonly WeightsAt[],
  width: number,
  height: number,
): FitPicture {
  const { x: features, y: targets, plan } = rows;
  const alone = plan.features === 1;
  const now = weights.at(-1);
  const predicted = alone || !now ? targets : targets.map((_, row) => predict(rows, row, now));
  const x = scaleLinear(roomy(alone ? features : targets), [0, width]);
  const y = scaleLinear(roomy(alone ? targets : [...targets, ...predicted]), [height, 0]);
  const fits = weights.map((one, index) => {
    const { slope, intercept } = alone ? { slope: one.coef[0] ?? 0, intercept: one.intercept } : trendOf(rows, one);
    return { path: lineAcross(x, y, slope, intercept), age: weights.length - 1 - index };
  });
  return {
    form: alone ? 'line' : 'predictions',
    dots: targets.map((target, row) => ({ x: x(alone ? features[row]! : target), y: y(predicted[row]!) })),
    fits,
    diagonal: alone ? '' : lineAcross(x, y, 1, 0),
    xTicks: numberTicks(x, 4),
    yTicks: numberTicks(y, 4),
  };
}

/** What weights predict for a row. */
export function predict({ x, plan }: TrainingRows, row: number, { coef, intercept }: WeightsAt): number {
  let sum = intercept;
  for (let feature = 0; feature < plan.features; feature++)
    sum += (coef[feature] ?? 0) * x[row * plan.features + feature]!;
  return sum;
}

/** The straight line through predictions against true values: from flat, before anything is learned, to the diagonal. */
function trendOf(rows: TrainingRows, weights: WeightsAt): { slope: number; intercept: number } {
  const predicted = rows.y.map((_, row) => predict(rows, row, weights));
  const [meanX, meanY] = [mean(rows.y), mean(predicted)];
  let [across, along] = [0, 0];
  rows.y.forEach((target, row) => {
    across += (target - meanX) * (predicted[row]! - meanY);
    along += (target - meanX) ** 2;
  });
  const slope = along > 0 ? across / along : 0;
  return { slope, intercept: meanY - slope * meanX };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function roomy(values: readonly number[]): [number, number] {
  const [least = 0, most = 1] = extent(values.filter(Number.isFinite));
  const room = Math.max(most - least, 1e-6) * ROOM;
  return [least - room, most + room];
}

function lineAcross(x: Scale, y: Scale, slope: number, intercept: number): string {
  return line()(x.domain().map((at) => [x(at), y(slope * at + intercept)])) ?? '';
}

/** One weight beside the true one. */
export interface WeightBar {
  name: string;
  learned: number;
  /** Null where nobody knows it. */
  truth: number | null;
}

/** The weights of the moment; of many, those that are largest, learned or true, in their order. */
export function weightBars(rows: TrainingRows, { coef }: WeightsAt, most: number): WeightBar[] {
  const bars = coef.map((learned, index) => ({
    name: coef.length === 1 ? 'w' : `w${index + 1}`,
    learned,
    truth: rows.truth?.coef[index] ?? null,
    size: Math.max(Math.abs(learned), Math.abs(rows.truth?.coef[index] ?? 0)),
  }));
  if (bars.length <= most) return bars;
  const least = [...bars].sort((a, b) => b.size - a.size)[most - 1]!.size;
  return bars.filter((bar) => bar.size >= least).slice(0, most);
}

/** Weights as bars with the true ones as ticks, in pixels of a plot. */
export interface WeightPicture {
  bars: { name: string; x: number; width: number; y: number; height: number; truthY: number | null }[];
  zeroY: number;
  yTicks: Tick[];
}

/** Lays weights out. */
export function weightPicture(bars: readonly WeightBar[], width: number, height: number): WeightPicture {
  const values = bars.flatMap(({ learned, truth }) => (truth === null ? [learned] : [learned, truth]));
  const y = scaleLinear(roomy([0, ...values.filter(Number.isFinite)]), [height, 0]);
  const pitch = width / Math.max(1, bars.length);
  const barWidth = Math.max(1.5, Math.min(22, pitch * 0.62));
  const zeroY = y(0);
  return {
    zeroY,
    yTicks: numberTicks(y, 4),
    bars: bars.map(({ name, learned, truth }, index) => {
      const top = y(Number.isFinite(learned) ? learned : 0);
      return {
        name,
        x: pitch * (index + 0.5) - barWidth / 2,
        width: barWidth,
        y: Math.min(top, zeroY),
        height: Math.abs(top - zeroY),
        truthY: truth === null ? null : y(truth),
      };
    }),
  };
}

/** Four digits that matter: `2.373`, `0.9331`. */
export function weightText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(1);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** What the fit says, for those who do not see it. */
export function fitSentence(rows: TrainingRows, weights: WeightsAt): string {
  const { truth, plan } = rows;
  const step = `After step ${grouped(weights.step)}`;
  if (plan.features === 1) {
    const learned = `y = ${weightText(weights.coef[0] ?? 0)} x + ${weightText(weights.intercept)}`;
    const real = truth ? `, and the data were made with y = ${truth.coef[0]} x + ${truth.intercept}` : '';
    return `${step} the line is ${learned}${real}.`;
  }
  const { slope } = trendOf(rows, weights);
  const noise = truth?.coef.every((one) => one === 0)
    ? ' The targets are noise: there is nothing to learn but their mean.'
    : '';
  return `${step} predictions rise by ${weightText(slope)} for each 1 that the true value rises; 1 would be right.${noise}`;
}
