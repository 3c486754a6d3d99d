import type { JsonMap } from '../json';
import type { FieldSchema } from '../schema/types';
import { compare, type Comparison } from './compare';
import { intersection, isEmpty, union, type FieldSet } from './field-set';
import { capped, identityOf, withoutFields, type Managed, type ManagerId, type Managers } from './managed';
import { changedParts, type Reset } from './parts';

/** Models structured-merge-diff/merge/update.go: how managers change when an object does. */

/** The versions of a kind, in which its managers may speak. */
export interface Versions {
  /** `undefined` where a version is not served (any more). */
  schemaOf(apiVersion: string): FieldSchema | undefined;
  convert(object: JsonMap, from: string, to: string): JsonMap;
}

/** An object before and after a write, in one version. */
export interface Change {
  readonly inVersion: string;
  readonly before: JsonMap;
  readonly after: JsonMap;
  /** What the write cannot have meant, because it is put back. */
  readonly reset: Reset;
}

const NOTHING: Comparison = { removed: {}, modified: {}, added: {} };

/** What a change did, as a version sees it; `undefined` where that version is not served. */
function comparisonIn(apiVersion: string, change: Change, versions: Versions): Comparison | undefined {
  const schema = versions.schemaOf(apiVersion);
  if (!schema) return undefined;
  const inVersion = (object: JsonMap): JsonMap =>
    apiVersion === change.inVersion ? object : versions.convert(object, change.inVersion, apiVersion);
  const parts = changedParts(inVersion(change.before), inVersion(change.after), change.reset);
  return parts ? compare(parts.before, parts.after, schema) : NOTHING;
}

/** What a change did to everybody else: what they lose, and what of it they do not agree with. */
export interface Effects {
  readonly own: Comparison;
  readonly conflicts: ReadonlyMap<string, FieldSet>;
  readonly others: Map<string, Managed>;
}

/** Takes from all managers but `self` what a change took, changed or added. `own` is the change as `apiVersion` sees it. */
export function effectsOf(
  managers: Managers,
  self: string,
  apiVersion: string,
  change: Change,
  versions: Versions,
): Effects {
  const known = new Map<string, Comparison | undefined>();
  const comparison = (version: string): Comparison | undefined => {
    if (!known.has(version)) known.set(version, comparisonIn(version, change, versions));
    return known.get(version);
  };
  const conflicts = new Map<string, FieldSet>();
  const taken = new Map<string, FieldSet>();
  const served = new Map<string, Managed>();
  for (const [id, managed] of managers) {
    if (id === self) {
      served.set(id, managed);
      continue;
    }
    const found = comparison(managed.apiVersion);
    if (!found) continue;
    served.set(id, managed);
    const contested = intersection(managed.fields, union(found.modified, found.added));
    if (!isEmpty(contested)) conflicts.set(id, contested);
    taken.set(id, union(contested, found.removed));
  }
  return { own: comparison(apiVersion) ?? NOTHING, conflicts, others: withoutFields(served, taken) };
}

/**
 * The managers after a write that is no apply: who writes owns what it changed. The time of whoever changes something is
 * that of the write, but for `scale`, which only knows that of the object.
 */
export function updated(managers: Managers, by: ManagerId, time: string, change: Change, versions: Versions): Managers {
  const id = identityOf(by);
  const { own, others } = effectsOf(managers, '', by.apiVersion, change, versions);
  const fields = union(own.modified, own.added);
  const previous = others.get(id);
  if (!isEmpty(fields)) {
    const moment = by.subresource === 'scale' ? previous?.time : time;
    others.set(id, { ...by, time: moment, fields: previous ? union(fields, previous.fields) : fields });
  }
  return capped(others);
}
