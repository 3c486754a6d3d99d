import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Branch, Mark } from '../../protocol/frame';
import {
  clockText,
  msOf,
  parseClock,
  partingMs,
  placeLabels,
  placeMarks,
  preciseClock,
  pxOf,
  spanFor,
  thinOut,
  ticksOf,
  type Rail,
} from './rail';

const rail: Rail = { fromPx: 100, toPx: 1100, spanMs: 180_000 };

describe('the rail', () => {
  it('has room ahead of what has run, and no more than twice as much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 80_000_000 }), (endMs) => {
        expect(spanFor(endMs)).toBeGreaterThan(endMs);
        expect(spanFor(endMs)).toBeLessThanOrEqual(endMs * 2.4);
      }),
      { seed: 3 },
    );
  });

  it('places a moment and finds it again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 180_000, noNaN: true }), (atMs) => {
        expect(msOf(rail, pxOf(rail, atMs))).toBeCloseTo(atMs, 3);
      }),
      { seed: 4 },
    );
  });

  it('has ticks whose labels cannot touch', () => {
    for (const spanMs of [60_000, 300_000, 3_600_000, 86_400_000]) {
      const ticks = ticksOf({ ...rail, spanMs });
      expect(ticks.length).toBeGreaterThan(3);
      expect(pxOf({ ...rail, spanMs }, ticks[1]!) - rail.fromPx).toBeGreaterThanOrEqual(84);
    }
  });
});

describe('labels', () => {
  const mark = (atMs: number, kind: Mark['kind'], label: string): Mark => ({ atMs, kind, label });

  it('never touch, and own actions win over trouble', () => {
    const marks = Array.from({ length: 40 }, (_, index) =>
      mark(index * 4_000, index % 3 === 0 ? 'you' : 'trouble', `Apply number ${index}`),
    );
    const labels = placeLabels(rail, placeMarks(rail, marks));
    const spans = labels
      .map(({ px, text, anchor }) =>
        anchor === 'middle' ? px - text.length * 3.15 : anchor === 'end' ? px - text.length * 6.3 : px,
      )
      .map((from, index) => [from, from + labels[index]!.text.length * 6.3] as const)
      .sort((left, right) => left[0] - right[0]);
    for (let index = 1; index < spans.length; index++)
      expect(spans[index]![0]).toBeGreaterThanOrEqual(spans[index - 1]![1]);
    expect(labels.length).toBeGreaterThan(4);
    expect(labels.every(({ kind }) => kind === 'you')).toBe(true);
  });

  it('leaves room between marks on a short rail, and keeps own actions', () => {
    const marks = Array.from({ length: 60 }, (_, index) =>
      mark(index * 3_000, index % 10 === 0 ? 'you' : 'started', ''),
    );
    const kept = thinOut(placeMarks(rail, marks), 14);
    for (let index = 1; index < kept.length; index++)
      expect(kept[index]!.px - kept[index - 1]!.px).toBeGreaterThanOrEqual(14);
    expect(kept.filter((one) => one.mark.kind === 'you')).toHaveLength(6);
  });

  it('draws one of several that lie on each other', () => {
    expect(
      placeMarks(rail, [mark(1000, 'started', ''), mark(1001, 'started', ''), mark(1002, 'you', 'x')]),
    ).toHaveLength(2);
  });
});

describe('clocks', () => {
  it.each([
    [0, '0:00', '00:00.0'],
    [134_640, '2:14', '02:14.6'],
    [3_723_000, '1:02:03', '1:02:03.0'],
    [754_990, '12:34', '12:34.9'],
  ])('%d', (atMs, short, precise) => {
    expect(clockText(atMs)).toBe(short);
    expect(preciseClock(atMs)).toBe(precise);
    expect(parseClock(short)).toBe(Math.floor(atMs / 1000) * 1000);
  });

  it.each(['', '2', 'two:14', '2:1'])('%s is no time', (text) => {
    expect(parseClock(text)).toBeUndefined();
  });
});

describe('partingMs', () => {
  const branch = (id: string, parent: string | null, fromMs: number): Branch => ({
    id,
    name: id,
    parent,
    fromMs,
    endMs: 0,
    inputs: 0,
  });
  const branches = [branch('main', null, 0), branch('a', 'main', 50), branch('b', 'a', 80), branch('c', 'main', 20)];

  it.each<[string, string, number]>([
    ['main', 'a', 50],
    ['a', 'main', 50],
    ['b', 'main', 50],
    ['b', 'a', 80],
    ['b', 'c', 20],
  ])('%s and %s part at %d', (left, right, atMs) => {
    expect(partingMs(branches, left, right)).toBe(atMs);
  });
});
