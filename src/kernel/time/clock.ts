import { assert } from '../../base/assert';
import { BinaryHeap } from '../../base/binary-heap';
import { formatMicroTime, formatTime } from '../../api/time';
import type { Json } from '../../api/objects';

/** A thing that will happen: data, never a closure, so the future can be copied, hashed, listed and shown. */
export interface Timer {
  readonly atMs: number;
  readonly sequence: number;
  /** The component whose handler for `kind` is called. */
  readonly owner: string;
  readonly kind: string;
  readonly key: string;
  readonly data?: Json | undefined;
  /** Whether this is work that never ends by itself (leases, resyncs, probes): it does not disturb the quiet. */
  readonly periodic?: boolean | undefined;
}

/** The clock's whole state. Times are milliseconds of virtual time since the cluster started. */
export interface ClockState {
  nowMs: number;
  /** Milliseconds since the Unix epoch at the start of the cluster. */
  readonly epochMs: number;
  sequence: number;
  /** A heap by (atMs, sequence). Cancelled timers stay until they come up. */
  heap: Timer[];
  /** The timers that count: owner → kind → key. */
  live: Map<string, Map<string, Map<string, Timer>>>;
  /** How many timers are live, and how many of them are not periodic. */
  count: number;
  pending: number;
}

const before = (a: Timer, b: Timer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);

/** No cluster needs more than this; reaching it means that something sets timers without end. */
const TIMER_LIMIT = 4_000_000;

/** The only timer there is: one heap ordered by (atMs, sequence). */
export class Clock {
  state: ClockState;
  #heap: BinaryHeap<Timer>;

  /** `epochMs` is virtual time 0; `nowMs` where the clock begins. */
  constructor(epochMs: number, nowMs = 0) {
    this.state = { nowMs, epochMs, sequence: 0, heap: [], live: new Map(), count: 0, pending: 0 };
    this.#heap = new BinaryHeap(before, this.state.heap);
  }

  restore(state: ClockState): void {
    this.state = state;
    this.#heap = new BinaryHeap(before, state.heap);
  }

  /** Virtual milliseconds since the start. */
  get nowMs(): number {
    return this.state.nowMs;
  }

  /** Milliseconds since the Unix epoch. */
  get epochNowMs(): number {
    return this.state.epochMs + this.state.nowMs;
  }

  /** Now as metav1.Time. */
  get time(): string {
    return formatTime(this.epochNowMs);
  }

  /** Now as metav1.MicroTime. */
  get microTime(): string {
    return formatMicroTime(this.epochNowMs);
  }

  /**
   * Sets the timer (owner, kind, key). There is one of each: setting it again moves it. A moment in the past
   * means now.
   */
  set(atMs: number, owner: string, kind: string, key: string, data?: Json, periodic = false): void {
    assert(Number.isFinite(atMs), `timer ${owner} ${kind} ${key} at ${atMs}`);
    const keys = this.#keysOf(owner, kind);
    this.#forget(keys, key);
    /* All timers have the same fields, and so the same hidden class: they are compared more often than anything else. */
    const timer: Timer = Object.freeze({
      atMs: Math.max(atMs, this.state.nowMs),
      sequence: this.state.sequence++,
      owner,
      kind,
      key,
      data,
      periodic: periodic || undefined,
    });
    keys.set(key, timer);
    this.state.count += 1;
    if (!periodic) this.state.pending += 1;
    this.#heap.push(timer);
    if (this.state.heap.length > 2 * this.state.count + 1024) this.#sweep();
    assert(this.state.count <= TIMER_LIMIT, 'too many timers');
  }

  /** Sets the timer `delayMs` from now. */
  after(delayMs: number, owner: string, kind: string, key: string, data?: Json, periodic = false): void {
    this.set(this.state.nowMs + delayMs, owner, kind, key, data, periodic);
  }

  cancel(owner: string, kind: string, key: string): void {
    this.#forget(this.state.live.get(owner)?.get(kind), key);
  }

  /** Cancels every timer of an owner. */
  cancelAll(owner: string): void {
    for (const timer of this.of(owner)) this.cancel(owner, timer.kind, timer.key);
    this.state.live.delete(owner);
  }

  /** The timer (owner, kind, key), if it is set. */
  timer(owner: string, kind: string, key: string): Timer | undefined {
    return this.state.live.get(owner)?.get(kind)?.get(key);
  }

  /** The moment of the next timer; Infinity when there is none. */
  nextAtMs(): number {
    this.#dropCancelled();
    return this.#heap.peek()?.atMs ?? Infinity;
  }

  /** Takes the next timer due at or before `untilMs` and moves the clock to it; `undefined` when there is none. */
  take(untilMs: number): Timer | undefined {
    for (;;) {
      const next = this.#heap.peek();
      if (!next) return undefined;
      const keys = this.state.live.get(next.owner)?.get(next.kind);
      const isLive = keys?.get(next.key) === next;
      if (isLive && next.atMs > untilMs) return undefined;
      this.#heap.pop();
      if (!isLive) continue;
      this.#forget(keys, next.key);
      assert(next.atMs >= this.state.nowMs, 'time runs backwards');
      this.state.nowMs = next.atMs;
      return next;
    }
  }

  /** Moves the clock forward where nothing is due until then. */
  moveTo(atMs: number): void {
    assert(atMs >= this.state.nowMs && this.nextAtMs() >= atMs, `cannot move to ${atMs}`);
    this.state.nowMs = atMs;
  }

  /** Whether only periodic work is left. */
  get quiet(): boolean {
    return this.state.pending === 0;
  }

  /** The live timers of an owner, in no order. */
  of(owner: string): Timer[] {
    return [...(this.state.live.get(owner)?.values() ?? [])].flatMap((keys) => [...keys.values()]);
  }

  /** The live timers in the order in which they will come. */
  upcoming(): Timer[] {
    return [...this.state.live.keys()].flatMap((owner) => this.of(owner)).sort((a, b) => (before(a, b) ? -1 : 1));
  }

  /** The timers of an owner and a kind by key. */
  #keysOf(owner: string, kind: string): Map<string, Timer> {
    let kinds = this.state.live.get(owner);
    if (!kinds) this.state.live.set(owner, (kinds = new Map()));
    let keys = kinds.get(kind);
    if (!keys) kinds.set(kind, (keys = new Map()));
    return keys;
  }

  #forget(keys: Map<string, Timer> | undefined, key: string): void {
    const timer = keys?.get(key);
    if (!timer) return;
    keys!.delete(key);
    this.state.count -= 1;
    if (!timer.periodic) this.state.pending -= 1;
  }

  #dropCancelled(): void {
    for (let top = this.#heap.peek(); top && this.timer(top.owner, top.kind, top.key) !== top; top = this.#heap.peek())
      this.#heap.pop();
  }

  /** Rebuilds the heap without cancelled timers, so that moving a timer often costs no memory. */
  #sweep(): void {
    this.state.heap = this.upcoming();
    this.#heap = new BinaryHeap(before, this.state.heap);
  }
}
