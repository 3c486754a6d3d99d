import { isMap } from '../json';
import type { Json } from '../objects';

/**
 * A set of fields as FieldsV1 writes it: a tree of path elements. `f:name` is a field, `k:{"name":"main"}` an item by its
 * keys, `v:"x"` an item by its value, `i:0` one by its place. `.` says that the element itself belongs to the set, and so
 * does having nothing below it. Models structured-merge-diff's fieldpath.Set; never changed in place.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const NO_FIELDS: FieldSet = Object.freeze({});
/** An element that belongs to a set, and nothing below it. */
export const LEAF: FieldSet = NO_FIELDS;
const SELF = '.';
const ALONE: FieldSet = Object.freeze({ [SELF]: LEAF });

export function isEmpty(set: FieldSet): boolean {
  for (const _element in set) return false;
  return true;
}

/** What stands at an element, with its own membership spelled out. */
const opened = (node: FieldSet): FieldSet => (isEmpty(node) ? ALONE : node);

/** The same, as it is written; `undefined` for nothing. */
function closed(node: FieldSet): FieldSet | undefined {
  let onlySelf = true;
  let count = 0;
  for (const element in node) {
    count += 1;
    if (element !== SELF) onlySelf = false;
  }
  if (count === 0) return undefined;
  return onlySelf ? LEAF : node;
}

/** An element with what lies below it; `undefined` where neither is there. */
export function nodeOf(isMember: boolean, below: FieldSet): FieldSet | undefined {
  if (!isMember) return isEmpty(below) ? undefined : below;
  return isEmpty(below) ? LEAF : { [SELF]: LEAF, ...below };
}

/** Whether the element itself belongs to the set. */
export function isMember(node: FieldSet | undefined): boolean {
  return node !== undefined && (SELF in node || isEmpty(node));
}

/** What lies below an element. */
export function below(set: FieldSet, element: string): FieldSet {
  const node = set[element];
  if (node === undefined) return NO_FIELDS;
  if (!(SELF in node)) return node;
  const { [SELF]: _self, ...rest } = node;
  return rest;
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmpty(right)) return left;
  if (isEmpty(left)) return right;
  const out: Record<string, FieldSet> = { ...left };
  for (const element in right) {
    const known = left[element];
    const node = right[element]!;
    out[element] = known === undefined || element === SELF ? node : closed(union(opened(known), opened(node)))!;
  }
  return out;
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const element in left) {
    const other = right[element];
    if (other === undefined) continue;
    const node = element === SELF ? LEAF : closed(intersection(opened(left[element]!), opened(other)));
    if (node) out[element] = node;
  }
  return out;
}

/** The members of `left` that are no members of `right`: a parent does not take its children along. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return left;
  const out: Record<string, FieldSet> = {};
  for (const element in left) {
    const other = right[element];
    if (other === undefined) out[element] = left[element]!;
    else if (element !== SELF) {
      const node = closed(difference(opened(left[element]!), opened(other)));
      if (node) out[element] = node;
    }
  }
  return out;
}

/** The same, but a member of `right` takes with it all that lies below. */
export function withoutTrees(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return left;
  const out: Record<string, FieldSet> = {};
  for (const element in left) {
    const other = right[element];
    if (other === undefined) out[element] = left[element]!;
    else if (!isMember(other)) {
      const node = closed(withoutTrees(opened(left[element]!), other));
      if (node) out[element] = node;
    }
  }
  return out;
}

/** Whether a path's last element belongs to the set. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.[element];
  return path.length > 0 && isMember(node);
}

/** The set with one path more. */
export function withPath(set: FieldSet, path: readonly string[]): FieldSet {
  const tree = path.reduceRight<FieldSet>((node, element) => ({ [element]: node }), LEAF);
  return union(set, tree);
}

const RANK: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 };

function byElement(left: string, right: string): number {
  const rank = RANK[left[0]!]! - RANK[right[0]!]!;
  return rank !== 0 ? rank : left < right ? -1 : 1;
}

/** The paths of all members, in upstream's order: those of a level before those below it. */
export function pathsOf(set: FieldSet): string[][] {
  const elements = Object.keys(set)
    .filter((element) => element !== SELF)
    .sort(byElement);
  return [
    ...elements.filter((element) => isMember(set[element])).map((element) => [element]),
    ...elements.flatMap((element) => pathsOf(set[element]!).map((path) => [element, ...path])),
  ];
}

/** A path as messages write it: `.spec.containers[name="main"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('');
}

export function elementText(element: string): string {
  const content = element.slice(2);
  if (element.startsWith('f:')) return `.${content}`;
  if (element.startsWith('v:')) return `[=${content}]`;
  if (element.startsWith('i:')) return `[${content}]`;
  const keys = Object.entries(JSON.parse(content) as Record<string, Json>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

/** The element of an item that its keys name; they are sorted. */
export function keyElement(keys: readonly (readonly [name: string, value: Json])[]): string {
  const sorted = [...keys].sort(([left], [right]) => (left < right ? -1 : 1));
  return `k:${JSON.stringify(Object.fromEntries(sorted))}`;
}

export const valueElement = (value: Json): string => `v:${JSON.stringify(value)}`;

/** FieldsV1 as a client may have written it, in the form used here; `undefined` where it cannot be read. */
export function readFieldSet(source: Json | undefined): FieldSet | undefined {
  if (source === undefined || source === null) return NO_FIELDS;
  if (!isMap(source)) return undefined;
  const out: Record<string, FieldSet> = {};
  for (const [text, value] of Object.entries(source)) {
    const element = canonicalElement(text);
    if (element === undefined) return undefined;
    if (element === '') continue;
    const node = readFieldSet(value);
    if (!node) return undefined;
    out[element] = node;
  }
  return out;
}

/** Empty for an element of an unknown kind, which is passed over; `undefined` for what is malformed. */
function canonicalElement(text: string): string | undefined {
  if (text === SELF || text.startsWith('f:')) return text;
  if (!/^[kvi]:/.test(text)) return text[1] === ':' ? '' : undefined;
  try {
    const content = JSON.parse(text.slice(2)) as Json;
    if (text.startsWith('k:')) return isMap(content) ? keyElement(Object.entries(content)) : undefined;
    return text.startsWith('v:') ? valueElement(content) : Number.isInteger(content) ? text : undefined;
  } catch {
    return undefined;
  }
}
