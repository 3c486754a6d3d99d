import type { Json } from '../api/objects';
import type { TrainingConfig, TrainingPlan } from '../api/training';

/** `GET /podium/v1/time`. */
export interface TimeView {
  now: string;
  nowMs: number;
  speed: number;
}

/**
 * `POST /podium/v1/time`: one of these. `rewindMs` looks at an earlier moment of the current branch; the next write
 * there starts a new branch. With `withinMs` it takes no longer than that in wall time, and stops short of the moment
 * where it must. `live` goes to the end of a branch. `step` runs to the next write, or until
 * something is otherwise on the stage; `undo` goes
 * to before the last input and starts a branch there at once; `fork` starts one where the cluster stands.
 */
export type TimeRequest =
  | { speed: number }
  | { advanceMs: number }
  | { untilQuiet: true; limitMs: number }
  | { rewindMs: number; withinMs?: number }
  | { live: string }
  | { step: 'next' | 'back' | 'change' }
  | { undo: true }
  | { fork: true };

/** Weights as they were after a step, at a moment of virtual time. */
export interface WeightsAt {
  step: number;
  atMs: number;
  coef: number[];
  intercept: number;
}

/** `GET /podium/v1/training?owner=Job train-sgd`: what it has learned by the moment that is looked at, or by `atMs`. */
export interface TrainingView {
  /** Names the container and its configuration. */
  container: string;
  /** Of the next step; null where it is not known how the container was configured. */
  learningRate: number | null;
  /** By step, the last those of the moment. */
  weights: WeightsAt[];
}

/** `GET /podium/v1/training-rows?owner=Job train-sgd`: what it learns from. */
export interface TrainingRows {
  container: string;
  config: TrainingConfig;
  plan: TrainingPlan;
  /** Of some rows, evenly chosen: features row after row, and targets. */
  x: number[];
  y: number[];
  /** The weights that made the targets; null where nobody knows them. */
  truth: { coef: number[]; intercept: number } | null;
}

/** One of `GET /podium/v1/training-lines?owner=Job train-sgd`: its curve on another branch, or later on this one. */
export interface TrainingLine {
  branch: string;
  name: string;
  /** It is the first branch, which all others left. */
  trunk: boolean;
  /** On the branch that is open, after the moment that is looked at. */
  ahead: boolean;
  /** A container's run each; step, loss, virtual ms: three numbers a point. */
  runs: number[][];
}

/** A field that a write made otherwise. Without `before` it was not there, without `after` it is no longer. */
export interface FieldChange {
  /** Elements of lists by what names them: `['status', 'conditions', 'Ready', 'status']`. */
  path: readonly string[];
  /** The whole element of a list came or went. */
  element?: true;
  before?: Json;
  after?: Json;
}

/** One of `GET /podium/v1/causes`: a write, who made it, and what it made otherwise. */
export interface CauseLink {
  revision: number;
  atMs: number;
  verb: 'create' | 'update' | 'delete';
  resource: string;
  key: string;
  actor: string;
  /** The journal's entry that it carries out. */
  input?: number;
  /** Where the Pod is that was written. */
  node?: string;
  /** Of an update that etcd still has; without what every write changes. */
  changes?: FieldChange[];
}

/**
 * The control API. All JSON over the same door:
 * `POST /podium/v1/reset` {seed?, nodes?, preset?} · `GET|POST /podium/v1/time` · `POST /podium/v1/faults` (a Fault) ·
 * `POST /podium/v1/world` (a WorldChange: the bounds of a node pool, bandwidth) ·
 * `GET /podium/v1/journal` · `GET /podium/v1/hash` · `GET /podium/v1/document` (export) ·
 * `GET /podium/v1/scheduling?pod=ns/name` → {items: SchedulingRecord[]} ·
 * `GET /podium/v1/causes?resource=pods&key=ns/name` or `?revision=N` → {items: CauseLink[]}, newest first ·
 * `GET /podium/v1/lifecycle?pod=ns/name` → {machines: {[name]: {definition, state}}} ·
 * `GET /podium/v1/training?owner=Job train-sgd` → TrainingView, `training-rows` → TrainingRows, `training-lines` →
 * {items: TrainingLine[]} · `GET /podium/v1/timers` → {items: Timer[]} ·
 * `GET /podium/v1/requests?since=N&service=ns/name&failed=true` → {requests, failures, items: RequestRecord[]} ·
 * `GET /podium/v1/traffic?service=ns/name` → ServiceTraffic · `GET /podium/v1/story` → StoryView.
 */
export const CONTROL_PREFIX = '/podium/v1/';
