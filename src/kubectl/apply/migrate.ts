import { hasPath, readFieldSet, union } from '../../api/fields/field-set';
import type { ManagedFieldsEntry } from '../../api/fields/managed';
import { fetchInfo, refreshInfo, type Info } from '../cluster/info';
import { patchObject } from '../cluster/writes';
import { isConflict } from '../errors';
import type { Json } from '../../api/objects';
import { listAt, textAt } from '../format/json';
import type { Session } from '../session';
import { LAST_APPLIED } from './last-applied';
import type { ServerSideOptions } from './server-side';

/** Models client-go/util/csaupgrade: what client-side apply has owned becomes what is applied on the server's side. */

const RETRIES = 5;
const ANNOTATION = ['f:metadata', 'f:annotations', `f:${LAST_APPLIED}`];

/** The managers of an object, of its main resource only. */
const entriesOf = (object: Json | undefined): ManagedFieldsEntry[] =>
  listAt(object, 'metadata', 'managedFields') as unknown as ManagedFieldsEntry[];

/** The entries of an operation that own the annotation of client-side apply. */
export function annotationOwners(object: Json | undefined, operation: 'Apply' | 'Update'): ManagedFieldsEntry[] {
  return entriesOf(object).filter(
    (entry) =>
      entry.operation === operation &&
      !entry.subresource &&
      hasPath(readFieldSet(entry.fieldsV1 as Json) ?? {}, ANNOTATION),
  );
}

/**
 * Gives what client-side apply has owned to the manager that applies now. Changes `info` to the answer. Returns whether
 * there was anything to give.
 */
export async function migrateToServerSide(session: Session, info: Info, options: ServerSideOptions): Promise<boolean> {
  const names = new Set(annotationOwners(info.object, 'Update').map(({ manager }) => manager ?? ''));
  if (names.size === 0) return false;
  for (let attempt = 1; ; attempt++) {
    const entries = [...names].reduce(
      (known, name) => upgraded(known, name, options.fieldManager),
      entriesOf(info.object),
    );
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: entries as unknown as Json },
      { op: 'replace', path: '/metadata/resourceVersion', value: textAt(info.object, 'metadata', 'resourceVersion') },
    ];
    try {
      const { fieldManager, dryRun } = options;
      refreshInfo(info, await patchObject(session.rest, info, 'json', patch, { fieldManager, dryRun }));
      return true;
    } catch (thrown) {
      if (!isConflict(thrown) || attempt === RETRIES) throw thrown;
      await fetchInfo(session.rest, info);
    }
  }
}

/** The entries with those of one client-side manager merged into the one that applies. */
function upgraded(entries: readonly ManagedFieldsEntry[], from: string, to: string): ManagedFieldsEntry[] {
  const isFrom = ({ manager, operation, subresource }: ManagedFieldsEntry): boolean =>
    manager === from && operation === 'Update' && !subresource;
  const isTo = ({ manager, operation, subresource }: ManagedFieldsEntry): boolean =>
    manager === to && operation === 'Apply' && !subresource;
  const applies = entries.findIndex(isTo);
  const at = applies >= 0 ? applies : entries.findIndex(isFrom);
  const target = entries[at];
  if (!target) return [...entries];
  const fields = [target, entries.find((entry) => isFrom(entry) && entry.apiVersion === target.apiVersion)].map(
    (entry) => readFieldSet(entry?.fieldsV1 as Json | undefined) ?? {},
  );
  const merged: ManagedFieldsEntry = {
    ...target,
    manager: to,
    operation: 'Apply',
    fieldsV1: union(fields[0]!, fields[1]!),
  };
  return entries.map((entry, index) => (index === at ? merged : entry)).filter((entry) => !isFrom(entry));
}
