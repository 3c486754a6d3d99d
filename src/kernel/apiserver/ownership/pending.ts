import type { ManagedFieldsEntry } from '../../../api/fields/managed';
import { SERVERS_METADATA, type Reset } from '../../../api/fields/parts';
import type { ApiObject, ObjectMeta } from '../../../api/objects';
import { Alike } from '../../../base/alike';
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
  /** What managers could own of the object before, in the stored version; `undefined` for a new one. */
  readonly before: ApiObject | undefined;
  /**
   * The same of the object as it was sent; `undefined` for one that was stored as it was sent, which is the one that
   * carries the note. Of a new object such a note is the same for all that a manager makes in a second.
   */
  readonly after: ApiObject | undefined;
  /** How many writes are noted, with this one. */
  readonly depth: number;
}

export const isPending = (owners: Owners): owners is PendingWrite => !Array.isArray(owners);

export const ownersOf = (object: { metadata: { managedFields?: object } }): Owners | undefined =>
  object.metadata.managedFields as Owners | undefined;

/** What managers can own of an object: notes keep no more of it. */
export function substanceOf(object: ApiObject): ApiObject {
  const metadata: Record<string, unknown> = {};
  for (const key in object.metadata) {
    if (!SERVERS_METADATA.has(key)) metadata[key] = object.metadata[key as keyof ObjectMeta];
  }
  return { ...object, metadata: alikeMetadata.share(metadata as unknown as ObjectMeta) };
}

/** Of objects that were made of one template. */
const alikeMetadata = new Alike<ObjectMeta>(8);

/** Whether managers can own the same of two objects, by what these share. */
export function haveSameSubstance(one: ApiObject, other: ApiObject): boolean {
  const [left, right] = [one, other] as unknown as Record<string, object | undefined>[];
  for (const key in left) {
    if (left[key] === right![key] || (key === 'spec' && haveSameFields(left[key], right![key], NONE))) continue;
    if (key !== 'metadata' || !haveSameFields(one.metadata, other.metadata, SERVERS_METADATA)) return false;
  }
  for (const key in right) if (!(key in left!)) return false;
  return true;
}

const NONE: ReadonlySet<string> = new Set();

/** Whether all fields but some are the very same. */
function haveSameFields(one: object | undefined, other: object | undefined, but: ReadonlySet<string>): boolean {
  if (!one || !other) return false;
  const [left, right] = [one, other] as Record<string, unknown>[];
  for (const key in left) if (left[key] !== right![key] && !but.has(key)) return false;
  for (const key in right) if (!(key in left!) && !but.has(key)) return false;
  return true;
}

/** The owners of an object, for one that takes its place and has not been sent by any of them. */
export function ownersToKeep(object: ApiObject): Owners | undefined {
  const owners = ownersOf(object);
  if (!owners || !isPending(owners) || owners.after) return owners;
  return freezeDeep({ ...owners, after: substanceOf(object) });
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
