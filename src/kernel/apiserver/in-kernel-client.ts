import { present } from '../../base/assert';
import {
  keyOf,
  type ApiObject,
  type Draft,
  type ObjectMeta,
  type ResourceName,
  type ResourceTypes,
} from '../../api/objects';
import type { Cause } from '../store/cause';
import { evictPod } from './subresources/eviction';
import { bindPod } from './subresources/pods';
import { attempt, type Core, type Write } from './core';
import { removeObject } from './deletion';
import type { PodMetrics } from './metrics';
import type { Registry } from './registry';
import type { RemoveOptions, TypedClient } from './typed-client';
import { createObject, updateObject } from './writes';

/** The typed door of one part of the cluster. Its only state is the cause of what it writes next. */
export class InKernelClient implements TypedClient {
  readonly actor: string;
  readonly #core: Core;
  readonly #registry: Registry;
  readonly #manager: string;
  #cause: Cause;

  constructor(core: Core, registry: Registry, actor: string, manager: string) {
    this.actor = actor;
    this.#core = core;
    this.#registry = registry;
    this.#manager = manager;
    this.#cause = { actor, revisions: NONE };
  }

  because(revisions: readonly number[], input?: number): void {
    this.#cause = input === undefined ? { actor: this.actor, revisions } : { actor: this.actor, revisions, input };
  }

  get cause(): Cause {
    return this.#cause;
  }

  get<R extends ResourceName>(resource: R, namespace: string, name: string): ResourceTypes[R] | undefined {
    return this.#core.store.get(resource, keyOf(namespace, name)) as ResourceTypes[R] | undefined;
  }

  podMetrics(namespace: string): PodMetrics[] | undefined {
    return this.#core.metrics?.pods().filter((one) => one.namespace === namespace);
  }

  customResources(): string[] {
    const namespaced = this.#registry.custom().filter(({ row }) => row.namespaced);
    return [...new Set(namespaced.map(({ kind }) => kind.resource))];
  }

  list<R extends ResourceName>(resource: R, namespace?: string): ResourceTypes[R][] {
    const { store } = this.#core;
    if (namespace === undefined) return [...store.all(resource).values()] as ResourceTypes[R][];
    const objects: ResourceTypes[R][] = [];
    for (const key of store.keysIn(resource, namespace))
      objects.push(present(store.get(resource, key), key) as ResourceTypes[R]);
    return objects;
  }

  create<R extends ResourceName>(resource: R, draft: Draft<ResourceTypes[R]>): ResourceTypes[R] {
    const row = this.#registry.stored(resource);
    return attempt(this.#core, false, () => createObject(this.#core, row, draft, this.#write())) as ResourceTypes[R];
  }

  find<R extends ResourceName>(
    resource: R,
    draft: Draft<ResourceTypes[R]>,
    statusOf?: (object: ResourceTypes[R]) => object,
  ): ResourceTypes[R] {
    const row = this.#registry.stored(resource);
    const found = (object: ApiObject): ApiObject =>
      statusOf ? ({ ...object, status: statusOf(object as ResourceTypes[R]) } as ApiObject) : object;
    const write: Write = { ...this.#write(), found };
    return attempt(this.#core, false, () => createObject(this.#core, row, draft, write)) as ResourceTypes[R];
  }

  update<R extends ResourceName>(resource: R, object: ResourceTypes[R]): ResourceTypes[R] {
    return this.#update(resource, object.metadata, () => object, '');
  }

  updateStatus<R extends ResourceName>(resource: R, object: ResourceTypes[R]): ResourceTypes[R] {
    return this.#update(resource, object.metadata, () => object, 'status');
  }

  patch<R extends ResourceName>(
    resource: R,
    namespace: string,
    name: string,
    change: (current: ResourceTypes[R]) => ResourceTypes[R],
    subresource?: 'status' | 'finalize',
  ): ResourceTypes[R] {
    return this.#update(resource, { namespace, name }, change, subresource ?? '');
  }

  #update<R extends ResourceName>(
    resource: R,
    { namespace = '', name }: Pick<ObjectMeta, 'namespace' | 'name'>,
    change: (current: ResourceTypes[R]) => ResourceTypes[R],
    subresource: string,
  ): ResourceTypes[R] {
    const target = { resource: this.#registry.stored(resource), namespace, name, subresource };
    const written = attempt(this.#core, false, () =>
      updateObject(this.#core, target, (current) => change(current as ResourceTypes[R]), this.#write()),
    );
    return written.object as ResourceTypes[R];
  }

  remove(resource: ResourceName, namespace: string, name: string, options: RemoveOptions = {}): void {
    removeObject(this.#core, this.#registry.stored(resource), namespace, name, options, this.#write());
  }

  bind(namespace: string, podName: string, podUid: string, nodeName: string): void {
    const pods = this.#registry.stored('pods');
    const binding = { metadata: { name: podName, uid: podUid }, target: { kind: 'Node', name: nodeName } };
    bindPod(this.#core, pods, namespace, podName, binding, this.#write());
  }

  evict(namespace: string, podName: string, options: RemoveOptions = {}): void {
    evictPod(this.#core, this.#registry.stored('pods'), namespace, podName, options, this.#write());
  }

  #write(): Write {
    return { cause: this.#cause, dryRun: false, trusted: true, manager: this.#manager, warnings: [] };
  }
}

const NONE: readonly number[] = Object.freeze([]);
