import type { Json } from '../../api/objects';
import { celOf, jsonOf, type CelValue } from '../../api/cel/values';

/** Objects as goals see them, and the way back. */

const views = new WeakMap<object, CelValue>();
const originals = new WeakMap<object, object>();

/** An object as expressions see it; one that does not change is converted once. */
export function viewed(object: object): CelValue {
  let view = views.get(object);
  if (view === undefined) {
    view = celOf(object as Json);
    views.set(object, view);
    originals.set(view as object, object);
  }
  return view;
}

/** An object as expressions see it, with fields that it has not itself. */
export function viewedWith(object: object, fields: object): CelValue {
  const view = Object.assign(Object.create(null) as object, viewed(object), fields);
  originals.set(view, object);
  return view;
}

/** The object behind what an expression holds. */
export function objectOf<T>(value: CelValue): T {
  const known = typeof value === 'object' && value !== null ? originals.get(value) : undefined;
  return (known ?? jsonOf(value) ?? {}) as T;
}
