import type { Session } from './session';
import type { TrainingOffice } from './trainer';

/** A slice of work between two chances for messages to be heard. */
const SLICE_MS = 8;
/** Nothing is due for a while: the clock is moved on so often, and more often than what is caught up. */
const QUIET_MS = 200;
/** Time stands still: whoever changes that wakes the owner, and what takes no notice of it is looked after so often. */
const STANDING_MS = 1_000;
/** After a tab has slept, this much of the lost time is caught up; the rest is forgotten. */
const CATCH_UP_MS = 250;

export const SPEEDS = { slowest: 0.01, fastest: 1000 };

interface Goal {
  atMs: number;
  /** Stop as soon as only periodic work is left. */
  untilQuiet: boolean;
  /** Stop where a line that was recorded with another behaviour needs training. */
  untilTraining: boolean;
  /** Stop where it has come to by this wall time. */
  untilWallMs: number;
  reached: () => void;
}

/** What ends a search for a moment before it is reached. `withinMs` is wall time. */
export interface SeekLimits {
  untilQuiet?: boolean;
  untilTraining?: boolean;
  withinMs?: number;
}

/** Turns wall time into virtual time. It holds no timer of its own: whoever owns it calls `slice`. */
export class Pacer {
  speed = 1;
  #goal: Goal | undefined;
  /** Virtual time owed to the cluster, because a slice ended before it was run. */
  #owedMs = 0;
  #lastWallMs: number | undefined;
  waiting = false;

  constructor(
    private readonly session: () => Session,
    private readonly office: TrainingOffice,
    private readonly wallMs: () => number,
  ) {}

  get seeking(): boolean {
    return this.#goal !== undefined;
  }

  /** Runs as fast as it can to a moment, whatever the speed is set to. Resolves when it is there, or goes no further. */
  seek(atMs: number, limits: SeekLimits = {}): Promise<void> {
    const { untilQuiet = false, untilTraining = false, withinMs = Infinity } = limits;
    this.#goal?.reached();
    return new Promise((reached) => {
      this.#goal = { atMs, untilQuiet, untilTraining, untilWallMs: this.wallMs() + withinMs, reached };
    });
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.#owedMs = 0;
    this.#lastWallMs = undefined;
  }

  /** Stands still where it is; whoever waits for a moment is told that it goes no further. */
  stop(): void {
    this.setSpeed(0);
    this.waiting = false;
    const goal = this.#goal;
    this.#goal = undefined;
    goal?.reached();
  }

  /** Runs one slice. Returns how long the owner may sleep before the next, in ms: 0 means at once. */
  slice(): number {
    const startMs = this.wallMs();
    const ends = (): boolean => this.wallMs() - startMs >= SLICE_MS;
    this.#offerTraining(startMs);
    if (this.#goal) return this.#sliceToGoal(this.#goal, ends);
    return this.#slicePlaying(startMs, ends);
  }

  #sliceToGoal(goal: Goal, ends: () => boolean): number {
    this.#lastWallMs = undefined;
    const session = this.session();
    const { clock } = session.cluster;
    const quiet = (): boolean => goal.untilQuiet && clock.quiet && !session.timeline.hasFuture;
    const late = (): boolean => this.wallMs() >= goal.untilWallMs;
    const reached = quiet() || session.run(goal.atMs, () => quiet() || ends() || late()) || late();
    this.waiting = !reached && !quiet() && session.cluster.training.holdAtMs() <= session.nowMs;
    if (reached || quiet() || this.#goesNoFurther(session, goal)) {
      this.#goal = undefined;
      goal.reached();
      return 0;
    }
    return this.waiting ? SLICE_MS : 0;
  }

  /** A line that was recorded with another behaviour needs results that nothing computes, or not at once. */
  #goesNoFurther(session: Session, { untilTraining }: Goal): boolean {
    return this.waiting && session.rewound && (untilTraining || this.office.problem !== '');
  }

  #slicePlaying(startMs: number, ends: () => boolean): number {
    const sinceMs = this.#lastWallMs === undefined ? 0 : Math.min(startMs - this.#lastWallMs, CATCH_UP_MS);
    this.#lastWallMs = startMs;
    if (this.speed === 0) return STANDING_MS;
    const session = this.session();
    this.#owedMs = Math.min(this.#owedMs + sinceMs * this.speed, CATCH_UP_MS * this.speed);
    const fromMs = session.nowMs;
    const reached = session.run(fromMs + this.#owedMs, ends);
    this.#owedMs = reached ? 0 : Math.max(0, this.#owedMs - (session.nowMs - fromMs));
    this.waiting = !reached && session.cluster.training.holdAtMs() <= session.nowMs;
    if (this.waiting) this.#owedMs = 0;
    if (this.waiting) return SLICE_MS;
    return reached ? this.#pauseMs(session) : 0;
  }

  /** How long until something is due, within bounds. */
  #pauseMs({ cluster: { clock }, nowMs }: Session): number {
    return Math.min(QUIET_MS, Math.max(SLICE_MS, (clock.nextAtMs() - nowMs) / this.speed));
  }

  #offerTraining(wallMs: number): void {
    const session = this.session();
    if (session.rewound && !this.waiting) return;
    for (const ask of [...session.cluster.training.open()]) {
      const result = this.office.resultOf(ask, wallMs);
      if (result !== undefined) session.training(ask.run, result);
    }
  }
}
