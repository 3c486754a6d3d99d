import { isMap, type JsonMap } from '../json';
import type { Json } from '../objects';
import { LEAF, type FieldSet } from './field-set';

/** What a write through an object or a subresource leaves as it was: top-level fields, and fields of the metadata. */
export interface Reset {
  readonly fields: readonly string[];
  readonly metadata?: readonly string[];
}

/** Nobody manages what the server itself sees to. Models stripmeta.go. */
const STRIPPED = ['apiVersion', 'kind'];
const STRIPPED_METADATA = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
];

const leaves = (names: readonly string[]): Record<string, FieldSet> =>
  Object.fromEntries(names.map((name) => [`f:${name}`, LEAF]));

/** The same as a set: the metadata itself is part of it. */
export const STRIPPED_FIELDS: FieldSet = {
  ...leaves(STRIPPED),
  'f:metadata': { '.': LEAF, ...leaves(STRIPPED_METADATA) },
};

export const SERVERS_METADATA: ReadonlySet<string> = new Set(STRIPPED_METADATA);

export interface Parts {
  readonly before: JsonMap;
  readonly after: JsonMap;
}

/** What differs between two objects by reference, one level deep, and may have a manager; `undefined` for nothing. */
export function changedParts(before: JsonMap, after: JsonMap, reset: Reset): Parts | undefined {
  const parts: Parts = { before: {}, after: {} };
  for (const key in after) {
    if (after[key] === before[key] || key === 'metadata' || STRIPPED.includes(key) || reset.fields.includes(key))
      continue;
    keep(parts, key, before[key], after[key]);
  }
  for (const key in before) {
    if (after[key] === undefined && key !== 'metadata' && !STRIPPED.includes(key) && !reset.fields.includes(key))
      keep(parts, key, before[key], undefined);
  }
  if (after['metadata'] !== before['metadata']) keepMetadata(parts, before['metadata'], after['metadata'], reset);
  for (const _key in parts.after) return parts;
  for (const _key in parts.before) return parts;
  return undefined;
}

function keep({ before, after }: Parts, key: string, was: Json | undefined, is: Json | undefined): void {
  if (was !== undefined) before[key] = was;
  if (is !== undefined) after[key] = is;
}

function keepMetadata(parts: Parts, before: Json | undefined, after: Json | undefined, reset: Reset): void {
  const was = isMap(before) ? before : {};
  const is = isMap(after) ? after : {};
  const inner: Parts = { before: {}, after: {} };
  let changed = false;
  for (const source of [is, was]) {
    for (const key in source) {
      if (is[key] === was[key] || SERVERS_METADATA.has(key) || reset.metadata?.includes(key)) continue;
      keep(inner, key, was[key], is[key]);
      changed = true;
    }
  }
  if (!changed) return;
  parts.before['metadata'] = inner.before;
  parts.after['metadata'] = inner.after;
}
