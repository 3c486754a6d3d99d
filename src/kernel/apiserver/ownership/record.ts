import type { ApiObject, Json, ObjectMeta } from '../../../api/objects';
import type { Core, Write } from '../core';
import type { Resource } from '../kind';
import {
  haveSameSubstance,
  isPending,
  ownersOf,
  ownersToKeep,
  substanceOf,
  type Owners,
  type PendingWrite,
} from './pending';
import { joins, schemaOf, setsAnew } from './repeats';
import { bounded, ownersSent } from './settle';

/**
 * Models pkg/util/managedfields FieldManager.Update: what every write does to the managers of an object. It is given the
 * object as it was sent: managers own what they say, not what the server adds.
 */

/** The owners of a new object, which is stored as `made` of what was sent. */
export function ownersOfNew(
  core: Core,
  resource: Resource,
  sent: ApiObject,
  made: ApiObject,
  write: Write,
): Owners | undefined {
  const { manager, trusted } = write;
  const given = sent.metadata.managedFields as unknown as Json;
  if (manager === undefined) return ownersOf(sent);
  const previous = trusted ? undefined : ownersSent(given, undefined, resource);
  if (made === sent && previous === undefined) return noteAsSent(core, resource, manager);
  if (previous === undefined) return noteOfNew(core, resource, sent, manager);
  return note(core, resource, previous, undefined, substanceOf(sent), manager, '', 1);
}

/** The owners on which a change builds: those the object had, unless the client names others. */
export function baseOwners(
  resource: Resource,
  { subresource }: { subresource: string },
  sent: ApiObject,
  current: ApiObject,
  { manager, trusted }: Write,
): Owners | undefined {
  if (manager === undefined) return ownersOf(sent);
  if (trusted || subresource !== '') return ownersOf(current);
  return ownersSent(sent.metadata.managedFields as unknown as Json, current, resource);
}

/** The owners of an object after a change: `next` has those on which it builds. Where there are none, none are tracked. */
export function ownersOfChanged(
  core: Core,
  resource: Resource,
  target: { subresource: string },
  sent: ApiObject,
  current: ApiObject,
  next: ApiObject,
  { manager, through }: Write,
): Owners | undefined {
  const previous = ownersOf(next);
  if (manager === undefined && previous === ownersOf(current)) return ownersToKeep(current);
  if (manager === undefined || previous === undefined) return previous;
  const subresource = through ?? target.subresource;
  const last = isPending(previous) ? previous : undefined;
  const goesOn =
    last?.manager === manager && last.subresource === subresource && last.apiVersion === resource.apiVersion;
  if (goesOn && setsAnew(last, current, sent, schemaOf(resource))) {
    if (!last.before && !last.after) return noteAsSent(core, resource, manager);
    const after = last.after ?? substanceOf(current);
    return note(core, resource, last.previous, last.before, after, manager, subresource, last.depth);
  }
  const after = haveSameSubstance(next, sent) ? undefined : substanceOf(sent);
  if (goesOn && joins(last, current, sent, schemaOf(resource)))
    return note(core, resource, last.previous, last.before, after, manager, subresource, last.depth);
  const depth = (last?.depth ?? 0) + 1;
  const before = substanceOf(current);
  return bounded(note(core, resource, previous, before, after, manager, subresource, depth), next, resource);
}

function note(
  { clock }: Core,
  { apiVersion }: Resource,
  previous: Owners | undefined,
  before: ApiObject | undefined,
  after: ApiObject | undefined,
  manager: string,
  subresource: string,
  depth: number,
): PendingWrite {
  const epochSeconds = Math.floor(clock.epochNowMs / 1000);
  return Object.freeze({ previous, before, after, manager, apiVersion, subresource, epochSeconds, depth });
}

/** The last note of each manager and version that says nothing but who and when: as good as a new one within its second. */
const lastAsSent = new Map<string, PendingWrite>();

/** The note of a new object that is stored as it was sent. */
function noteAsSent(core: Core, resource: Resource, manager: string): PendingWrite {
  const epochSeconds = Math.floor(core.clock.epochNowMs / 1000);
  const key = `${manager} ${resource.apiVersion}`;
  let known = lastAsSent.get(key);
  if (known?.epochSeconds !== epochSeconds) {
    known = note(core, resource, undefined, undefined, undefined, manager, '', 1);
    if (lastAsSent.size >= NOTES_KEPT) lastAsSent.clear();
    lastAsSent.set(key, known);
  }
  return known;
}

const NOTES_KEPT = 256;

/** The last note of each manager and version of a new object that was not stored as it was sent. */
const lastOfNew = new Map<string, PendingWrite>();

/** The note of a new object: the same for all that a manager makes of one template in a second. */
function noteOfNew(core: Core, resource: Resource, sent: ApiObject, manager: string): PendingWrite {
  const epochSeconds = Math.floor(core.clock.epochNowMs / 1000);
  const key = `${manager} ${resource.apiVersion} ${resource.row.kind}`;
  let known = lastOfNew.get(key);
  if (known?.epochSeconds !== epochSeconds || !haveSameSubstance(known.after!, sent)) {
    known = note(core, resource, undefined, undefined, substanceOf(sent), manager, '', 1);
    if (lastOfNew.size >= NOTES_KEPT) lastOfNew.clear();
    lastOfNew.set(key, known);
  }
  return known;
}

/** The object with these owners. */
export function withOwners(object: ApiObject, owners: Owners | undefined): ApiObject {
  if (ownersOf(object) === owners) return object;
  const { managedFields: _owners, ...metadata } = object.metadata;
  const owned: ObjectMeta = owners ? { ...metadata, managedFields: owners } : metadata;
  return { ...object, metadata: owned };
}
