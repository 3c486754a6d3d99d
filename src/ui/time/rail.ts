import type { Mark } from '../../protocol/frame';
import { inView, pxOf, type Timescale } from './timescale';

/** About how wide a character of a label is. */
const CHARACTER_PX = 6.3;
const LABEL_GAP_PX = 10;

export interface PlacedMark {
  mark: Mark;
  px: number;
}

const SAME_PX = 5;
const NEAR_PX = 9;
/** What the learner did has its name written; what came of it says it when one looks closer. */
const LABELLED: ReadonlySet<Mark['kind']> = new Set(['you', 'fault']);
/** What gives way when there is no room for all marks: the learner's own actions and faults stay longest. */
const RANK: Record<Mark['kind'], number> = {
  you: 3,
  fault: 3,
  goal: 2,
  trouble: 1,
  refused: 1,
  completed: 1,
  started: 0,
  checkpoint: 0,
  start: 0,
};

/** Where marks are drawn. Several of one kind within a few px are one. */
export function placeMarks(scale: Timescale, marks: readonly Mark[]): PlacedMark[] {
  const placed: PlacedMark[] = [];
  for (const mark of marks) {
    const px = pxOf(scale, mark.atMs);
    if (!inView(scale, px)) continue;
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

/** Labels that do not touch each other or leave the rail: those nearest to the head stay, of two as near the newer. */
export function placeLabels(scale: Timescale, placed: readonly PlacedMark[], headPx: number): Label[] {
  const wanted = placed
    .filter(({ mark }) => LABELLED.has(mark.kind) && mark.label !== '')
    .sort(
      (left, right) => Math.abs(left.px - headPx) - Math.abs(right.px - headPx) || right.mark.atMs - left.mark.atMs,
    );
  const taken: [from: number, to: number][] = [];
  const labels: Label[] = [];
  for (const { mark, px } of wanted) {
    const width = mark.label.length * CHARACTER_PX;
    const anchor = px - width / 2 < scale.fromPx ? 'start' : px + width / 2 > scale.toPx ? 'end' : 'middle';
    const from = anchor === 'start' ? px : anchor === 'end' ? px - width : px - width / 2;
    if (taken.some(([start, end]) => from < end + LABEL_GAP_PX && from + width > start - LABEL_GAP_PX)) continue;
    taken.push([from, from + width]);
    labels.push({ text: mark.label, px, anchor, kind: mark.kind });
  }
  return labels;
}

/** The mark nearest to a place, as far as one can be meant by it. */
export function markNear(placed: readonly PlacedMark[], px: number): Mark | undefined {
  let nearest: PlacedMark | undefined;
  for (const one of placed) {
    if (one.mark.label === '' || Math.abs(one.px - px) > NEAR_PX) continue;
    if (!nearest || Math.abs(one.px - px) < Math.abs(nearest.px - px)) nearest = one;
  }
  return nearest?.mark;
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
