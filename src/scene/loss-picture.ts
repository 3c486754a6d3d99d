import { extent, line, scaleLinear, scaleLog } from 'd3';
import type { TrainingLine } from '../protocol/control';
import { grouped, logTicks, numberTicks, timeTicks, type Scale, type Tick } from './axes';
import { sansWidth } from './lettering';
import { checkpointsOf, lossText, successors, type LossCurve, type LossPoint, type LossRun } from './loss';

/** Text on the plot; `from` and `to` are what it covers of the width. */
export interface Label {
  row: 'top' | 'second' | 'bottom';
  tone: 'stop' | 'ink' | 'dim';
  text: string;
  x: number;
  anchor: 'start' | 'middle' | 'end';
}

/** A curve elsewhere: on another branch, or on this one after the moment shown. */
export interface OtherLine {
  branch: string;
  ahead: boolean;
  paths: string[];
  end: { x: number; y: number };
  text: string;
}

/** A loss curve as a picture: everything in pixels of a plot of `width` × `height`. */
export interface LossPicture {
  yTicks: Tick[];
  xTicks: Tick[];
  /** One path a run. What was trained and then lost is in `lost`. */
  paths: string[];
  lost: string[];
  checkpoints: { x: number; y: number }[];
  /** Where no container trained, and the way from the checkpoint to where it was taken up. */
  gaps: { from: number; to: number; arc: string }[];
  labels: Label[];
  others: OtherLine[];
  /** The last points, one a worker. */
  heads: { x: number; y: number; pod: string }[];
  /** Every point that may be read off, from left to right. */
  readings: { x: number; y: number; point: LossPoint }[];
}

export type LossAxis = 'time' | 'step';

const LABEL_SIZE = 11.5;
const LABEL_GAP = 7;
/** Above a run's line, so far. */
const ARC_RISE = 60;

/** How a curve is to be laid out. `nowMs` ends the time axis; `lines` are its curves elsewhere. */
export interface LossFrame {
  axis: LossAxis;
  width: number;
  height: number;
  nowMs: number;
  lines?: readonly TrainingLine[];
}

const drawable = (point: LossPoint): boolean => point.loss > 0 && Number.isFinite(point.loss);

/** Lays a curve out; null before its first step. */
export function lossPicture(curve: LossCurve, frame: LossFrame): LossPicture | null {
  const { axis, width, height, nowMs, lines = [] } = frame;
  const points = curve.runs.flatMap((run) => run.points).filter(drawable);
  if (points.length === 0) return null;
  const others = lines.map((other) => ({ line: other, runs: other.runs.map((run) => pointsOf(run).filter(drawable)) }));
  const all = [...points, ...others.flatMap(({ runs }) => runs.flat())];
  const y = lossScale(all, height);
  const x = axis === 'time' ? timeScale(all, width, nowMs) : stepScale(all, width);
  const place = (point: LossPoint): [number, number] => [x(axis === 'time' ? point.atMs : point.step), y(point.loss)];
  const draw = (run: readonly LossPoint[]): string => line()(run.filter(drawable).map(place)) ?? '';
  const at = (point: LossPoint): { x: number; y: number } => ({ x: place(point)[0], y: place(point)[1] });
  const next = successors(curve.runs);
  const kept = curve.runs.map((run) => split(run, next.get(run)));
  const gaps = axis === 'time' ? [...next].flatMap(([run, after]) => gapOf(run, after, x, y) ?? []) : [];
  return {
    yTicks: logTicks(y),
    xTicks: axis === 'time' ? timeTicks(x) : numberTicks(x),
    paths: kept.map((run) => draw(run.kept)).filter((path) => path !== ''),
    lost: kept.map((run) => draw(run.lost)).filter((path) => path !== ''),
    checkpoints: curve.runs.flatMap((run) => checkpointsOf(run).filter(drawable).map(at)),
    gaps: gaps.map(({ from, to, arc }) => ({ from, to, arc })),
    labels: readable(
      gaps.flatMap((gap) => gap.labels),
      width,
    ),
    others: others.flatMap(({ line, runs }) => {
      const { branch, name, ahead } = line;
      const last = runs.at(-1)?.at(-1);
      return last
        ? [{ branch, ahead, paths: runs.map(draw), end: at(last), text: line.trunk ? name : `what if: ${name}` }]
        : [];
    }),
    heads: curve.runs
      .filter((run) => !next.has(run))
      .flatMap((run) => {
        const last = run.points.findLast(drawable);
        return last ? [{ ...at(last), pod: run.pod }] : [];
      }),
    readings: points.map((point) => ({ ...at(point), point })).sort((a, b) => a.x - b.x),
  };
}

function pointsOf(run: readonly number[]): LossPoint[] {
  const points: LossPoint[] = [];
  for (let index = 0; index + 2 < run.length; index += 3)
    points.push({ step: run[index]!, loss: run[index + 1]!, atMs: run[index + 2]! });
  return points;
}

/** What the next run took up, and what it had to do again. */
function split(run: LossRun, next: LossRun | undefined): { kept: LossPoint[]; lost: LossPoint[] } {
  if (!next) return { kept: run.points, lost: [] };
  const kept = run.points.filter((point) => point.step <= next.from);
  const lost = run.points.filter((point) => point.step > next.from);
  const joint = kept.at(-1);
  return { kept: kept.length > 0 ? kept : run.points.slice(0, 1), lost: joint ? [joint, ...lost] : lost };
}

function gapOf(
  run: LossRun,
  next: LossRun,
  x: Scale,
  y: Scale,
): { from: number; to: number; arc: string; labels: Label[] } | undefined {
  const before = run.points.at(-1);
  const after = next.points[0];
  if (!before || !after) return undefined;
  const [from, to] = [x(before.atMs), x(after.atMs)];
  const lost = before.step - next.from;
  const labels: Label[] = [
    { row: 'top', tone: 'stop', text: `Stopped at step ${grouped(before.step)}`, x: from - LABEL_GAP, anchor: 'end' },
    { row: 'bottom', tone: 'ink', text: secondsText(after.atMs - before.atMs), x: (from + to) / 2, anchor: 'middle' },
    {
      row: 'top',
      tone: 'ink',
      text: next.from > 0 ? `from step ${grouped(next.from)}` : 'from the start',
      x: to + LABEL_GAP,
      anchor: 'start',
    },
    ...(lost > 0
      ? [
          {
            row: 'second' as const,
            tone: 'dim' as const,
            text: `${grouped(lost)} steps lost`,
            x: from - LABEL_GAP,
            anchor: 'end' as const,
          },
        ]
      : []),
  ];
  return { from, to, arc: next.from > 0 ? arcOf(run, next, before, after, x, y) : '', labels };
}

function arcOf(run: LossRun, next: LossRun, before: LossPoint, after: LossPoint, x: Scale, y: Scale): string {
  const saved = run.points.findLast((point) => point.step <= next.from) ?? before;
  const [fromX, fromY, toX, toY] = [x(saved.atMs), y(saved.loss), x(after.atMs), y(after.loss)];
  const top = Math.max(8, Math.min(fromY, toY) - ARC_RISE);
  return `M${fromX} ${fromY}C${fromX + 20} ${top} ${toX - 16} ${top} ${toX} ${toY - 6}`;
}

function secondsText(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** The labels that can be read: inside the plot, none over another; of two the newer one stays. */
function readable(labels: readonly Label[], width: number): Label[] {
  const taken: { row: Label['row']; from: number; to: number }[] = [];
  const kept: Label[] = [];
  for (const label of [...labels].reverse()) {
    const wide = sansWidth(label.text, LABEL_SIZE);
    const from = label.x - { start: 0, middle: wide / 2, end: wide }[label.anchor];
    const to = from + wide;
    const over = taken.some((one) => one.row === label.row && one.from < to + 4 && from < one.to + 4);
    if (over || from < 0 || to > width) continue;
    taken.push({ row: label.row, from, to });
    kept.push(label);
  }
  return kept;
}

function lossScale(points: readonly LossPoint[], height: number): Scale {
  const [least = 0.1, most = 1] = extent(points, (point) => point.loss);
  const room = most / least < 1.5 ? 1.5 : 1.15;
  return scaleLog([least / room, most * room], [height, 0]);
}

function timeScale(points: readonly LossPoint[], width: number, nowMs: number): Scale {
  const [first = 0, last = 0] = extent(points, (point) => point.atMs);
  const from = Math.floor(first / 1000) * 1000;
  const trained = last - from;
  return scaleLinear(
    [from, Math.max(Math.min(nowMs, last + Math.max(5_000, trained)), last, from + 10_000)],
    [0, width],
  );
}

function stepScale(points: readonly LossPoint[], width: number): Scale {
  const [, most = 1] = extent(points, (point) => point.step);
  return scaleLinear([0, Math.max(1, most)], [0, width]);
}

/** `0:42, step 420, loss 0.31`. */
export function readingText({ step, loss }: LossPoint, clock: string): string {
  return `${clock}, step ${grouped(step)}, loss ${lossText(loss)}`;
}
