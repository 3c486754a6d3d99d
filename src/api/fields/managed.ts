import { isMap, ownValue } from '../json';
import type { Json } from '../objects';
import { difference, isEmpty, readFieldSet, union, type FieldSet } from './field-set';

/** Models k8s.io/apimachinery/pkg/util/managedfields: who manages which fields of an object. */

/** An entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: string;
  fieldsV1: FieldSet;
  subresource?: string;
}

/** Who manages fields: what tells one entry from another. */
export interface ManagerId {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

export interface Managed extends ManagerId {
  /** RFC 3339, in whole seconds; not known of what was scaled. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** The managers of an object by their identity. */
export type Managers = ReadonlyMap<string, Managed>;

/** One text for a manager's identity. The version in which somebody applies is no part of it. */
export function identityOf({ manager, operation, apiVersion, subresource }: ManagerId): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** The managers that entries speak of; `undefined` for entries that cannot be read. */
export function readManagers(entries: readonly Json[]): Managers | undefined {
  const managers = new Map<string, Managed>();
  for (const entry of entries) {
    const managed = readEntry(entry);
    if (!managed) return undefined;
    managers.set(identityOf(managed), managed);
  }
  return managers;
}

function readEntry(entry: Json): Managed | undefined {
  if (!isMap(entry)) return undefined;
  const text = (key: string): string => String(ownValue(entry, key) ?? '');
  const operation = text('operation');
  const fields = readFieldSet(ownValue(entry, 'fieldsV1'));
  if ((operation !== 'Apply' && operation !== 'Update') || !fields) return undefined;
  if (text('apiVersion') === '' || text('fieldsType') !== 'FieldsV1') return undefined;
  return {
    manager: text('manager'),
    operation,
    apiVersion: text('apiVersion'),
    subresource: text('subresource'),
    time: text('time') || undefined,
    fields,
  };
}

/** Managers as entries, in upstream's order; `undefined` for none. */
export function entriesOf(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(byTime).map((managed) => ({
    ...(managed.manager === '' ? {} : { manager: managed.manager }),
    operation: managed.operation,
    apiVersion: managed.apiVersion,
    ...(managed.time === undefined ? {} : { time: managed.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: managed.fields,
    ...(managed.subresource === '' ? {} : { subresource: managed.subresource }),
  }));
}

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function byTime(left: Managed, right: Managed): number {
  return (
    order(left.operation, right.operation) ||
    order(left.time ?? '', right.time ?? '') ||
    order(left.manager, right.manager) ||
    order(left.apiVersion, right.apiVersion) ||
    order(left.subresource, right.subresource)
  );
}

/** The managers without some fields of theirs; whoever has none left is no manager. */
export function withoutFields(managers: Managers, taken: ReadonlyMap<string, FieldSet>): Map<string, Managed> {
  const left = new Map<string, Managed>();
  for (const [id, managed] of managers) {
    const fields = difference(managed.fields, taken.get(id) ?? {});
    if (!isEmpty(fields)) left.set(id, fields === managed.fields ? managed : { ...managed, fields });
  }
  return left;
}

/** Of all that only update, no more are kept apart. */
const UPDATERS_MAX = 10;
const ANCIENT = 'ancient-changes';

/** Merges the oldest updaters into one while there are too many. Models capmanagers.go. */
export function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= UPDATERS_MAX) return managers;
  updaters.sort(
    ([leftId, left], [rightId, right]) => order(left.time ?? '', right.time ?? '') || order(leftId, rightId),
  );
  const kept = new Map(managers);
  const firstOf = new Map<string, string>();
  let count = updaters.length;
  for (const [id, managed] of updaters) {
    if (count <= UPDATERS_MAX) break;
    const { apiVersion } = managed;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, id);
      continue;
    }
    const bucket: ManagerId = { manager: ANCIENT, operation: 'Update', apiVersion, subresource: '' };
    const bucketId = identityOf(bucket);
    const into = kept.get(bucketId) ?? kept.get(first)!;
    if (!kept.has(bucketId)) kept.delete(first);
    kept.delete(id);
    kept.set(bucketId, { ...bucket, time: managed.time, fields: union(managed.fields, into.fields) });
    count -= 1;
  }
  return kept;
}
