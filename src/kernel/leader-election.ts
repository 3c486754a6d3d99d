import { nextBetween, nextUuid, seedRandom, type RandomState } from '../base/random';
import type { Draft, Lease } from '../api/objects';
import type { TypedClient } from './apiserver/typed-client';
import type { Component } from './machinery/component';
import { subjectOf, type EventRecorder } from './machinery/event-recorder';
import type { Clock, Timer } from './time/clock';

/** An instance that leads, or would. */
interface Elector {
  /** Who it is in the Lease: its node and a number of its own that each start draws anew. */
  identity: string;
  leads: boolean;
  /** The holder and renewal that it saw last, and when it first saw them. */
  seen: string;
  seenMs: number;
  /** Since when a leader's renewals have failed. */
  failingSinceMs: number | null;
}

interface LeaderElectionState {
  /** By `component/node`. */
  electors: Map<string, Elector>;
  random: RandomState;
}

export interface LeaderElectionParts {
  readonly clock: Clock;
  readonly seed: number;
  /** Each component's own client and recorder, by its name. */
  readonly voices: ReadonlyMap<string, { readonly client: TypedClient; readonly recorder: EventRecorder }>;
  /** Whether an instance's requests are answered. */
  readonly isAnswered: (component: string, node: string) => boolean;
  readonly begin: (component: string) => void;
  readonly end: (component: string) => void;
  /** An instance that has lost its lease ends with an error; its kubelet starts it anew. */
  readonly exit: (component: string, node: string) => void;
}

const NAME = 'leader-election';
const NAMESPACE = 'kube-system';
/** The defaults of client-go leaderelection and of both components. */
const LEASE_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2_000;
const JITTER = 1.2;
/** What a program takes from its start to its first attempt. */
const START_MS: readonly [number, number] = [500, 1_500];

const splitAt = (key: string): [component: string, node: string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
};

/**
 * Of the instances of a component the one that holds its Lease works; the others wait until nobody has renewed it for
 * as long as it lasts, by their own clock. Models client-go/tools/leaderelection.
 */
export class LeaderElection implements Component {
  readonly name = NAME;
  state: LeaderElectionState;

  constructor(private readonly parts: LeaderElectionParts) {
    this.state = { electors: new Map(), random: seedRandom(parts.seed, NAME) };
  }

  restore(state: object): void {
    this.state = state as LeaderElectionState;
  }

  /** The node of the instance that leads, or believes so. */
  leaderOf(component: string): string | undefined {
    for (const [key, { leads }] of this.state.electors) {
      const [name, node] = splitAt(key);
      if (leads && name === component) return node;
    }
    return undefined;
  }

  /** These instances of a component run, on these nodes. One that is new is a candidate; one that has gone leads no more. */
  setRunning(component: string, nodes: readonly string[]): void {
    const { electors, random } = this.state;
    for (const key of [...electors.keys()]) {
      const [name, node] = splitAt(key);
      if (name === component && !nodes.includes(node)) this.#drop(key);
    }
    for (const node of nodes) {
      const key = `${component}/${node}`;
      if (electors.has(key)) continue;
      const identity = `${node}_${nextUuid(random)}`;
      electors.set(key, { identity, leads: false, seen: '', seenMs: 0, failingSinceMs: null });
      this.#tryAfter(key, nextBetween(random, ...START_MS));
    }
  }

  handle({ key }: Timer): void {
    const elector = this.state.electors.get(key);
    if (!elector) return;
    if (elector.leads) this.#renew(key, elector);
    else this.#tryToAcquire(key, elector);
  }

  #tryAfter(key: string, delayMs: number): void {
    const periodic = this.leaderOf(splitAt(key)[0]) !== undefined;
    this.parts.clock.after(delayMs, NAME, 'retry', key, undefined, periodic);
  }

  #drop(key: string): void {
    const elector = this.state.electors.get(key);
    this.state.electors.delete(key);
    this.parts.clock.cancel(NAME, 'retry', key);
    if (elector?.leads) this.parts.end(splitAt(key)[0]);
  }

  #renew(key: string, elector: Elector): void {
    const { clock } = this.parts;
    const [component, node] = splitAt(key);
    if (!this.parts.isAnswered(component, node)) {
      elector.failingSinceMs ??= clock.nowMs;
      if (clock.nowMs - elector.failingSinceMs < RENEW_DEADLINE_MS) return this.#tryAfter(key, RETRY_MS);
      this.#drop(key);
      return this.parts.exit(component, node);
    }
    elector.failingSinceMs = null;
    const lease = this.#leaseOf(component);
    if (lease?.spec.holderIdentity !== elector.identity) {
      this.#drop(key);
      return this.parts.exit(component, node);
    }
    this.#write(component, lease, { ...lease.spec, renewTime: clock.microTime });
    this.#tryAfter(key, RETRY_MS);
  }

  #tryToAcquire(key: string, elector: Elector): void {
    const [component, node] = splitAt(key);
    if (this.parts.isAnswered(component, node) && this.#isFree(component, elector)) {
      this.#acquire(component, elector);
      return this.#tryAfter(key, RETRY_MS);
    }
    this.#tryAfter(key, nextBetween(this.state.random, RETRY_MS, RETRY_MS * (1 + JITTER)));
  }

  /** Whether the Lease is nobody's, as far as this candidate can tell: it counts from when it saw the last renewal. */
  #isFree(component: string, elector: Elector): boolean {
    const { nowMs } = this.parts.clock;
    const spec = this.#leaseOf(component)?.spec;
    if (!spec?.holderIdentity) return true;
    const seen = `${spec.holderIdentity} ${spec.renewTime}`;
    if (seen !== elector.seen) Object.assign(elector, { seen, seenMs: nowMs });
    return elector.seenMs + LEASE_MS <= nowMs;
  }

  #acquire(component: string, elector: Elector): void {
    const { clock } = this.parts;
    const now = clock.microTime;
    const lease = this.#leaseOf(component);
    const spec: Lease['spec'] = {
      holderIdentity: elector.identity,
      leaseDurationSeconds: LEASE_MS / 1000,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: lease ? (lease.spec.leaseTransitions ?? 0) + 1 : 0,
    };
    const written = this.#write(component, lease, spec);
    Object.assign(elector, { leads: true, failingSinceMs: null });
    const { recorder } = this.parts.voices.get(component)!;
    recorder.event(subjectOf(written), 'Normal', 'LeaderElection', `${elector.identity} became leader`);
    this.parts.begin(component);
  }

  #leaseOf(component: string): Lease | undefined {
    return this.parts.voices.get(component)!.client.get('leases', NAMESPACE, component);
  }

  #write(component: string, lease: Lease | undefined, spec: Lease['spec']): Lease {
    const { client } = this.parts.voices.get(component)!;
    client.because([]);
    if (lease) return client.update('leases', { ...lease, spec });
    const draft: Draft<Lease> = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: component, namespace: NAMESPACE },
      spec,
    };
    return client.create('leases', draft);
  }
}
