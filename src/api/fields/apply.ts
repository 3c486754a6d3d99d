import { equalJson, type JsonMap } from '../json';
import type { FieldSchema } from '../schema/types';
import { difference, intersection, isEmpty, pathsOf, union, withoutTrees, type FieldSet } from './field-set';
import { identityOf, type Managed, type ManagerId, type Managers } from './managed';
import { merge } from './merge';
import { STRIPPED_FIELDS, type Reset } from './parts';
import { fieldsOf, without, withNamedFields } from './select';
import { effectsOf, type Versions } from './update';

/** Models structured-merge-diff/merge/update.go Apply, and the managers around it. */

/** A field that somebody else manages and that an apply would change. */
export interface Conflict {
  readonly by: Managed;
  readonly path: readonly string[];
}

/** Thrown by an apply that would change what others manage. */
export class Conflicts extends Error {
  constructor(readonly list: readonly Conflict[]) {
    super('conflicts');
  }
}

export interface Application {
  readonly by: ManagerId;
  /** RFC 3339: when it is applied. */
  readonly time: string;
  readonly force: boolean;
  readonly reset: Reset;
  readonly versions: Versions;
}

export interface Applied {
  readonly object: JsonMap;
  readonly managers: Managers;
}

/**
 * Lays a configuration over an object and takes away what its manager applied before, names no more, and nobody else
 * manages. Throws Conflicts where it would change what others manage and is not forced.
 */
export function apply(live: JsonMap, config: JsonMap, managers: Managers, how: Application): Applied {
  const { by, versions } = how;
  const schema = versions.schemaOf(by.apiVersion)!;
  const id = identityOf(by);
  const last = managers.get(id);
  const fields = withoutTrees(fieldsOf(config, schema), resetFields(how.reset));
  const next = new Map(managers).set(id, { ...by, time: last?.time, fields });
  const merged = merge(live, config, schema) as JsonMap;
  const object = last ? pruned(merged, last, next, by.apiVersion, versions) : merged;
  const change = { inVersion: by.apiVersion, before: live, after: object, reset: how.reset };
  const { conflicts, others } = effectsOf(next, id, by.apiVersion, change, versions);
  if (!how.force && conflicts.size > 0) throw new Conflicts(conflictList(conflicts, managers));
  const own = others.get(id);
  const kept = own ? difference(own.fields, STRIPPED_FIELDS) : {};
  const time = equalJson(live, object) ? last?.time : how.time;
  if (isEmpty(kept)) others.delete(id);
  else others.set(id, { ...own!, fields: kept, time });
  return { object, managers: others };
}

function conflictList(conflicts: ReadonlyMap<string, FieldSet>, managers: Managers): Conflict[] {
  return [...conflicts].flatMap(([id, fields]) => pathsOf(fields).map((path) => ({ by: managers.get(id)!, path })));
}

/** A reset as a set: all that lies below goes with it. */
function resetFields({ fields, metadata = [] }: Reset): FieldSet {
  const set: Record<string, FieldSet> = Object.fromEntries(fields.map((name) => [`f:${name}`, {}]));
  if (metadata.length > 0) set['f:metadata'] = Object.fromEntries(metadata.map((name) => [`f:${name}`, {}]));
  return set;
}

/** Models Updater.prune: what is given up goes, unless somebody else has it or it was never this manager's. */
function pruned(merged: JsonMap, last: Managed, managers: Managers, apiVersion: string, versions: Versions): JsonMap {
  const version = last.apiVersion;
  const schema = versions.schemaOf(version);
  if (isEmpty(last.fields) || !schema) return merged;
  const whole = converted(merged, apiVersion, version, versions);
  const named = withNamedFields(last.fields, schema);
  const bare = take(whole, named, schema);
  const owned = withOwned(whole, bare, version, managers, versions);
  const gone = difference(allFields(whole, schema), allFields(owned, schema));
  return converted(take(whole, intersection(gone, named), schema), version, apiVersion, versions);
}

/** Puts back what any manager has, version by version. */
function withOwned(whole: JsonMap, bare: JsonMap, version: string, managers: Managers, versions: Versions): JsonMap {
  const byVersion = new Map<string, FieldSet>([[version, {}]]);
  for (const { apiVersion, fields } of managers.values()) {
    byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? {}, fields));
  }
  let left = bare;
  for (const [apiVersion, fields] of byVersion) {
    const schema = versions.schemaOf(apiVersion);
    if (!schema) continue;
    const all = converted(whole, version, apiVersion, versions);
    const kept = union(
      allFields(converted(left, version, apiVersion, versions), schema),
      withNamedFields(fields, schema),
    );
    left = converted(take(all, difference(allFields(all, schema), kept), schema), apiVersion, version, versions);
  }
  return left;
}

const converted = (object: JsonMap, from: string, to: string, versions: Versions): JsonMap =>
  from === to ? object : versions.convert(object, from, to);

const allFields = (object: JsonMap, schema: FieldSchema): FieldSet => withNamedFields(fieldsOf(object, schema), schema);

const take = (object: JsonMap, fields: FieldSet, schema: FieldSchema): JsonMap =>
  (without(object, fields, schema) ?? {}) as JsonMap;
