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
}

const NAME = 'training';

/**
 * Real computation enters here. A stretch has a fixed moment of completion; virtual time may come up to it and no
 * further until the result is there, so that the result's effect does not depend on how fast it was computed.
 */
export class TrainingQueue implements Component, TrainingDesk {
  readonly name = NAME;
  state: TrainingQueueState = { open: new Map(), results: new Map() };

  constructor(private readonly clock: Clock) {}

  restore(state: TrainingQueueState): void {
    this.state = state;
  }

  ask(ask: TrainingAsk): void {
    this.state.open.set(ask.run, Object.freeze(ask));
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
