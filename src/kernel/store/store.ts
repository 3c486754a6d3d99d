import { assert } from '../../base/assert';
import { freezeDeep, withFields } from '../../base/state';
import type { ApiObject } from '../../api/objects';
import { atRest, past, told, unfolded, unfoldedMap, type AtRest, type PastEvent } from './at-rest';
import { CauseLog, type Cause } from './cause';
import type { StoreEvent } from './event';

export interface StoreState {
  revision: number;
  /** Revisions up to this one are compacted: a watch can't start there. */
  compactedRevision: number;
  objects: Map<string, Map<string, AtRest>>;
  /** Keys by namespace, for resources that have one. */
  namespaces: Map<string, Map<string, Set<string>>>;
  /** The last events, oldest first, without gaps, with objects as they lie in etcd. */
  events: PastEvent[];
}

/** Events kept for watches that resume; older ones are compacted away. */
const EVENTS_KEPT = 8192;

export type StoreListener = (event: StoreEvent) => void;

/**
 * etcd: objects by resource and key, one revision a write, compare-and-swap, and the events since a revision.
 * Objects are frozen and carry their revision as `metadata.resourceVersion`.
 */
export class Store {
  state: StoreState = {
    revision: 1,
    compactedRevision: 0,
    objects: new Map(),
    namespaces: new Map(),
    events: [],
  };
  /** Why each revision was written; has a state of its own. */
  readonly causes = new CauseLog();
  readonly #listeners: StoreListener[] = [];

  restore(state: StoreState): void {
    this.state = state;
  }

  get revision(): number {
    return this.state.revision;
  }

  /** Calls `listener` after every write, in the order of revisions. For the parts of the kernel; it must not write. */
  onWrite(listener: StoreListener): void {
    this.#listeners.push(listener);
  }

  get(resource: string, key: string): ApiObject | undefined {
    const object = this.state.objects.get(resource)?.get(key);
    return object && unfolded(object);
  }

  /** All objects of a resource by key; do not write while iterating. */
  all(resource: string): ReadonlyMap<string, ApiObject> {
    const objects = this.state.objects.get(resource);
    return objects ? unfoldedMap(resource, objects) : EMPTY;
  }

  /** The keys of a resource in one namespace, in the order of creation. */
  keysIn(resource: string, namespace: string): Iterable<string> {
    return this.state.namespaces.get(resource)?.get(namespace) ?? [];
  }

  count(resource: string): number {
    return this.state.objects.get(resource)?.size ?? 0;
  }

  /** How many objects there are in all. */
  get size(): number {
    let size = 0;
    for (const objects of this.state.objects.values()) size += objects.size;
    return size;
  }

  /**
   * Writes an object: creates it, or replaces what is there; it is frozen. The caller has compared revisions. `owners`
   * become its managedFields; without them, it keeps what the draft has.
   */
  put(resource: string, key: string, draft: ApiObject, atMs: number, cause: Cause, owners?: object): ApiObject {
    const before = this.state.objects.get(resource)?.get(key);
    const previous = before && unfolded(before);
    const revision = this.#nextRevision();
    const object = withRevision(draft, revision, owners);
    const after = this.#place(resource, key, object);
    const event: StoreEvent = previous
      ? { revision, type: 'MODIFIED', resource, key, object, previous, atMs }
      : { revision, type: 'ADDED', resource, key, object, atMs };
    this.#record(event, cause, after, before);
    return object;
  }

  /** Takes an object out; the event carries its last state. */
  remove(resource: string, key: string, atMs: number, cause: Cause): ApiObject {
    const before = this.state.objects.get(resource)?.get(key);
    assert(before, `${resource} ${key} is not there`);
    const previous = unfolded(before);
    const revision = this.#nextRevision();
    const object = withRevision(previous, revision);
    this.state.objects.get(resource)!.delete(key);
    const namespace = previous.metadata.namespace;
    if (namespace) this.state.namespaces.get(resource)?.get(namespace)?.delete(key);
    const event: StoreEvent = { revision, type: 'DELETED', resource, key, object, previous, atMs };
    this.#record(event, cause, atRest(resource, object), before);
    return object;
  }

  /**
   * Puts an object back exactly as it is, with the revision it carries; no event. Only for a store that is
   * being filled from a dump.
   */
  load(resource: string, key: string, object: ApiObject): void {
    this.state.revision = Math.max(this.state.revision, Number(object.metadata.resourceVersion) || 0);
    this.state.compactedRevision = this.state.revision;
    this.#place(resource, key, Object.freeze(object));
  }

  /** The events after `revision`, oldest first; `undefined` when they are compacted away. */
  eventsAfter(revision: number): StoreEvent[] | undefined {
    if (revision < this.state.compactedRevision) return undefined;
    const events = this.state.events;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return events.slice(low).map(told);
  }

  #nextRevision(): number {
    this.state.revision += 1;
    return this.state.revision;
  }

  /** Returns how it lies there. */
  #place(resource: string, key: string, object: ApiObject): AtRest {
    let objects = this.state.objects.get(resource);
    if (!objects) this.state.objects.set(resource, (objects = new Map()));
    if (!objects.has(key) && object.metadata.namespace) this.#indexKey(resource, object.metadata.namespace, key);
    const rest = atRest(resource, object);
    objects.set(key, rest);
    return rest;
  }

  #indexKey(resource: string, namespace: string, key: string): void {
    let namespaces = this.state.namespaces.get(resource);
    if (!namespaces) this.state.namespaces.set(resource, (namespaces = new Map()));
    let keys = namespaces.get(namespace);
    if (!keys) namespaces.set(namespace, (keys = new Set()));
    keys.add(key);
  }

  #record(event: StoreEvent, cause: Cause, after: AtRest, before: AtRest | undefined): void {
    const events = this.state.events;
    events.push(past(Object.freeze(event), after, before));
    if (events.length > 2 * EVENTS_KEPT) {
      this.state.events = events.slice(-EVENTS_KEPT);
      this.state.compactedRevision = this.state.events[0]!.revision - 1;
    }
    this.causes.record(event, cause);
    for (const listener of this.#listeners) listener(event);
  }
}

const EMPTY: ReadonlyMap<string, ApiObject> = new Map();

function withRevision(object: ApiObject, revision: number, owners?: object): ApiObject {
  const resourceVersion = String(revision);
  const metadata = withFields(
    object.metadata,
    owners ? { resourceVersion, managedFields: owners } : { resourceVersion },
  );
  return freezeDeep(withFields(object, { metadata }));
}
