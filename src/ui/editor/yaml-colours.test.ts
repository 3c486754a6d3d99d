import { describe, expect, it } from 'vitest';
import { colourLine } from './yaml-colours';

const short = (line: string): string =>
  colourLine(line)
    .filter((token) => token.is !== 'plain')
    .map((token) => `${token.is[0]}(${token.text.trim()})`)
    .join(' ');

describe('colourLine', () => {
  it.each([
    ['kind: Job', 'k(kind) s(Job)'],
    ['  - name: trainer', 'k(name) s(trainer)'],
    ['    nvidia.com/gpu: 1 # one', 'k(nvidia.com/gpu) n(1) c(# one)'],
    ['cpu: "4"', 'k(cpu) s("4")'],
    ['- {name: STEPS, value: "1200"}', 'k(name) s(STEPS) k(value) s("1200")'],
    ['# only a remark: here', 'c(# only a remark: here)'],
    ['image: podium/sgd-regressor:1.4', 'k(image) s(podium/sgd-regressor:1.4)'],
    ['value: "http://infer/#x"', 'k(value) s("http://infer/#x")'],
    ['---', 'c(---)'],
    ['  readOnly: true', 'k(readOnly) n(true)'],
  ])('%s', (line, expected) => {
    expect(short(line)).toBe(expected);
  });

  it('loses no character', () => {
    for (const line of ['a: b', '  - "x', "'", '{a: 1, b: [2, x]} # c', '', ' ', 'a:b', '? x', '&anchor y: *z']) {
      expect(
        colourLine(line)
          .map((token) => token.text)
          .join(''),
      ).toBe(line);
    }
  });
});
