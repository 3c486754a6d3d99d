import { equalJson, type JsonMap } from '../json';
import type { Json } from '../objects';
import type { FieldSchema } from '../schema/types';
import { LEAF, nodeOf, type FieldSet } from './field-set';
import { asList, asMap, itemsByElement, schemaOfKey, shapeOf, ANY, type ListShape, type MapShape } from './shapes';

/** Models structured-merge-diff/typed/compare.go. */

/** What became of the fields of a value. None is in more than one of the sets. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

type Which = keyof Comparison;
type Sets = Record<Which, Record<string, FieldSet>>;
const WHICH: readonly Which[] = ['removed', 'modified', 'added'];

/** Compares two values of one type. What they share by reference is not walked. */
export function compare(before: Json, after: Json, schema: FieldSchema): Comparison {
  const sets: Sets = { removed: {}, modified: {}, added: {} };
  if (before !== after) compareParts(before, after, schema, sets);
  return sets;
}

/** Compares what may be on one side only, and writes what it finds under `element`. */
function compareAt(
  element: string,
  before: Json | undefined,
  after: Json | undefined,
  schema: FieldSchema,
  sets: Sets,
): void {
  if (before === after) return;
  const inner: Sets = { removed: {}, modified: {}, added: {} };
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : undefined;
  const isLeaf = compareParts(before, after, schema, inner);
  if (isLeaf) {
    if (change) sets[change][element] = LEAF;
    else if (!equalJson(before, after)) sets.modified[element] = LEAF;
    return;
  }
  for (const which of WHICH) {
    const node = nodeOf(which === change, inner[which]);
    if (node) sets[which][element] = node;
  }
}

/** Compares the parts of two values; true where they have none that could have an owner. */
function compareParts(before: Json | undefined, after: Json | undefined, schema: FieldSchema, sets: Sets): boolean {
  const shape = shapeOf(schema, after ?? before);
  if (shape.is === 'scalar' || shape.atomic) return true;
  if (shape.is === 'list') return compareLists(asList(before) ?? [], asList(after) ?? [], shape, sets);
  return compareMaps(asMap(before) ?? {}, asMap(after) ?? {}, shape, sets);
}

function compareMaps(before: JsonMap, after: JsonMap, shape: MapShape, sets: Sets): boolean {
  let isLeaf = true;
  for (const key of Object.keys(before)) {
    isLeaf = false;
    const other = Object.hasOwn(after, key) ? after[key] : undefined;
    compareAt(`f:${key}`, before[key], other, schemaOfKey(shape, key) ?? ANY, sets);
  }
  for (const key of Object.keys(after)) {
    isLeaf = false;
    if (!Object.hasOwn(before, key)) compareAt(`f:${key}`, undefined, after[key], schemaOfKey(shape, key) ?? ANY, sets);
  }
  return isLeaf;
}

const NONE: readonly Json[] = [];

function compareLists(before: readonly Json[], after: readonly Json[], shape: ListShape, sets: Sets): boolean {
  if (before.length === 0 && after.length === 0) return true;
  const left = itemsByElement(shape, before);
  const right = itemsByElement(shape, after);
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    compareItems(element, left.get(element) ?? NONE, right.get(element) ?? NONE, shape.items, sets);
  }
  return false;
}

/** Items of one element; several on a side are compared as a whole. */
function compareItems(
  element: string,
  before: readonly Json[],
  after: readonly Json[],
  items: FieldSchema,
  sets: Sets,
): void {
  if (before.length <= 1 && after.length <= 1) compareAt(element, before[0], after[0], items, sets);
  else if (before.length >= 2 && after.length >= 2) {
    if (!equalJson(before, after)) sets.modified[element] = LEAF;
  } else if (before.length >= 2) {
    if (after.length > 0) compareAt(element, undefined, after[0], items, sets);
    sets.removed[element] = LEAF;
  } else {
    if (before.length > 0) compareAt(element, before[0], undefined, items, sets);
    sets.added[element] = LEAF;
  }
}
