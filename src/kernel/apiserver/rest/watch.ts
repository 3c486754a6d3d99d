import type { WatchEvent } from '../../../api/client';
import type { ApiObject, Json } from '../../../api/objects';
import { ApiError, expired } from '../../../api/status';
import type { StoreEvent } from '../../store/event';
import type { Resource } from '../kind';
import { FieldErrors } from '../validation/field-errors';
import type { Call } from './call';
import { checkRevision, isSelected, selectionOf, shown, type Selection } from './list';
import { refuseOptions } from './options';
import type { ResourcePath } from './request-info';
import { partialOf, tableOf } from './table';

/** Models apiserver/pkg/endpoints/handlers/watch.go and the watch cache behind it, as something to be polled. */

/** Bookmarks tell an idle watch how far it has come. */
const BOOKMARK_EVERY_MS = 60_000;

/** A watch. Whoever drives it polls `next`; nothing happens between polls. */
export interface WatchCursor {
  /** Seconds of wall time after which the server ends the watch; `undefined` for no limit of its own. */
  readonly timeoutSeconds: number | undefined;
  /** The events since the last poll, oldest first. After an ERROR the watch is over. */
  next(): WatchEvent[];
  /** Whether an ERROR has ended it. */
  readonly ended: boolean;
}

/** Opens a watch. Throws ApiError for what the request may not ask. */
export function openCursor(call: Call, path: ResourcePath): WatchCursor {
  const query = call.request.query ?? {};
  checkWatchOptions(query);
  const selection = selectionOf(call, path);
  const asked = query['resourceVersion'] ?? '';
  if (asked !== '' && !/^\d+$/.test(asked)) {
    throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`);
  }
  checkRevision(call, asked);
  return new Cursor(call, path.resource, selection, asked);
}

function checkWatchOptions(query: Record<string, string>): void {
  const errors = new FieldErrors();
  const match = query['resourceVersionMatch'] ?? '';
  const initial = query['sendInitialEvents'];
  if (match !== '' && initial === undefined) {
    errors.forbidden(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  }
  if (initial !== undefined && match !== 'NotOlderThan') {
    if (match === '')
      errors.forbidden(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      );
    else errors.notSupported('resourceVersionMatch', match, ['NotOlderThan']);
  }
  refuseOptions('ListOptions', errors);
}

class Cursor implements WatchCursor {
  readonly timeoutSeconds: number | undefined;
  ended = false;
  readonly #call: Call;
  readonly #resource: Resource;
  readonly #selection: Selection;
  readonly #bookmarks: boolean;
  #revision: number;
  #bookmarkAtMs: number;
  #withColumns = true;
  #initial: WatchEvent[] | undefined;

  constructor(call: Call, resource: Resource, selection: Selection, asked: string) {
    const query = call.request.query ?? {};
    const { store, clock } = call.core;
    this.#call = call;
    this.#resource = resource;
    this.#selection = selection;
    this.#bookmarks = isTrue(query['allowWatchBookmarks']);
    this.timeoutSeconds = query['timeoutSeconds'] === undefined ? undefined : Number(query['timeoutSeconds']);
    this.#bookmarkAtMs = clock.nowMs + BOOKMARK_EVERY_MS;
    const sendInitial = isTrue(query['sendInitialEvents']);
    const fresh = asked === '' || asked === '0' || sendInitial;
    this.#revision = fresh ? store.revision : Number(asked);
    if (sendInitial || (query['sendInitialEvents'] === undefined && fresh))
      this.#initial = this.#initialEvents(sendInitial);
  }

  next(): WatchEvent[] {
    if (this.ended) return [];
    const events = this.#initial ?? [];
    this.#initial = undefined;
    const { store, clock } = this.#call.core;
    const since = this.#revision === store.revision ? [] : store.eventsAfter(this.#revision);
    if (!since || this.#revision > store.revision) return [...events, this.#tooOld()];
    for (const event of since) {
      const line = event.resource === this.#resource.kind.resource ? this.#lineOf(event) : undefined;
      if (line) events.push(line);
    }
    this.#revision = store.revision;
    if (events.length === 0 && this.#bookmarks && clock.nowMs >= this.#bookmarkAtMs) events.push(this.#bookmark(false));
    if (events.length > 0) this.#bookmarkAtMs = clock.nowMs + BOOKMARK_EVERY_MS;
    return events;
  }

  #tooOld(): WatchEvent {
    this.ended = true;
    const { status } = expired(
      `too old resource version: ${this.#revision} (${this.#call.core.store.state.compactedRevision})`,
    );
    return { type: 'ERROR', object: status as unknown as Json };
  }

  #initialEvents(withBookmark: boolean): WatchEvent[] {
    const { store } = this.#call.core;
    const all = store.all(this.#resource.kind.resource);
    const events = [...all.keys()]
      .sort()
      .map((key) => all.get(key)!)
      .filter((object) => this.#selects(object))
      .map((object) => this.#line('ADDED', object));
    return withBookmark && this.#bookmarks ? [...events, this.#bookmark(true)] : events;
  }

  #selects(object: ApiObject | undefined): boolean {
    return object !== undefined && isSelected(object, this.#selection, this.#resource);
  }

  /** An event as this watch sees it: what leaves the selection is deleted, what enters is added. */
  #lineOf(event: StoreEvent): WatchEvent | undefined {
    const was = this.#selects(event.previous);
    if (event.type === 'DELETED') return was ? this.#line('DELETED', event.object) : undefined;
    const is = this.#selects(event.object);
    if (is) return this.#line(was ? 'MODIFIED' : 'ADDED', event.object);
    return was ? this.#line('DELETED', withRevisionOf(event.previous!, event.object)) : undefined;
  }

  #line(type: WatchEvent['type'], object: ApiObject): WatchEvent {
    const { as, version } = this.#call.media;
    if (as === 'PartialObjectMetadata') return { type, object: partialOf(object, this.#resource, version) };
    if (as !== 'Table') return { type, object: shown(object, this.#resource) };
    const { resourceVersion } = object.metadata;
    const table = tableOf(this.#call, this.#resource, [object], { resourceVersion }, this.#withColumns);
    this.#withColumns = false;
    return { type, object: table };
  }

  #bookmark(initialEnd: boolean): WatchEvent {
    const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const { apiVersion, row } = this.#resource;
    const metadata = { resourceVersion: String(this.#revision), ...annotations };
    if (this.#call.media.as === '') return { type: 'BOOKMARK', object: { kind: row.kind, apiVersion, metadata } };
    return this.#line('BOOKMARK', { apiVersion, kind: row.kind, metadata } as unknown as ApiObject);
  }
}

function withRevisionOf(object: ApiObject, later: ApiObject): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: later.metadata.resourceVersion } };
}

function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1' || value === '';
}
