import { asUpgrade, type ApiClient, type ApiRequest, type ApiResponse, type WatchEvent } from '../../api/client';
import { freezeDeep } from '../../base/state';
import { seedRandom } from '../../base/random';
import { objectKey, type ApiObject, type Json } from '../../api/objects';
import { Store } from '../store/store';
import { Clock } from '../time/clock';
import { ApiServer } from './api-server';
import { Registry } from './registry';

export interface InProcessServer {
  readonly server: ApiServer;
  readonly client: ApiClient;
  /** Replaces all that is stored by these objects, as they are. `nowMs` moves the clock: milliseconds since the Unix epoch. */
  restore(objects: Json[], nowMs?: number): void;
}

/**
 * An API server without a cluster behind it: nothing happens but what is asked. It serves every built-in kind, also
 * those without rules of their own. `nowMs` is milliseconds since the Unix epoch.
 */
export function createApiServer(options: { nowMs: number; seed?: number }): InProcessServer {
  const store = new Store();
  const clock = new Clock(options.nowMs);
  const registry = new Registry(true);
  const server = new ApiServer(store, clock, seedRandom(options.seed ?? 1, 'apiserver'), registry);
  return {
    server,
    client: clientOf(server),
    restore(objects, nowMs) {
      store.restore({ revision: 1, compactedRevision: 0, objects: new Map(), namespaces: new Map(), events: [] });
      clock.restore({ ...new Clock(nowMs ?? options.nowMs).state });
      for (const object of objects as unknown as ApiObject[]) load(store, registry, object);
    },
  };
}

function load(store: Store, registry: Registry, object: ApiObject): void {
  const resource = registry.byKind(object.apiVersion, object.kind);
  if (!resource) return;
  const stored = resource.conversion ? resource.conversion.toStored(object) : object;
  store.load(resource.kind.resource, objectKey(stored), freezeDeep(stored));
}

function clientOf(server: ApiServer): ApiClient {
  const origin = (request: ApiRequest): { actor: string } => ({ actor: request.headers?.['user-agent'] ?? 'client' });
  return {
    request: (request) => Promise.resolve(server.handle(request, origin(request))),
    watch: (request, onEvent, onEnd) => watchOnce(server, request, origin(request), onEvent, onEnd),
    stream(request, onText, onEnd) {
      const response = server.handle(request, origin(request));
      if (response.code < 300) onText(String(response.body));
      onEnd(response.code < 300 ? undefined : response);
      return () => {};
    },
    channel(request, listener) {
      listener.onEnd({ refusal: server.handle(asUpgrade(request), origin(request)) });
      return { send: () => {}, endInput: () => {}, close: () => {} };
    },
  };
}

/** Nothing happens by itself here, so a watch has said all when its first poll has. */
function watchOnce(
  server: ApiServer,
  request: ApiRequest,
  origin: { actor: string },
  onEvent: (event: WatchEvent) => void,
  onEnd: (refusal?: ApiResponse) => void,
): () => void {
  const opened = server.openWatch(request, origin);
  if ('refusal' in opened) onEnd(opened.refusal);
  else {
    for (const event of opened.next()) onEvent(event);
    onEnd();
  }
  return () => {};
}
