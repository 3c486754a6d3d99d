import type { ManagedFieldsEntry } from '../../../api/fields/managed';
import type { Reset } from '../../../api/fields/parts';
import type { ApiObject } from '../../../api/objects';
import { freezeDeep } from '../../../base/state';
import type { Resource } from '../kind';

/**
 * Who manages the fields of a stored object. Most writes are of parts of the cluster, and nobody ever asks whose fields
 * are whose; so what stands in `metadata.managedFields` of a stored object is often only a note of the writes since
 * somebody asked last. `settle.ts` makes of it what computing at every write would have made.
 */
export type Owners = readonly ManagedFieldsEntry[] | PendingWrite;

/** A write whose fields nobody has asked for yet: frozen, and it shares all but itself with what is or was stored. */
export interface PendingWrite {
  /** What was known before; `undefined` for a new object that came without any. */
  readonly previous: Owners | undefined;
  readonly manager: string;
  /** The version that the writer spoke. */
  readonly apiVersion: string;
  readonly subresource: string;
  /** When: seconds since the Unix epoch. */
  readonly epochSeconds: number;
  /** The object before, in the stored version; `undefined` for a new one. */
  readonly before: ApiObject | undefined;
  /**
   * The object as it was sent, in the stored version; `undefined` for a new object that was stored as it was sent, which
   * is the one that carries the note. Such a note is the same for all that a manager makes in a second.
   */
  readonly after: ApiObject | undefined;
  /** How many writes are noted, with this one. */
  readonly depth: number;
}

export const isPending = (owners: Owners): owners is PendingWrite => !Array.isArray(owners);

export const ownersOf = (object: { metadata: { managedFields?: object } }): Owners | undefined =>
  object.metadata.managedFields as Owners | undefined;

/** The object without what is known of its managers: a note of it keeps no other notes. */
export function withoutOwners(object: ApiObject): ApiObject {
  if (ownersOf(object) === undefined) return object;
  const { managedFields: _owners, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** The owners of an object, for one that takes its place and has not been sent by any of them. */
export function ownersToKeep(object: ApiObject): Owners | undefined {
  const owners = ownersOf(object);
  if (!owners || !isPending(owners) || owners.after) return owners;
  return freezeDeep({ ...owners, after: withoutOwners(object) });
}

/** What a write leaves as it was, whatever it says. Models the strategies' GetResetFields. */
export function resetOf({ hasStatus, kind }: Resource, subresource: string): Reset {
  if (subresource === 'status') return kind.statusKeepsLabels ? STATUS_WITHOUT_LABELS : STATUS;
  return hasStatus && subresource === '' ? OBJECT : WHOLE;
}

const WHOLE: Reset = { fields: [] };
const OBJECT: Reset = { fields: ['status'] };
const STATUS: Reset = { fields: ['spec'] };
const STATUS_WITHOUT_LABELS: Reset = { fields: ['spec'], metadata: ['labels'] };

/** The version in which a kind is stored, and in which notes are written. */
export function storedVersionOf(resource: Resource): Resource {
  if (!resource.conversion) return resource;
  return [...resource.siblings.values()].find((one) => !one.conversion) ?? resource;
}
