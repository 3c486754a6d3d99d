import { isMap } from '../../../api/json';
import type { Json } from '../../../api/objects';

/** Paths such as `.spec.replicas` or `.status.conditions[0].type`, as definitions name fields. */

const STEP = /\.?([\w-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]/g;

/** The steps of a path: keys, and indices of lists. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(STEP)].map(([, key, single, double, index]) =>
    index === undefined ? (key ?? single ?? double ?? '') : Number(index),
  );
}

/** What a path leads to; `undefined` where it leads nowhere. */
export function valueAt(value: Json, path: string): Json | undefined {
  let at: Json | undefined = value;
  for (const step of stepsOf(path)) {
    if (typeof step === 'number') at = Array.isArray(at) ? at[step] : undefined;
    else at = isMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

/** The value with something else at the end of a path of keys. */
export function withValueAt(value: Json | undefined, path: readonly (string | number)[], put: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  const map = isMap(value) ? value : {};
  return { ...map, [key]: withValueAt(map[key], rest, put) };
}
