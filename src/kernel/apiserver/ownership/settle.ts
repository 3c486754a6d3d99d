import type { FieldSet } from '../../../api/fields/field-set';
import { entriesOf, readManagers, type ManagedFieldsEntry, type Managers } from '../../../api/fields/managed';
import { NoElement } from '../../../api/fields/shapes';
import { updated, type Versions } from '../../../api/fields/update';
import { equalJson, isMap, type JsonMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import type { FieldSchema } from '../../../api/schema/types';
import { formatTime } from '../../../api/time';
import { present } from '../../../base/assert';
import { freezeDeep } from '../../../base/state';
import type { Resource } from '../kind';
import { emptyOf } from '../structure';
import { rootSchema } from './repeats';
import { isPending, ownersOf, resetOf, storedVersionOf, type Owners, type PendingWrite } from './pending';

/** From noted writes to managers, and to what readers see. What is found is remembered; nothing of it is state. */

const NOBODY: Managers = new Map();
const managersByOwners = new WeakMap<object, Managers>();
const entriesByManagers = new WeakMap<object, { entries: readonly ManagedFieldsEntry[] | undefined }>();

/** The managers of an object that has these owners. */
export function managersOf(owners: Owners | undefined, object: object | undefined, resource: Resource): Managers {
  if (!owners) return NOBODY;
  if (!isPending(owners)) return settled(owners);
  /* A note that many objects share comes to something else for each of them. */
  const place = present(owners.after ? owners : object, 'the object that carries a note');
  let managers = managersByOwners.get(place);
  if (!managers) {
    const previous = managersOf(owners.previous, owners.before, resource);
    managers = afterWrite(previous, owners, owners.after ?? (object as ApiObject), resource);
    managersByOwners.set(place, managers);
  }
  return managers;
}

function settled(owners: Owners): Managers {
  const known = managersByOwners.get(owners);
  if (known) return known;
  const managers = readManagers(owners as unknown as Json[]) ?? NOBODY;
  managersByOwners.set(owners, managers);
  return managers;
}

function afterWrite(managers: Managers, write: PendingWrite, after: ApiObject, resource: Resource): Managers {
  const { manager, apiVersion, subresource, before, epochSeconds } = write;
  if (managers.size === 0 && before) return managers;
  const stored = storedVersionOf(resource);
  const change = {
    inVersion: stored.apiVersion,
    before: before ? (before as unknown as JsonMap) : emptyObject(stored),
    after: after as unknown as JsonMap,
    reset: resetOf(resource, subresource),
  };
  const by = { manager, operation: 'Update', apiVersion, subresource } as const;
  try {
    return updated(managers, by, formatTime(1000 * epochSeconds), change, versionsOf(resource));
  } catch (error) {
    /* Upstream's UpdateNoErrors: items that cannot be told apart leave everybody what they have. */
    if (error instanceof NoElement) return managers;
    throw error;
  }
}

/** A new object of a kind before anything is said of it. */
export function emptyObject({ apiVersion, row, typeName }: Resource): JsonMap {
  return { ...(typeName === undefined ? {} : (emptyOf(typeName) as JsonMap)), apiVersion, kind: row.kind };
}

const versionsByKind = new WeakMap<object, Versions>();

/** The versions of a resource, in which its managers may speak. */
export function versionsOf({ siblings }: Resource): Versions {
  let versions = versionsByKind.get(siblings);
  if (!versions) versionsByKind.set(siblings, (versions = makeVersions(siblings)));
  return versions;
}

function makeVersions(siblings: ReadonlyMap<string, Resource>): Versions {
  const schemas = new Map<string, FieldSchema>();
  for (const [apiVersion, resource] of siblings) schemas.set(apiVersion, rootSchema(resource));
  return {
    schemaOf: (apiVersion) => schemas.get(apiVersion),
    convert(object, from, to) {
      const stored = siblings.get(from)?.conversion?.toStored(object as unknown as ApiObject) ?? object;
      const target = siblings.get(to)?.conversion?.fromStored(stored as unknown as ApiObject) ?? stored;
      return target as unknown as JsonMap;
    },
  };
}

/** An object's owners as `metadata.managedFields` shows them; `undefined` for none. */
export function entriesFor(
  owners: Owners | undefined,
  object: object | undefined,
  resource: Resource,
): readonly ManagedFieldsEntry[] | undefined {
  if (owners === undefined || !isPending(owners)) return owners;
  const managers = managersOf(owners, object, resource);
  let known = entriesByManagers.get(managers);
  if (!known) entriesByManagers.set(managers, (known = { entries: freezeDeep(withInterned(entriesOf(managers))) }));
  return known.entries;
}

/** So many sets of fields are told apart before all are forgotten. */
const SETS_KEPT = 4096;
const sets = new Map<string, FieldSet>();

/** Objects of one template have the same fields: their sets are kept once. */
function withInterned(entries: ManagedFieldsEntry[] | undefined): ManagedFieldsEntry[] | undefined {
  for (const entry of entries ?? []) {
    const text = JSON.stringify(entry.fieldsV1);
    const known = sets.get(text);
    if (known) entry.fieldsV1 = known;
    else {
      if (sets.size >= SETS_KEPT) sets.clear();
      sets.set(text, entry.fieldsV1);
    }
  }
  return entries;
}

const readable = new WeakMap<object, object>();

/** The object with its managers as readers see them: made once, for however many read it. */
export function withEntries<T extends { metadata: object }>(object: T, resource: Resource): T {
  const owners = ownersOf(object);
  if (owners === undefined || !isPending(owners)) return object;
  const known = readable.get(object);
  if (known) return known as T;
  const { managedFields: _owners, ...metadata } = object.metadata as { managedFields?: object };
  const entries = entriesFor(owners, object, resource);
  const made = Object.freeze({
    ...object,
    metadata: Object.freeze(entries ? { ...metadata, managedFields: entries } : metadata),
  });
  if (Object.isFrozen(object)) readable.set(object, made);
  return made;
}

/**
 * The owners on which a write to an object builds, if it says who they should be. Nothing and nonsense leave them as they are; an
 * empty list, or an empty entry, forgets them. Models decodeLiveOrNew.
 */
export function ownersSent(
  given: Json | undefined,
  object: ApiObject | undefined,
  resource: Resource,
): Owners | undefined {
  const current = object && ownersOf(object);
  if (given === undefined || (given as unknown) === current) return current;
  if (!Array.isArray(given)) return current;
  if (given.length === 0 || (given.length === 1 && isMap(given[0]) && Object.keys(given[0]).length === 0))
    return undefined;
  if (equalJson(given, entriesFor(current, object, resource))) return current;
  const managers = readManagers(given);
  return managers && managers.size > 0 ? entriesOf(managers) : current;
}

/** The note of an object, or what it comes to, once so many are noted. */
const NOTES_MAX = 16;

export function bounded(owners: Owners | undefined, object: ApiObject, resource: Resource): Owners | undefined {
  if (!owners || !isPending(owners) || owners.depth < NOTES_MAX) return owners;
  return entriesFor(owners, object, resource);
}
