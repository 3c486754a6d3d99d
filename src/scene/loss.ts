import type { CurvePiece, Frame } from '../protocol/frame';
import { grouped } from './axes';

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
  /** Where another backend took over in the middle of the run. */
  changes: { step: number; from: string; to: string }[];
}

/** All runs of one owner, oldest first. */
export interface LossCurve {
  owner: string;
  hue: number;
  runs: LossRun[];
}

/** Points kept of a run; beyond, every other one is dropped, so that the curve keeps its form. */
const POINTS_LIMIT = 4_000;

/** A run that begins so soon after another is no successor of it: both train at once. */
const AT_ONCE_MS = 2_500;

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
    /* An empty piece says that there will be a curve. */
    if (piece.backend === '') return;
    let run = curve.runs.findLast((one) => one.pod === piece.pod);
    if (!run || piece.resumedFrom !== undefined) {
      const { pod, backend } = piece;
      curve.runs.push((run = { pod, from: piece.resumedFrom ?? 0, points: [], checkpoints: [], backend, changes: [] }));
    }
    const last = run.points.at(-1);
    if (run.backend !== piece.backend && last)
      run.changes.push({ step: last.step, from: run.backend, to: piece.backend });
    run.backend = piece.backend;
    run.checkpoints.push(...piece.checkpoints.filter((step) => !run.checkpoints.includes(step)));
    for (let index = 0; index + 2 < piece.points.length; index += 3) {
      run.points.push({ step: piece.points[index]!, loss: piece.points[index + 1]!, atMs: piece.points[index + 2]! });
    }
    if (run.points.length > POINTS_LIMIT) run.points = run.points.filter((_, index) => index % 2 === 1);
  }
}

/**
 * Which run took up what another had trained: the next of the same Pod, or one that began after the other had ended.
 * Runs at the same time are of several workers, and nobody's successors.
 */
export function successors(runs: readonly LossRun[]): Map<LossRun, LossRun> {
  const next = new Map<LossRun, LossRun>();
  const followed = new Set<LossRun>();
  for (const run of runs) {
    const startMs = run.points[0]?.atMs ?? Infinity;
    const before = runs
      .slice(0, runs.indexOf(run))
      .filter((one) => !followed.has(one) && hasEndedBefore(one, run, startMs));
    const predecessor = before.findLast((one) => one.pod === run.pod) ?? before.at(-1);
    if (!predecessor) continue;
    next.set(predecessor, run);
    followed.add(predecessor);
  }
  return next;
}

function hasEndedBefore(one: LossRun, run: LossRun, startMs: number): boolean {
  const endMs = one.points.at(-1)?.atMs ?? Infinity;
  return startMs - endMs > (one.pod === run.pod ? 0 : AT_ONCE_MS);
}

/** The latest point of all runs; undefined before the first step. */
export function lastPoint({ runs }: LossCurve): LossPoint | undefined {
  let latest: LossPoint | undefined;
  for (const { points } of runs) {
    const point = points.at(-1);
    if (point && (!latest || point.atMs >= latest.atMs)) latest = point;
  }
  return latest;
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
  const stops = successors(curve.runs).size;
  const gaps =
    stops > 0
      ? ` Training stopped ${stops === 1 ? 'once' : `${stops} times`}; the last run began at step ${grouped(curve.runs.at(-1)!.from)}.`
      : '';
  const changes = changeSentence(curve);
  return `${curve.owner}: loss ${verb} from ${lossText(first.loss)} to ${lossText(last.loss)} at step ${grouped(last.step)}.${gaps}${changes && ` ${changes}`}`;
}

/** What a run has saved beyond what it began with, each with the loss it had then. */
export function checkpointsOf(run: LossRun): LossPoint[] {
  const own = run.checkpoints.filter((step) => step > run.from);
  return own.flatMap((step) => {
    const point = run.points.find((one) => one.step >= step);
    return point ? [{ ...point, step }] : [];
  });
}

/** What all runs have saved, by step: of a step that two have come to, as the later one had it. */
export function savedOf({ runs }: LossCurve): LossPoint[] {
  const saved = new Map(runs.flatMap(checkpointsOf).map((point) => [point.step, point]));
  return [...saved.values()].sort((a, b) => a.step - b.step);
}

/** What the last stop cost, and what it did not; empty where training never stopped. */
export function stopSentence({ runs }: LossCurve): string {
  const [before, next] = [...successors(runs)].at(-1) ?? [];
  if (!before || !next) return '';
  const stopped = Math.max(next.from, before.points.at(-1)?.step ?? 0);
  if (stopped === 0) return '';
  if (next.from === 0) return `The stop cost all ${grouped(stopped)} steps. There was no checkpoint to begin from.`;
  const lost = stopped - next.from;
  const cost = lost === 0 ? `none of ${grouped(stopped)} steps` : `${grouped(lost)} steps, not ${grouped(stopped)}`;
  const gone = before.pod === next.pod ? 'container' : 'Pod';
  return `The stop cost ${cost}. The checkpoint of step ${grouped(next.from)} outlived the ${gone}.`;
}

/** How each backend is called. */
export const BACKENDS: Record<string, string> = { webgl: 'WebGL', wasm: 'WASM', cpu: 'CPU' };

/** From the fastest on: what computes on a later one than before has lost the earlier. */
const BY_SPEED = Object.keys(BACKENDS);

/** That another backend took over in the run that trains now, and where; empty where none did. */
export function changeSentence(curve: LossCurve): string {
  const change = curve.runs.at(-1)?.changes.at(-1);
  if (!change) return '';
  const [from, to] = [BACKENDS[change.from] ?? change.from, BACKENDS[change.to] ?? change.to];
  const step = grouped(change.step);
  /* What was computed elsewhere, and is opened where more is at hand, has lost nothing. */
  if (BY_SPEED.indexOf(change.to) < BY_SPEED.indexOf(change.from))
    return `Computed on ${from} up to step ${step}, on ${to} from there on.`;
  return `${from} went away. Continuing on ${to} from step ${step}.`;
}
