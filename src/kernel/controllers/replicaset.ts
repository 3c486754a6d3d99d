import { controllerOf, type ApiObject, type OwnerReference, type Pod, type ReplicaSet } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import type { ApiError } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { createCounted, deleteCounted, type Counted } from './counted-pods';
import { isSatisfied, type Expectations } from './expectations';
import { adoptersOf } from './owners';
import { availableInMs, inOrderOfDeletion, isPodActive } from './pods';
import { claim, podFromTemplate, writeOwnStatus } from './pod-control';
import { replicaSetStatus } from './replicaset-status';
import { count, emptyTally, roleOf, type Tally } from './replicaset-tally';

interface ReplicaSetExtra {
  expectations: Expectations;
  /** What the cache shows of each ReplicaSet's Pods, by uid: kept with every event, so that nothing is counted twice. */
  tallies: Map<string, Tally>;
}

/** Pods created or deleted in one go; the rest follows when the cache has seen these. */
const BURST_REPLICAS = 500;

/** What is replicated: ReplicaSets, or something that can be seen as one. */
export interface Replicated {
  readonly name: string;
  readonly resource: 'replicasets' | 'replicationcontrollers';
  readonly kind: string;
  /** The object as a ReplicaSet. */
  view(object: ApiObject): ReplicaSet;
  /** What of a ReplicaSet's status the object has. */
  statusOf(status: ReplicaSet['status']): ReplicaSet['status'];
}

const REPLICA_SETS: Replicated = {
  name: 'replicaset-controller',
  resource: 'replicasets',
  kind: 'ReplicaSet',
  view: (object) => object as ReplicaSet,
  statusOf: (status) => status,
};

/** Keeps as many Pods as each ReplicaSet wants. Models pkg/controller/replicaset/replica_set.go. */
export class ReplicaSetController extends Controller<ReplicaSetExtra> {
  readonly #of: Replicated;

  constructor(parts: ControllerParts, replicated: Replicated = REPLICA_SETS) {
    super(replicated.name, parts, { expectations: new Map(), tallies: new Map() });
    this.#of = replicated;
    parts.informers.on(replicated.resource, (event: StoreEvent) => this.#onReplicaSet(event));
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  override begin(): void {
    this.state.tallies.clear();
  }

  #onReplicaSet(event: StoreEvent): void {
    const [set, previous] = [event.object as ReplicaSet, event.previous as ReplicaSet | undefined];
    const same = previous?.spec.template === set.spec.template && previous?.metadata.uid === set.metadata.uid;
    if (event.type === 'DELETED' || !same) this.state.tallies.delete(set.metadata.uid);
    this.enqueue(event.key, event);
  }

  /** Wakes the Pod's ReplicaSet, the one it had before, or those that may adopt it. */
  #onPod(event: StoreEvent<Pod>): void {
    const { object: pod, previous } = event;
    const owner = controllerOf(pod);
    const before = previous && controllerOf(previous);
    if (before && before.uid !== owner?.uid) this.#recount(event, before, previous, undefined);
    const after = event.type === 'DELETED' ? undefined : pod;
    if (owner) return this.#recount(event, owner, before?.uid === owner.uid ? previous : undefined, after);
    const relabelled = previous?.metadata.labels !== pod.metadata.labels;
    if (event.type !== 'DELETED' && (relabelled || before)) {
      for (const key of adoptersOf(this.parts.informers, this.#of.resource, pod)) this.enqueue(key, event);
    }
  }

  /** Changes the tally of an owner and wakes it, where the Pod means something else to it than before. */
  #recount(event: StoreEvent<Pod>, owner: OwnerReference, before: Pod | undefined, after: Pod | undefined): void {
    if (owner.kind !== this.#of.kind) return;
    const key = `${event.object.metadata.namespace}/${owner.name}`;
    const set = this.#byKey(key);
    if (set?.metadata.uid !== owner.uid) return;
    const from = before && roleOf(set, before);
    const to = after && roleOf(set, after);
    if (from === to) return;
    const tally = this.state.tallies.get(owner.uid);
    if (tally && from !== undefined) count(tally, from, -1);
    if (tally && to !== undefined) count(tally, to, 1);
    this.enqueue(key, event);
  }

  protected override reconcile(key: string): void {
    const { informers } = this.parts;
    const set = this.#byKey(key);
    if (!set) {
      this.state.expectations.delete(key);
      return;
    }
    const settled = isSatisfied(this.state.expectations, key, informers);
    const tally = this.#tallyOf(set);
    const adoptable = this.#adoptable(set);
    if (tally.strayed > 0 || adoptable > 0) claim(this.parts, 'pods', set, set.spec.selector);
    const active = tally.active + adoptable;
    const failure = settled && !set.metadata.deletionTimestamp ? this.#manage(key, set, active) : undefined;
    const available = this.#available(key, set, tally);
    const status = replicaSetStatus(set, tally, available, failure, this.parts.clock.epochNowMs);
    writeOwnStatus(this.parts, this.#of.resource, set as never, this.#of.statusOf(status));
    if (failure) throw failure;
  }

  #byKey(key: string): ReplicaSet | undefined {
    const found = this.parts.informers.byKey(this.#of.resource, key);
    return found && this.#of.view(found);
  }

  #tallyOf(set: ReplicaSet): Tally {
    const { uid } = set.metadata;
    let tally = this.state.tallies.get(uid);
    if (!tally) {
      tally = emptyTally();
      for (const pod of this.#podsOf(set)) count(tally, roleOf(set, pod), 1);
      this.state.tallies.set(uid, tally);
    }
    return tally;
  }

  #podsOf(set: ReplicaSet): Pod[] {
    return this.parts.informers.by('pods', 'controller', set.metadata.uid);
  }

  /** Pods without an owner that match. Adopting them is counted when the cache shows it. */
  #adoptable(set: ReplicaSet): number {
    const orphans = this.parts.informers.by('pods', 'orphan', set.metadata.namespace ?? '');
    return orphans.filter((pod) => isPodActive(pod) && selectorMatches(set.spec.selector, pod.metadata.labels)).length;
  }

  /** Creates what is missing or deletes what is too much. Models manageReplicas. */
  #manage(key: string, set: ReplicaSet, active: number): ApiError | undefined {
    const difference = active - (set.spec.replicas ?? 0);
    if (difference < 0) return this.#create(key, set, Math.min(-difference, BURST_REPLICAS));
    if (difference > 0) return this.#delete(key, set, Math.min(difference, BURST_REPLICAS));
    return undefined;
  }

  #create(key: string, set: ReplicaSet, wanted: number): ApiError | undefined {
    const draft = podFromTemplate(set.spec.template!, set);
    return createCounted(this.#counted(key, set), wanted, () => draft);
  }

  #delete(key: string, set: ReplicaSet, surplus: number): ApiError | undefined {
    const active = this.#podsOf(set).filter(isPodActive);
    const ordered = surplus < active.length ? this.#inOrder(set, active) : active;
    return deleteCounted(this.#counted(key, set), ordered.slice(0, surplus));
  }

  #counted(key: string, owner: ReplicaSet): Counted {
    return { parts: this.parts, expectations: this.state.expectations, key, owner };
  }

  /** Ranks by how many Pods of the same Deployment share the node. Models getPodsRankedByRelatedPodsOnSameNode. */
  #inOrder(set: ReplicaSet, active: readonly Pod[]): Pod[] {
    const { informers, clock } = this.parts;
    const owner = controllerOf(set);
    const related = owner ? informers.by('replicasets', 'controller', owner.uid) : [set];
    const neighbours = new Map<string, number>();
    for (const one of related) {
      for (const pod of this.#podsOf(one)) {
        const node = pod.spec.nodeName;
        if (node && isPodActive(pod)) neighbours.set(node, (neighbours.get(node) ?? 0) + 1);
      }
    }
    return inOrderOfDeletion(active, clock.epochNowMs, neighbours);
  }

  /** Pods ready for `minReadySeconds`; comes back when the next one will be. */
  #available(key: string, set: ReplicaSet, tally: Tally): number {
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    if (minReadySeconds === 0) return tally.ready;
    let available = 0;
    let nextMs = Infinity;
    for (const pod of this.#podsOf(set).filter(isPodActive)) {
      const inMs = availableInMs(pod, minReadySeconds, this.parts.clock.epochNowMs);
      if (inMs === 0) available += 1;
      else nextMs = Math.min(nextMs, inMs);
    }
    if (nextMs < Infinity) this.enqueueAfter(key, nextMs);
    return available;
  }
}
