import type { Json } from '../../../api/objects';
import type { CelValue } from './cel-parser';

/** Values of the Common Expression Language. */

/** Thrown where an expression has no value, in cel-go's words. */
export class CelError extends Error {
  override name = 'CelError';
}

/** What names mean. */
export type Scope = ReadonlyMap<string, CelValue>;

/** A JSON value as rules see it. */
export function celOf(value: Json): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celOf);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, part]) => [key, celOf(part)]));
  }
  return value;
}

export const isCelMap = (value: CelValue): value is ReadonlyMap<CelValue, CelValue> => value instanceof Map;
export const isCelList = (value: CelValue): value is readonly CelValue[] => Array.isArray(value);

export function truth(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

export function equalCel(left: CelValue, right: CelValue): boolean {
  if (isCelList(left) && isCelList(right)) {
    return left.length === right.length && left.every((item, index) => equalCel(item, right[index]!));
  }
  if (isCelMap(left) && isCelMap(right)) {
    return (
      left.size === right.size && [...left].every(([key, value]) => right.has(key) && equalCel(value, right.get(key)!))
    );
  }
  if (isNumber(left) && isNumber(right)) return Number(left) === Number(right);
  return left === right;
}

export const isNumber = (value: CelValue): value is bigint | number =>
  typeof value === 'bigint' || typeof value === 'number';
