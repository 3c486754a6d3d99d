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

/**
 * The control API. All JSON over the same door:
 * `POST /podium/v1/reset` {seed?, nodes?, preset?} · `GET|POST /podium/v1/time` · `POST /podium/v1/faults` (a Fault) ·
 * `GET /podium/v1/journal` · `GET /podium/v1/hash` · `GET /podium/v1/document` (export) ·
 * `GET /podium/v1/scheduling?pod=ns/name` → {items: SchedulingRecord[]} ·
 * `GET /podium/v1/causes?resource=pods&key=ns/name` or `?revision=N` → {items: CauseView[]}, newest first ·
 * `GET /podium/v1/lifecycle?pod=ns/name` → {machines: {[name]: {definition, state}}} ·
 * `GET /podium/v1/curve?pod=ns/name` → {items: CurvePiece[]} · `GET /podium/v1/timers` → {items: Timer[]}.
 */
export const CONTROL_PREFIX = '/podium/v1/';
