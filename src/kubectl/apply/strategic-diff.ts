import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { compareBytes, equalJson, isObject, setOwn } from '../format/json';
import type { PatchSchema } from './patch-schema';
import { mergeKeyOf, retainsKeys, schemaOfItems, schemaOfKey, strategyOf } from './patch-schema';

export const ORDER_PREFIX = '$setElementOrder/';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';

export interface DiffOptions {
  ignoreDeletions: boolean;
  ignoreChanges: boolean;
}

/** The strategic merge patch that turns `original` into `modified`. Models strategicpatch diffMaps. */
export function diffMaps(
  original: JsonObject,
  modified: JsonObject,
  schema: PatchSchema,
  options: DiffOptions,
  retainKeys = false,
): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(modified)) {
    if (!Object.hasOwn(original, key)) {
      if (!options.ignoreChanges) setOwn(patch, key, value);
      continue;
    }
    diffKey(patch, key, original[key] ?? null, value, schemaOfKey(schema, key), options);
  }
  const removed = Object.keys(original).filter((key) => !Object.hasOwn(modified, key));
  if (!options.ignoreDeletions) for (const key of removed) setOwn(patch, key, null);
  const retained = retainKeys ? Object.keys(modified).filter((key) => modified[key] !== null) : [];
  const anew = removed.some((key) => original[key] !== null);
  if (retained.length > 0 && (Object.keys(patch).length > 0 || anew))
    patch['$retainKeys'] = retained.sort(compareBytes);
  return patch;
}

function diffKey(
  patch: JsonObject,
  key: string,
  before: Json,
  after: Json,
  schema: PatchSchema,
  options: DiffOptions,
): void {
  if (isObject(before) && isObject(after)) {
    if (strategyOf(schema) === 'replace') {
      if (!options.ignoreChanges) setOwn(patch, key, after);
      return;
    }
    const below = diffMaps(before, after, schema, options, retainsKeys(schema));
    if (Object.keys(below).length > 0) setOwn(patch, key, below);
  } else if (Array.isArray(before) && Array.isArray(after) && strategyOf(schema) === 'merge') {
    diffList(patch, key, before, after, schema, options);
  } else if (!options.ignoreChanges && !equalJson(before, after)) setOwn(patch, key, after);
}

interface ListDiff {
  items: Json[];
  deleted: Json[];
  order: Json[];
}

function diffList(
  patch: JsonObject,
  key: string,
  before: Json[],
  after: Json[],
  schema: PatchSchema,
  options: DiffOptions,
): void {
  const diff = listDiff(before, after, schema, options);
  if (diff.items.length > 0) setOwn(patch, key, diff.items);
  if (diff.deleted.length > 0) patch[DELETE_PREFIX + key] = diff.deleted;
  if (diff.order.length > 0) patch[ORDER_PREFIX + key] = diff.order;
}

/** Models strategicpatch diffLists. */
function listDiff(before: Json[], after: Json[], schema: PatchSchema, options: DiffOptions): ListDiff {
  if (before.length === 0) return { items: options.ignoreChanges ? [] : after, deleted: [], order: [] };
  const all = [...before, ...after];
  if (all.every(isObject)) return mapListDiff(before as JsonObject[], after as JsonObject[], schema, options);
  if (all.some((item) => typeof item === 'object' && item !== null)) {
    throw new CliError(`lists of lists and lists of mixed items cannot be merged: ${goValue(after)}`);
  }
  return scalarListDiff(before, after, options);
}

function mapListDiff(before: JsonObject[], after: JsonObject[], schema: PatchSchema, options: DiffOptions): ListDiff {
  const mergeKey = mergeKeyOf(schema);
  const keyOf = (item: JsonObject): string => {
    if (!Object.hasOwn(item, mergeKey)) {
      throw new CliError(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`);
    }
    return goValue(item[mergeKey]);
  };
  const known = new Map(before.map((item) => [keyOf(item), item]));
  const wanted = new Map(after.map((item) => [keyOf(item), item]));
  const items: JsonObject[] = [];
  for (const item of after) {
    const present = known.get(keyOf(item));
    if (!present) {
      if (!options.ignoreChanges) items.push(item);
      continue;
    }
    const below = diffMaps(present, item, schemaOfItems(schema), options);
    if (Object.keys(below).length > 0) items.push({ ...below, [mergeKey]: item[mergeKey] ?? null });
  }
  const removed = options.ignoreDeletions ? [] : before.filter((item) => !wanted.has(keyOf(item)));
  const deletions = removed
    .sort((left, right) => compareBytes(keyOf(left), keyOf(right)))
    .map((item): JsonObject => ({ $patch: 'delete', [mergeKey]: item[mergeKey] ?? null }));
  const patch = [...items, ...deletions];
  const sameOrder =
    before.length === after.length && before.every((item, index) => keyOf(item) === keyOf(after[index] ?? {}));
  const ordered =
    (!options.ignoreChanges && (patch.length > 0 || !sameOrder)) || (!options.ignoreDeletions && patch.length > 0);
  const order = ordered ? after.map((item): JsonObject => ({ [mergeKey]: item[mergeKey] ?? null })) : [];
  return { items: patch, deleted: [], order };
}

function scalarListDiff(before: Json[], after: Json[], options: DiffOptions): ListDiff {
  const added = options.ignoreChanges ? [] : after.filter((item) => !before.includes(item));
  const deleted = options.ignoreDeletions ? [] : [...new Set(before.filter((item) => !after.includes(item)))];
  deleted.sort((left, right) => compareBytes(goValue(left), goValue(right)));
  const ordered =
    (!options.ignoreDeletions && deleted.length > 0) || (!options.ignoreChanges && !equalJson(before, after));
  return { items: added, deleted, order: ordered ? after : [] };
}
