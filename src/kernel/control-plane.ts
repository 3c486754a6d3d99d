import { assert } from '../base/assert';
import { nextBetween, nextUuid, seedRandom, type RandomState } from '../base/random';
import type { Reach } from './apiserver/reach';
import type { LeaderElection } from './leader-election';
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
  /** The node that it runs on, or the name of the member of an etcd that no node shows; empty where there is one and no node shows it. */
  readonly place: string;
}

/** Somebody who speaks to the API server through a connection that may break. */
export interface ApiServerClient {
  readonly name: string;
  /** The connection is gone, or nothing that is asked is answered any more. */
  disconnect(): void;
  connect(): void;
}

/** The nodes of a control plane that the cluster runs itself. */
export interface ControlPlaneNodes {
  readonly election: LeaderElection;
  /** Whether a component's static Pod runs on a node. */
  runs(component: string, node: string): boolean;
  /** Whether the other nodes reach this one. */
  isReached(node: string): boolean;
  /** Puts a component's manifest on a node, for a Pod of this uid. */
  place(component: ControlPlaneComponent, node: string, uid: string): void;
  /** Kills what runs and takes the manifest away. */
  take(component: ControlPlaneComponent, node: string): void;
}

export interface ControlPlaneParts {
  readonly clock: Clock;
  readonly seed: number;
  readonly kind: ControlPlaneKind;
  readonly processes: Processes;
  /** Where the control plane runs, if nodes of the cluster show it. */
  readonly nodes?: ControlPlaneNodes;
  /** Everybody but the programs of the control plane itself. */
  readonly clients: () => Iterable<ApiServerClient>;
  /** Takes the Node of a machine away that is no more; `input` is the journal's entry that asked for it. */
  readonly removeNode: (name: string, input?: number) => void;
}

interface ControlPlaneState {
  /** Where etcd's members are: nodes, or nowhere that one sees. */
  members: readonly string[];
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
/** The cloud's controller looks so often. */
const CLOUD_RETRY_MS = 5_000;
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

  constructor(private readonly parts: ControlPlaneParts) {
    this.state = {
      members: MEMBERS,
      stopped: new Set(),
      serving: true,
      quorum: true,
      repairs: [],
      random: seedRandom(parts.seed, NAME),
    };
  }

  get #instances(): Instance[] {
    const { members } = this.state;
    return COMPONENTS.flatMap((component) =>
      (component === 'etcd' || this.parts.nodes ? members : ['']).map((place) => ({ component, place })),
    );
  }

  /** The control plane comes to these nodes: their kubelets are to run it. Until then nobody answers. */
  settle(nodes: readonly string[]): void {
    this.state.members = Object.freeze([...nodes]);
    for (const component of LED) this.parts.processes.stop(component);
    for (const { component, place } of this.#instances) this.#place(component, place);
    this.#evaluate();
  }

  /** Something has happened to a machine or a static Pod that the control plane may depend on. */
  look(): void {
    if (this.parts.nodes) this.parts.clock.after(0, NAME, 'look', '');
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

  isHealthy(component: string): boolean {
    return this.#instances.some((one) => one.component === component && this.#isUp(one));
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
      if (!this.state.stopped.has(key)) this.parts.nodes?.take(instance.component, instance.place);
      this.state.stopped.add(key);
      if (this.parts.kind === 'managed') this.parts.clock.after(REPAIR_MS, NAME, 'repair', key);
    }
    this.#evaluate();
  }

  start(name: string, place?: string): void {
    for (const instance of this.#named(name, place)) {
      const key = keyOf(instance);
      if (this.state.stopped.delete(key)) this.#place(instance.component, instance.place);
      this.parts.clock.cancel(NAME, 'repair', key);
    }
    this.#evaluate();
  }

  /** Somebody new wants to speak to the API server. */
  welcome(client: ApiServerClient): void {
    if (!this.answers) client.disconnect();
  }

  /** The Node of a machine that is no more goes, as soon as somebody can be told. */
  whenAnswered(machine: string, input?: number): void {
    if (this.answers) this.parts.removeNode(machine, input);
    else this.parts.clock.after(CLOUD_RETRY_MS, NAME, 'remove-node', machine, input);
  }

  handle({ kind, key, data }: Timer): void {
    if (kind === 'look') this.#evaluate();
    else if (kind === 'remove-node') this.whenAnswered(key, data === undefined ? undefined : Number(data));
    else if (kind === 'repair') this.#repair(key);
    else if (kind === 'lease-lost') this.parts.processes.stop(key);
    else if (kind === 'reconnect') this.#clientNamed(key)?.connect();
    else assert(false, `${NAME} has no handler for ${kind}`);
  }

  #named(name: string, place: string | undefined): Instance[] {
    return this.#instances.filter((one) => one.component === name && (place === undefined || one.place === place));
  }

  #place(component: ControlPlaneComponent, node: string): void {
    this.parts.nodes?.place(component, node, nextUuid(this.state.random));
  }

  #isUp({ component, place }: Instance): boolean {
    const { nodes } = this.parts;
    if (!nodes) return !this.state.stopped.has(keyOf({ component, place }));
    const isServer = component === 'etcd' || component === 'kube-apiserver';
    return (!isServer || nodes.isReached(place)) && nodes.runs(component, place);
  }

  /**
   * Whether the requests of a program on a node are answered. kubeadm has it ask the API server of its own node, which
   * asks any member of etcd.
   */
  isAnswered(node: string): boolean {
    return this.state.quorum && this.#isUp({ component: 'kube-apiserver', place: node });
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
    if (this.parts.nodes) return;
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
    if (this.parts.nodes) return;
    for (const component of LED) {
      clock.cancel(NAME, 'lease-lost', component);
      processes.release(component);
    }
  }

  /** A program without any instance ends; one that is to lead again waits until the old leader's lease has run out. */
  #lead(component: (typeof LED)[number]): void {
    const { processes, nodes } = this.parts;
    if (nodes) return this.#elect(component, nodes.election);
    if (!this.#anyUp(component)) processes.stop(component);
    else if (this.answers) processes.start(component);
  }

  /** The instances that run compete; the one that leads does nothing while it is not answered. */
  #elect(component: (typeof LED)[number], election: LeaderElection): void {
    const running = this.#named(component, undefined).filter((one) => this.#isUp(one));
    election.setRunning(
      component,
      running.map(({ place }) => place),
    );
    const leader = election.leaderOf(component);
    if (leader === undefined) return;
    if (this.isAnswered(leader)) this.parts.processes.release(component);
    else this.parts.processes.hold(component);
  }

  #clientNamed(name: string): ApiServerClient | undefined {
    for (const client of this.parts.clients()) if (client.name === name) return client;
    return undefined;
  }
}
