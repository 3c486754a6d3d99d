import { isMap, setKey, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import { typeByName } from '../../api/schema/tables';
import type { FieldSchema } from '../../api/schema/types';
import type { Resource } from './kind';

/** What Go always writes: fields that have a zero value where nothing was said. */

const empties = new Map<string, Json>();

/** The fields of a type that are written even when they are zero, frozen. */
export function emptyOf(typeName: string): Json {
  const known = empties.get(typeName);
  if (known !== undefined) return known;
  const empty: JsonMap = {};
  for (const [key, field] of Object.entries(typeByName(typeName)?.fields ?? {})) {
    const value = zeroOf(field);
    if (value !== undefined) empty[key] = value;
  }
  Object.freeze(empty);
  empties.set(typeName, empty);
  return empty;
}

function zeroOf(field: FieldSchema): Json | undefined {
  if (field.always) return null;
  if (field.default === undefined) return undefined;
  return field.ref && field.default !== null ? emptyOf(field.ref) : field.default;
}

/** The status of a new object of a kind; custom objects have none until somebody writes one. */
export function emptyStatus(resource: Resource): Json | undefined {
  if (resource.typeName === undefined) return undefined;
  const ref = typeByName(resource.typeName)?.fields?.['status']?.ref;
  return ref === undefined ? NO_STATUS : emptyOf(ref);
}

const NO_STATUS: Json = Object.freeze({});

/** Fills in, at every depth, the fields that Go always writes. Shares what is complete. */
export function withStructure(value: Json, typeName: string): Json {
  const fields = typeByName(typeName)?.fields;
  if (!fields || !isMap(value)) return value;
  let copy: JsonMap | undefined;
  for (const key of Object.keys(fields)) {
    const field = fields[key]!;
    const current = Object.hasOwn(value, key) ? value[key] : undefined;
    const filled = current === undefined ? zeroOf(field) : filledIn(current, field);
    if (filled !== undefined && filled !== current) (copy ??= { ...value })[key] = filled;
  }
  return copy ?? value;
}

function filledIn(value: Json, field: FieldSchema): Json {
  if (field.ref) return withStructure(value, field.ref);
  if (field.items && Array.isArray(value)) {
    const items = value.map((item) => filledIn(item, field.items!));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (field.values && isMap(value)) {
    const copy: JsonMap = {};
    let changed = false;
    for (const key of Object.keys(value)) {
      const filled = filledIn(value[key]!, field.values);
      changed ||= filled !== value[key];
      setKey(copy, key, filled);
    }
    return changed ? copy : value;
  }
  return value;
}
