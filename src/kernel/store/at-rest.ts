import { Folded } from '../../base/state';
import type { ApiObject } from '../../api/objects';
import type { StoreEvent } from './event';
import { eventAtRest } from './event-at-rest';

/** An object as it lies in etcd: itself, or what stands for it. */
export type AtRest = ApiObject | Folded<ApiObject>;

/** Resources of which there are many objects that hardly anybody reads. */
const FOLDERS: Readonly<Record<string, (object: ApiObject) => Folded<ApiObject> | undefined>> = { events: eventAtRest };

export const atRest = (resource: string, object: ApiObject): AtRest => FOLDERS[resource]?.(object) ?? object;

/** What has been read is likely to be read again, and is the same object then: derived, never state. */
const read = new WeakMap<Folded<ApiObject>, ApiObject>();

export function unfolded(object: AtRest): ApiObject {
  if (!(object instanceof Folded)) return object;
  let whole = read.get(object);
  if (!whole) read.set(object, (whole = object.unfold()));
  return whole;
}

/** A write that is over: of what lies folded it is kept so too, since hardly anybody reads it. */
export interface PastEvent extends Omit<StoreEvent, 'object' | 'previous'> {
  readonly object: AtRest;
  readonly previous?: AtRest;
}

/** The write as it is kept: it left the object as `after` and found it as `before`. */
export function past(event: StoreEvent, after: AtRest, before: AtRest | undefined): PastEvent {
  if (after === event.object && before === event.previous) return event;
  return Object.freeze({ ...event, object: after, ...(before ? { previous: before } : {}) });
}

/** The write as it was. */
export function told(event: PastEvent): StoreEvent {
  const { object, previous, ...rest } = event;
  if (!(object instanceof Folded || previous instanceof Folded)) return event as StoreEvent;
  return { ...rest, object: unfolded(object), ...(previous ? { previous: unfolded(previous) } : {}) };
}

/** All objects of a resource, as readers see them. */
export function unfoldedMap(resource: string, objects: ReadonlyMap<string, AtRest>): ReadonlyMap<string, ApiObject> {
  return resource in FOLDERS ? new UnfoldedMap(objects) : (objects as ReadonlyMap<string, ApiObject>);
}

class UnfoldedMap implements ReadonlyMap<string, ApiObject> {
  readonly #objects: ReadonlyMap<string, AtRest>;

  constructor(objects: ReadonlyMap<string, AtRest>) {
    this.#objects = objects;
  }

  get size(): number {
    return this.#objects.size;
  }

  has(key: string): boolean {
    return this.#objects.has(key);
  }

  get(key: string): ApiObject | undefined {
    const object = this.#objects.get(key);
    return object && unfolded(object);
  }

  forEach(visit: (object: ApiObject, key: string, map: ReadonlyMap<string, ApiObject>) => void): void {
    for (const [key, object] of this) visit(object, key, this);
  }

  keys(): MapIterator<string> {
    return this.#objects.keys();
  }

  *values(): Generator<ApiObject, undefined> {
    for (const object of this.#objects.values()) yield unfolded(object);
  }

  *entries(): Generator<[string, ApiObject], undefined> {
    for (const [key, object] of this.#objects) yield [key, unfolded(object)];
  }

  [Symbol.iterator](): Generator<[string, ApiObject], undefined> {
    return this.entries();
  }
}
