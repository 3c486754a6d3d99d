import { describe, expect, it } from 'vitest';
import type { CurvePiece } from '../protocol/frame';
import { grouped, LossBook, lossPicture, lossSentence, lossText } from './loss';

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
  const picture = lossPicture(curve!, 'time', 600, 200, 130_000);

  it('keeps within the plot, with the axes in round numbers', () => {
    expect(picture.yTicks.map((tick) => tick.text)).toEqual(['1', '3', '10']);
    expect(picture.xTicks.map((tick) => tick.text)).toEqual(['0:30', '1:00', '1:30', '2:00']);
    for (const tick of picture.xTicks) expect(tick.at).toBeLessThanOrEqual(600);
    expect(picture.last!.x).toBeLessThanOrEqual(600);
  });

  it('has a gap where no container trained, and an arc from the checkpoint', () => {
    expect(picture.gaps.map((gap) => [gap.text, gap.stopText, gap.resumeText])).toEqual([
      ['36 s', 'Stopped at step 600', 'from step 600'],
    ]);
    expect(picture.gaps[0]!.arc).not.toBe('');
    expect(picture.paths.length).toBe(2);
    expect(picture.checkpoints.length).toBe(2);
  });

  it('dashes what was trained and lost', () => {
    const lost = bookOf(
      [piece('default/a', 0, 500, 0, { resumedFrom: 0 })],
      [piece('default/a', 200, 300, 80_000, { resumedFrom: 200 })],
    ).curves()[0]!;
    expect(lossPicture(lost, 'time', 600, 200, 0).lost.length).toBe(1);
    expect(lossPicture(lost, 'step', 600, 200, 0).gaps).toEqual([]);
  });

  it('is empty, not wrong, before the first step', () => {
    expect(lossPicture({ owner: 'Job x', hue: 0, runs: [] }, 'time', 600, 200, 0).last).toBeNull();
    expect(lossSentence({ owner: 'Job x', hue: 0, runs: [] })).toBe('Job x: waiting for a container.');
  });

  it('is one sentence for those who do not see it', () => {
    expect(lossSentence(curve!)).toBe(
      'Job train: loss falls from 9.77 to 0.598 at step 900. Training stopped once; the last run began at step 600.',
    );
    expect([grouped(1234567), lossText(0.08412), lossText(123456)]).toEqual(['1,234,567', '0.0841', '1.2e+5']);
  });
});
