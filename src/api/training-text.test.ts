import { expect, it } from 'vitest';
import { formatArray, formatLoss } from './training-text';

it.each([
  [0.0841, '0.0841'],
  [12.34, '12.3400'],
  [0, '0.0000'],
  [0.0000321, '3.21e-5'],
  [1.5e24, '1.50e+24'],
])('logs a loss of %d as %s', (loss, text) => {
  expect(formatLoss(loss)).toBe(text);
});

it.each([
  ['one number', [2.4], '[2.4]'],
  ['signs', [0.021, -0.015], '[ 0.021 -0.015]'],
  ['zeros', [0, 0.25], '[0.   0.25]'],
  ['eight digits', [0.123456789, 0.5], '[0.12345679 0.5       ]'],
  ['unlike sizes', [0.00001, 2], '[1.e-05 2.e+00]'],
  ['unlike signs and sizes', [-0.000123, 2.5], '[-1.23e-04  2.50e+00]'],
])('prints %s as numpy does', (_, values, text) => {
  expect(formatArray(values)).toBe(text);
});

it('breaks lines at 75 characters', () => {
  const lines = formatArray(new Array<number>(50).fill(0.12345678)).split('\n');
  expect(lines.length).toBe(9);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(75);
});
