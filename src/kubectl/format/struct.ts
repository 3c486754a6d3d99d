import type { Json } from '../../api/objects';
import type { FieldSchema } from '../../api/schema/types';
import { typeByName, typeNameOfKind } from '../../api/schema/tables';
import type { JsonObject } from './json';
import { isObject, setOwn, textAt } from './json';

/**
 * An object of a built-in kind as Go's struct of it encodes: kind and apiVersion first, fields in the order of their
 * declaration, and structs that cannot be absent, such as `resources: {}`, written even where they are empty.
 * Objects of other kinds are left as they are.
 */
export function asStruct(object: JsonObject): JsonObject {
  const typeName = typeNameOfKind(textAt(object, 'apiVersion'), textAt(object, 'kind'));
  if (typeName === undefined) return object;
  const struct: JsonObject = {};
  for (const key of ['kind', 'apiVersion']) if (object[key] !== undefined) struct[key] = object[key];
  return { ...struct, ...encodeType(object, typeName) };
}

function encodeType(object: JsonObject, typeName: string): JsonObject {
  const { fields, required = [] } = typeByName(typeName) ?? {};
  if (!fields) return object;
  const struct: JsonObject = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    if (value !== undefined && value !== null) setOwn(struct, key, encodeField(value, field));
    else if (isEmbedded(field)) setOwn(struct, key, encodeType({}, field.ref ?? ''));
    else if (field.always) setOwn(struct, key, null);
    else if (required.includes(key) && !field.pointer && field.default !== undefined)
      setOwn(struct, key, field.default);
  }
  for (const [key, value] of Object.entries(object)) if (!Object.hasOwn(fields, key)) setOwn(struct, key, value);
  return struct;
}

/** A struct inside another, which Go writes whatever it holds. */
function isEmbedded(field: FieldSchema): boolean {
  return field.ref !== undefined && !field.pointer && typeByName(field.ref)?.fields !== undefined;
}

function encodeField(value: Json, field: FieldSchema): Json {
  const { ref, items, values } = field;
  if (ref !== undefined && isObject(value)) return encodeType(value, ref);
  if (items && Array.isArray(value)) return value.map((item) => encodeField(item, items));
  if (values && isObject(value)) {
    const map: JsonObject = {};
    for (const key of Object.keys(value).sort()) setOwn(map, key, encodeField(value[key] ?? null, values));
    return map;
  }
  return value;
}
