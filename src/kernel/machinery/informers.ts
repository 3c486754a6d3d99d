import { claimsOf } from '../../api/claim-names';
import {
  controllerOf,
  type ApiObject,
  type Node,
  type Pod,
  type ResourceName,
  type ResourceTypes,
  type VolumeAttachment,
} from '../../api/objects';
import type { StoreEvent } from '../store/event';
import type { Store } from '../store/store';
import type { WatchHub } from './watch-hub';

/** A way in which caches are indexed. */
interface Index {
  /** All that the values rest on, besides the object's name: while this part is the very same, so are they. */
  readonly part: (object: ApiObject) => unknown;
  /** `undefined` leaves the object out. */
  readonly values: (object: ApiObject) => string | string[] | undefined;
}

const specOf = (object: ApiObject): unknown => (object as Pod).spec;
const ownersOf = (object: ApiObject): unknown => object.metadata.ownerReferences;

const INDEXES = {
  /** VolumeAttachments by the name of their PersistentVolume. */
  volume: { part: specOf, values: (object) => (object as VolumeAttachment).spec.source.persistentVolumeName },
  /** Pods by the node they are bound to; VolumeAttachments by theirs. */
  node: { part: specOf, values: (object) => (object as Pod).spec.nodeName || undefined },
  /** Objects by the uid of their controller. */
  controller: { part: ownersOf, values: (object) => controllerOf(object)?.uid },
  /** Objects without a controller, by namespace. */
  orphan: { part: ownersOf, values: (object) => (controllerOf(object) ? undefined : object.metadata.namespace) },
  /** Objects by the uid of each owner. */
  owner: { part: ownersOf, values: (object) => object.metadata.ownerReferences?.map((owner) => owner.uid) },
  /** Objects by namespace. */
  namespace: { part: (object) => object.metadata.namespace, values: (object) => object.metadata.namespace },
  /** EndpointSlices by `namespace/service`. */
  service: {
    part: (object) => object.metadata.labels,
    values: ({ metadata }) => {
      const service = metadata.labels?.['kubernetes.io/service-name'];
      return service && `${metadata.namespace}/${service}`;
    },
  },
  /** Pods by their address, Nodes by theirs within the cluster. */
  address: {
    part: (object) => (object as Pod).status,
    values: (object) =>
      (object as Pod).status.podIP ||
      (object as Node).status.addresses?.find((one) => one.type === 'InternalIP')?.address,
  },
  /** Pods by each claim they use: `namespace/claim`. */
  claim: { part: specOf, values: (object) => claimsOf(object as Pod) },
} satisfies Record<string, Index>;

export type IndexName = keyof typeof INDEXES;

type Keys = string | Set<string>;

interface Cache {
  objects: Map<string, ApiObject>;
  /** Index → value → keys: the key itself while there is only one, as under most addresses and nodes' names. */
  indexes: Map<string, Map<string, Keys>>;
  /** The revision of the last event seen. */
  revision: number;
}

export interface InformersState {
  caches: Map<string, Cache>;
}

export type InformerHandler<R extends ResourceName> = (event: StoreEvent<ResourceTypes[R]>) => void;

export interface InformersOptions {
  /** Resources to watch, with the indexes to keep for each. */
  readonly resources: Partial<Record<ResourceName, readonly IndexName[]>>;
  readonly nodeName?: string;
  readonly latencyMs: readonly [low: number, high: number];
}

/**
 * One client's picture of the cluster: caches fed by watches, a few milliseconds behind etcd. Handlers run after
 * the caches have taken an event in. Models client-go's SharedInformerFactory.
 */
export class Informers {
  state: InformersState = { caches: new Map() };
  readonly #handlers = new Map<string, InformerHandler<never>[]>();
  readonly #wanted: [ResourceName, readonly IndexName[]][];
  readonly #indexes: ReadonlyMap<string, readonly [IndexName, Index][]>;

  constructor(
    readonly name: string,
    readonly options: InformersOptions,
    readonly hub: WatchHub,
    readonly store: Store,
  ) {
    this.#wanted = Object.entries(options.resources) as [ResourceName, readonly IndexName[]][];
    const indexesOf = (names: readonly IndexName[]): [IndexName, Index][] => names.map((name) => [name, INDEXES[name]]);
    this.#indexes = new Map(this.#wanted.map(([resource, names]) => [resource, indexesOf(names)]));
    for (const [resource, indexes] of this.#wanted) this.state.caches.set(resource, emptyCache(indexes));
    hub.subscribe({
      name,
      resources: this.#wanted.map(([resource]) => resource),
      latencyMs: options.latencyMs,
      deliver: (events) => this.#deliver(events),
      ...(options.nodeName === undefined ? {} : { nodeName: options.nodeName }),
    });
  }

  restore(state: InformersState): void {
    this.state = state;
  }

  /** Calls `handler` for every event of a resource from now on. */
  on<R extends ResourceName>(resource: R, handler: InformerHandler<R>): void {
    let handlers = this.#handlers.get(resource);
    if (!handlers) this.#handlers.set(resource, (handlers = []));
    handlers.push(handler as InformerHandler<never>);
  }

  get<R extends ResourceName>(resource: R, namespace: string | undefined, name: string): ResourceTypes[R] | undefined {
    return this.byKey(resource, namespace ? `${namespace}/${name}` : name);
  }

  byKey<R extends ResourceName>(resource: R, key: string): ResourceTypes[R] | undefined {
    return this.#cache(resource).objects.get(key) as ResourceTypes[R] | undefined;
  }

  /** Every object of a resource in the order in which it was first seen. Do not write while iterating. */
  all<R extends ResourceName>(resource: R): Iterable<ResourceTypes[R]> {
    return this.#cache(resource).objects.values() as Iterable<ResourceTypes[R]>;
  }

  count(resource: ResourceName): number {
    return this.#cache(resource).objects.size;
  }

  /** Whether the cache of a resource has seen what was written at `revision`. */
  hasSeen(resource: ResourceName, revision: number): boolean {
    return this.#cache(resource).revision >= revision;
  }

  /** The objects under one value of an index. */
  by<R extends ResourceName>(resource: R, index: IndexName, value: string): ResourceTypes[R][] {
    const cache = this.#cache(resource);
    const keys = cache.indexes.get(index)?.get(value);
    if (keys === undefined) return [];
    if (typeof keys === 'string') return [cache.objects.get(keys) as ResourceTypes[R]];
    return Array.from(keys, (key) => cache.objects.get(key) as ResourceTypes[R]);
  }

  /**
   * Throws the caches away and lists anew, as a client does when it starts or when its watch has expired. Handlers
   * see every object as ADDED.
   */
  relist(): void {
    this.hub.clear(this.name);
    for (const [resource, indexes] of this.#wanted) this.state.caches.set(resource, emptyCache(indexes));
    for (const [resource] of this.#wanted) {
      for (const [key, object] of this.#listed(resource)) {
        const revision = Number(object.metadata.resourceVersion);
        this.#take({ revision, type: 'ADDED', resource, key, object, atMs: 0 });
      }
      this.#cache(resource).revision = this.store.revision;
    }
  }

  /** What a list shows this client. A kubelet's is of its own Node and Pods: thousands of kubelets start at once. */
  *#listed(resource: ResourceName): Iterable<[string, ApiObject]> {
    const { nodeName } = this.options;
    if (nodeName === undefined) return yield* this.store.all(resource);
    if (resource === 'nodes') {
      const node = this.store.get('nodes', nodeName);
      if (node) yield [nodeName, node];
      return;
    }
    for (const entry of this.store.all(resource)) if ((entry[1] as Pod).spec.nodeName === nodeName) yield entry;
  }

  #deliver(events: readonly StoreEvent[]): void {
    for (const event of events) this.#take(event);
  }

  #take(event: StoreEvent): void {
    const cache = this.#cache(event.resource);
    const key = event.key;
    const known = cache.objects.get(key);
    if (event.type === 'DELETED') cache.objects.delete(key);
    else cache.objects.set(key, event.object);
    cache.revision = event.revision;
    for (const [name, index] of this.#indexes.get(event.resource)!) {
      if (known && event.type !== 'DELETED' && index.part(known) === index.part(event.object)) continue;
      const from = known && index.values(known);
      const to = event.type === 'DELETED' ? undefined : index.values(event.object);
      if (!sameValues(from, to)) reindex(cache.indexes.get(name)!, key, from, to);
    }
    const seen = known && known !== event.previous ? { ...event, previous: known } : event;
    for (const handler of this.#handlers.get(event.resource) ?? []) handler(seen as never);
  }

  #cache(resource: string): Cache {
    const cache = this.state.caches.get(resource);
    if (!cache) throw new Error(`${this.name} does not watch ${resource}`);
    return cache;
  }
}

function emptyCache(indexes: readonly IndexName[]): Cache {
  return { objects: new Map(), indexes: new Map(indexes.map((index) => [index, new Map()])), revision: 0 };
}

const valuesOf = (value: string | string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

function sameValues(left: string | string[] | undefined, right: string | string[] | undefined): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right;
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

function reindex(
  values: Map<string, Keys>,
  key: string,
  from: string | string[] | undefined,
  to: string | string[] | undefined,
): void {
  for (const value of valuesOf(from)) {
    const keys = values.get(value);
    if (typeof keys === 'object') keys.delete(key);
    if (keys === key || (typeof keys === 'object' && keys.size === 0)) values.delete(value);
  }
  for (const value of valuesOf(to)) {
    const keys = values.get(value);
    if (keys === undefined) values.set(value, key);
    else if (typeof keys === 'object') keys.add(key);
    else if (keys !== key) values.set(value, new Set([keys, key]));
  }
}
