import { describe, expect, it } from 'vitest';
import type { Mark } from '../../protocol/frame';
import { clockText, markNear, parseClock, placeLabels, placeMarks, preciseClock, thinOut } from './rail';
import { pxOf, timescale } from './timescale';

const scale = timescale({ fromPx: 100, toPx: 1100, endMs: 150_000, moments: [] });

describe('labels', () => {
  const mark = (atMs: number, kind: Mark['kind'], label: string): Mark => ({ atMs, kind, label });

  it('never touch, and are those of own actions and faults', () => {
    const marks = Array.from({ length: 40 }, (_, index) =>
      mark(index * 4_000, index % 3 === 0 ? 'you' : 'trouble', `Apply number ${index}`),
    );
    const labels = placeLabels(scale, placeMarks(scale, marks), scale.toPx);
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

  it('stay where they are nearest to the head, and give way in order of age', () => {
    const marks = [0, 1, 2, 3].map((index) => mark(60_000 + index * 5_000, 'you', `Apply a rather long name ${index}`));
    const shown = (atMs: number): string[] =>
      placeLabels(scale, placeMarks(scale, marks), pxOf(scale, atMs)).map(({ text }) => text.slice(-1));
    expect(shown(150_000)).toEqual(['3']);
    expect(shown(60_000)).toEqual(['0']);
    /* As near to the one as to the other: the newer one. */
    expect(shown(62_500)).toEqual(['1']);
  });

  it('are said of any mark to who points at it', () => {
    const placed = placeMarks(scale, [mark(60_000, 'started', 'web started'), mark(62_000, 'trouble', 'web Failed')]);
    expect(markNear(placed, pxOf(scale, 60_100))?.label).toBe('web started');
    expect(markNear(placed, pxOf(scale, 61_900))?.label).toBe('web Failed');
    expect(markNear(placed, pxOf(scale, 70_000))).toBeUndefined();
  });

  it('leaves room between marks on a short scale, and keeps own actions', () => {
    const marks = Array.from({ length: 60 }, (_, index) =>
      mark(index * 3_000, index % 10 === 0 ? 'you' : 'started', ''),
    );
    const kept = thinOut(placeMarks(scale, marks), 14);
    for (let index = 1; index < kept.length; index++)
      expect(kept[index]!.px - kept[index - 1]!.px).toBeGreaterThanOrEqual(14);
    expect(kept.filter((one) => one.mark.kind === 'you')).toHaveLength(6);
  });

  it('draws one of several that lie on each other', () => {
    expect(
      placeMarks(scale, [mark(1000, 'started', ''), mark(1001, 'started', ''), mark(1002, 'you', 'x')]),
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
