/** Where nothing but the clock moves on, frames are at least this far apart, in ms of wall time. */
const CLOCK_ONLY_MS = 200;
/** And so far in ms of virtual time, since a clock that goes shows whole seconds, unless this much of wall time is over. */
const SHOWN_MS = 1000;

/** What tells whether a frame made now would show anything that the last one did not. */
export interface FrameState {
  /** Everything that shows but the clock. */
  key: string;
  /** Whether there is more to tell than the last frame had room for, or nobody has told it yet. */
  untold: boolean;
  /** Virtual ms. */
  atMs: number;
  /** Whether time stands still, so that where it stands is news at once. */
  stands: boolean;
}

/**
 * Whoever draws asks for the next frame once and is answered when there is something new to draw, so that a page at
 * which nothing happens does nothing.
 */
export class NextFrame {
  #answer: (() => void) | undefined;
  /** What they look at. */
  #what = '';
  #told: FrameState | undefined;
  #toldAtWallMs = 0;

  /** The latest who asks is the one who is answered; at once where they look at something else than before. */
  ask(what: string, answer: () => void): void {
    if (what !== this.#what) this.#told = undefined;
    this.#what = what;
    this.#answer = answer;
  }

  /** Nobody waits any more. */
  drop(): void {
    this.#answer = undefined;
  }

  /** Answers who waits, where there is something new. */
  offer(state: () => FrameState, wallMs: number): void {
    const answer = this.#answer;
    if (!answer) return;
    if (this.#told && !this.#isNews(state(), this.#told, wallMs)) return;
    this.#answer = undefined;
    answer();
    this.#told = state();
    this.#toldAtWallMs = wallMs;
  }

  #isNews(now: FrameState, told: FrameState, wallMs: number): boolean {
    if (now.untold || now.key !== told.key) return true;
    if (now.atMs === told.atMs) return false;
    const ms = wallMs - this.#toldAtWallMs;
    return now.stands || ms >= SHOWN_MS || (ms >= CLOCK_ONLY_MS && Math.abs(now.atMs - told.atMs) >= SHOWN_MS);
  }
}
