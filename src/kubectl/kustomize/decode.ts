import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { isObject, setOwn, sortedKeys } from '../format/json';

/** A Go type that JSON is read into. */
export type Shape = 'string' | 'bool' | 'int' | 'int64' | 'any' | ListShape | MapShape | StructShape;

interface ListShape {
  items: Shape;
  /** The name of the items' type where it is not the plain one. */
  itemName?: string;
}

interface MapShape {
  values: Shape;
}

interface StructShape {
  name: string;
  fields: Readonly<Record<string, Shape>>;
  /** The structs inside of it that hold some of its fields, as errors name them. */
  within: Readonly<Record<string, string>>;
}

export const list = (items: Shape, itemName?: string): ListShape => (itemName ? { items, itemName } : { items });
export const mapOf = (values: Shape): MapShape => ({ values });
export const struct = (
  name: string,
  fields: Readonly<Record<string, Shape>>,
  within: Readonly<Record<string, string>> = {},
): StructShape => ({ name, fields, within });

/**
 * Reads JSON into a struct as Go does it with unknown fields forbidden: names count without their case, nulls are left
 * out. Throws the first thing that is wrong, in encoding/json's words.
 */
export function decodeStruct(value: Json, shape: StructShape): JsonObject {
  const read = decode(value, shape, { struct: '', path: [] });
  return isObject(read) ? read : {};
}

/** Where a value stands: the innermost struct, and the names of the fields that lead to it. */
interface Place {
  struct: string;
  path: readonly string[];
}

function decode(value: Json, shape: Shape, place: Place): Json {
  if (shape === 'any' || value === null) return value;
  if (typeof shape === 'string') {
    const fits =
      shape === 'string' ? typeof value === 'string' : shape === 'bool' ? typeof value === 'boolean' : isInteger(value);
    if (!fits) throw mismatch(value, shape, place);
    return value;
  }
  if ('items' in shape) {
    if (!Array.isArray(value)) throw mismatch(value, shape, place);
    return value.map((item) => decode(item, shape.items, place));
  }
  if (!isObject(value)) throw mismatch(value, shape, place);
  return 'values' in shape ? decodeMap(value, shape.values, place) : decodeFields(value, shape, place);
}

function decodeMap(value: JsonObject, shape: Shape, place: Place): JsonObject {
  const read: JsonObject = {};
  for (const key of sortedKeys(value)) setOwn(read, key, decode(value[key] ?? null, shape, place));
  return read;
}

function decodeFields(value: JsonObject, { name, fields, within }: StructShape, { path }: Place): JsonObject {
  const read: JsonObject = {};
  for (const key of sortedKeys(value)) {
    const known = Object.hasOwn(fields, key)
      ? key
      : Object.keys(fields).find((field) => field.toLowerCase() === key.toLowerCase());
    const shape = known === undefined ? undefined : fields[known];
    if (known === undefined || shape === undefined) throw new CliError(`json: unknown field "${key}"`);
    const field = value[key] ?? null;
    const inner = Object.hasOwn(within, known) ? [...path, within[known]!, known] : [...path, known];
    if (field !== null) setOwn(read, known, decode(field, shape, { struct: name, path: inner }));
  }
  return read;
}

const isInteger = (value: Json): boolean => typeof value === 'number' && Number.isInteger(value);

function mismatch(value: Json, shape: Shape, { struct: name, path }: Place): CliError {
  const found = Array.isArray(value)
    ? 'array'
    : isObject(value)
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
  const said =
    typeof value === 'number' && shape !== 'string' && shape !== 'bool' && typeof shape === 'string'
      ? `number ${value}`
      : found;
  const into = path.length > 0 ? `Go struct field ${name}.${path.join('.')}` : 'Go value';
  return new CliError(`json: cannot unmarshal ${said} into ${into} of type ${typeName(shape)}`);
}

function typeName(shape: Shape): string {
  if (typeof shape === 'string') return shape === 'any' ? 'interface {}' : shape;
  if ('items' in shape) return `[]${shape.itemName ?? typeName(shape.items)}`;
  if ('values' in shape) return `map[string]${typeName(shape.values)}`;
  return `types.${shape.name}`;
}
