import type { Draft, ResourceName, ResourceTypes } from '../../api/objects';
import type { PodMetrics } from './metrics';
import type { Cause } from '../store/cause';

export interface RemoveOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** Preconditions: refused with 409 where they do not hold. */
  uid?: string;
  resourceVersion?: string;
}

/**
 * The door for the parts of the cluster: the same admission, defaulting, validation and strategies as over REST,
 * with objects instead of JSON. Reads see etcd itself, not a cache. Every refusal is thrown as ApiError.
 */
export interface TypedClient {
  readonly actor: string;
  /** Says what the following writes act on; whoever calls a component's handler sets it first. */
  because(revisions: readonly number[], input?: number): void;
  readonly cause: Cause;
  /** `undefined` where there is no such object. */
  get<R extends ResourceName>(resource: R, namespace: string, name: string): ResourceTypes[R] | undefined;
  /** What Pods of a namespace use; `undefined` where no metrics are served. */
  podMetrics(namespace: string): PodMetrics[] | undefined;
  /** The keys in the store of what definitions add to namespaces, such as `mines.example.com`. */
  customResources(): string[];
  /** In the order of creation; of all namespaces where none is given. */
  list<R extends ResourceName>(resource: R, namespace?: string): ResourceTypes[R][];
  create<R extends ResourceName>(resource: R, draft: Draft<ResourceTypes[R]>): ResourceTypes[R];
  /**
   * Puts an object where it is found in a cluster that has run before, with the status that `statusOf` gives it. Nobody
   * looks it over again. Only what begins a cluster may do so.
   */
  find<R extends ResourceName>(
    resource: R,
    draft: Draft<ResourceTypes[R]>,
    statusOf?: (object: ResourceTypes[R]) => object,
  ): ResourceTypes[R];
  /** PUT: Conflict unless the object carries the latest resourceVersion (or none). */
  update<R extends ResourceName>(resource: R, object: ResourceTypes[R]): ResourceTypes[R];
  updateStatus<R extends ResourceName>(resource: R, object: ResourceTypes[R]): ResourceTypes[R];
  /**
   * PATCH without a precondition: `change` gets the latest object and returns what it should be (the same object:
   * nothing is written). NotFound where there is none.
   */
  patch<R extends ResourceName>(
    resource: R,
    namespace: string,
    name: string,
    change: (current: ResourceTypes[R]) => ResourceTypes[R],
    subresource?: 'status' | 'finalize',
  ): ResourceTypes[R];
  /** DELETE with its strategy: graceful for Pods, finalizers respected. */
  remove(resource: ResourceName, namespace: string, name: string, options?: RemoveOptions): void;
  /** POST pods/NAME/binding. */
  bind(namespace: string, podName: string, podUid: string, nodeName: string): void;
  /** POST pods/NAME/eviction: 429 TooManyRequests where a budget forbids it. */
  evict(namespace: string, podName: string, options?: RemoveOptions): void;
}
