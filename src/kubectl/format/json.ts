import { equalJson, isMap as isObject, setKey as setOwn, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';

export { equalJson, isObject, setOwn };

export type JsonObject = JsonMap;

/** The value below a path of own keys and indices; undefined where a step is missing. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number') current = current[step];
    else if (isObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** The text below a path; empty where there is none. */
export function textAt(value: Json | undefined, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: Json | undefined, ...path: (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function objectAt(value: Json | undefined, ...path: (string | number)[]): JsonObject | undefined {
  const found = at(value, ...path);
  return isObject(found) ? found : undefined;
}

export function listAt(value: Json | undefined, ...path: (string | number)[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The entries of a string map below a path, by key in byte order, as Go's printers walk maps. */
export function stringMapAt(value: Json | undefined, ...path: (string | number)[]): Map<string, string> {
  const found = objectAt(value, ...path) ?? {};
  const map = new Map<string, string>();
  for (const key of Object.keys(found).sort(compareBytes)) {
    const entry = found[key];
    if (typeof entry === 'string') map.set(key, entry);
  }
  return map;
}

/** Sets a value below a path of keys, making objects on the way. Changes `object`. */
export function setAt(object: JsonObject, value: Json, ...path: string[]): void {
  let current = object;
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(current, step) ? current[step] : undefined;
    const child: JsonObject = isObject(next) ? next : {};
    if (child !== next) setOwn(current, step, child);
    current = child;
  }
  setOwn(current, path.at(-1) ?? '', value);
}

/** A deep copy that may be changed. */
export function copyJson<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => copyJson(item)) as T;
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, entry] of Object.entries(value)) setOwn(copy, key, copyJson(entry));
  return copy as T;
}

/** Orders text as Go compares strings: by code points, which is the order of UTF-8 bytes. */
export function compareBytes(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length;) {
    const a = left.codePointAt(index) ?? 0;
    const b = right.codePointAt(index) ?? 0;
    if (a !== b) return a - b;
    index += a > 0xffff ? 2 : 1;
  }
  return left.length - right.length;
}

export function sortedKeys(object: object): string[] {
  return Object.keys(object).sort(compareBytes);
}
