/**
 * Where virtual time lies on the rail. Long stretches in which nothing happens take a few px however long they are, and
 * the rest is as wide as there is room for, or wider where it is zoomed. The map is monotone, so it has an inverse.
 */
export interface Timescale {
  /** The part of the page that is the rail; a zoomed rail reaches over both ends. */
  readonly fromPx: number;
  readonly toPx: number;
  /** Virtual ms at the end of the last stretch. */
  readonly spanMs: number;
  /** Px a virtual ms takes outside of quiet stretches. */
  readonly pxPerMs: number;
  readonly stretches: readonly Stretch[];
}

/** A part of time that is linear in itself; one that is `quiet` is drawn as a zigzag. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromPx: number;
  readonly toPx: number;
  readonly quiet: boolean;
}

/** How much larger than as a whole the rail is, and which moment is in its middle. */
export interface Zoom {
  readonly factor: number;
  readonly centreMs: number;
}

export interface TimescaleParts {
  fromPx: number;
  toPx: number;
  /** How far any line of history has run. */
  endMs: number;
  /** Moments at which something happened or a line begins or ends, in any order. */
  moments: readonly number[];
  zoom?: Zoom | undefined;
}

const SPANS_S = [60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 14400, 21600, 43200, 86400];
const TICKS_S = [
  1, 2, 5, 10, 15, 30, 60, 90, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];
/** Nothing happened for so long: it is told in a zigzag. Evictions after a node was lost, 300 s, are waited for in full. */
const QUIET_MS = 360_000;
/** What is left of a quiet stretch on either side of it, so that what it lies between has room. */
const MARGIN_MS = 20_000;
export const ZIGZAG_PX = 84;
/** Ticks closer than this would have labels that touch. */
const TICK_PX = 84;
/** So much of lively time at least is in view. */
const LEAST_VIEW_MS = 8_000;

/** The rail's span: the next round one above what has run, so that there is room ahead. */
export function spanFor(endMs: number): number {
  const wantedS = (endMs / 1000) * 1.15;
  const span = SPANS_S.find((seconds) => seconds >= wantedS);
  return 1000 * (span ?? 86_400 * Math.ceil(wantedS / 86_400));
}

export function timescale(parts: TimescaleParts): Timescale {
  const { fromPx, endMs } = parts;
  const widthPx = Math.max(1, parts.toPx - fromPx);
  const quiet = quietStretches(parts.moments, endMs, Math.floor(widthPx / 2 / ZIGZAG_PX));
  const skippedMs = quiet.reduce((sum, [from, to]) => sum + to - from, 0);
  const livelyMs = spanFor(endMs - skippedMs);
  const spanMs = livelyMs + skippedMs;
  const factor = clampedFactor(parts.zoom?.factor ?? 1, livelyMs);
  const pxPerMs = (factor * (widthPx - quiet.length * ZIGZAG_PX)) / livelyMs;
  const stretches: Stretch[] = [];
  let [atMs, atPx] = [0, 0];
  const add = (toMs: number, lengthPx: number, isQuiet: boolean): void => {
    if (toMs <= atMs) return;
    stretches.push({ fromMs: atMs, toMs, fromPx: atPx, toPx: atPx + lengthPx, quiet: isQuiet });
    [atMs, atPx] = [toMs, atPx + lengthPx];
  };
  for (const [from, to] of quiet) {
    add(from, (from - atMs) * pxPerMs, false);
    add(to, factor * ZIGZAG_PX, true);
  }
  add(spanMs, (spanMs - atMs) * pxPerMs, false);
  const plain = { fromPx, toPx: fromPx + widthPx, spanMs, pxPerMs, stretches };
  if (factor === 1) return shifted(plain, fromPx);
  const centrePx = pxOf(plain, parts.zoom?.centreMs ?? 0);
  return shifted(plain, fromPx - Math.min(Math.max(0, centrePx - widthPx / 2), (factor - 1) * widthPx));
}

function shifted(scale: Timescale, byPx: number): Timescale {
  const stretches = scale.stretches.map((one) => ({ ...one, fromPx: one.fromPx + byPx, toPx: one.toPx + byPx }));
  return { ...scale, stretches };
}

const clampedFactor = (factor: number, livelyMs: number): number =>
  Math.min(Math.max(1, factor), Math.max(1, livelyMs / LEAST_VIEW_MS));

/** The longest quiet stretches, at most `most`, in order. */
function quietStretches(moments: readonly number[], endMs: number, most: number): [fromMs: number, toMs: number][] {
  const sorted = [0, ...moments.filter((atMs) => atMs > 0 && atMs < endMs), endMs].sort((left, right) => left - right);
  const quiet: [number, number][] = [];
  for (let index = 1; index < sorted.length; index++) {
    const [from, to] = [sorted[index - 1]!, sorted[index]!];
    if (to - from > QUIET_MS) quiet.push([from + MARGIN_MS, to - MARGIN_MS]);
  }
  return quiet
    .sort((left, right) => right[1] - right[0] - (left[1] - left[0]))
    .slice(0, most)
    .sort((left, right) => left[0] - right[0]);
}

/** Where a moment lies. Outside of the rail's ends where it is zoomed. */
export function pxOf({ stretches, spanMs }: Timescale, atMs: number): number {
  const ms = Math.min(Math.max(atMs, 0), spanMs);
  const { fromMs, toMs, fromPx, toPx } = stretches.find((one) => ms <= one.toMs) ?? stretches.at(-1)!;
  return fromPx + ((ms - fromMs) / (toMs - fromMs)) * (toPx - fromPx);
}

/** The moment that lies at a place. */
export function msOf({ stretches, spanMs }: Timescale, px: number): number {
  const { fromMs, toMs, fromPx, toPx } = stretches.find((one) => px <= one.toPx) ?? stretches.at(-1)!;
  return Math.min(spanMs, Math.max(0, fromMs + ((px - fromPx) / (toPx - fromPx)) * (toMs - fromMs)));
}

/** Zooms by a factor so that the moment at `px` stays there. Undefined: all of time is in view again. */
export function zoomedAbout(scale: Timescale, zoom: Zoom | undefined, px: number, by: number): Zoom | undefined {
  const livelyMs = scale.stretches.reduce((sum, one) => sum + (one.quiet ? 0 : one.toMs - one.fromMs), 0);
  const before = clampedFactor(zoom?.factor ?? 1, livelyMs);
  const factor = clampedFactor(before * by, livelyMs);
  if (factor <= 1.001) return undefined;
  /* The middle is so far from the place that stays as it was, in px of before. */
  const middlePx = (scale.fromPx + scale.toPx) / 2;
  return { factor, centreMs: msOf(scale, px + ((middlePx - px) * before) / factor) };
}

/** Moves a zoomed rail sideways. */
export function panned(scale: Timescale, zoom: Zoom, byPx: number): Zoom {
  const half = (scale.toPx - scale.fromPx) / 2;
  const first = scale.stretches[0]!.fromPx + half;
  const last = scale.stretches.at(-1)!.toPx - half;
  const centrePx = scale.fromPx + half + byPx;
  return { ...zoom, centreMs: msOf(scale, Math.min(last, Math.max(first, centrePx))) };
}

/** Whether a place is on the rail and not beyond its ends. */
export function inView(scale: Timescale, px: number): boolean {
  return px >= scale.fromPx - 1 && px <= scale.toPx + 1;
}

/** Moments in view that have a tick and a label. */
export function ticksOf(scale: Timescale): number[] {
  const stepMs = 1000 * (TICKS_S.find((seconds) => seconds * 1000 * scale.pxPerMs >= TICK_PX) ?? 86_400);
  const ticks: number[] = [];
  for (const { fromMs, toMs, quiet } of scale.stretches) {
    if (quiet) continue;
    const first = Math.max(fromMs, msOf(scale, scale.fromPx));
    const last = Math.min(toMs, msOf(scale, scale.toPx));
    for (let atMs = Math.ceil(first / stepMs) * stepMs; atMs <= last; atMs += stepMs) {
      const before = ticks.at(-1);
      if (before === undefined || pxOf(scale, atMs) - pxOf(scale, before) >= TICK_PX * 0.6) ticks.push(atMs);
    }
  }
  return ticks;
}

const TOOTH_PX = 7;
const TOOTH_HEIGHT_PX = 4;

/** A line along the rail between two moments, as an SVG path: straight, with teeth where time is skipped. */
export function linePath(scale: Timescale, fromMs: number, toMs: number, y: number): string {
  const [fromPx, toPx] = [pxOf(scale, fromMs), pxOf(scale, Math.max(fromMs, toMs))];
  let path = `M${round(fromPx)} ${y}`;
  for (const stretch of scale.stretches) {
    if (!stretch.quiet || stretch.toPx <= fromPx || stretch.fromPx >= toPx) continue;
    if (stretch.fromPx > fromPx) path += `H${round(stretch.fromPx)}`;
    path += teeth(stretch, y, fromPx, toPx);
  }
  return `${path}H${round(toPx)}`;
}

/** The teeth of a quiet stretch as far as they lie between two places. */
function teeth({ fromPx, toPx }: Stretch, y: number, lowPx: number, highPx: number): string {
  const count = 2 * Math.max(2, Math.round((toPx - fromPx) / TOOTH_PX / 2));
  let path = '';
  for (let index = 1; index <= count; index++) {
    const px = fromPx + ((toPx - fromPx) * index) / count;
    const height = index === count ? 0 : index % 2 === 1 ? -TOOTH_HEIGHT_PX : TOOTH_HEIGHT_PX;
    if (px > lowPx && px <= highPx) path += `L${round(px)} ${y + height}`;
  }
  return highPx < toPx ? `${path}L${round(highPx)} ${y}` : path;
}

const round = (px: number): number => Math.round(px * 100) / 100;
