import { nextBetween, seedRandom, type RandomState } from '../../base/random';
import type { ApiObject } from '../../api/objects';
import type { StoreEvent } from '../store/event';
import type { Store } from '../store/store';
import type { Clock, Timer } from '../time/clock';
import type { Component } from './component';

/** What a watcher is told, and how fast. */
export interface Subscription {
  readonly name: string;
  readonly resources: readonly string[];
  /** Only objects of this node: Pods bound to it, and the Node itself. */
  readonly nodeName?: string;
  /** A watch event takes this long, drawn anew for each delivery. */
  readonly latencyMs: readonly [low: number, high: number];
  /** Called with the events in the order of their revisions. */
  readonly deliver: (events: readonly StoreEvent[]) => void;
}

interface Line {
  /** Events on their way, oldest first. */
  pending: StoreEvent[];
  random: RandomState;
  /** A cut line delivers nothing; what happens meanwhile arrives when it is mended. */
  cut: boolean;
}

export interface WatchHubState {
  lines: Map<string, Line>;
}

const NAME = 'watch';

/** The object's node, as the field selectors of kubelets see it. */
function nodeOf(resource: string, object: ApiObject): string | undefined {
  if (resource === 'pods') return (object as { spec?: { nodeName?: string } }).spec?.nodeName;
  return resource === 'nodes' ? object.metadata.name : undefined;
}

/**
 * The watches of the cluster's own components: every write reaches each of its watchers a few milliseconds later, in
 * order, several at once if they come close together.
 */
export class WatchHub implements Component {
  readonly name = NAME;
  state: WatchHubState = { lines: new Map() };
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #byResource = new Map<string, Subscription[]>();
  readonly #byNode = new Map<string, Map<string, Subscription>>();
  readonly #clock: Clock;
  readonly #seed: number;

  constructor(store: Store, clock: Clock, seed: number) {
    this.#clock = clock;
    this.#seed = seed;
    store.onWrite((event) => this.#route(event));
  }

  restore(state: WatchHubState): void {
    this.state = state;
  }

  subscribe(subscription: Subscription): void {
    const { name, resources, nodeName } = subscription;
    this.#subscriptions.set(name, subscription);
    for (const resource of resources) {
      if (nodeName === undefined) this.#listOf(resource).push(subscription);
      else this.#nodesOf(resource).set(nodeName, subscription);
    }
    if (!this.state.lines.has(name)) {
      this.state.lines.set(name, { pending: [], random: seedRandom(this.#seed, `watch/${name}`), cut: false });
    }
  }

  /** Ends a watch and forgets what was on its way. */
  unsubscribe(name: string): void {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) return;
    for (const resource of subscription.resources) {
      const list = this.#byResource.get(resource);
      if (list?.includes(subscription)) list.splice(list.indexOf(subscription), 1);
      const nodes = this.#byNode.get(resource);
      if (subscription.nodeName !== undefined) nodes?.delete(subscription.nodeName);
    }
    this.#subscriptions.delete(name);
    this.state.lines.delete(name);
    this.#clock.cancel(NAME, 'deliver', name);
  }

  /** Cuts or mends a watcher's line. */
  setCut(name: string, cut: boolean): void {
    const line = this.state.lines.get(name);
    if (!line || line.cut === cut) return;
    line.cut = cut;
    if (cut) this.#clock.cancel(NAME, 'deliver', name);
    else if (line.pending.length > 0) this.#schedule(this.#subscriptions.get(name)!, line);
  }

  /** Forgets what is on its way to a watcher that starts anew and lists. */
  clear(name: string): void {
    const line = this.state.lines.get(name);
    if (!line) return;
    line.pending = [];
    this.#clock.cancel(NAME, 'deliver', name);
  }

  handle(timer: Timer): void {
    const line = this.state.lines.get(timer.key);
    const subscription = this.#subscriptions.get(timer.key);
    if (!line || !subscription) return;
    const events = line.pending;
    line.pending = [];
    subscription.deliver(events);
  }

  #route(event: StoreEvent): void {
    for (const subscription of this.#byResource.get(event.resource) ?? []) this.#send(subscription, event);
    const nodes = this.#byNode.get(event.resource);
    if (!nodes) return;
    const node = nodeOf(event.resource, event.object);
    const subscription = node === undefined ? undefined : nodes.get(node);
    if (subscription) this.#send(subscription, event);
  }

  #send(subscription: Subscription, event: StoreEvent): void {
    const line = this.state.lines.get(subscription.name)!;
    line.pending.push(event);
    if (!line.cut && line.pending.length === 1) this.#schedule(subscription, line);
  }

  #schedule(subscription: Subscription, line: Line): void {
    const [low, high] = subscription.latencyMs;
    const periodic = line.pending.every((event) => event.resource === 'leases');
    this.#clock.after(nextBetween(line.random, low, high), NAME, 'deliver', subscription.name, undefined, periodic);
  }

  #listOf(resource: string): Subscription[] {
    let list = this.#byResource.get(resource);
    if (!list) this.#byResource.set(resource, (list = []));
    return list;
  }

  #nodesOf(resource: string): Map<string, Subscription> {
    let nodes = this.#byNode.get(resource);
    if (!nodes) this.#byNode.set(resource, (nodes = new Map()));
    return nodes;
  }
}
