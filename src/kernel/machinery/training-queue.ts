import { freezeDeep } from '../../base/state';
import type { Json } from '../../api/objects';
import type { Clock, Timer } from '../time/clock';
import type { Component } from './component';
import type { TrainingAsk, TrainingDesk } from './ports';

export interface TrainingQueueState {
  /** Asked for and not yet answered, by run. */
  open: Map<string, TrainingAsk>;
  /** Answered, but not yet due. */
  results: Map<string, { ask: TrainingAsk; result: Json }>;
  /** What each container asked for last, by `UID/CONTAINER`: what it trains on stays known after it has ended. */
  latest: Map<string, TrainingAsk>;
}

const NAME = 'training';
const CONTAINERS_KEPT = 64;

/**
 * Real computation enters here. A stretch has a fixed moment of completion; virtual time may come up to it and no
 * further until the result is there, so that the result's effect does not depend on how fast it was computed.
 */
export class TrainingQueue implements Component, TrainingDesk {
  readonly name = NAME;
  state: TrainingQueueState = { open: new Map(), results: new Map(), latest: new Map() };

  constructor(private readonly clock: Clock) {}

  restore(state: TrainingQueueState): void {
    this.state = state;
  }

  ask(ask: TrainingAsk): void {
    const { open, latest } = this.state;
    open.set(ask.run, Object.freeze(ask));
    const container = containerOf(ask.run);
    latest.delete(container);
    latest.set(container, ask);
    if (latest.size > CONTAINERS_KEPT) latest.delete(latest.keys().next().value!);
  }

  /** What a container asked for last; undefined where it never did, or where many have since. */
  latestOf(container: string): TrainingAsk | undefined {
    return this.state.latest.get(container);
  }

  cancel(run: string): void {
    this.state.open.delete(run);
    this.state.results.delete(run);
    this.clock.cancel(NAME, 'due', run);
  }

  /** Takes a result in. One that nobody waits for is ignored. */
  resolve(run: string, result: Json): void {
    const ask = this.state.open.get(run);
    if (!ask) return;
    this.state.open.delete(run);
    this.state.results.set(run, { ask, result: freezeDeep(result) });
    this.clock.set(ask.completesAtMs, NAME, 'due', run);
  }

  /** The moment at which the clock must wait; Infinity when nothing is open. */
  holdAtMs(): number {
    let holdAtMs = Infinity;
    for (const ask of this.state.open.values()) holdAtMs = Math.min(holdAtMs, ask.completesAtMs);
    return holdAtMs;
  }

  /** Whether a container trains now: a stretch is asked for, or answered and not yet due. */
  get busy(): boolean {
    return this.state.open.size + this.state.results.size > 0;
  }

  /** What is being waited for, in the order of asking. */
  open(): Iterable<TrainingAsk> {
    return this.state.open.values();
  }

  handle(timer: Timer): void {
    const entry = this.state.results.get(timer.key);
    if (!entry) return;
    this.state.results.delete(timer.key);
    const { owner, key } = entry.ask.replyTo;
    this.clock.after(0, owner, 'training', key, { run: timer.key, result: entry.result });
  }
}

/** `UID/CONTAINER` of a run. */
export function containerOf(run: string): string {
  return run.split('/', 2).join('/');
}
