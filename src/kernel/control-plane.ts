import { assert } from '../base/assert';
import { nextBetween, seedRandom, type RandomState } from '../base/random';
import type { Reach } from './apiserver/reach';
import type { Component } from './machinery/component';
import type { Processes } from './processes';
import type { Clock, Timer } from './time/clock';

/**
 * Whose the control plane is: a provider's, who repairs it and shows none of it; nobody's in particular; or the
 * cluster's own, on nodes of which kubelets run it.
 */
export type ControlPlaneKind = 'managed' | 'plain' | 'self-managed';

export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'] as const;
export type ControlPlaneComponent = (typeof COMPONENTS)[number];

/** One running copy of a component. */
interface Instance {
  readonly component: ControlPlaneComponent;
  /** The node that it runs on, or the name of the etcd member; empty where there is one and no node shows it. */
  readonly place: string;
}

/** Somebody who speaks to the API server through a connection that may break. */
export interface ApiServerClient {
  readonly name: string;
  /** The connection is gone, or nothing that is asked is answered any more. */
  disconnect(): void;
  connect(): void;
}

export interface ControlPlaneParts {
  readonly clock: Clock;
  readonly seed: number;
  readonly kind: ControlPlaneKind;
  readonly processes: Processes;
  /** Everybody but the programs of the control plane itself. */
  readonly clients: () => Iterable<ApiServerClient>;
}

interface ControlPlaneState {
  /** Instances that somebody stopped, as `etcd/etcd-1`. */
  stopped: Set<string>;
  /** Whether an API server answers. */
  serving: boolean;
  /** Whether a majority of etcd's members agree. */
  quorum: boolean;
  /** What the provider started again, oldest first; the latest few. */
  repairs: { component: string; atMs: number }[];
  random: RandomState;
}

/** Why a component does nothing. */
export interface Outage {
  readonly component: ControlPlaneComponent;
  /** Somebody stopped it; it went with its node; it waits to lead; it cannot reach what it works with. */
  readonly why: 'stopped' | 'lost' | 'lease' | 'unreachable';
  /** When the provider starts it again. */
  readonly repairAtMs?: number;
}

const NAME = 'control-plane';
const MEMBERS = ['etcd-1', 'etcd-2', 'etcd-3'];
/** Programs of which one instance leads. */
const LED = ['kube-scheduler', 'kube-controller-manager'] as const;
/** The provider needs so long to notice and to start a component again. */
const REPAIR_MS = 60_000;
const REPAIRS_KEPT = 16;
/** A leader gives up ten seconds after the first renewal that failed, and it renews every two. Models the defaults of client-go leaderelection. */
const RENEW_DEADLINE_MS: readonly [number, number] = [10_000, 12_000];
/** Clients try again after a back-off, each at its own moment. */
const RECONNECT_MS: readonly [number, number] = [200, 7_000];

const keyOf = ({ component, place }: Instance): string => `${component}/${place}`;

/**
 * The control plane as something that fails: which of its instances run, whether an API server answers and etcd has its
 * quorum, and what follows from that for everybody who speaks to them.
 */
export class ControlPlane implements Component, Reach {
  readonly name = NAME;
  state: ControlPlaneState;
  readonly #instances: readonly Instance[];

  constructor(private readonly parts: ControlPlaneParts) {
    this.state = {
      stopped: new Set(),
      serving: true,
      quorum: true,
      repairs: [],
      random: seedRandom(parts.seed, NAME),
    };
    this.#instances = COMPONENTS.flatMap((component) =>
      (component === 'etcd' ? MEMBERS : ['']).map((place) => ({ component, place })),
    );
  }

  restore(state: object): void {
    this.state = state as ControlPlaneState;
  }

  get serving(): boolean {
    return this.state.serving;
  }

  get quorum(): boolean {
    return this.state.quorum;
  }

  /** Whether anything can be read for certain, and written. */
  get answers(): boolean {
    return this.state.serving && this.state.quorum;
  }

  /** What the provider started again, the latest few: nobody of this cluster did it. */
  get repairs(): readonly { component: string; atMs: number }[] {
    return this.state.repairs;
  }

  /** How many members of etcd there are, and how many of them run. */
  get members(): { all: number; up: number } {
    const members = this.#instances.filter(({ component }) => component === 'etcd');
    return { all: members.length, up: members.filter((one) => this.#isUp(one)).length };
  }

  /** What does nothing now, and why. */
  get outages(): Outage[] {
    return COMPONENTS.filter((component) => this.#isOut(component)).map((component) => {
      const repairAtMs = this.#repairAtMs(component);
      return { component, why: this.#why(component), ...(repairAtMs === undefined ? {} : { repairAtMs }) };
    });
  }

  /** Why a component cannot be stopped or started, if so. */
  problem(name: string, place: string | undefined): string | undefined {
    const instances = this.#instances.filter(({ component }) => component === name);
    if (instances.length === 0) return `component ${JSON.stringify(name)} cannot be stopped in this cluster`;
    if (place === undefined || instances.some((one) => one.place === place)) return undefined;
    const places = instances.map((one) => one.place).filter((one) => one !== '');
    const where = places.length > 0 ? `there are ${places.join(', ')}` : 'no node of this cluster shows it';
    return `there is no ${name} ${JSON.stringify(place)}; ${where}`;
  }

  /** Kills a component's instances, or the one at a place. */
  stop(name: string, place?: string): void {
    for (const instance of this.#named(name, place)) {
      const key = keyOf(instance);
      this.state.stopped.add(key);
      if (this.parts.kind === 'managed') this.parts.clock.after(REPAIR_MS, NAME, 'repair', key);
    }
    this.#evaluate();
  }

  start(name: string, place?: string): void {
    for (const instance of this.#named(name, place)) {
      const key = keyOf(instance);
      this.state.stopped.delete(key);
      this.parts.clock.cancel(NAME, 'repair', key);
    }
    this.#evaluate();
  }

  /** Somebody new wants to speak to the API server. */
  welcome(client: ApiServerClient): void {
    if (!this.answers) client.disconnect();
  }

  handle({ kind, key }: Timer): void {
    if (kind === 'repair') this.#repair(key);
    else if (kind === 'lease-lost') this.parts.processes.stop(key);
    else if (kind === 'reconnect') this.#clientNamed(key)?.connect();
    else assert(false, `${NAME} has no handler for ${kind}`);
  }

  #named(name: string, place: string | undefined): Instance[] {
    return this.#instances.filter((one) => one.component === name && (place === undefined || one.place === place));
  }

  #isUp(instance: Instance): boolean {
    return !this.state.stopped.has(keyOf(instance));
  }

  #anyUp(component: ControlPlaneComponent): boolean {
    return this.#instances.some((one) => one.component === component && this.#isUp(one));
  }

  #isOut(component: ControlPlaneComponent): boolean {
    if (component === 'etcd') return !this.state.quorum;
    if (component === 'kube-apiserver') return !this.state.serving;
    return this.parts.processes.isDown(component);
  }

  #why(component: ControlPlaneComponent): Outage['why'] {
    const works = component !== 'etcd' && component !== 'kube-apiserver' && this.#anyUp(component);
    if (!works)
      return this.#named(component, undefined).some((one) => this.state.stopped.has(keyOf(one))) ? 'stopped' : 'lost';
    return this.answers ? 'lease' : 'unreachable';
  }

  #repairAtMs(component: ControlPlaneComponent): number | undefined {
    const moments = this.#named(component, undefined).flatMap(
      (one) => this.parts.clock.timer(NAME, 'repair', keyOf(one))?.atMs ?? [],
    );
    return moments.length > 0 ? Math.min(...moments) : undefined;
  }

  #repair(key: string): void {
    this.state.stopped.delete(key);
    const { nowMs: atMs } = this.parts.clock;
    const component = key.slice(0, key.indexOf('/'));
    const told = this.state.repairs.some((one) => one.component === component && one.atMs === atMs);
    if (!told) this.state.repairs.push({ component, atMs });
    if (this.state.repairs.length > REPAIRS_KEPT) this.state.repairs.shift();
    this.#evaluate();
  }

  /** Draws the conclusions from which instances run. */
  #evaluate(): void {
    const answered = this.answers;
    const { all, up } = this.members;
    this.state.serving = this.#anyUp('kube-apiserver');
    this.state.quorum = 2 * up > all;
    if (answered && !this.answers) this.#disconnectAll();
    if (!answered && this.answers) this.#letReconnect();
    for (const component of LED) this.#lead(component);
  }

  /** Nobody hears anything more; leaders keep their lease until they have tried in vain for too long. */
  #disconnectAll(): void {
    const { clock, processes, clients } = this.parts;
    for (const client of clients()) {
      clock.cancel(NAME, 'reconnect', client.name);
      client.disconnect();
    }
    for (const component of LED) {
      processes.hold(component);
      clock.after(nextBetween(this.state.random, ...RENEW_DEADLINE_MS), NAME, 'lease-lost', component);
    }
  }

  #letReconnect(): void {
    const { clock, processes, clients } = this.parts;
    for (const client of clients()) {
      clock.after(nextBetween(this.state.random, ...RECONNECT_MS), NAME, 'reconnect', client.name);
    }
    for (const component of LED) {
      clock.cancel(NAME, 'lease-lost', component);
      processes.release(component);
    }
  }

  /** A program without any instance ends; one that is to lead again waits until the old leader's lease has run out. */
  #lead(component: (typeof LED)[number]): void {
    const { processes } = this.parts;
    if (!this.#anyUp(component)) processes.stop(component);
    else if (this.answers) processes.start(component);
  }

  #clientNamed(name: string): ApiServerClient | undefined {
    for (const client of this.parts.clients()) if (client.name === name) return client;
    return undefined;
  }
}
