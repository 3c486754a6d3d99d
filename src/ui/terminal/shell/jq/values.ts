import type { Json } from '../../../../api/objects';

/** Ends a filter with jq's words. */
export class JqError extends Error {
  override name = 'JqError';
}

export type JqType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function typeOf(value: Json): JqType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JqType;
}

export const isTrue = (value: Json): boolean => value !== null && value !== false;

export function isRecord(value: Json): value is { [key: string]: Json } {
  return typeOf(value) === 'object';
}

const ORDER: JqType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** The order of any two values: null, false, true, numbers, strings, arrays, objects. */
export function compareValues(left: Json, right: Json): number {
  const types = ORDER.indexOf(typeOf(left)) - ORDER.indexOf(typeOf(right));
  if (types !== 0) return types;
  if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right);
  if (isRecord(left) && isRecord(right)) {
    const [one, other] = [Object.keys(left).sort(), Object.keys(right).sort()];
    return (
      compareLists(one, other) ||
      compareLists(
        one.map((key) => left[key]!),
        one.map((key) => right[key]!),
      )
    );
  }
  if (left === right || left === null || right === null) return 0;
  return left < right ? -1 : 1;
}

function compareLists(left: readonly Json[], right: readonly Json[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = compareValues(left[at]!, right[at]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** A value as jq's messages show it: cut after eleven characters. */
export function shown(value: Json): string {
  const text = JSON.stringify(value);
  return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

/** What `.[key]` is. Null has null everywhere. */
export function indexed(value: Json, key: Json): Json {
  if (value === null && (typeof key === 'string' || typeof key === 'number' || key === null)) return null;
  if (isRecord(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key]! : null;
  if (Array.isArray(value) && typeof key === 'number') return value.at(Math.floor(key)) ?? null;
  const by = typeof key === 'string' ? `"${key}"` : typeOf(key);
  throw new JqError(`Cannot index ${typeOf(value)} with ${by}`);
}

/** What `.[]` gives. */
export function eachOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  if (isRecord(value)) return Object.values(value);
  throw new JqError(`Cannot iterate over ${value === null ? 'null' : shown(value)}`);
}

/** `+ - * / %`. */
export function arithmetic(sign: string, left: Json, right: Json): Json {
  if (sign === '+') {
    if (left === null) return right;
    if (right === null) return left;
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
    if (isRecord(left) && isRecord(right)) return { ...left, ...right };
  }
  if (sign === '-' && Array.isArray(left) && Array.isArray(right))
    return left.filter((one) => !right.some((other) => compareValues(one, other) === 0));
  if (sign === '/' && typeof left === 'string' && typeof right === 'string') return left.split(right);
  if (sign === '*' && isRecord(left) && isRecord(right)) return merged(left, right);
  if (typeof left !== 'number' || typeof right !== 'number')
    throw new JqError(`${shown(left)} and ${shown(right)} cannot be ${WORDS[sign] ?? 'combined'}`);
  if ((sign === '/' || sign === '%') && right === 0)
    throw new JqError(`${shown(left)} and ${shown(right)} cannot be divided because the divisor is zero`);
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  return sign === '/' ? left / right : Math.trunc(left) % Math.trunc(right);
}

const WORDS: Record<string, string> = {
  '+': 'added',
  '-': 'subtracted',
  '*': 'multiplied',
  '/': 'divided',
  '%': 'divided',
};

function merged(left: { [key: string]: Json }, right: { [key: string]: Json }): Json {
  const result = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const before = Object.hasOwn(left, key) ? left[key]! : null;
    result[key] = isRecord(before) && isRecord(value) ? merged(before, value) : value;
  }
  return result;
}
