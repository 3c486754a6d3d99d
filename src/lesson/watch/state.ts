import type { Hints, Page, Prediction } from '../format/lesson';

/** What a page shows of a lesson at a moment. Times are virtual milliseconds since the cluster's start. */
export interface LessonState {
  /** The moment that this is of. */
  readonly atMs: number;
  /** When the lesson began: its clock counts from here. */
  readonly beganMs: number;
  /** The page that is open. */
  readonly page: Page;
  readonly goals: readonly GoalState[];
  readonly predictions: readonly PredictionState[];
  /** All goals are met, and those that must hold do. */
  readonly done: boolean;
  /** Moments of the learner's own timeline, for the recap; those that have come, in their order. */
  readonly moments: readonly { readonly label: string; readonly atMs: number }[];
}

export interface GoalState {
  readonly id: string;
  readonly title: string;
  /** The page it belongs to. */
  readonly page: number;
  readonly hold: boolean;
  readonly hints: Hints;
  /** When it was first met; undefined while it is open. */
  readonly metAtMs: number | undefined;
  /** Whether it counts as met now: a goal with `hold` may have been met and be so no more. */
  readonly met: boolean;
  /** Why it is not met; empty while it is. */
  readonly because: string;
  /** It cannot be reached from here; `goodMs` is the last moment at which it could. */
  readonly fails: { readonly words: string; readonly sinceMs: number; readonly goodMs: number } | undefined;
}

export interface PredictionState {
  readonly prediction: Prediction;
  /** What the learner chose: a choice's id, or a node's name. */
  readonly answer: { readonly choice: string; readonly atMs: number } | undefined;
  /** What came: the ids of the choices that hold, or the node's name; and what happened and why. */
  readonly outcome:
    { readonly atMs: number; readonly choices: readonly string[]; readonly because: string } | undefined;
  /** Whether the answer is what came; undefined before both are there. */
  readonly right: boolean | undefined;
  /** What somebody believes who answered so; empty where the answer was right. */
  readonly misconception: string;
}
