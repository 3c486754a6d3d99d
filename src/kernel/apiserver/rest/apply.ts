import { entriesOf } from '../../../api/fields/managed';
import { equalJson, isMap, type JsonMap } from '../../../api/json';
import type { ApiObject, DraftObject, Json } from '../../../api/objects';
import { ApiError, badRequest, conflict } from '../../../api/status';
import { attempt } from '../core';
import { bodyText, duplicateKeys, parseYaml, YamlError } from '../decode/body';
import { decodeCustom } from '../custom/decode-custom';
import type { Source } from '../decode/go-json';
import { decodeTyped } from '../decode/typed';
import { applyConfig, isSameButTimes, subjectOf } from '../ownership/apply';
import { ownersOf } from '../ownership/pending';
import { entriesFor } from '../ownership/settle';
import { withStructure } from '../structure';
import { createObject, updateObject } from '../writes';
import { writeOf, type Answer, type Call } from './call';
import { shown } from './list';
import { writeOptions, type WriteOptions } from './options';
import type { ResourcePath } from './request-info';
import { objectAnswer } from './table';
import { checkName, checkRevisionText, inNamespace, toStored } from './write';

/** Models apiserver/pkg/endpoints/handlers patch.go applyPatcher: server-side apply. */

export const APPLY_PATCH = 'application/apply-patch+yaml';

/** PATCH with a configuration to apply: to an object, or to its status. What is not there is created. */
export function applyPatch(call: Call, path: ResourcePath): Answer {
  const { resource, namespace, name, subresource } = path;
  const options = writeOptions(call.request, 'PatchOptions', true);
  const write = { ...writeOf(call, options.dryRun, options.fieldManager), patches: true, manager: undefined };
  return attempt(call.core, options.dryRun, () => {
    const exists = call.core.store.get(resource.kind.resource, namespace ? `${namespace}/${name}` : name) !== undefined;
    if (subresource === '' && !exists) {
      const draft = newObject(call, path, options);
      return objectAnswer(call, resource, 201, createObject(call.core, resource, draft, write));
    }
    const change = (current: ApiObject): ApiObject => changed(call, path, options, current);
    const written = updateObject(call.core, { resource, namespace, name, subresource }, change, write);
    return objectAnswer(call, resource, 200, written.object);
  });
}

function newObject(call: Call, path: ResourcePath, options: WriteOptions): DraftObject {
  const { object, managers } = configured(call, path, options, undefined);
  const draft = decoded(object, path);
  const { group, resource } = path.resource.row;
  const { uid } = draft.metadata;
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  if (uid) throw conflict(group, resource, path.name, why);
  checkName(draft, path.name);
  return withEntries(toStored(draft, path.resource), entriesOf(managers));
}

function changed(call: Call, path: ResourcePath, options: WriteOptions, current: ApiObject): ApiObject {
  const { object, managers } = configured(call, path, options, current);
  const draft = decoded(object, path);
  checkName(draft, path.name);
  checkRevisionText(draft);
  const isUnchanged = equalJson(draft, withoutManagers(shown(current, path.resource) as JsonMap));
  const entries = entriesFor(ownersOf(current), current, path.resource);
  const owners = isUnchanged && isSameButTimes(entries, managers) ? ownersOf(current) : entriesOf(managers);
  return withEntries(toStored(draft, path.resource), owners) as ApiObject;
}

function withEntries(object: DraftObject, owners: object | undefined): DraftObject {
  return owners ? { ...object, metadata: { ...object.metadata, managedFields: owners } } : object;
}

function withoutManagers(object: JsonMap): JsonMap {
  const { managedFields: _entries, ...metadata } = object['metadata'] as JsonMap;
  return { ...object, metadata };
}

/** What applying the request's configuration makes of an object. */
function configured(
  call: Call,
  path: ResourcePath,
  options: WriteOptions,
  current: ApiObject | undefined,
): ReturnType<typeof applyConfig> {
  const { config, duplicate } = readConfig(call);
  const live = current && withoutManagers(shown(current, path.resource) as JsonMap);
  const applied = applyConfig(live, current, config, {
    resource: path.resource,
    subresource: path.subresource,
    manager: options.fieldManager,
    force: options.force === true,
    time: call.core.clock.time,
  });
  if (duplicate !== undefined && options.fieldValidation === 'Strict')
    throw badRequest(`error strict decoding patch: ${duplicate}`);
  if (duplicate !== undefined && options.fieldValidation === 'Warn') call.warnings.push(duplicate);
  return applied;
}

/** The configuration in a request's body, and what strict decoding says of keys that are given twice. */
function readConfig(call: Call): { config: JsonMap; duplicate: string | undefined } {
  const text = bodyText(call.request);
  const { body } = call.request;
  if (typeof body !== 'string' && body !== undefined) return { config: asConfig(body), duplicate: undefined };
  try {
    return { config: asConfig(parseYaml(text) as Json), duplicate: duplicateKeys(text) };
  } catch (error) {
    if (error instanceof YamlError) throw undecodable(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

const undecodable = (why: string): ApiError => badRequest(`error decoding patch: ${why}`);

function asConfig(config: Json): JsonMap {
  if (config === null) return {};
  if (isMap(config)) return config;
  const is = Array.isArray(config) ? 'array' : typeof config === 'boolean' ? 'bool' : typeof config;
  const why = `json: cannot unmarshal ${is} into Go value of type map[string]interface {}`;
  throw undecodable(`error unmarshaling JSON: while decoding JSON: ${why}`);
}

/** The merged object, as if it had been sent. */
function decoded(object: JsonMap, path: ResourcePath): DraftObject {
  const { apiVersion, row, typeName } = path.resource;
  if (path.resource.custom) return inNamespace(decodeCustom(object as Source, path.resource).object, path);
  const { value, fault } = decodeTyped(object as Source, typeName!, 'unstructured');
  if (fault !== undefined) {
    const subject = subjectOf(object);
    const kind = subject.slice(subject.indexOf(';') + 2);
    const why = `unable to convert unstructured object to ${kind}: ${fault}`;
    throw new ApiError(500, '', `failed to convert new object (${subject}) to proper version: ${why}`);
  }
  const whole = withStructure(
    { ...(value as JsonMap), apiVersion, kind: row.kind },
    typeName!,
  ) as unknown as DraftObject;
  return inNamespace({ ...whole, metadata: whole.metadata ?? {} }, path);
}
