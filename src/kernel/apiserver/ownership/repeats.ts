import { ANY, schemaOfKey, shapeOf, type ListShape } from '../../../api/fields/shapes';
import { equalJson, isMap, type JsonMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import type { FieldSchema } from '../../../api/schema/types';
import { fieldSchemaOf } from '../custom/field-schema';
import type { Resource } from '../kind';
import { storedVersionOf, type PendingWrite } from './pending';

/** Hearts beat, counts go up: most writes set anew what the write before has set, and then no note is needed. */

const schemas = new WeakMap<Resource, FieldSchema>();

/** The schema of a kind in its stored version. */
export function schemaOf(resource: Resource): FieldSchema {
  let schema = schemas.get(resource);
  if (!schema) schemas.set(resource, (schema = rootSchema(storedVersionOf(resource))));
  return schema;
}

/** The type of a version's objects. */
export function rootSchema({ apiVersion, typeName, custom }: Resource): FieldSchema {
  if (typeName !== undefined) return { ref: typeName };
  const schema = custom?.schemas.get(apiVersion.split('/')[1] ?? '');
  return schema ? fieldSchemaOf(schema) : ANY;
}

/**
 * Whether a change only changes fields that the one before, by the same writer, had changed or added: then nobody's
 * fields change, only the time does.
 */
export function setsAnew(last: PendingWrite, before: ApiObject, after: ApiObject, schema: FieldSchema): boolean {
  const [was, is, older, newer] = [last.before, last.after ?? before, before, after] as unknown as Json[];
  return isRepeated(was, is, older, newer, schema);
}

/** `was` became `is`, and then `older` became `newer`. */
function isRepeated(
  was: Json | undefined,
  is: Json | undefined,
  older: Json | undefined,
  newer: Json | undefined,
  schema: FieldSchema,
): boolean {
  if (older === newer) return true;
  if (!isThere(is) || !isThere(older) || !isThere(newer)) return false;
  const shape = shapeOf(schema, newer);
  if (shape.is === 'scalar' || shape.atomic) return !equalJson(was, is) || equalJson(older, newer);
  if (shape.is === 'list') {
    const lists = [was, is, older, newer].map((list) => (Array.isArray(list) ? list : NONE));
    return areItemsRepeated(lists as [Json[], Json[], Json[], Json[]], shape);
  }
  if (!isMap(is) || !isMap(older) || !isMap(newer)) return false;
  const first = isMap(was) ? was : NOTHING;
  for (const key in newer) {
    if (!isRepeated(first[key], is[key], older[key], newer[key], schemaOfKey(shape, key) ?? ANY)) return false;
  }
  for (const key in older) if (newer[key] === undefined) return false;
  return true;
}

const NONE: readonly Json[] = [];
const NOTHING: JsonMap = {};
const mapOr = (value: Json): JsonMap => (isMap(value) ? value : NOTHING);
const isThere = (value: Json | undefined): value is NonNullable<Json> => value !== undefined && value !== null;

/** The same for a list whose items are all where they were. */
function areItemsRepeated([was, is, older, newer]: [Json[], Json[], Json[], Json[]], shape: ListShape): boolean {
  if (shape.keys.length === 0 || older.length !== newer.length || is.length !== newer.length) return false;
  return newer.every((item, index) => {
    if (item === older[index]) return true;
    const sameKeys = (other: Json | undefined): boolean => haveSameKeys(item, other, shape);
    if (!sameKeys(older[index]) || !sameKeys(is[index])) return false;
    const first = sameKeys(was[index]) ? was[index] : undefined;
    if (first === undefined && was.length > 0) return false;
    return isRepeated(first, is[index], older[index], item, shape.items);
  });
}

/** Metadata that managers own; a note of a status that touches none of it can be joined with the next. */
const OWNED_METADATA = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

const hasSameOwned = (one: ApiObject, other: ApiObject): boolean =>
  OWNED_METADATA.every((key) => one.metadata[key] === other.metadata[key]);
const statusOf = (object: ApiObject): Json | undefined => (object as { status?: Json }).status;

/**
 * Whether a writer's change of a status and its next one are as good as one change: nothing else has come between, and
 * nothing has been changed and changed back, which would leave it with the writer.
 */
export function joins(last: PendingWrite, current: ApiObject, sent: ApiObject, schema: FieldSchema): boolean {
  if (last.subresource !== 'status' || !last.before) return false;
  const { before, after = current } = last;
  if (![before, after, current].every((object) => hasSameOwned(object, sent))) return false;
  const [was, is, now, next] = [statusOf(before), statusOf(after), statusOf(current), statusOf(sent)];
  const shape = shapeOf(schema, undefined);
  const status = shape.is === 'map' ? schemaOfKey(shape, 'status') : undefined;
  return is === now && status !== undefined && !isReverted(was, is, next, status);
}

/** Whether something became another in between and is the same again. May say so where it is not. */
function isReverted(was: Json | undefined, is: Json | undefined, next: Json | undefined, schema: FieldSchema): boolean {
  if (was === is || is === next || was === undefined || next === undefined) return false;
  const shape = shapeOf(schema, next);
  if (shape.is === 'scalar' || shape.atomic || was === null || next === null)
    return equalJson(was, next) && !equalJson(was, is);
  if (!isThere(is)) return true;
  if (shape.is === 'list') return isItemReverted([was, is, next], shape);
  const [first, second, third] = [mapOr(was), mapOr(is), mapOr(next)];
  for (const key in first) {
    if (isReverted(first[key], second[key], third[key], schemaOfKey(shape, key) ?? ANY)) return true;
  }
  return false;
}

function isItemReverted(lists: readonly Json[], shape: ListShape): boolean {
  const [was, is, next] = lists.map((list) => (Array.isArray(list) ? list : NONE));
  if (shape.keys.length === 0) return was!.some((item) => next!.includes(item) && !is!.includes(item));
  return was!.some((item, index) => {
    const later = next!.find((other) => haveSameKeys(item, other, shape));
    if (later === undefined) return false;
    const between = is![index];
    const found = haveSameKeys(item, between, shape) ? between : is!.find((other) => haveSameKeys(item, other, shape));
    return found === undefined || isReverted(item, found, later, shape.items);
  });
}

function haveSameKeys(item: Json, other: Json | undefined, { keys }: ListShape): boolean {
  return isMap(item) && isMap(other) && keys.every((key) => item[key] === other[key]);
}
