import type { ApiClient } from '../../api/client';
import { isMap, type JsonMap } from '../../api/json';
import { concerns, type ClusterView } from '../connection/cluster-view.svelte';
import { keyOfSubject, pathOf, type Subject } from './subjects';

const AGAIN_AFTER_MS = 150;

/** Something read from the cluster that is read again when a write may have changed it. */
export class LiveReading<T> {
  value = $state.raw<T | undefined>(undefined);
  /** Whether it has been read at least once. */
  known = $state(false);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #reading = false;
  #stale = false;

  /**
   * @param read asks the cluster
   * @param changedBy whether a frame's writes may have changed it; a frame of another history always does
   */
  constructor(
    private readonly read: () => Promise<T | undefined>,
    view: ClusterView,
    changedBy: (frame: Parameters<typeof concerns>[0]) => boolean,
  ) {
    const leave = view.listen((frame, anew) => {
      if (anew || changedBy(frame)) this.refreshSoon();
    });
    this.stop = () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
      leave();
    };
    void this.#refresh();
  }

  readonly stop: () => void;

  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, AGAIN_AFTER_MS);
  }

  async #refresh(): Promise<void> {
    if (this.#reading) {
      this.#stale = true;
      return;
    }
    this.#reading = true;
    try {
      const value = await this.read();
      if (this.#stopped) return;
      this.value = value;
      this.known = true;
    } finally {
      this.#reading = false;
    }
    if (this.#stale) {
      this.#stale = false;
      this.refreshSoon();
    }
  }
}

const HEADERS = { 'user-agent': 'podium-page', accept: 'application/json' };

/** An object as it stands in the cluster now; `undefined` where there is none. */
export async function readObject(client: ApiClient, subject: Subject): Promise<JsonMap | undefined> {
  const path = pathOf(subject.resource, subject.namespace, subject.name);
  const response = await client.request({ method: 'GET', path, headers: HEADERS });
  return response.code === 200 && isMap(response.body) ? response.body : undefined;
}

/** An object as it stands in the cluster; `undefined` once it is gone. */
export function liveObject(client: ApiClient, view: ClusterView, subject: Subject): LiveReading<JsonMap> {
  const read = (): Promise<JsonMap | undefined> => readObject(client, subject);
  return new LiveReading(read, view, (frame) => concerns(frame, subject.resource, keyOfSubject(subject)));
}

/** The objects of a list that a selector of labels finds. */
export async function listLabelled(
  client: ApiClient,
  resource: string,
  namespace: string,
  labelSelector: string,
): Promise<JsonMap[]> {
  const response = await client.request({
    method: 'GET',
    path: pathOf(resource, namespace),
    headers: HEADERS,
    ...(labelSelector ? { query: { labelSelector } } : {}),
  });
  const items = isMap(response.body) ? response.body['items'] : undefined;
  return Array.isArray(items) ? items.filter(isMap) : [];
}
