import { seedRandom, type RandomState } from '../../base/random';
import { ApiError } from '../../api/status';
import type { TypedClient } from '../apiserver/typed-client';
import type { StoreEvent } from '../store/event';
import type { Clock, Timer } from '../time/clock';
import type { Component } from './component';
import type { EventRecorder } from './event-recorder';
import type { Informers } from './informers';
import { addKey, emptyQueue, failureDelayMs, takeKey, type WorkQueueState } from './work-queue';

/** What a controller is given; it knows nothing else of the cluster. */
export interface ControllerParts {
  readonly clock: Clock;
  readonly client: TypedClient;
  readonly informers: Informers;
  readonly recorder: EventRecorder;
  readonly seed: number;
}

export interface ControllerState {
  queue: WorkQueueState;
  /** Why keys that wait for a timer wait: revisions by key. */
  noted: Map<string, number[]>;
  random: RandomState;
}

/** What a controller writes stands in etcd this long after it began to work; its other workers go on meanwhile. */
const WRITE_MS = 5;
/** The time between two keys of one queue. */
const RECONCILE_MS = 1;
const CAUSES_NOTED = 8;

/**
 * A level-based control loop: informers put keys into its queue, `reconcile` makes one key's world as wanted. What
 * `reconcile` throws as ApiError is tried again with back-off; any other error stops the cluster.
 */
export abstract class Controller<Extra extends object = object> implements Component {
  state: ControllerState & Extra;

  constructor(
    readonly name: string,
    protected readonly parts: ControllerParts,
    extra: Extra,
    /** What keeps failing is tried again after so long at most. */
    private readonly longestRetryMs?: number,
  ) {
    this.state = { queue: emptyQueue(), noted: new Map(), random: seedRandom(parts.seed, name), ...extra };
  }

  restore(state: object): void {
    this.state = state as ControllerState & Extra;
  }

  /**
   * Sets the timers of work that nothing else wakes: called when the controller starts, and again each time its program
   * comes back with an empty memory.
   */
  begin(): void {}

  /** Makes what `key` names as it should be. Reads state, never the event that woke it. */
  protected abstract reconcile(key: string): void;

  /** Handles timers of the controller's own kinds. */
  protected handleOwn(timer: Timer): void {
    throw new Error(`${this.name} has no handler for ${timer.kind}`);
  }

  /** Puts a key into the queue; the event is remembered as a cause of what reconciling it writes. */
  enqueue(key: string, event?: StoreEvent): void {
    addKey(this.state.queue, key, event?.revision);
    this.#wake(WRITE_MS);
  }

  /** Puts a key into the queue after a while; the earliest of several moments counts. */
  enqueueAfter(key: string, delayMs: number, periodic = false): void {
    const { clock } = this.parts;
    const known = clock.timer(this.name, 'requeue', key);
    if (known && known.atMs <= clock.nowMs + delayMs) return;
    clock.after(delayMs, this.name, 'requeue', key, undefined, periodic);
  }

  /** Remembers an event as a cause of what a key's next reconcile writes, without waking the key. */
  protected noteCause(key: string, event: StoreEvent): void {
    const noted = this.state.noted.get(key);
    if (!noted) this.state.noted.set(key, [event.revision]);
    else if (noted.length < CAUSES_NOTED) noted.push(event.revision);
    else noted[CAUSES_NOTED - 1] = event.revision;
  }

  handle(timer: Timer): void {
    if (timer.kind === 'work') this.#work();
    else if (timer.kind === 'requeue') this.enqueue(timer.key);
    else this.handleOwn(timer);
  }

  #wake(inMs: number): void {
    const { clock } = this.parts;
    if (this.state.queue.waiting.size > 0 && !clock.timer(this.name, 'work', '')) {
      clock.after(inMs, this.name, 'work', '');
    }
  }

  #work(): void {
    const item = takeKey(this.state.queue);
    if (item) this.#reconcile(item.key, item.revisions);
    this.#wake(RECONCILE_MS);
  }

  #reconcile(key: string, revisions: readonly number[]): void {
    this.parts.client.because([...revisions, ...(this.state.noted.get(key) ?? [])]);
    this.state.noted.delete(key);
    try {
      this.reconcile(key);
      this.state.queue.failures.delete(key);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.enqueueAfter(key, failureDelayMs(this.state.queue, key, this.longestRetryMs));
    }
    this.parts.client.because([]);
  }
}
