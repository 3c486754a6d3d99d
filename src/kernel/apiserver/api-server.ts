import type { ApiRequest, ApiResponse } from '../../api/client';
import { seedRandom, type RandomState } from '../../base/random';
import type { Clock } from '../time/clock';
import type { Store } from '../store/store';
import { bootstrap } from './bootstrap';
import type { ApiServerState, Core } from './core';
import { servedResources } from './custom/served';
import { InKernelClient } from './in-kernel-client';
import type { MetricsReader } from './metrics';
import { UNBROKEN, type Reach } from './reach';
import { Registry } from './registry';
import type { Origin } from './rest/call';
import type { PodLogs } from './rest/pod-subresources';
import { connects, type PodConnections } from './rest/connect';
import { isWrite, RestDoor } from './rest/rest';
import type { WatchCursor } from './rest/watch';
import type { TypedClient } from './typed-client';

export type { PodConnections, ProgramRequest } from './rest/connect';
export type { PodLogs, LogOptions } from './rest/pod-subresources';
export type { Origin } from './rest/call';
export type { WatchCursor } from './rest/watch';

/** The API server: the one door to the store, for REST requests and for the parts of the cluster. */
export class ApiServer implements Core {
  readonly store: Store;
  readonly clock: Clock;
  readonly registry: Registry;
  state: ApiServerState;
  metrics?: MetricsReader;
  /** What lies between clients and the store, and may fail. The parts of the cluster ask nothing while it does. */
  reach: Reach = UNBROKEN;
  readonly scratch = seedRandom(0, 'dry-run');
  readonly #door: RestDoor;

  /** `random` becomes part of the server's state. */
  constructor(store: Store, clock: Clock, random: RandomState, registry = new Registry()) {
    this.store = store;
    this.clock = clock;
    this.registry = registry;
    this.state = { random };
    registry.custom = () => servedResources(store);
    this.#door = new RestDoor(this, registry);
  }

  restore(state: ApiServerState): void {
    this.state = state;
  }

  /** Makes what every new cluster has: the system's namespaces, priority classes and the Service `kubernetes`. */
  bootstrap(): void {
    bootstrap(this.clientFor('kube-apiserver'));
  }

  /** Where GET pods/NAME/log reads. */
  set logs(logs: PodLogs) {
    this.#door.logs = logs;
  }

  /** Who carries exec, attach, port-forward and proxy. */
  set connections(connections: PodConnections) {
    this.#door.connections = connections;
  }

  /**
   * The typed door for one part of the cluster, such as `deployment-controller`. managedFields name the program that it
   * is a part of.
   */
  clientFor(actor: string, program = actor): TypedClient {
    return new InKernelClient(this, this.registry, actor, program);
  }

  /** Answers one REST request. A refused one changes nothing, and neither does a dry run. */
  handle(request: ApiRequest, origin: Origin): ApiResponse {
    return this.#door.handle(request, origin);
  }

  /** Opens a watch, or answers why not. */
  openWatch(request: ApiRequest, origin: Origin): { refusal: ApiResponse } | WatchCursor {
    return this.#door.openWatch(request, origin);
  }

  /** Whether a request would change state, so that the journal has to keep it. */
  isWrite(request: ApiRequest): boolean {
    return isWrite(request);
  }

  /** Whether a request becomes a connection into a container. */
  connects(request: ApiRequest): boolean {
    return connects(request);
  }
}
