import { nextName, nextUuid, type RandomState } from '../../base/random';
import { freezeDeep, withFields } from '../../base/state';
import { equalFields, equalJson } from '../../api/json';
import { keyOf, objectKey, type ApiObject, type DraftObject, type ObjectMeta } from '../../api/objects';
import { alreadyExists, ApiError, conflict, isRefusal, MODIFIED, notFound, qualifiedResource } from '../../api/status';
import { admission } from './admission/plugins';
import type { Core, Write } from './core';
import type { Resource } from './kind';
import { baseOwners, ownersOfChanged, ownersOfNew, withOwners } from './ownership/record';
import { emptyStatus } from './structure';
import { FieldErrors, invalidObject } from './validation/field-errors';
import { validateObjectMeta, validateObjectMetaUpdate } from './validation/metadata';

/** Models apiserver/pkg/registry/generic/registry Store: how an object of any kind is created and updated. */

/** What an update did; it can create or remove the object too. */
export interface Written {
  readonly object: ApiObject;
  readonly did: 'nothing' | 'created' | 'updated' | 'removed';
}

/** What an update is about. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  /** Empty for the object itself, `status`, or one whose handler has made all of the change. */
  readonly subresource: string;
}

/** After as many generated names that were taken, the client is told so. */
const NAME_ATTEMPTS = 8;
const GENERATED_SUFFIX = 5;
const GENERATED_BASE_MAX = 63 - GENERATED_SUFFIX;

/** Creates an object. Throws ApiError: 409 AlreadyExists, 422 Invalid, and what admission refuses. */
export function createObject(core: Core, resource: Resource, draft: DraftObject, write: Write): ApiObject {
  const generated = draft.metadata.generateName !== undefined && !draft.metadata.name;
  for (let attempts = 1; ; attempts++) {
    try {
      return createOnce(core, resource, draft, write);
    } catch (error) {
      if (!generated || attempts === NAME_ATTEMPTS || !isRefusal(error, 'AlreadyExists')) throw error;
    }
  }
}

function createOnce(core: Core, resource: Resource, draft: DraftObject, write: Write): ApiObject {
  const { kind } = resource;
  let object = withSystemMetadata(core, resource, draft, write);
  if (kind.defaults) object = kind.defaults(object);
  const sent = object;
  const { namespace = '', name } = object.metadata;
  const request = { operation: 'create' as const, resource, namespace, name, subresource: '', write, object };
  object = admission.admit(request, core);
  if (resource.hasStatus && !kind.keepsInitialStatus) object = withStatus(object, emptyStatus(resource));
  if (kind.prepareCreate) object = kind.prepareCreate(object, core);
  if (write.found) object = write.found(object);
  else refuseInvalidNew(resource, object);
  request.object = object;
  admission.validate(request, core);
  const key = keyOf(namespace, name);
  if (core.store.get(kind.resource, key)) throw alreadyExists(resource.row.group, resource.row.resource, name);
  if (kind.warnings && !write.trusted) write.warnings.push(...kind.warnings(object, undefined));
  if (kind.readBack) object = kind.readBack(object);
  const owners = ownersOfNew(core, resource, sent, object, write);
  if (write.dryRun) return unrevised(withOwners(object, owners));
  request.object = object;
  admission.record(request, core);
  return core.store.put(kind.resource, key, object, core.clock.nowMs, write.cause, owners);
}

/** A dry run's object: it has no revision. */
function unrevised(object: ApiObject): ApiObject {
  const { resourceVersion: _revision, ...metadata } = object.metadata;
  return freezeDeep({ ...object, metadata } as ApiObject);
}

function refuseInvalidNew(resource: Resource, object: ApiObject): void {
  const errors = new FieldErrors();
  validateObjectMeta(object.metadata, resource, errors);
  resource.kind.validate?.(object, errors);
  refuseInvalid(resource, object, errors);
}

function refuseInvalid(resource: Resource, object: ApiObject, errors: FieldErrors): void {
  if (errors.empty) return;
  const { fields, group = resource.row.group } = resource.conversion ?? {};
  throw invalidObject(group, object.kind, object.metadata.name, fields ? errors.renamed(fields) : errors);
}

/** Models rest.FillObjectMetaSystemFields and the name generator. */
function withSystemMetadata(core: Core, resource: Resource, draft: DraftObject, write: Write): ApiObject {
  const { metadata } = draft;
  const random = core.state.random;
  if (metadata.resourceVersion) {
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  }
  const kept = SERVER_FIELDS.some((key) => key in metadata) ? withoutServerFields(metadata) : metadata;
  const filled: ObjectMeta = withFields(kept, {
    name: metadata.name || (metadata.generateName ? generatedName(metadata.generateName, random) : ''),
    uid: isMirror(draft, write) ? metadata.uid! : nextUuid(random),
    creationTimestamp: core.clock.time,
    resourceVersion: '',
    ...(resource.kind.generation ? { generation: 1 } : {}),
  });
  return withFields(draft, { metadata: filled });
}

/** What only the server says of an object. */
const SERVER_FIELDS = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'] as const;

function withoutServerFields(metadata: DraftObject['metadata']): DraftObject['metadata'] {
  const { deletionTimestamp: _time, deletionGracePeriodSeconds: _grace, selfLink: _link, ...kept } = metadata;
  return kept;
}

/** A mirror has the uid of the Pod that it shows: who looks for either finds what runs on the machine. */
function isMirror({ metadata }: DraftObject, write: Write): boolean {
  return (
    write.trusted && metadata.uid !== undefined && metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
  );
}

function generatedName(base: string, random: RandomState): string {
  return base.slice(0, GENERATED_BASE_MAX) + nextName(random, GENERATED_SUFFIX);
}

/**
 * Updates an object to what `change` makes of the stored one; where it makes nothing else of it, nothing is written.
 * Throws ApiError: 404, 409 Conflict for a stale resourceVersion, 422 Invalid, and what admission refuses.
 */
export function updateObject(
  core: Core,
  target: Target,
  change: (current: ApiObject) => ApiObject,
  write: Write,
): Written {
  const { resource, namespace, name } = target;
  const { kind, row } = resource;
  const key = keyOf(namespace, name);
  const current = core.store.get(kind.resource, key);
  if (!current) throw notFound(row.group, row.resource, name);
  const changed = change(current);
  if (changed === current) return { object: current, did: 'nothing' };
  checkIdentity(resource, current, changed, write);
  const sent = sentOf(target, changed, current, write);
  const next = withOwners(
    nextOf(core, target, sent, current, write),
    baseOwners(resource, target, sent, current, write),
  );
  if (isSame(next, current)) return { object: current, did: 'nothing' };
  const owners = ownersOfChanged(core, resource, target, sent, current, next, write);
  if (isFinished(next, current)) {
    if (!write.dryRun) core.store.remove(kind.resource, key, core.clock.nowMs, write.cause);
    return { object: freezeDeep(withOwners(next, owners)), did: 'removed' };
  }
  if (write.dryRun) return { object: freezeDeep(withOwners(next, owners)), did: 'updated' };
  if (target.subresource === '')
    admission.record({ operation: 'update', ...target, object: next, current, write }, core);
  return {
    object: core.store.put(kind.resource, key, next, core.clock.nowMs, write.cause, owners),
    did: 'updated',
  };
}

/** A change as it is asked for: with what clients cannot change put back, and defaults filled in. */
function sentOf({ resource, subresource }: Target, changed: ApiObject, current: ApiObject, write: Write): ApiObject {
  if (subresource === 'status') return sentStatus(resource, changed, current, write);
  const sent: ApiObject = { ...changed, metadata: keptMetadata(changed.metadata, current.metadata) };
  return subresource === '' && resource.kind.defaults ? resource.kind.defaults(sent) : sent;
}

/** What is stored of a change: by the object's strategy, by that of its status, or all of it. */
function nextOf(core: Core, target: Target, sent: ApiObject, current: ApiObject, write: Write): ApiObject {
  if (target.subresource === '') return nextObject(core, target, sent, current, write);
  if (target.subresource === 'status') return nextStatus(core, target.resource, sent, current, write);
  const strategy = target.resource.kind.parts?.[target.subresource];
  if (!strategy) return sent;
  const errors = new FieldErrors();
  const part = strategy(sent, current, errors, core);
  refuseInvalid(target.resource, part, errors);
  if (part !== current)
    admission.validate({ ...target, operation: 'update', object: part, current, write }, core, true);
  return part;
}

/** The object written must be the one stored, in the version its writer knew (or any, if it names none). */
function checkIdentity(resource: Resource, current: ApiObject, next: ApiObject, write: Write): void {
  const { group, resource: plural } = resource.row;
  const { resourceVersion, uid, name } = next.metadata;
  if (!resourceVersion && resource.kind.needsRevision && !write.patches && !write.trusted) {
    const errors = new FieldErrors();
    errors.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalidObject(group, plural, name, errors);
  }
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== current.metadata.resourceVersion)
    throw conflict(group, plural, name, MODIFIED);
  if (uid && uid !== current.metadata.uid && !write.patches) {
    const key = `/registry/${qualifiedResource(group, plural)}/${objectKey(current)}`;
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw conflict(
      group,
      plural,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
    );
  }
}

/** What clients cannot change, put back. Models rest.BeforeUpdate. */
function keptMetadata(next: ObjectMeta, current: ObjectMeta): ObjectMeta {
  if (next === current) return next;
  const metadata: ObjectMeta = {
    ...next,
    uid: next.uid || current.uid,
    resourceVersion: current.resourceVersion,
    creationTimestamp: current.creationTimestamp,
  };
  keep(metadata, current, 'generation');
  keep(metadata, current, 'deletionTimestamp');
  keep(metadata, current, 'deletionGracePeriodSeconds');
  return metadata;
}

function keep(
  metadata: ObjectMeta,
  current: ObjectMeta,
  key: 'generation' | 'deletionTimestamp' | 'deletionGracePeriodSeconds',
): void {
  if (metadata[key] === current[key]) return;
  if (current[key] === undefined) delete metadata[key];
  else Object.assign(metadata, { [key]: current[key] });
}

type WithStatus = ApiObject & { status?: unknown };

function sentStatus(resource: Resource, changed: ApiObject, current: ApiObject, write: Write): ApiObject {
  const { kind } = resource;
  let metadata = keptMetadata(changed.metadata, current.metadata);
  if (kind.statusKeepsLabels && metadata.labels !== current.metadata.labels) {
    const { labels: _labels, ...others } = metadata;
    metadata = current.metadata.labels ? { ...others, labels: current.metadata.labels } : others;
  }
  const status = (changed as WithStatus).status ?? emptyStatus(resource);
  const sent = withStatus({ ...current, metadata }, status);
  return kind.defaults && !write.trusted ? kind.defaults(sent) : sent;
}

function nextStatus(core: Core, resource: Resource, sent: ApiObject, current: ApiObject, write: Write): ApiObject {
  const { kind } = resource;
  const next = kind.prepareStatus ? kind.prepareStatus(sent, current, core) : sent;
  if (write.trusted) return next;
  const errors = new FieldErrors();
  validateObjectMetaUpdate(next.metadata, current.metadata, errors);
  kind.validateStatus?.(next, current, errors);
  refuseInvalid(resource, next, errors);
  return next;
}

function nextObject(core: Core, target: Target, sent: ApiObject, current: ApiObject, write: Write): ApiObject {
  const { resource, namespace, name, subresource } = target;
  const { kind } = resource;
  const request = { operation: 'update', resource, namespace, name, subresource, current, write } as const;
  let next = admission.admit({ object: sent, ...request }, core);
  if (resource.hasStatus) next = withStatusOf(next, current);
  if (kind.prepareUpdate) next = kind.prepareUpdate(next, current, core);
  if (kind.generation && !isSameSpec(next, current, resource)) {
    next = { ...next, metadata: { ...next.metadata, generation: (current.metadata.generation ?? 0) + 1 } };
  }
  const errors = new FieldErrors();
  validateObjectMetaUpdate(next.metadata, current.metadata, errors);
  kind.validateUpdate?.(next, current, errors);
  refuseInvalid(resource, next, errors);
  admission.validate({ object: next, ...request }, core);
  if (kind.warnings && !write.trusted) write.warnings.push(...kind.warnings(next, current));
  return next;
}

function withStatusOf(next: WithStatus, current: WithStatus): ApiObject {
  return next.status === current.status ? next : withStatus(next, current.status);
}

function withStatus(object: WithStatus, status: unknown): ApiObject {
  const { status: _status, ...others } = object;
  return status === undefined ? others : withFields(others, { status });
}

/** Whether all but metadata is equal, and but the status where that is written by itself. */
function isSameSpec(next: ApiObject, current: ApiObject, { hasStatus, custom }: Resource): boolean {
  const apart = hasStatus || !custom ? { metadata: null, status: null } : { metadata: null };
  return equalJson({ ...next, ...apart }, { ...current, ...apart });
}

function isSame(next: ApiObject, current: ApiObject): boolean {
  if (next.metadata !== current.metadata && !equalJson(next.metadata, current.metadata)) return false;
  return equalFields(next, current, 'metadata');
}

/** Whether the last finalizer of a deleted object has gone. Models ShouldDeleteDuringUpdate. */
function isFinished(next: ApiObject, current: ApiObject): boolean {
  if (!current.metadata.deletionTimestamp || next.metadata.finalizers?.length) return false;
  if ((current.metadata.deletionGracePeriodSeconds ?? 0) !== 0) return false;
  return !(next as { spec?: { finalizers?: string[] } }).spec?.finalizers?.length;
}
