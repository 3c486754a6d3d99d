import type { Branch, Mark } from '../../protocol/frame';

/** Where virtual time lies on the rail, in px. */
export interface Rail {
  fromPx: number;
  toPx: number;
  /** Virtual ms at the right end. */
  spanMs: number;
}

const SPANS_S = [60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 14400, 21600, 43200, 86400];
const TICKS_S = [5, 10, 15, 30, 60, 90, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
/** Ticks closer than this would have labels that touch. */
const TICK_PX = 84;
/** About how wide a character of a label is. */
const CHARACTER_PX = 6.3;
const LABEL_GAP_PX = 10;

/** The rail's span: the next round one above what has run, so that there is room ahead. */
export function spanFor(endMs: number): number {
  const wantedS = (endMs / 1000) * 1.15;
  const span = SPANS_S.find((seconds) => seconds >= wantedS);
  return 1000 * (span ?? 86_400 * Math.ceil(wantedS / 86_400));
}

export function pxOf(rail: Rail, atMs: number): number {
  return rail.fromPx + (Math.min(Math.max(atMs, 0), rail.spanMs) / rail.spanMs) * (rail.toPx - rail.fromPx);
}

export function msOf(rail: Rail, px: number): number {
  const share = (px - rail.fromPx) / Math.max(1, rail.toPx - rail.fromPx);
  return Math.min(1, Math.max(0, share)) * rail.spanMs;
}

/** Moments that have a tick and a label, from 0. */
export function ticksOf(rail: Rail): number[] {
  const most = Math.max(1, Math.floor((rail.toPx - rail.fromPx) / TICK_PX));
  const step = TICKS_S.find((seconds) => rail.spanMs / 1000 / seconds <= most) ?? 86_400;
  const ticks: number[] = [];
  for (let atMs = 0; atMs <= rail.spanMs; atMs += step * 1000) ticks.push(atMs);
  return ticks;
}

export interface PlacedMark {
  mark: Mark;
  px: number;
}

const SAME_PX = 5;
const LABELLED: ReadonlySet<Mark['kind']> = new Set(['you', 'fault', 'trouble', 'goal', 'completed']);
/** What gives way when there is no room: the learner's own actions and faults stay longest. */
const RANK: Record<Mark['kind'], number> = {
  you: 3,
  fault: 3,
  goal: 2,
  trouble: 1,
  completed: 1,
  started: 0,
  checkpoint: 0,
  start: 0,
};

/** Where marks are drawn. Several of one kind within a few px are one. */
export function placeMarks(rail: Rail, marks: readonly Mark[]): PlacedMark[] {
  const placed: PlacedMark[] = [];
  for (const mark of marks) {
    const px = pxOf(rail, mark.atMs);
    const near = placed.findLast((one) => one.mark.kind === mark.kind);
    /* One Apply of several objects is one mark; the last object, which uses the others, gives it its name. */
    if (near && px - near.px < SAME_PX) near.mark = mark;
    else placed.push({ mark, px });
  }
  return placed;
}

/** On a short rail: only marks that keep `gapPx` from each other, the more important ones first. */
export function thinOut(placed: readonly PlacedMark[], gapPx: number): PlacedMark[] {
  const kept: PlacedMark[] = [];
  for (const one of [...placed].sort(
    (left, right) => RANK[right.mark.kind] - RANK[left.mark.kind] || right.px - left.px,
  )) {
    if (kept.every(({ px }) => Math.abs(px - one.px) >= gapPx)) kept.push(one);
  }
  return kept.sort((left, right) => left.px - right.px);
}

export interface Label {
  text: string;
  px: number;
  anchor: 'start' | 'middle' | 'end';
  kind: Mark['kind'];
}

/** Labels that do not touch each other or leave the rail; the newest of the most important win. */
export function placeLabels(rail: Rail, placed: readonly PlacedMark[]): Label[] {
  const wanted = placed
    .filter(({ mark }) => LABELLED.has(mark.kind) && mark.label !== '')
    .sort((left, right) => RANK[right.mark.kind] - RANK[left.mark.kind] || right.mark.atMs - left.mark.atMs);
  const taken: [from: number, to: number][] = [];
  const labels: Label[] = [];
  for (const { mark, px } of wanted) {
    const width = mark.label.length * CHARACTER_PX;
    const anchor = px - width / 2 < rail.fromPx ? 'start' : px + width / 2 > rail.toPx ? 'end' : 'middle';
    const from = anchor === 'start' ? px : anchor === 'end' ? px - width : px - width / 2;
    if (taken.some(([start, end]) => from < end + LABEL_GAP_PX && from + width > start - LABEL_GAP_PX)) continue;
    taken.push([from, from + width]);
    labels.push({ text: mark.label, px, anchor, kind: mark.kind });
  }
  return labels;
}

/** `2:14`, or `1:02:03` from an hour on. */
export function clockText(atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** `02:14.6`: the running clock. */
export function preciseClock(atMs: number): string {
  const tenths = Math.floor(atMs / 100);
  const text = clockText(tenths * 100);
  return `${text.length === 4 ? `0${text}` : text}.${tenths % 10}`;
}

/** Reads `2:14`, `1:02:03` or `2:14.5` as milliseconds. */
export function parseClock(text: string): number | undefined {
  const found = /^(?:(\d+):)?(\d{1,3}):(\d{2}(?:\.\d+)?)$/.exec(text.trim());
  if (!found) return undefined;
  return Math.round(1000 * (Number(found[1] ?? 0) * 3600 + Number(found[2]) * 60 + Number(found[3])));
}

/** The moment at which two branches part: up to it they are one history. */
export function partingMs(branches: readonly Branch[], left: string, right: string): number {
  const leftLine = lineOf(branches, left);
  const rightLine = lineOf(branches, right);
  const common = leftLine.find((one) => rightLine.includes(one));
  const leaving = [leftLine, rightLine].flatMap((line) => {
    const child = line[line.indexOf(common!) - 1];
    return child ? [child.fromMs] : [];
  });
  return Math.min(Infinity, ...leaving);
}

/** A branch and its ancestors, youngest first. */
function lineOf(branches: readonly Branch[], id: string): Branch[] {
  const line: Branch[] = [];
  for (let branch = branches.find((one) => one.id === id); branch;) {
    line.push(branch);
    const { parent } = branch;
    branch = parent === null || line.length > branches.length ? undefined : branches.find((one) => one.id === parent);
  }
  return line;
}
