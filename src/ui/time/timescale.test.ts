import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inView, linePath, msOf, panned, pxOf, spanFor, ticksOf, timescale, zoomedAbout, ZIGZAG_PX } from './timescale';

const FROM = 10;

const scales = fc
  .record({
    widthPx: fc.integer({ min: 200, max: 2400 }),
    endMs: fc.integer({ min: 0, max: 50_000_000 }),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
    factor: fc.option(fc.double({ min: 1, max: 400, noNaN: true })),
    centre: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ widthPx, endMs, shares, factor, centre }) => {
    const zoom = factor === null ? undefined : { factor, centreMs: centre * endMs };
    const parts = { fromPx: FROM, toPx: FROM + widthPx, endMs, moments: shares.map((share) => share * endMs), zoom };
    return { scale: timescale(parts), parts, endMs };
  });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('the timescale', () => {
  it('has room ahead of what has run, and no more than twice as much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 80_000_000 }), (endMs) => {
        expect(spanFor(endMs)).toBeGreaterThan(endMs);
        expect(spanFor(endMs)).toBeLessThanOrEqual(endMs * 2.4);
      }),
      { seed: 3 },
    );
  });

  it('finds each moment again where it placed it, and each place', () => {
    fc.assert(
      fc.property(scales, share, share, ({ scale }, ofTime, ofPlace) => {
        const atMs = ofTime * scale.spanMs;
        expect(Math.abs(msOf(scale, pxOf(scale, atMs)) - atMs)).toBeLessThan(1e-6 * scale.spanMs + 1e-6);
        const px = FROM + ofPlace * (scale.toPx - FROM);
        expect(pxOf(scale, msOf(scale, px))).toBeCloseTo(px, 4);
      }),
      { seed: 4 },
    );
  });

  it('is monotone, and without gaps from its start to its end', () => {
    fc.assert(
      fc.property(scales, share, share, ({ scale }, one, other) => {
        const [early, late] = [Math.min(one, other) * scale.spanMs, Math.max(one, other) * scale.spanMs];
        expect(pxOf(scale, late)).toBeGreaterThanOrEqual(pxOf(scale, early));
        if (late - early > 1) expect(pxOf(scale, late)).toBeGreaterThan(pxOf(scale, early));
        expect(scale.stretches[0]!.fromMs).toBe(0);
        expect(scale.stretches.at(-1)!.toMs).toBeCloseTo(scale.spanMs, 3);
        scale.stretches.slice(1).forEach((stretch, index) => {
          expect(stretch.fromMs).toBe(scale.stretches[index]!.toMs);
          expect(stretch.fromPx).toBeCloseTo(scale.stretches[index]!.toPx, 6);
        });
        expect(scale.stretches[0]!.fromPx).toBeLessThanOrEqual(FROM + 1e-6);
        expect(scale.stretches.at(-1)!.toPx).toBeGreaterThanOrEqual(scale.toPx - 1e-6);
      }),
      { seed: 5 },
    );
  });

  it('zooms about the pointer: what is under it stays there, unless the rail would leave its ends', () => {
    fc.assert(
      fc.property(scales, share, fc.double({ min: 0.3, max: 8, noNaN: true }), ({ scale, parts }, at, by) => {
        const px = FROM + at * (scale.toPx - FROM);
        const zoom = zoomedAbout(scale, parts.zoom, px, by);
        const after = timescale({ ...parts, zoom });
        const ends = [after.stretches[0]!.fromPx, after.stretches.at(-1)!.toPx];
        const atEnd = Math.abs(ends[0]! - FROM) < 0.5 || Math.abs(ends[1]! - after.toPx) < 0.5;
        if (!atEnd) expect(pxOf(after, msOf(scale, px))).toBeCloseTo(px, 1);
      }),
      { seed: 6 },
    );
  });

  it('writes a quiet stretch small and the rest as it is, however long it is', () => {
    const moments = [5_000, 30_000, 40_000 + 7_200_000];
    const parts = { fromPx: FROM, toPx: 1010, endMs: 60_000 + 7_200_000, moments };
    const scale = timescale(parts);
    const quiet = scale.stretches.filter((stretch) => stretch.quiet);
    expect(quiet.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[50_000, 7_220_000]]);
    expect(quiet[0]!.toPx - quiet[0]!.fromPx).toBeCloseTo(ZIGZAG_PX);
    expect(pxOf(scale, 30_000) - pxOf(scale, 5_000)).toBeGreaterThan(100);
    /* Waiting for an eviction is no quiet stretch. */
    expect(timescale({ ...parts, endMs: 340_000, moments: [10_000] }).stretches).toHaveLength(1);
  });

  it('has ticks whose labels cannot touch, none of them in a quiet stretch', () => {
    fc.assert(
      fc.property(scales, ({ scale }) => {
        const ticks = ticksOf(scale);
        ticks.forEach((tick, index) => {
          const px = pxOf(scale, tick);
          expect(inView(scale, px)).toBe(true);
          if (index > 0) expect(px - pxOf(scale, ticks[index - 1]!)).toBeGreaterThanOrEqual(50);
          for (const { quiet, fromMs, toMs } of scale.stretches)
            if (quiet) expect(tick > fromMs && tick < toMs).toBe(false);
        });
      }),
      { seed: 7 },
    );
  });

  it('moves sideways within its ends', () => {
    const parts = { fromPx: FROM, toPx: 1010, endMs: 150_000, moments: [] };
    const zoom = { factor: 4, centreMs: 60_000 };
    const scale = timescale({ ...parts, zoom });
    const left = timescale({ ...parts, zoom: panned(scale, zoom, -1e6) });
    expect(pxOf(left, 0)).toBeCloseTo(FROM);
    const moved = timescale({ ...parts, zoom: panned(scale, zoom, 100) });
    expect(pxOf(moved, 60_000)).toBeCloseTo(pxOf(scale, 60_000) - 100);
  });

  it('draws lines with teeth where time is skipped', () => {
    const scale = timescale({ fromPx: 0, toPx: 1000, endMs: 4_000_000, moments: [10_000] });
    expect(linePath(scale, 0, 10_000, 42)).toMatch(/^M0 42H[\d.]+$/);
    const whole = linePath(scale, 0, 4_000_000, 42);
    expect(whole.match(/L/g)!.length).toBeGreaterThan(4);
    expect(whole.endsWith(`H${Math.round(pxOf(scale, 4_000_000) * 100) / 100}`)).toBe(true);
    /* Up to the middle of the skipped time, no further. */
    const half = linePath(scale, 0, 2_000_000, 42);
    const ends = [...half.matchAll(/[LH]([\d.]+)/g)].map((match) => Number(match[1]));
    expect(Math.max(...ends)).toBeLessThanOrEqual(pxOf(scale, 2_000_000) + 0.01);
  });
});
