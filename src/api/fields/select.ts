import { isMap, setKey, type JsonMap } from '../json';
import type { Json } from '../objects';
import type { FieldSchema } from '../schema/types';
import { below, isEmpty, isMember, LEAF, nodeOf, type FieldSet } from './field-set';
import {
  asList,
  asMap,
  itemElement,
  itemsByElement,
  schemaOfKey,
  shapeOf,
  ANY,
  type ListShape,
  type MapShape,
} from './shapes';

/** Models structured-merge-diff/typed tofieldset.go and remove.go, and fieldpath's EnsureNamedFieldsAreMembers. */

/** The fields that a configuration speaks of. */
export function fieldsOf(value: Json, schema: FieldSchema): FieldSet {
  return partsOf(value, schema) ?? LEAF;
}

/** The fields below a value; `undefined` where the value itself is one. */
function partsOf(value: Json, schema: FieldSchema): FieldSet | undefined {
  const shape = shapeOf(schema, value);
  if (shape.is === 'scalar' || shape.atomic) return undefined;
  if (shape.is === 'list') return listFields(asList(value) ?? [], shape);
  return mapFields(asMap(value) ?? {}, shape);
}

function mapFields(map: JsonMap, shape: MapShape): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const [key, value] of Object.entries(map)) {
    const parts = partsOf(value, schemaOfKey(shape, key) ?? ANY);
    const isBare = value === null || (isMap(value) && Object.keys(value).length === 0);
    const node = nodeOf(parts === undefined || isBare || !Object.hasOwn(shape.fields, key), parts ?? LEAF);
    if (node) out[`f:${key}`] = node;
  }
  return out;
}

function listFields(list: readonly Json[], shape: ListShape): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const [element, items] of itemsByElement(shape, list)) {
    out[element] = nodeOf(true, items.length > 1 ? LEAF : (partsOf(items[0]!, shape.items) ?? LEAF))!;
  }
  return out;
}

/** The value without the fields and items of a set; `null` for a map or list of which nothing is left. */
export function without(value: Json, fields: FieldSet, schema: FieldSchema): Json {
  const shape = shapeOf(schema, value);
  if (shape.is === 'scalar') return value;
  if (shape.atomic) return null;
  const list = asList(value);
  if (shape.is === 'list') return list ? listWithout(list, fields, shape) : null;
  const map = asMap(value);
  return map ? mapWithout(map, fields, shape) : null;
}

function mapWithout(map: JsonMap, fields: FieldSet, shape: MapShape): Json {
  const out: JsonMap = {};
  for (const [key, value] of Object.entries(map)) {
    const element = `f:${key}`;
    if (isMember(fields[element])) continue;
    const inner = below(fields, element);
    setKey(out, key, isEmpty(inner) ? value : without(value, inner, schemaOfKey(shape, key) ?? ANY));
  }
  return Object.keys(out).length > 0 ? out : null;
}

function listWithout(list: readonly Json[], fields: FieldSet, shape: ListShape): Json {
  const out: Json[] = [];
  for (const item of list) {
    const element = itemElement(shape, item);
    if (isMember(fields[element])) continue;
    const inner = below(fields, element);
    out.push(isEmpty(inner) ? item : without(item, inner, shape.items));
  }
  return out.length > 0 ? out : null;
}

/** The set with every declared field on the way to its members: who owns `spec.replicas` counts for `spec` too. */
export function withNamedFields(fields: FieldSet, schema: FieldSchema): FieldSet {
  const shape = shapeOf(schema, undefined);
  const out: Record<string, FieldSet> = {};
  for (const element of Object.keys(fields)) {
    if (element === '.') continue;
    const inner = below(fields, element);
    const schemaBelow = schemaBelowOf(element, shape);
    const named = element.startsWith('f:') && shape.is === 'map' && Object.hasOwn(shape.fields, element.slice(2));
    out[element] = nodeOf(isMember(fields[element]) || named, withNamedFields(inner, schemaBelow)) ?? LEAF;
  }
  return out;
}

function schemaBelowOf(element: string, shape: ReturnType<typeof shapeOf>): FieldSchema {
  if (shape.is === 'list') return shape.items;
  return shape.is === 'map' ? (schemaOfKey(shape, element.slice(2)) ?? ANY) : ANY;
}
