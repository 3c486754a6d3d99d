import { describe, expect, it } from 'vitest';
import type { CurvePiece } from '../protocol/frame';
import { grouped } from './axes';
import { sansWidth } from './lettering';
import { changeSentence, LossBook, lossSentence, lossText, stopSentence, savedOf } from './loss';
import { lossPicture } from './loss-picture';

/** Points every ten steps, a step each 100 ms, from `atMs` on. */
function piece(pod: string, from: number, to: number, atMs: number, more: Partial<CurvePiece> = {}): CurvePiece {
  const points: number[] = [];
  for (let step = from + 10; step <= to; step += 10)
    points.push(step, 10 * Math.exp(-step / 300) + 0.1, atMs + (step - from) * 100);
  return {
    pod,
    owner: 'Job train',
    hue: 1,
    points: Float64Array.from(points),
    backend: 'webgl',
    checkpoints: [],
    ...more,
  };
}

function bookOf(...pieces: CurvePiece[][]): LossBook {
  const book = new LossBook();
  pieces.forEach((curves, index) => book.push({ epoch: 1, sequence: index + 1, curves }));
  return book;
}

const resumed = bookOf(
  [piece('default/a', 0, 400, 0, { resumedFrom: 0 })],
  [piece('default/a', 400, 600, 40_000, { checkpoints: [400, 600] })],
  [],
  [piece('default/b', 600, 900, 95_000, { resumedFrom: 600 })],
);
const [curve] = resumed.curves();

describe('the book of curves', () => {
  it('joins pieces of one run and parts runs', () => {
    expect(curve!.runs.map((run) => [run.pod, run.from, run.points.length, run.checkpoints])).toEqual([
      ['default/a', 0, 60, [400, 600]],
      ['default/b', 600, 30, []],
    ]);
  });

  it('forgets with the epoch and takes each frame once', () => {
    const book = bookOf([piece('default/a', 0, 100, 0)]);
    expect(book.push({ epoch: 1, sequence: 1, curves: [piece('default/a', 0, 100, 0)] })).toBe(false);
    expect(book.push({ epoch: 2, sequence: 1, curves: [] })).toBe(true);
    expect(book.curves()).toEqual([]);
  });
});

describe('the picture of a curve', () => {
  const frame = { axis: 'time', width: 600, height: 200, nowMs: 130_000 } as const;
  const picture = lossPicture(curve!, frame)!;

  it('keeps within the plot, with the axes in round numbers', () => {
    expect(picture.yTicks.map((tick) => tick.text)).toEqual(['1', '3', '10']);
    expect(picture.xTicks.map((tick) => tick.text)).toEqual(['0:30', '1:00', '1:30', '2:00']);
    for (const tick of picture.xTicks) expect(tick.at).toBeLessThanOrEqual(600);
    expect(picture.heads.map((head) => [head.pod, head.x <= 600])).toEqual([['default/b', true]]);
  });

  it('has a gap where no container trained, and an arc from the checkpoint', () => {
    expect(picture.gaps.length).toBe(1);
    expect(new Set(picture.labels.map((label) => label.text))).toEqual(
      new Set(['Stopped at step 600', '36 s', 'from step 600']),
    );
    expect(picture.gaps[0]!.arc).not.toBe('');
    expect(picture.paths.length).toBe(2);
    expect(picture.checkpoints.length).toBe(2);
  });

  it('dashes what was trained and lost, and says how much', () => {
    const lost = bookOf(
      [piece('default/a', 0, 500, 0, { resumedFrom: 0 })],
      [piece('default/a', 200, 300, 80_000, { resumedFrom: 200 })],
    ).curves()[0]!;
    const shown = lossPicture(lost, { ...frame, nowMs: 0 })!;
    expect(shown.lost.length).toBe(1);
    expect(shown.labels.map((label) => label.text)).toContain('300 steps lost');
    expect(lossPicture(lost, { ...frame, axis: 'step' })!.gaps).toEqual([]);
  });

  it('writes no text over another or over the edge', () => {
    const runs = Array.from({ length: 8 }, (_, index) => [
      piece('default/a', index * 100, index * 100 + 90, index * 12_000, { resumedFrom: index * 100 }),
    ]);
    const many = lossPicture(bookOf(...runs).curves()[0]!, { ...frame, nowMs: 0 })!;
    expect(many.gaps.length).toBe(7);
    expect(many.labels.length).toBeGreaterThan(2);
    for (const row of ['top', 'second', 'bottom'] as const) {
      const spans = many.labels
        .filter((label) => label.row === row)
        .map((label) => {
          const wide = sansWidth(label.text, 11.5);
          const from = label.x - { start: 0, middle: wide / 2, end: wide }[label.anchor];
          return { from, to: from + wide };
        })
        .sort((a, b) => a.from - b.from);
      expect(spans.every(({ from, to }) => from >= 0 && to <= 600)).toBe(true);
      expect(spans.slice(1).every(({ from }, index) => from >= spans[index]!.to)).toBe(true);
    }
  });

  it('keeps workers that train at the same time apart', () => {
    const both = bookOf(
      [piece('default/a', 0, 100, 0, { resumedFrom: 0 })],
      [piece('default/b', 0, 100, 1_500, { resumedFrom: 0 })],
      [piece('default/a', 100, 200, 10_000)],
      [piece('default/b', 100, 200, 11_500)],
    ).curves()[0]!;
    const shown = lossPicture(both, frame)!;
    expect([shown.gaps.length, shown.heads.length, shown.lost.length]).toEqual([0, 2, 0]);
    expect(lossSentence(both)).not.toContain('stopped');
  });

  it('makes room for the curves of other branches, and for what lies ahead', () => {
    const lines = [
      {
        branch: 'branch-1',
        name: 'no volume',
        trunk: false,
        ahead: false,
        runs: [[10, 100, 95_000, 300, 40, 190_000]],
      },
    ];
    const shown = lossPicture(curve!, { ...frame, lines })!;
    expect(shown.others.map(({ text, ahead, paths }) => [text, ahead, paths.length])).toEqual([
      ['what if: no volume', false, 1],
    ]);
    const { end } = shown.others[0]!;
    expect(end.x).toBeLessThanOrEqual(600);
    expect(end.y).toBeGreaterThanOrEqual(0);
    expect(shown.yTicks.map((tick) => tick.text)).toContain('100');
  });

  it('says what the last stop cost, and what it did not', () => {
    const after = (from: number, pod = 'default/a'): string =>
      stopSentence(
        bookOf(
          [piece('default/a', 0, 1310, 0, { resumedFrom: 0, checkpoints: [1200] })],
          [piece(pod, from, from + 100, 180_000, { resumedFrom: from })],
        ).curves()[0]!,
      );
    expect(after(1200, 'default/b')).toBe(
      'The stop cost 110 steps, not 1,310. The checkpoint of step 1,200 outlived the Pod.',
    );
    expect(after(1310)).toBe('The stop cost none of 1,310 steps. The checkpoint of step 1,310 outlived the container.');
    expect(after(0)).toBe('The stop cost all 1,310 steps. There was no checkpoint to begin from.');
    expect(stopSentence(bookOf([piece('default/a', 0, 100, 0)]).curves()[0]!)).toBe('');
    expect(savedOf(curve!).map(({ step, loss }) => `${step} ${lossText(loss)}`)).toEqual(['400 2.74', '600 1.45']);
  });

  it('tells of a step that was saved twice once, and of none that a run did not come to', () => {
    const twice = bookOf([
      piece('default/a', 0, 500, 0, { resumedFrom: 0, checkpoints: [200, 400, 600] }),
      piece('default/b', 200, 700, 90_000, { resumedFrom: 200, checkpoints: [200, 400, 600] }),
    ]).curves()[0]!;
    expect(savedOf(twice).map(({ step, atMs }) => `${step} at ${atMs}`)).toEqual([
      '200 at 20000',
      '400 at 110000',
      '600 at 130000',
    ]);
  });

  it('is none before the first step, of which an empty piece has told', () => {
    const waiting = bookOf([piece('default/a', 0, 0, 0, { backend: '' })]).curves()[0]!;
    expect(waiting).toMatchObject({ owner: 'Job train', runs: [] });
    expect(lossPicture(waiting, frame)).toBeNull();
    expect(lossSentence(waiting)).toBe('Job train: waiting for a container.');
  });

  it('is one sentence for those who do not see it', () => {
    expect(lossSentence(curve!)).toBe(
      'Job train: loss falls from 9.77 to 0.598 at step 900. Training stopped once; the last run began at step 600.',
    );
    expect([grouped(1234567), lossText(0.08412), lossText(123456)]).toEqual(['1,234,567', '0.0841', '1.2e+5']);
  });

  it('says that a backend was lost, and from which step another computes', () => {
    const changed = bookOf(
      [piece('default/a', 0, 1840, 0, { resumedFrom: 0 })],
      [piece('default/a', 1840, 1900, 184_000, { backend: 'wasm' })],
    ).curves()[0]!;
    expect(changeSentence(changed)).toBe('WebGL went away. Continuing on WASM from step 1,840.');
    expect(changeSentence(curve!)).toBe('');
    const opened = bookOf(
      [piece('default/a', 0, 1840, 0, { resumedFrom: 0, backend: 'cpu' })],
      [piece('default/a', 1840, 1900, 184_000)],
    ).curves()[0]!;
    expect(changeSentence(opened)).toBe('Computed on CPU up to step 1,840, on WebGL from there on.');
  });
});
