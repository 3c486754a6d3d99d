import { copyState } from '../base/state';
import { nextBetween, seedRandom, type RandomState } from '../base/random';
import type { Component } from './machinery/component';
import type { WatchHub } from './machinery/watch-hub';
import type { Clock, Timer } from './time/clock';
import type { Process } from './process';

export interface ProcessesState {
  /** Processes that are stopped, or that wait to lead. */
  down: Set<string>;
  /** What processes meant to do while nobody answers them: their timers, in order. */
  held: Map<string, Timer[]>;
  random: RandomState;
}

const NAME = 'processes';
/** A new leader waits until the old one's lease has run out. Models the defaults of client-go leaderelection. */
const LEASE_MS: readonly [number, number] = [15_000, 18_000];

/** How a process of the control plane begins to work. */
export type Begin = () => void;

/**
 * The control plane's programs, each of which may be killed and started again. One that is down hears nothing and does
 * nothing; one that starts waits for the lease, knows nothing, and lists.
 */
export class Processes implements Component {
  readonly name = NAME;
  state: ProcessesState;
  readonly #entries = new Map<string, { process: Process; begin: Begin; fresh: Map<string, object> }>();

  constructor(
    private readonly clock: Clock,
    private readonly hub: WatchHub,
    seed: number,
  ) {
    this.state = { down: new Set(), held: new Map(), random: seedRandom(seed, NAME) };
  }

  restore(state: object): void {
    this.state = state as ProcessesState;
  }

  /** Takes charge of a process that has not begun to work. */
  add(process: Process, begin: Begin): void {
    const fresh = new Map(process.components.map((component) => [component.name, copyState(component.state)]));
    this.#entries.set(process.name, { process, begin, fresh });
  }

  /** Lets every process begin to work. */
  beginAll(): void {
    for (const { begin } of this.#entries.values()) begin();
  }

  /** Whether a process is stopped, or waits to lead. */
  isDown(name: string): boolean {
    return this.state.down.has(name);
  }

  stop(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.clock.cancel(NAME, 'lead', name);
    if (this.state.down.has(name)) return;
    this.state.down.add(name);
    this.state.held.delete(name);
    this.hub.setCut(entry.process.informers.name, true);
    for (const component of entry.process.components) this.clock.cancelAll(component.name);
  }

  /**
   * Nobody answers the process any more: it hears nothing, and whatever it means to do ends in a request, so that all of
   * it waits. One that waited to lead starts to wait anew.
   */
  hold(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.clock.cancel(NAME, 'lead', name);
    if (this.state.down.has(name) || this.state.held.has(name)) return;
    this.hub.setCut(entry.process.informers.name, true);
    const owners = new Set(entry.process.components.map((component) => component.name));
    const held = this.clock.upcoming().filter((timer) => owners.has(timer.owner));
    for (const { owner, kind, key } of held) this.clock.cancel(owner, kind, key);
    this.state.held.set(name, held);
  }

  /** The process is answered again, and goes on where it was. */
  release(name: string): void {
    const held = this.state.held.get(name);
    if (!held) return;
    this.state.held.delete(name);
    for (const { atMs, owner, kind, key, data, periodic } of held) {
      this.clock.set(atMs, owner, kind, key, data, periodic);
    }
    this.hub.setCut(this.#entries.get(name)!.process.informers.name, false);
  }

  start(name: string): void {
    if (!this.state.down.has(name) || this.clock.timer(NAME, 'lead', name)) return;
    this.clock.after(nextBetween(this.state.random, ...LEASE_MS), NAME, 'lead', name);
  }

  handle(timer: Timer): void {
    this.lead(timer.key);
  }

  /** A stopped process begins at once: it knows nothing, and lists. */
  lead(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    const { process, begin, fresh } = entry;
    this.state.down.delete(process.name);
    for (const component of process.components) component.restore(copyState(fresh.get(component.name)!));
    this.hub.clear(process.informers.name);
    this.hub.setCut(process.informers.name, false);
    begin();
  }
}
