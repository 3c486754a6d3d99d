import { extent, line, scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3';
import type { CurvePiece, Frame } from '../protocol/frame';
import { clockText } from './lettering';

/** One point of a curve. */
export interface LossPoint {
  step: number;
  loss: number;
  /** Virtual milliseconds. */
  atMs: number;
}

/** What one run of a container trained. */
export interface LossRun {
  pod: string;
  /** The step at which it began: a checkpoint's, or 0. */
  from: number;
  points: LossPoint[];
  checkpoints: number[];
  backend: string;
}

/** All runs of one owner, oldest first. */
export interface LossCurve {
  owner: string;
  hue: number;
  runs: LossRun[];
}

/** Points kept of a run; beyond, every other one is dropped, so that the curve keeps its form. */
const POINTS_LIMIT = 4_000;

/** Collects the pieces that frames bring. */
export class LossBook {
  #curves = new Map<string, LossCurve>();
  #epoch = -1;
  #sequence = -1;

  /** Takes a frame's pieces in. Returns whether anything changed. */
  push(frame: Pick<Frame, 'epoch' | 'sequence' | 'curves'>): boolean {
    const anew = frame.epoch !== this.#epoch;
    if (!anew && frame.sequence <= this.#sequence) return false;
    const had = this.#curves.size > 0;
    if (anew) this.#curves.clear();
    this.#epoch = frame.epoch;
    this.#sequence = frame.sequence;
    for (const piece of frame.curves) this.#add(piece);
    return frame.curves.length > 0 || (anew && had);
  }

  /** The curves by the moment of their latest point, the newest last. */
  curves(): LossCurve[] {
    const last = (curve: LossCurve): number => curve.runs.at(-1)?.points.at(-1)?.atMs ?? 0;
    return [...this.#curves.values()]
      .map((curve) => ({ ...curve, runs: [...curve.runs] }))
      .sort((a, b) => last(a) - last(b));
  }

  #add(piece: CurvePiece): void {
    let curve = this.#curves.get(piece.owner);
    if (!curve) this.#curves.set(piece.owner, (curve = { owner: piece.owner, hue: piece.hue, runs: [] }));
    let run = curve.runs.findLast((one) => one.pod === piece.pod);
    if (!run || piece.resumedFrom !== undefined) {
      run = { pod: piece.pod, from: piece.resumedFrom ?? 0, points: [], checkpoints: [], backend: piece.backend };
      curve.runs.push(run);
    }
    run.backend = piece.backend;
    run.checkpoints.push(...piece.checkpoints.filter((step) => !run.checkpoints.includes(step)));
    for (let index = 0; index + 2 < piece.points.length; index += 3) {
      run.points.push({ step: piece.points[index]!, loss: piece.points[index + 1]!, atMs: piece.points[index + 2]! });
    }
    if (run.points.length > POINTS_LIMIT) run.points = run.points.filter((_, index) => index % 2 === 1);
  }
}

export interface Tick {
  at: number;
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
  /** Where no container trained. */
  gaps: { from: number; to: number; text: string; stopText: string; resumeText: string; arc: string }[];
  last: { x: number; y: number; text: string } | null;
}

export type LossAxis = 'time' | 'step';
type Scale = ScaleContinuousNumeric<number, number>;

/** Lays a curve out. `nowMs` ends the time axis. */
export function lossPicture(
  curve: LossCurve,
  axis: LossAxis,
  width: number,
  height: number,
  nowMs: number,
): LossPicture {
  const points = curve.runs
    .flatMap((run) => run.points)
    .filter((point) => point.loss > 0 && Number.isFinite(point.loss));
  if (points.length === 0)
    return { yTicks: [], xTicks: [], paths: [], lost: [], checkpoints: [], gaps: [], last: null };
  const y = lossScale(points, height);
  const x =
    axis === 'time'
      ? timeScale(points, width, nowMs)
      : scaleLinear([0, Math.max(1, ...points.map((point) => point.step))], [0, width]);
  const place = (point: LossPoint): [number, number] => [x(axis === 'time' ? point.atMs : point.step), y(point.loss)];
  const draw = (run: readonly LossPoint[]): string => line()(run.filter((point) => point.loss > 0).map(place)) ?? '';
  const kept = curve.runs.map((run, index) => split(run, curve.runs[index + 1]));
  const gaps = axis === 'time' ? gapsOf(curve, x, y) : [];
  const last = points.at(-1)!;
  return {
    yTicks: yTicks(y),
    xTicks: axis === 'time' ? timeTicks(x) : stepTicks(x),
    paths: kept.map((run) => draw(run.kept)).filter((path) => path !== ''),
    lost: kept.map((run) => draw(run.lost)).filter((path) => path !== ''),
    checkpoints: curve.runs.flatMap((run) =>
      checkpointPlaces(run).map((point) => ({ x: place(point)[0], y: place(point)[1] })),
    ),
    gaps,
    last: { x: place(last)[0], y: place(last)[1], text: lossText(last.loss) },
  };
}

/** What the next run took up, and what it had to do again. */
function split(run: LossRun, next: LossRun | undefined): { kept: LossPoint[]; lost: LossPoint[] } {
  if (!next) return { kept: run.points, lost: [] };
  const kept = run.points.filter((point) => point.step <= next.from);
  const lost = run.points.filter((point) => point.step > next.from);
  const joint = kept.at(-1);
  return { kept: kept.length > 0 ? kept : run.points.slice(0, 1), lost: joint ? [joint, ...lost] : lost };
}

function checkpointPlaces(run: LossRun): LossPoint[] {
  const own = run.checkpoints.filter((step) => step > run.from);
  return own.flatMap((step) => run.points.find((point) => point.step >= step) ?? []);
}

function gapsOf(curve: LossCurve, x: Scale, y: Scale): LossPicture['gaps'] {
  return curve.runs.slice(1).flatMap((run, index) => {
    const before = curve.runs[index]!.points.at(-1);
    const after = run.points[0];
    if (!before || !after) return [];
    const saved = curve.runs[index]!.points.findLast((point) => point.step <= run.from) ?? before;
    const top = Math.max(8, Math.min(y(saved.loss), y(after.loss)) - 60);
    const arc =
      run.from > 0
        ? `M${x(saved.atMs)} ${y(saved.loss)}C${x(saved.atMs) + 20} ${top} ${x(after.atMs) - 16} ${top} ${x(after.atMs)} ${y(after.loss) - 6}`
        : '';
    return [
      {
        from: x(before.atMs),
        to: x(after.atMs),
        text: `${Math.round((after.atMs - before.atMs) / 1000)} s`,
        stopText: `Stopped at step ${grouped(before.step)}`,
        resumeText: run.from > 0 ? `from step ${grouped(run.from)}` : 'from the start',
        arc,
      },
    ];
  });
}

function lossScale(points: readonly LossPoint[], height: number): Scale {
  const [least = 0.1, most = 1] = extent(points, (point) => point.loss);
  const room = most / least < 1.5 ? 1.5 : 1.15;
  return scaleLog([least / room, most * room], [height, 0]);
}

function timeScale(points: readonly LossPoint[], width: number, nowMs: number): Scale {
  const from = Math.floor(points[0]!.atMs / 1000) * 1000;
  const last = points.at(-1)!.atMs;
  const trained = last - from;
  return scaleLinear([from, Math.max(Math.min(nowMs, last + Math.max(5_000, trained)), from + 10_000)], [0, width]);
}

/** 1, 3, 10, 30 … within the scale; where that is too few, d3's own. */
function yTicks(y: Scale): Tick[] {
  const [least = 0.1, most = 1] = y.domain();
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const digit of [1, 3]) values.push(digit * 10 ** power);
  }
  const within = values.filter((value) => value >= least && value <= most);
  const shown =
    within.length >= 2
      ? within
      : scaleLinear([least, most], [0, 1])
          .ticks(3)
          .filter((value) => value >= least);
  return shown.map((value) => ({ at: y(value), text: String(Number(value.toPrecision(2))) }));
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
const TICKS = 6;

function timeTicks(x: Scale): Tick[] {
  const [from = 0, to = 1] = x.domain();
  const stepMs = 1000 * (TIME_STEPS_S.find((seconds) => (to - from) / 1000 / seconds <= TICKS) ?? 86_400);
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / stepMs) * stepMs; at <= to; at += stepMs)
    ticks.push({ at: x(at), text: clockText(at) });
  return ticks;
}

function stepTicks(x: Scale): Tick[] {
  return x.ticks(TICKS).map((value) => ({ at: x(value), text: grouped(value) }));
}

/** `1,310`. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Three digits that matter: `0.0841`, `12.3`. */
export function lossText(loss: number): string {
  return loss >= 1000 ? loss.toExponential(1) : String(Number(loss.toPrecision(3)));
}

/** What the curve says, for those who do not see it. */
export function lossSentence(curve: LossCurve): string {
  const points = curve.runs.flatMap((run) => run.points);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return `${curve.owner}: waiting for a container.`;
  const verb = last.loss <= first.loss ? 'falls' : 'rises';
  const stops = curve.runs.length - 1;
  const gaps =
    stops > 0
      ? ` Training stopped ${stops === 1 ? 'once' : `${stops} times`}; the last run began at step ${grouped(curve.runs.at(-1)!.from)}.`
      : '';
  return `${curve.owner}: loss ${verb} from ${lossText(first.loss)} to ${lossText(last.loss)} at step ${grouped(last.step)}.${gaps}`;
}
