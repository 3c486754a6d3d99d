import type { Json } from '../../api/objects';
import type { PatchSchema } from '../apply/patch-schema';
import { mergeKeyOf, patchSchemaOf, schemaOfItems, schemaOfKey, strategyOf } from '../apply/patch-schema';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { equalJson, isObject, setOwn, sortedKeys, textAt } from '../format/json';

type Value = Json | undefined;

/**
 * An object with a strategic merge patch in it, or nothing where the patch deletes it. Both are changed. Models
 * kyaml/yaml/merge2: unlike the API server it puts new items of a list before the old ones.
 */
export function mergeStrategic(object: JsonObject, patch: JsonObject): JsonObject | undefined {
  const merged = merge(object, patch, undefined);
  return isObject(merged) ? merged : undefined;
}

function merge(old: Value, patch: Value, inherited: PatchSchema | undefined): Value {
  const schema = inherited ?? ownSchema(old) ?? ownSchema(patch);
  const leading = old ?? patch;
  if (leading === undefined || leading === null) return patch === undefined ? old : undefined;
  for (const one of [old, patch]) if (one !== undefined && one !== null) requireLike(leading, one);
  if (Array.isArray(leading)) {
    return schema && strategyOf(schema) === 'merge'
      ? mergeLists(old as Json[] | null | undefined, patch as Json[] | null | undefined, schema)
      : replaced(old, patch);
  }
  if (isObject(leading))
    return mergeMaps(old as JsonObject | null | undefined, patch as JsonObject | null | undefined, schema);
  return replaced(old, patch);
}

/** A null of the patch takes the field away. */
const replaced = (old: Value, patch: Value): Value => (patch === undefined ? old : (patch ?? undefined));

function ownSchema(value: Value): PatchSchema | undefined {
  if (!isObject(value)) return undefined;
  const [apiVersion, kind] = [textAt(value, 'apiVersion'), textAt(value, 'kind')];
  return apiVersion && kind ? patchSchemaOf(apiVersion, kind) : undefined;
}

function requireLike(expected: Json, found: Json): void {
  const [wanted, has] = [nodeKind(expected), nodeKind(found)];
  if (wanted !== has) throw new CliError(`wrong node kind: expected ${wanted} but was ${has}`);
}

function nodeKind(value: Json): string {
  return Array.isArray(value) ? 'SequenceNode' : isObject(value) ? 'MappingNode' : 'ScalarNode';
}

type Directive = 'merge' | 'replace' | 'delete';

function directive(value: Json | undefined): Directive {
  if (value === undefined || value === 'merge') return 'merge';
  if (value === 'replace' || value === 'delete') return value;
  throw new CliError(`unknown patch strategy '${String(value)}'`);
}

/** The directive of a map, which is taken out of it. */
function mapDirective(patch: JsonObject | null | undefined): Directive {
  if (!patch || !Object.hasOwn(patch, '$patch')) return 'merge';
  const found = directive(patch['$patch']);
  delete patch['$patch'];
  return found;
}

function mergeMaps(
  old: JsonObject | null | undefined,
  patch: JsonObject | null | undefined,
  schema: PatchSchema | undefined,
): Value {
  if (patch === null && old) return undefined;
  const asked = mapDirective(patch);
  if (asked === 'delete') return undefined;
  const into = old && asked === 'merge' ? old : patch;
  if (!into) return into;
  for (const key of new Set([...sortedKeys(into), ...sortedKeys(patch ?? {})])) {
    const field = schema && knownSchema(schemaOfKey(schema, key));
    const value = merge(valueOf(into, key), patch ? valueOf(patch, key) : undefined, field);
    if (value === undefined) delete into[key];
    else setOwn(into, key, value);
  }
  return into;
}

const valueOf = (object: JsonObject, key: string): Value => (Object.hasOwn(object, key) ? object[key] : undefined);

function knownSchema(schema: PatchSchema): PatchSchema | undefined {
  return Object.keys(schema.field).length > 0 ? schema : undefined;
}

/** The directive of a list: an item that holds nothing else, and is taken out. */
function listDirective(patch: Json[] | null | undefined): Directive {
  const index = patch?.findIndex((item) => isObject(item) && Object.hasOwn(item, '$patch')) ?? -1;
  const item = patch?.[index];
  if (!patch || !isObject(item) || Object.keys(item).length > 1) return 'merge';
  const found = directive(item['$patch']);
  patch.splice(index, 1);
  return found;
}

function mergeLists(old: Json[] | null | undefined, patch: Json[] | null | undefined, schema: PatchSchema): Value {
  if (patch === null && old) return undefined;
  const asked = old ? listDirective(patch) : 'merge';
  if (asked === 'delete') return undefined;
  const into = old && asked === 'merge' ? old : (patch ?? []);
  const keys = keysOf(schema);
  return keys.length === 0 ? union(into, patch ?? []) : mergeItems(into, patch ?? [], keys, schemaOfItems(schema));
}

function keysOf(schema: PatchSchema): string[] {
  const { mapKeys } = schema.field;
  if (mapKeys && mapKeys.length > 1) return mapKeys;
  const key = mergeKeyOf(schema);
  return key === '' ? [] : [key];
}

/** Scalars of both lists, those of the patch first. */
function union(into: Json[], patch: Json[]): Json[] {
  return [...patch, ...into].filter((item, index, all) => all.findIndex((one) => equalJson(one, item)) === index);
}

/** The text of an item's key; empty where it has none. */
function keyText(item: Json, key: string): string {
  const value = isObject(item) ? valueOf(item, key) : undefined;
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

/** Items with the same keys are merged; the patch's come first. Models walk.setAssociativeSequenceElements. */
function mergeItems(into: Json[], patch: Json[], keys: string[], schema: PatchSchema): Json[] {
  const rows = withoutRepeats(
    [...patch, ...(patch === into ? [] : into)].map((item) => keys.map((key) => keyText(item, key))),
  );
  if (keys.length > 1) joinPartial(rows);
  const present = keys.filter((_key, index) => rows.some((row) => row[index] !== ''));
  const used = present.length > 0 ? present : keys;
  let merged: Json[] = [];
  for (const row of rows) {
    const values = row.filter((_value, index) => used.includes(keys[index] ?? ''));
    const own = ownKeys(used, values);
    const find = (list: Json[]): Json | undefined =>
      list.find((item) => isObject(item) && matches(item, own.keys, own.values));
    const value = merge(find(into), patch === into ? undefined : find(patch), knownSchema(schema));
    if (!isObject(value) || Object.keys(value).length === 0) into = setItem(into, undefined, used, values);
    else {
      used.forEach((key, index) => {
        if (!Object.hasOwn(value, key) && values[index]) setOwn(value, key, values[index]);
      });
      merged = setItem(merged, value, used, values);
    }
  }
  return rows.length > 0 ? appendItems(merged, into, used) : into;
}

/** The keys by which an item is looked for: those that it has, or all of them. */
function ownKeys(keys: string[], values: string[]): { keys: string[]; values: string[] } {
  const has = keys.map((_key, index) => values[index] !== '');
  if (!has.includes(true)) return { keys, values };
  return { keys: keys.filter((_key, index) => has[index]), values: values.filter((_value, index) => has[index]) };
}

/** An item matches values that are not empty, and has a field for those that are. */
function matches(item: JsonObject, keys: string[], values: string[]): boolean {
  return keys.every((key, index) => {
    const value = values[index];
    return value === undefined ? true : value === '' ? Object.hasOwn(item, key) : keyText(item, key) === value;
  });
}

function withoutRepeats(rows: string[][]): string[][] {
  return rows.filter((row, index) => rows.findIndex((one) => one.join('\0') === row.join('\0')) === index);
}

/** Rows that agree where both have values become one, with the values of both. */
function joinPartial(rows: string[][]): void {
  for (let left = 0; left < rows.length; left++)
    for (let right = 0; right < rows.length; right++) {
      const joined = join(rows[left]!, rows[right]!);
      if (joined) rows[left] = rows[right] = joined;
    }
}

function join(left: string[], right: string[]): string[] | undefined {
  const joined: string[] = [];
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? '';
    if (value !== other && value !== '' && other !== '') return undefined;
    joined.push(value || other);
  }
  return left.some((value, index) => value === right[index]) ? joined : undefined;
}

/** Puts an item in the place of those with its keys, or at the end; nothing takes them away. Models ElementSetter. */
function setItem(list: Json[], item: Json | undefined, keys: string[], values: string[]): Json[] {
  let found = false;
  const kept: Json[] = [];
  for (const one of list) {
    if (one === null || (isObject(one) && Object.keys(one).length === 0)) continue;
    if (!isObject(one) || !matches(one, keys, values)) kept.push(one);
    else {
      found = true;
      if (item !== undefined) kept.push(item);
    }
  }
  return found || item === undefined ? kept : [...kept, item];
}

/** What was there comes after what was merged. With several keys it moves to the end. Models appendListNode. */
function appendItems(merged: Json[], old: Json[], keys: string[]): Json[] {
  let list = merged;
  for (const item of old) {
    const values: string[] = [];
    for (const key of keys) {
      if (isObject(item) && valueOf(item, key) !== undefined && valueOf(item, key) !== null)
        values.push(keyText(item, key));
      else list = [...list, item];
    }
    if (keys.length > 1) list = setItem(list, undefined, keys, values);
    list = setItem(list, item, keys, values);
  }
  return list;
}
