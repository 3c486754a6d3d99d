import { freezeDeep } from '../../base/state';
import { equalJson } from '../../api/json';
import { keyOf, type ApiObject, type ObjectMeta } from '../../api/objects';
import { ApiError, notFound } from '../../api/status';
import { formatTime, parseTime } from '../../api/time';
import type { RemoveOptions } from './typed-client';
import { admission } from './admission/plugins';
import type { Core, Write } from './core';
import type { Resource } from './kind';
import { ownersToKeep } from './ownership/pending';

/** Models apiserver/pkg/registry/generic/registry Store.Delete and rest.BeforeDelete. */

export const ORPHAN_FINALIZER = 'orphan';
export const FOREGROUND_FINALIZER = 'foregroundDeletion';

export interface Removed {
  /** The object as it was last, or as it stands while it is being deleted. */
  readonly object: ApiObject;
  readonly gone: boolean;
}

/** Deletes an object, or starts to. Throws ApiError: 404, 409 for a precondition, what admission refuses. */
export function removeObject(
  core: Core,
  resource: Resource,
  namespace: string,
  name: string,
  options: RemoveOptions,
  write: Write,
): Removed {
  const { kind, row } = resource;
  const key = keyOf(namespace, name);
  const current = core.store.get(kind.resource, key);
  if (!current) throw notFound(row.group, row.resource, name);
  admission.validate({ operation: 'delete', resource, namespace, name, subresource: '', object: current, write }, core);
  checkPreconditions(resource, current, options);
  if (kind.startDeletion) return startDeletion(core, resource, key, current, write);
  const grace = kind.gracePeriodSeconds?.(current, options.gracePeriodSeconds);
  const marked = withDeletion(core, resource, current, grace, options);
  const pending =
    (marked.metadata.finalizers?.length ?? 0) > 0 || (marked.metadata.deletionGracePeriodSeconds ?? 0) > 0;
  if (write.dryRun) return { object: freezeDeep(marked), gone: !pending };
  const now = core.clock.nowMs;
  const { cause } = write;
  const last =
    marked === current ? current : core.store.put(kind.resource, key, marked, now, cause, ownersToKeep(current));
  if (pending) return { object: last, gone: false };
  return { object: core.store.remove(kind.resource, key, now, cause), gone: true };
}

function startDeletion(core: Core, resource: Resource, key: string, current: ApiObject, write: Write): Removed {
  const { kind } = resource;
  const marked = current.metadata.deletionTimestamp
    ? current
    : kind.startDeletion!({ ...current, metadata: { ...current.metadata, deletionTimestamp: core.clock.time } });
  const gone = kind.mayVanish!(marked);
  if (write.dryRun) return { object: freezeDeep(marked), gone };
  if (gone) return { object: core.store.remove(kind.resource, key, core.clock.nowMs, write.cause), gone };
  if (marked === current) return { object: current, gone };
  const owners = ownersToKeep(current);
  return { object: core.store.put(kind.resource, key, marked, core.clock.nowMs, write.cause, owners), gone };
}

function checkPreconditions(resource: Resource, current: ApiObject, options: RemoveOptions): void {
  const { uid, resourceVersion } = current.metadata;
  const failed =
    options.uid !== undefined && options.uid !== uid
      ? `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
      : options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion
        ? `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`
        : undefined;
  if (failed === undefined) return;
  const { group, kind } = resource.row;
  const { name } = current.metadata;
  throw new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${group ? `${kind}.${group}` : kind} "${name}": ${failed}`,
    {
      name,
      ...(group ? { group } : {}),
      kind,
    },
  );
}

/** The object marked for deletion; the same object where there is nothing to mark. */
function withDeletion(
  core: Core,
  resource: Resource,
  current: ApiObject,
  grace: number | undefined,
  options: RemoveOptions,
): ApiObject {
  const { metadata } = current;
  if (grace !== undefined && metadata.deletionTimestamp) return shortened(current, options.gracePeriodSeconds);
  const finalizers = wantedFinalizers(resource, metadata, options);
  if (
    grace === undefined &&
    (finalizers.length === 0 || (metadata.deletionTimestamp && equalJson(finalizers, metadata.finalizers)))
  )
    return current;
  const marked: ObjectMeta = { ...metadata };
  if (finalizers.length > 0) marked.finalizers = finalizers;
  else delete marked.finalizers;
  if (!metadata.deletionTimestamp) {
    marked.deletionTimestamp = formatTime(core.clock.epochNowMs + 1000 * (grace ?? 0));
    marked.deletionGracePeriodSeconds = grace ?? 0;
    if (metadata.generation !== undefined) marked.generation = metadata.generation + 1;
  }
  return { ...current, metadata: marked };
}

/** A deletion under way can only be made shorter. */
function shortened(current: ApiObject, asked: number | undefined): ApiObject {
  const { metadata } = current;
  const pending = metadata.deletionGracePeriodSeconds ?? 0;
  if (asked === undefined || asked >= pending) return current;
  const start = parseTime(metadata.deletionTimestamp!) - 1000 * pending;
  return {
    ...current,
    metadata: { ...metadata, deletionTimestamp: formatTime(start + 1000 * asked), deletionGracePeriodSeconds: asked },
  };
}

/** The finalizers with those that carry the propagation policy. Models deletionFinalizersForGarbageCollection. */
function wantedFinalizers(resource: Resource, metadata: ObjectMeta, options: RemoveOptions): string[] {
  const finalizers = metadata.finalizers ?? [];
  const policy = options.propagationPolicy;
  const orphan = policy
    ? policy === 'Orphan'
    : finalizers.includes(ORPHAN_FINALIZER) || defaultsToOrphan(resource, finalizers);
  const foreground = policy ? policy === 'Foreground' : !orphan && finalizers.includes(FOREGROUND_FINALIZER);
  const others = finalizers.filter((one) => one !== ORPHAN_FINALIZER && one !== FOREGROUND_FINALIZER);
  return [...others, ...(orphan ? [ORPHAN_FINALIZER] : []), ...(foreground ? [FOREGROUND_FINALIZER] : [])];
}

function defaultsToOrphan(resource: Resource, finalizers: string[]): boolean {
  return resource.kind.orphansDependents === true && !finalizers.includes(FOREGROUND_FINALIZER);
}
