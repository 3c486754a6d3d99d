import type { JsonMap } from '../../../api/json';
import type { ApiObject, DraftObject, Json } from '../../../api/objects';
import { ApiError, badRequest } from '../../../api/status';
import { attempt } from '../core';
import { decodeCustom } from '../custom/decode-custom';
import { bodySource, bodyText, contentType, decodeBody, type DecodedBody } from '../decode/body';
import { removeObject } from '../deletion';
import type { Resource } from '../kind';
import { createObject, updateObject } from '../writes';
import { writeOf, type Answer, type Call } from './call';
import { isSelected, listObjects, selectionOf, type ListBody } from './list';
import { deleteOptions, writeOptions, type DeleteBody, type FieldValidation } from './options';
import type { ResourcePath } from './request-info';
import { objectAnswer } from './table';

/** Models apiserver/pkg/endpoints/handlers create.go, update.go and delete.go. */

const DELETE_OPTIONS = {
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  typeName: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
};

/** POST to a collection. */
export function create(call: Call, path: ResourcePath): Answer {
  const options = writeOptions(call.request, 'CreateOptions');
  const draft = decodeFor(call, path.resource, options.fieldValidation);
  const object = inNamespace(draft, path);
  const write = writeOf(call, options.dryRun, options.fieldManager);
  const created = attempt(call.core, options.dryRun, () =>
    createObject(call.core, path.resource, toStored(object, path.resource), write),
  );
  return objectAnswer(call, path.resource, 201, created);
}

/** The object in a body; what strict decoding objects to is refused, told or ignored. */
export function decodeFor(call: Call, resource: Resource, validation: FieldValidation): DraftObject {
  const expected = { apiVersion: resource.apiVersion, kind: resource.row.kind, typeName: resource.typeName ?? '' };
  const decoded = resource.custom ? customBody(call, resource, validation) : decodeBody(call.request, expected);
  applyStrictness(call, decoded, validation, resource.row.kind);
  return { ...decoded.object, metadata: decoded.object.metadata ?? {} };
}

/** A custom object in a body, which must be of the version of the path. */
function customBody(call: Call, resource: Resource, validation: FieldValidation): DecodedBody {
  const decoded = decodeCustom(
    bodySource(call.request, { apiVersion: resource.apiVersion, kind: resource.row.kind }),
    resource,
  );
  const { apiVersion } = decoded.object;
  if (apiVersion === resource.apiVersion) return decoded;
  if (validation === 'Warn') call.warnings.push(...decoded.strict);
  throw badRequest(
    `the API version in the data (${apiVersion}) does not match the expected API version (${resource.apiVersion})`,
  );
}

export function applyStrictness(call: Call, decoded: DecodedBody, validation: FieldValidation, kind: string): void {
  if (decoded.strict.length === 0 || validation === 'Ignore') return;
  if (validation === 'Warn') {
    call.warnings.push(...decoded.strict);
    return;
  }
  const version = decoded.object.apiVersion.split('/').at(-1)!;
  throw badRequest(
    `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${decoded.strict.join(', ')}`,
  );
}

export function toStored(object: DraftObject, resource: Resource): DraftObject {
  return resource.conversion ? resource.conversion.toStored(object as ApiObject) : object;
}

/** The object in the namespace of the path. Models EnsureObjectNamespaceMatchesRequestNamespace. */
export function inNamespace<T extends DraftObject>(object: T, { resource, namespace }: ResourcePath): T {
  const named = object.metadata.namespace ?? '';
  if (!resource.row.namespaced) {
    if (named === '') return object;
    const { namespace: _namespace, ...metadata } = object.metadata;
    return { ...object, metadata };
  }
  if (named === namespace) return object;
  if (named !== '')
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** PUT of an object, or of its status. */
export function update(call: Call, path: ResourcePath): Answer {
  const { resource, namespace, name, subresource } = path;
  const options = writeOptions(call.request, 'UpdateOptions');
  const object = inNamespace(decodeFor(call, resource, options.fieldValidation), path);
  checkName(object, name);
  checkRevisionText(object);
  const write = writeOf(call, options.dryRun, options.fieldManager);
  const stored = toStored(object, resource);
  return attempt(call.core, options.dryRun, () => {
    const key = namespace ? `${namespace}/${name}` : name;
    if (subresource === '' && resource.kind.createsOnUpdate && !call.core.store.get(resource.kind.resource, key)) {
      return objectAnswer(call, resource, 201, createByUpdate(call, path, stored, write));
    }
    const written = updateObject(
      call.core,
      { resource, namespace, name, subresource },
      () => stored as ApiObject,
      write,
    );
    return objectAnswer(call, resource, 200, written.object);
  });
}

function createByUpdate(
  call: Call,
  path: ResourcePath,
  stored: DraftObject,
  write: ReturnType<typeof writeOf>,
): ApiObject {
  const { resourceVersion: _revision, uid: _uid, ...metadata } = stored.metadata;
  return createObject(call.core, path.resource, { ...stored, metadata }, write);
}

export function checkName(object: DraftObject, name: string): void {
  const named = object.metadata.name ?? '';
  if (named === name) return;
  if (named === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  throw badRequest(`the name of the object (${named}) does not match the name on the URL (${name})`);
}

export function checkRevisionText(object: DraftObject): void {
  const revision = object.metadata.resourceVersion ?? '';
  if (revision !== '' && !/^\d+$/.test(revision)) {
    throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(revision)}: invalid syntax`);
  }
}

/** The DeleteOptions in a body, if there is one. */
export function readDeleteBody(call: Call): DeleteBody | undefined {
  if (bodyText(call.request) === '') return undefined;
  const type = contentType(call.request);
  const request =
    type === 'application/json' || type === 'application/yaml' ? call.request : { ...call.request, headers: {} };
  const { object } = decodeBody(request, DELETE_OPTIONS);
  return object as unknown as DeleteBody;
}

/** DELETE of an object. */
export function remove(call: Call, path: ResourcePath): Answer {
  const { resource, namespace, name } = path;
  const { remove: options, dryRun } = deleteOptions(call.request, readDeleteBody(call));
  const write = writeOf(call, dryRun, '');
  const { object, gone } = attempt(call.core, dryRun, () =>
    removeObject(call.core, resource, namespace, name, options, write),
  );
  warnOfOrphans(call, resource, options.propagationPolicy);
  if (!gone || resource.kind.returnsDeleted) return objectAnswer(call, resource, 200, object);
  return { code: 200, body: removedStatus(resource, object) };
}

function warnOfOrphans(call: Call, resource: Resource, policy: string | undefined): void {
  if (policy !== undefined || !resource.kind.orphansDependents) return;
  const advice =
    'set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';
  call.warnings.push(`child pods are preserved by default when jobs are deleted; ${advice}`);
}

function removedStatus(resource: Resource, object: ApiObject): Json {
  const { group, resource: plural } = resource.row;
  const { name, uid } = object.metadata;
  const details: JsonMap = { name, ...(group ? { group } : {}), kind: plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** DELETE of a collection: what was selected, as it was. */
export function removeCollection(call: Call, path: ResourcePath): ListBody {
  const { resource } = path;
  const { remove: options, dryRun } = deleteOptions(call.request, readDeleteBody(call));
  const list = listObjects(call, path);
  const selection = selectionOf(call, path);
  for (const object of list.objects.filter((one) => isSelected(one, selection, resource))) {
    removeOne(call, resource, object, options, dryRun);
  }
  warnOfOrphans(call, resource, options.propagationPolicy);
  return list;
}

function removeOne(
  call: Call,
  resource: Resource,
  object: ApiObject,
  options: Parameters<typeof removeObject>[4],
  dryRun: boolean,
): void {
  const { namespace = '', name } = object.metadata;
  const write = writeOf(call, dryRun, '');
  attempt(call.core, dryRun, () => removeObject(call.core, resource, namespace, name, options, write));
}
