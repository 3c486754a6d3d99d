import { assert, present } from '../base/assert';
import type { Cluster, ClusterSnapshot } from '../kernel/cluster';
import type { Input } from '../kernel/input';

/** A snapshot and how many inputs had been applied when it was taken. */
interface Moment {
  atMs: number;
  inputs: number;
  snapshot: ClusterSnapshot;
}

/**
 * Snapshots are at least so far apart in virtual time and in kernel events: an idle cluster needs few, and a large one,
 * whose copy takes longer than a slice, must not spend its time on copies.
 */
const SNAPSHOT_EVERY_MS = 5_000;
const SNAPSHOT_EVERY_EVENTS = 2_000;
const EVENTS_AN_OBJECT = 4;
const SNAPSHOTS_KEPT = 48;
/** Of a large cluster fewer are kept: so many objects in all, and two snapshots at least. */
const OBJECTS_KEPT = 1_000_000;
/** Kernel events run between two looks at the wall clock. */
const EVENTS_A_LOOK = 16;

/** Running forward over less than this costs less than telling every reader that history has changed. */
const FAR_MS = 60_000;

/** How many inputs two lines share from the start, and until when they are one history. */
export function sharedPart(left: readonly Input[], right: readonly Input[]): { shared: number; untilMs: number } {
  let shared = 0;
  while (shared < left.length && shared < right.length && left[shared] === right[shared]) shared += 1;
  return { shared, untilMs: Math.min(left[shared]?.atMs ?? Infinity, right[shared]?.atMs ?? Infinity) };
}

/** Whether a slice should end here; asked between kernel events. */
export type SliceEnd = () => boolean;

/**
 * One branch's line of inputs and a cluster somewhere on it. The cluster is a function of the inputs: going to any
 * moment is restoring the nearest snapshot before it and running forward.
 */
export class Timeline {
  readonly #moments: Moment[] = [];
  #applied = 0;
  /** The line: every input from the start. */
  inputs: Input[];
  #eventsSince = 0;
  /** How many recorded writes were refused; none where the line was recorded with this behaviour. */
  refused = 0;
  /** A snapshot that is being copied: the cluster stands still until it is complete. */
  #copying: Generator<void, ClusterSnapshot> | undefined;

  /** `cluster` stands at its start; `inputs` is the whole line, which the owner may extend. */
  constructor(
    readonly cluster: Cluster,
    inputs: Input[],
  ) {
    this.inputs = inputs;
    this.#keep(cluster.snapshot());
  }

  get nowMs(): number {
    return this.cluster.clock.nowMs;
  }

  /** How many inputs the cluster has taken in. */
  get applied(): number {
    return this.#applied;
  }

  /** Whether recorded inputs lie ahead. */
  get hasFuture(): boolean {
    return this.#applied < this.inputs.length;
  }

  /**
   * Runs towards `untilMs`, taking recorded inputs in at their moments. Stops early when the slice ends or when
   * training is awaited. Returns whether the moment was reached.
   */
  run(untilMs: number, ends: SliceEnd): boolean {
    for (;;) {
      const next = this.inputs[this.#applied];
      const goalMs = next ? Math.min(untilMs, next.atMs) : untilMs;
      const end = this.#runTo(goalMs, ends);
      if (end === 'slice') return false;
      /* What training waits for may be the next input; any other comes after everything due at its moment. */
      if (end === 'waiting' && !(next !== undefined && next.atMs <= this.nowMs)) return false;
      if (!next || next.atMs > untilMs) return true;
      this.#take(next);
      if (ends() && this.nowMs < untilMs) return false;
    }
  }

  /** Applies a new input now and adds it to the line. Only where no recorded input lies ahead. */
  append(input: Input): void {
    assert(!this.hasFuture, 'an input is added before the end of its line');
    this.inputs.push(input);
    this.#applied += 1;
  }

  /** Takes an input in now that the line has not, before those that lie ahead. */
  insert(input: Input): void {
    if (this.inputs[this.#applied] !== input) this.inputs.splice(this.#applied, 0, input);
    this.#take(input);
  }

  /** Goes back to the nearest snapshot at or before a moment; run() leads from there to the moment. */
  rewindTo(atMs: number, inputs = Infinity): void {
    let index = this.#moments.length - 1;
    while (index > 0 && (this.#moments[index]!.atMs > atMs || this.#moments[index]!.inputs > inputs)) index -= 1;
    const moment = present(this.#moments[index], 'the first snapshot');
    this.#copying = undefined;
    this.cluster.restore(moment.snapshot);
    this.#applied = moment.inputs;
  }

  /**
   * Takes another line of inputs that shares its first `shared` ones with this. Snapshots that are none of its
   * moments are forgotten: those that saw an input too many, and those that passed the moment of one they had not seen.
   */
  follow(inputs: Input[], shared: number, fromMs = inputs[shared]?.atMs ?? Infinity): void {
    this.inputs = inputs;
    for (let index = this.#moments.length - 1; index > 0; index--) {
      const moment = this.#moments[index]!;
      if (moment.inputs > shared || (moment.inputs === shared && moment.atMs > fromMs)) this.#moments.splice(index, 1);
    }
  }

  /**
   * Another cluster's way along another line: it stands at the start and has the snapshots of this one that are moments
   * of both.
   */
  beside(cluster: Cluster, inputs: Input[]): Timeline {
    cluster.restore(present(this.#moments[0], 'the first snapshot').snapshot);
    const other = new Timeline(cluster, inputs);
    other.#moments.splice(0, 1, ...this.#moments);
    const { shared, untilMs } = sharedPart(this.inputs, inputs);
    other.follow(inputs, shared, untilMs);
    return other;
  }

  /** Whether the way to a moment leads over a snapshot: it lies behind, or so far ahead that running there is slower. */
  goesBackTo(atMs: number, farMs = FAR_MS): boolean {
    if (atMs < this.nowMs) return true;
    const nearestMs = this.#moments.findLast((moment) => moment.atMs <= atMs)?.atMs ?? 0;
    return nearestMs > this.nowMs + farMs;
  }

  #runTo(goalMs: number, ends: SliceEnd): 'reached' | 'waiting' | 'slice' {
    for (;;) {
      if (!this.#copied(ends)) return 'slice';
      const end = this.cluster.run(goalMs, EVENTS_A_LOOK);
      this.#eventsSince += EVENTS_A_LOOK;
      if (this.#eventsSince >= this.#spacing) this.#keepIfLate();
      if (!this.#copied(ends)) return 'slice';
      if (end !== 'limit') return end;
      if (ends()) return 'slice';
    }
  }

  #take(input: Input): void {
    const response = this.cluster.input(input, this.#applied);
    if (response && response.code >= 400) this.refused += 1;
    this.#applied += 1;
  }

  get #spacing(): number {
    return Math.max(SNAPSHOT_EVERY_EVENTS, EVENTS_AN_OBJECT * this.cluster.store.size);
  }

  #keepIfLate(): void {
    const last = this.#moments.findLast((moment) => moment.atMs <= this.nowMs);
    if (this.nowMs < last!.atMs + SNAPSHOT_EVERY_MS) return;
    this.#eventsSince = 0;
    this.#copying = this.cluster.snapshotInSteps();
  }

  /** Goes on with the snapshot that is being copied. Returns whether the cluster may run. */
  #copied(ends: SliceEnd): boolean {
    while (this.#copying) {
      const { done, value } = this.#copying.next();
      if (done) {
        this.#copying = undefined;
        this.#keep(value);
      } else if (ends()) return false;
    }
    return true;
  }

  #keep(snapshot: ClusterSnapshot): void {
    if (this.#moments.some((moment) => moment.atMs === this.nowMs && moment.inputs === this.#applied)) return;
    this.#moments.push({ atMs: this.nowMs, inputs: this.#applied, snapshot });
    this.#moments.sort((a, b) => a.atMs - b.atMs || a.inputs - b.inputs);
    const kept = Math.max(2, Math.min(SNAPSHOTS_KEPT, Math.floor(OBJECTS_KEPT / this.cluster.store.size)));
    while (this.#moments.length > kept) this.#thin();
  }

  /** Drops the snapshot whose neighbours lie closest together for their age. The first one stays. */
  #thin(): void {
    const newestMs = this.#moments.at(-1)!.atMs;
    let worst = 1;
    let least = Infinity;
    for (let index = 1; index < this.#moments.length - 1; index++) {
      const gapMs = this.#moments[index + 1]!.atMs - this.#moments[index - 1]!.atMs;
      const weight = gapMs / (newestMs - this.#moments[index]!.atMs + SNAPSHOT_EVERY_MS);
      if (weight < least) [least, worst] = [weight, index];
    }
    this.#moments.splice(worst, 1);
  }
}
