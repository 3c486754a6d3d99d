import type { Json } from './objects';

/** A JSON object. Its keys come from users: write them with `setKey`, never with an assignment. */
export type JsonMap = { [key: string]: Json };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own value of a key; `undefined` where there is none, also for the names every object inherits. */
export function ownValue(map: JsonMap, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Sets a key that a user chose: `__proto__` becomes an ordinary one. */
export function setKey(map: JsonMap, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}

/** Whether two JSON values are equal; the order of keys does not count. */
export function equalJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => equalJson(item, right[index]));
  }
  if (Array.isArray(right)) return false;
  return equalFields(left as JsonMap, right as JsonMap);
}

/** Whether two JSON objects are equal but for one key. */
export function equalFields(left: object, right: object, except?: string): boolean {
  let count = 0;
  for (const key in left) {
    if (key === except) continue;
    if (!Object.hasOwn(right, key) || !equalJson((left as JsonMap)[key], (right as JsonMap)[key])) return false;
    count += 1;
  }
  for (const key in right) if (key !== except) count -= 1;
  return count === 0;
}

/** A value as Go's `%v` prints what encoding/json decoded: `map[a:1 b:[x y]]`, keys in alphabetical order. */
export function goText(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') {
    const keys = Object.keys(value).sort();
    return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
  }
  return String(value);
}
