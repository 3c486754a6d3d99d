import { goText, isMap, ownValue, type JsonMap } from '../../../api/json';
import type { ApiObject, DraftObject, Json } from '../../../api/objects';
import { applyJsonPatch, JsonPatchFailure } from '../../../api/patch/json-patch';
import { applyMergePatch } from '../../../api/patch/merge';
import { applyStrategicPatch } from '../../../api/patch/strategic';
import { typeNameOfKind } from '../../../api/schema/tables';
import { ApiError, badRequest } from '../../../api/status';
import { attempt } from '../core';
import { decodeCustom } from '../custom/decode-custom';
import { contentType, patchSource, SCHEME } from '../decode/body';
import type { Resource } from '../kind';
import { entriesOf, JsonSyntaxError, plainJson, type Source } from '../decode/go-json';
import { decodeTyped } from '../decode/typed';
import { withStructure } from '../structure';
import { FieldErrors, invalidObject } from '../validation/field-errors';
import { updateObject } from '../writes';
import { applyPatch, APPLY_PATCH } from './apply';
import { writeOf, type Answer, type Call } from './call';
import { shown } from './list';
import { writeOptions, type FieldValidation } from './options';
import type { ResourcePath } from './request-info';
import { objectAnswer } from './table';
import { applyStrictness, checkName, checkRevisionText, inNamespace } from './write';

/** Models apiserver/pkg/endpoints/handlers patch.go. */

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const OPERATIONS_MAX = 10_000;

/** What turns the stored object, as JSON of the version asked for, into what it should be. */
export interface Patcher {
  readonly type: string;
  apply(current: Json): Json;
  /** How a refusal shows the patch. */
  shown(patched: Json): string;
}

/** PATCH of an object, or of its status. */
export function patch(call: Call, path: ResourcePath): Answer {
  if (contentType(call.request) === APPLY_PATCH) return applyPatch(call, path);
  const { resource, namespace, name, subresource } = path;
  if (resource.custom) refuseStrategic(call);
  const patcher = patcherOf(call, resource.typeName);
  const options = writeOptions(call.request, 'PatchOptions');
  const write = { ...writeOf(call, options.dryRun, options.fieldManager), patches: true };
  return attempt(call.core, options.dryRun, () => {
    const change = (current: ApiObject): ApiObject => patched(call, path, patcher, current, options.fieldValidation);
    const written = updateObject(call.core, { resource, namespace, name, subresource }, change, write);
    return objectAnswer(call, resource, 200, written.object);
  });
}

/** Only types that Go knows have strategies. */
function refuseStrategic(call: Call): void {
  if (contentType(call.request) !== STRATEGIC_PATCH) return;
  const accepted = [JSON_PATCH, MERGE_PATCH, 'application/apply-patch+yaml'].join(', ');
  const why = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  throw new ApiError(415, 'UnsupportedMediaType', why);
}

/** The patch in a request's body. Throws ApiError 400, 413, 415. */
export function patcherOf(call: Call, typeName: string | undefined): Patcher {
  const type = contentType(call.request);
  if (![JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH].includes(type)) {
    throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  const body = decodePatch(call, type);
  if (type === JSON_PATCH) return jsonPatcher(body as Json[]);
  if (type === MERGE_PATCH) {
    return { type, apply: (current) => applyMergePatch(current, body), shown: (result) => JSON.stringify(result) };
  }
  return {
    type,
    apply: (current) => applyStrategicPatch(current, body, typeName),
    shown: () => goText(body),
  };
}

function jsonPatcher(operations: Json[]): Patcher {
  if (operations.length > OPERATIONS_MAX) {
    const message = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${operations.length}`;
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`, {});
  }
  return {
    type: JSON_PATCH,
    apply(current) {
      try {
        return applyJsonPatch(current, operations);
      } catch (error) {
        if (!(error instanceof JsonPatchFailure)) throw error;
        throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
      }
    },
    shown: (result) => JSON.stringify(result),
  };
}

function decodePatch(call: Call, type: string): Json {
  /* Models strategicPatchObject, which passes on what the parser says, and jsonPatcher, which says what it was at. */
  const prefix = type === STRATEGIC_PATCH ? '' : 'error decoding patch: ';
  const refuse = (why: string): ApiError => badRequest(prefix + why);
  let source: Source;
  try {
    source = patchSource(call.request).source;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw refuse(error.message);
    throw error;
  }
  const wanted = type === JSON_PATCH ? '[]handlers.jsonPatchOp' : 'map[string]interface {}';
  const fits = type === JSON_PATCH ? Array.isArray(source) : entriesOf(source) !== undefined;
  if (!fits) throw refuse(`json: cannot unmarshal ${goKind(source)} into Go value of type ${wanted}`);
  return plainJson(source);
}

function goKind(source: Source): string {
  if (source === null) return 'null';
  if (typeof source === 'boolean') return 'bool';
  if (typeof source === 'string') return 'string';
  return Array.isArray(source) ? 'array' : entriesOf(source) ? 'object' : 'number';
}

/** What a patched object has to be. */
export interface Expected {
  readonly apiVersion: string;
  readonly kind: string;
  readonly typeName: string;
}

/** What the patched object says it is; what it leaves out is what it was. */
function kindOf(
  result: Json,
  expected: Expected,
  refuse: (why: string) => ApiError,
): { apiVersion: string; kind: string } {
  if (!isMap(result))
    throw refuse(`json: cannot unmarshal ${goKind(result)} into Go value of type map[string]interface {}`);
  const named = (key: 'apiVersion' | 'kind'): string => {
    const value = ownValue(result, key) ?? '';
    if (typeof value === 'string') return value || expected[key];
    const why = `json: cannot unmarshal ${goKind(value)} into Go struct field .${key} of type string`;
    throw refuse(`couldn't get version/kind; json parse error: ${why}`);
  };
  return { apiVersion: named('apiVersion'), kind: named('kind') };
}

/** The object after the patch, decoded again as if it had been sent. */
function patched(
  call: Call,
  path: ResourcePath,
  patcher: Patcher,
  current: ApiObject,
  validation: FieldValidation,
): ApiObject {
  const { resource } = path;
  const before = shown(current, resource);
  const expected = { apiVersion: resource.apiVersion, kind: resource.row.kind, typeName: resource.typeName ?? '' };
  const decoded = resource.custom
    ? customPatch(call, patcher, before, resource, validation)
    : decodedPatch(call, patcher, before, expected, validation);
  const object = inNamespace(decoded, path);
  checkName(object, path.name);
  checkRevisionText(object);
  return resource.conversion ? resource.conversion.toStored(object as ApiObject) : (object as ApiObject);
}

/** What a patch makes of a custom object. */
function customPatch(
  call: Call,
  patcher: Patcher,
  current: Json,
  resource: Resource,
  validation: FieldValidation,
): DraftObject {
  const decoded = decodeCustom(patcher.apply(current) as Source, resource);
  applyStrictness(call, decoded, validation, resource.row.kind);
  const { apiVersion, metadata } = decoded.object;
  if (apiVersion !== resource.apiVersion) {
    const errors = new FieldErrors();
    errors.invalid('apiVersion', apiVersion, `must be ${resource.apiVersion}`);
    throw invalidObject(resource.row.group, resource.row.kind, metadata.name ?? '', errors);
  }
  return decoded.object;
}

/** What a patch makes of an object, decoded. Throws ApiError 422, and what the patch itself meets. */
export function decodedPatch(
  call: Call,
  patcher: Patcher,
  current: Json,
  expected: Expected,
  validation: FieldValidation,
): DraftObject {
  const result = patcher.apply(current);
  const refuse = (why: string): ApiError => {
    const errors = new FieldErrors();
    errors.invalid('patch', patcher.shown(result), why);
    return invalidObject('', '', '', errors);
  };
  const { apiVersion, kind } = kindOf(result, expected, refuse);
  if (apiVersion !== expected.apiVersion || kind !== expected.kind) {
    if (!typeNameOfKind(apiVersion, kind)) {
      throw refuse(
        `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in ${SCHEME}`,
      );
    }
    throw refuse(`unable to convert ${apiVersion} ${kind}`);
  }
  const decoded = decodeTyped(
    result as Source,
    expected.typeName,
    patcher.type === STRATEGIC_PATCH ? 'unstructured' : 'json',
  );
  if (decoded.fault !== undefined) throw refuse(decoded.fault);
  if (decoded.strict.length > 0 && validation === 'Warn') call.warnings.push(...decoded.strict);
  if (decoded.strict.length > 0 && validation === 'Strict')
    throw refuse(`strict decoding error: ${decoded.strict.join(', ')}`);
  const whole = withStructure(
    { ...(decoded.value as JsonMap), apiVersion, kind },
    expected.typeName,
  ) as unknown as DraftObject;
  return { ...whole, metadata: whole.metadata ?? {} };
}
