import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { copyJson, equalJson, isObject, setOwn } from '../format/json';
import type { PatchSchema } from './patch-schema';
import { mergeKeyOf, schemaOfItems, schemaOfKey, strategyOf } from './patch-schema';
import { diffMaps, ORDER_PREFIX } from './strategic-diff';

/**
 * The strategic patch of `apply`: what `modified` adds or changes against what is there, and what it no longer has of
 * what was applied last. Models strategicpatch CreateThreeWayMergePatch.
 */
export function threeWayStrategicPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  schema: PatchSchema,
): JsonObject {
  const delta = diffMaps(current, modified, schema, { ignoreDeletions: true, ignoreChanges: false });
  const deletions = diffMaps(original, modified, schema, { ignoreDeletions: false, ignoreChanges: true });
  return mergePatches(copyJson(deletions), delta, schema);
}

/** The strategic patch between two states. Models CreateTwoWayMergePatch. */
export function twoWayStrategicPatch(original: JsonObject, modified: JsonObject, schema: PatchSchema): JsonObject {
  return diffMaps(original, modified, schema, { ignoreDeletions: false, ignoreChanges: false });
}

/** Adds a second patch to a first one, which is changed. */
function mergePatches(first: JsonObject, second: JsonObject, schema: PatchSchema): JsonObject {
  for (const [key, value] of Object.entries(second)) {
    const present = Object.hasOwn(first, key) ? first[key] : undefined;
    const field = schemaOfKey(schema, key);
    if (isObject(present) && isObject(value)) {
      setOwn(first, key, strategyOf(field) === 'replace' ? value : mergePatches(present, value, field));
    } else if (Array.isArray(present) && Array.isArray(value) && strategyOf(field) === 'merge') {
      setOwn(first, key, mergeItems(present, value, field, orderOf(first, second, key)));
    } else setOwn(first, key, value);
  }
  return first;
}

function orderOf(first: JsonObject, second: JsonObject, key: string): Json[] {
  const order = second[ORDER_PREFIX + key] ?? first[ORDER_PREFIX + key];
  return Array.isArray(order) ? order : [];
}

/** Items of both patches, one for each key, in the order that is asked for; deletions last. */
function mergeItems(first: Json[], second: Json[], schema: PatchSchema, order: Json[]): Json[] {
  const mergeKey = mergeKeyOf(schema);
  if (![...first, ...second].every(isObject)) return [...first, ...second.filter((item) => !first.includes(item))];
  const keyOf = (item: Json): string => goValue(isObject(item) ? item[mergeKey] : item);
  const merged = [...first] as JsonObject[];
  for (const item of second as JsonObject[]) {
    const index = merged.findIndex((known) => keyOf(known) === keyOf(item));
    if (index < 0) merged.push(item);
    else merged[index] = mergePatches(merged[index] ?? {}, item, schemaOfItems(schema));
  }
  const place = (item: JsonObject): number => {
    if (item['$patch'] === 'delete') return order.length + 1;
    const found = order.findIndex((one) => keyOf(one) === keyOf(item));
    return found < 0 ? order.length : found;
  };
  return merged.sort((left, right) => place(left) - place(right));
}

/**
 * The JSON merge patch of `apply` for kinds without a schema here. Throws where apiVersion, kind or name would
 * change. Models jsonmergepatch CreateThreeWayJSONMergePatch.
 */
export function threeWayMergePatch(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  const changes = withoutNulls(mergeDiff(current, modified));
  const deletions = onlyNulls(mergeDiff(original, modified));
  const patch = overlay(deletions, changes);
  const named = isObject(patch['metadata']) && 'name' in patch['metadata'];
  if ('apiVersion' in patch || 'kind' in patch || named) {
    throw new CliError('At least one of apiVersion, kind and name was changed');
  }
  return patch;
}

/** The JSON merge patch between two states. */
export function mergeDiff(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(after)) {
    const present = Object.hasOwn(before, key) ? before[key] : undefined;
    if (present === undefined) setOwn(patch, key, value);
    else if (isObject(present) && isObject(value)) {
      const below = mergeDiff(present, value);
      if (Object.keys(below).length > 0) setOwn(patch, key, below);
    } else if (!equalJson(present, value)) setOwn(patch, key, value);
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) setOwn(patch, key, null);
  return patch;
}

function withoutNulls(patch: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) continue;
    if (!isObject(value) || Object.keys(value).length === 0) {
      setOwn(kept, key, value);
      continue;
    }
    const below = withoutNulls(value);
    if (Object.keys(below).length > 0) setOwn(kept, key, below);
  }
  return kept;
}

function onlyNulls(patch: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) setOwn(kept, key, null);
    else if (isObject(value)) {
      const below = onlyNulls(value);
      if (Object.keys(below).length > 0) setOwn(kept, key, below);
    }
  }
  return kept;
}

function overlay(base: JsonObject, top: JsonObject): JsonObject {
  const merged = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const present = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setOwn(merged, key, isObject(present) && isObject(value) ? overlay(present, value) : value);
  }
  return merged;
}
