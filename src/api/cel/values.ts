import type { Json } from '../objects';

/** Values of the Common Expression Language: whole numbers are bigints, as its int; other numbers are doubles. */
export type CelValue =
  | null
  | boolean
  | string
  | bigint
  | number
  | Date
  | readonly CelValue[]
  | { readonly [key: string]: CelValue }
  | object;

/** Thrown where an expression has no value, in cel-go's words. */
export class CelError extends Error {
  override name = 'CelError';
}

/** Thrown for text that is no expression. */
export class CelSyntaxError extends Error {
  override name = 'CelSyntaxError';

  constructor(
    message: string,
    /** What cel-go's compiler says, with the place. */
    readonly report = message,
  ) {
    super(message);
  }
}

const converted = new WeakMap<object, CelValue>();

/** A JSON value as expressions see it. What is frozen is converted once. */
export function celOf(value: Json): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = converted.get(value);
  if (known !== undefined) return known;
  const result = Array.isArray(value) ? value.map(celOf) : mapOf(value);
  if (Object.isFrozen(value)) converted.set(value, result);
  return result;
}

/** Without a prototype, so that no inherited name is a field. */
function mapOf(value: { [key: string]: Json }): CelValue {
  const map = Object.create(null) as Record<string, CelValue>;
  for (const key of Object.keys(value)) map[key] = celOf(value[key]!);
  return map;
}

/** A value of an expression as JSON; durations and times are text. */
export function jsonOf(value: CelValue): Json {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Date) return value.toISOString();
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, jsonOf(part as CelValue)]));
}
