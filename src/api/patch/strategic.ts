import { goText, isMap, ownValue, setKey, type JsonMap } from '../json';
import type { Json } from '../objects';
import { typeByName } from '../schema/tables';
import type { FieldSchema } from '../schema/types';
import { ApiError, badRequest } from '../status';
import { orderedAs, withOrder } from './element-order';

/** Models k8s.io/apimachinery/pkg/util/strategicpatch StrategicMergeMapPatch, without changing its arguments. */

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const ELEMENT_ORDER = '$setElementOrder';

/**
 * Applies a strategic merge patch to an object of the type `typeName` (such as `io.k8s.api.core.v1.Pod`; `undefined` for
 * what has no schema). Shares what stays. Throws ApiError: 400 for a malformed directive, 500 for what upstream does
 * not classify, such as a list item without its merge key.
 */
export function applyStrategicPatch(original: Json, patch: Json, typeName: string | undefined): Json {
  if (!isMap(patch)) throw badRequest('invalid JSON document');
  return mergeMaps(isMap(original) ? original : {}, patch, typeName === undefined ? {} : { ref: typeName });
}

/** The schema of a map's key. */
function fieldOf(schema: FieldSchema, key: string): FieldSchema {
  if (schema.values) return schema.values;
  const fields = schema.ref === undefined ? undefined : typeByName(schema.ref)?.fields;
  return (fields && Object.hasOwn(fields, key) ? fields[key] : undefined) ?? {};
}

const strategyOf = (field: FieldSchema): string | undefined =>
  field.patchStrategy?.split(',').find((strategy) => strategy !== 'retainKeys');

function failure(message: string): ApiError {
  return new ApiError(500, '', message);
}

function mergeMaps(original: JsonMap, patch: JsonMap, schema: FieldSchema): JsonMap {
  const directive = ownValue(patch, DIRECTIVE);
  if (directive !== undefined) return directed(directive, patch);
  const merged = retained(original, patch);
  for (const key of Object.keys(patch)) mergeKey(merged, key, patch, schema);
  return merged;
}

/** `$patch` in a map: `replace` takes the patch as it is, `delete` leaves an empty map. */
function directed(directive: Json, patch: JsonMap): JsonMap {
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw failure(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
  const replacement = { ...patch };
  delete replacement[DIRECTIVE];
  return replacement;
}

/** A copy of the original with only the keys that `$retainKeys` names, if the patch has it. */
function retained(original: JsonMap, patch: JsonMap): JsonMap {
  const keep = ownValue(patch, RETAIN_KEYS);
  if (keep === undefined) return { ...original };
  const malformed = badRequest('invalid patch format of retainKeys');
  if (!Array.isArray(keep)) throw malformed;
  for (const key of Object.keys(patch)) {
    if (patch[key] !== null && !isDirective(key) && !keep.includes(key)) throw malformed;
  }
  const copy: JsonMap = {};
  for (const key of Object.keys(original)) if (keep.includes(key)) setKey(copy, key, original[key]!);
  return copy;
}

function isDirective(key: string): boolean {
  return (
    key === DIRECTIVE ||
    key === RETAIN_KEYS ||
    key.startsWith(`${DELETE_FROM_LIST}/`) ||
    key.startsWith(`${ELEMENT_ORDER}/`)
  );
}

function mergeKey(merged: JsonMap, key: string, patch: JsonMap, schema: FieldSchema): void {
  const value = patch[key]!;
  if (key === RETAIN_KEYS) return;
  if (key.startsWith(ELEMENT_ORDER)) {
    mergeOrdered(merged, listNamed(key, 'invalid patch format of setElementOrder list'), value, patch, schema);
  } else if (key.startsWith(DELETE_FROM_LIST)) {
    deleteItems(merged, listNamed(key, 'invalid patch format of primitive list'), value);
  } else if (!Object.hasOwn(patch, `${ELEMENT_ORDER}/${key}`)) {
    mergeValue(merged, key, value, fieldOf(schema, key));
  }
}

/** `$setElementOrder/containers` → `containers`. */
function listNamed(key: string, refusal: string): string {
  const slash = key.indexOf('/');
  if (slash < 0) throw badRequest(refusal);
  return key.slice(slash + 1);
}

function deleteItems(merged: JsonMap, key: string, items: Json): void {
  const list = ownValue(merged, key);
  if (!Array.isArray(list) || !Array.isArray(items)) return;
  merged[key] = list.filter((item) => !items.includes(item));
}

function mergeValue(merged: JsonMap, key: string, value: Json, field: FieldSchema): void {
  if (value === null) {
    delete merged[key];
    return;
  }
  const current = ownValue(merged, key);
  const strategy = strategyOf(field);
  if (isMap(current) && isMap(value)) {
    setKey(merged, key, strategy === 'replace' ? withoutDirectives(value) : mergeMaps(current, value, field));
  } else if (Array.isArray(current) && Array.isArray(value)) {
    setKey(merged, key, strategy === 'merge' ? mergeLists(current, value, field) : withoutDirectives(value));
  } else {
    setKey(merged, key, withoutDirectives(value));
  }
}

/** What the patch brings anew: its directives have nothing to act on, and its nulls nothing to delete. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) {
    return value.filter((item) => !isMap(item) || ownValue(item, DIRECTIVE) !== 'delete').map(withoutDirectives);
  }
  if (!isMap(value)) return value;
  const copy: JsonMap = {};
  for (const key of Object.keys(value)) {
    if (!isDirective(key) && value[key] !== null) setKey(copy, key, withoutDirectives(value[key]!));
  }
  return copy;
}

function mergeOrdered(merged: JsonMap, key: string, order: Json, patch: JsonMap, schema: FieldSchema): void {
  const field = fieldOf(schema, key);
  const current = ownValue(merged, key);
  const value = ownValue(patch, key);
  if (value === null) {
    delete merged[key];
    return;
  }
  for (const list of [order, current, value]) {
    if (list !== undefined && !Array.isArray(list))
      throw failure(`expected a []interface {}, but received a ${goType(list)}`);
  }
  if (current === undefined && value === undefined) return;
  const server = (current ?? []) as Json[];
  const items = (value ?? []) as Json[];
  checkOrder(items, order as Json[], field.patchKey);
  const list =
    value === undefined
      ? server
      : current === undefined
        ? (withoutDirectives(items) as Json[])
        : mergeLists(server, items, field);
  setKey(merged, key, withOrder(list, order as Json[], server, field.patchKey));
}

function goType(value: Json): string {
  if (value === null) return '<nil>';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : 'string';
}

/** The items of a patch must stand in the order that the patch itself asks for. */
function checkOrder(items: Json[], order: Json[], mergeKeyName: string | undefined): void {
  const kept = items.filter((item) => !isMap(item) || ownValue(item, DIRECTIVE) === undefined);
  if (order.length === 0 || orderedAs(kept, order, mergeKeyName)) return;
  throw failure(
    `The order in patch list:\n${goText(items)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  );
}

function mergeLists(original: Json[], patch: Json[], field: FieldSchema): Json[] {
  if (original.length === 0 && patch.length === 0) return original;
  const all = [...original, ...patch];
  if (all.some((item) => Array.isArray(item))) throw new ApiError(422, 'Invalid', 'lists of lists are not supported');
  const maps = all.filter(isMap).length;
  if (maps !== 0 && maps !== all.length) {
    throw failure(`list element types are not identical: [${goText(original)} ${goText(patch)}]`);
  }
  if (maps === 0) return withOrder([...new Set(all)], patch, original, undefined);
  const key = field.patchKey;
  if (key === undefined) throw failure('cannot merge lists without merge key for type struct');
  return mergeMapLists(original as JsonMap[], patch as JsonMap[], key, field.items ?? {});
}

function mergeMapLists(original: JsonMap[], patch: JsonMap[], key: string, items: FieldSchema): Json[] {
  let list = [...original];
  const changes: JsonMap[] = [];
  let replace = false;
  for (const item of patch) {
    const directive = ownValue(item, DIRECTIVE);
    if (directive === undefined) changes.push(item);
    else if (directive === 'replace') replace = true;
    else if (directive === 'delete') {
      const value = keyValue(item, key);
      list = list.filter((one) => ownValue(one, key) !== value);
    } else if (directive === 'merge') throw failure('merging lists cannot yet be specified in the patch');
    else throw failure(`unknown patch type: ${goText(directive)} in map: ${goText(item)}`);
  }
  if (replace) return changes.map(withoutDirectives);
  for (const item of changes) {
    const value = keyValue(item, key);
    const index = list.findIndex((one) => ownValue(one, key) === value);
    if (index < 0) list.push(withoutDirectives(item) as JsonMap);
    else list[index] = mergeMaps(list[index]!, item, items);
  }
  for (const item of list) keyValue(item, key);
  return withOrder(list, changes, original, key);
}

function keyValue(item: JsonMap, key: string): Json {
  const value = ownValue(item, key);
  if (value === undefined) throw failure(`map: ${goText(item)} does not contain declared merge key: ${key}`);
  return value;
}
