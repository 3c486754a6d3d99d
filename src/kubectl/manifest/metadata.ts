import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { goJson } from '../format/go-json';
import { isObject, sortedKeys } from '../format/json';
import type { JsonObject } from '../format/json';

const STOP_VALIDATION = 'if you choose to ignore these errors, turn validation off with --validate=false';

/** Refuses what is no object with apiVersion and kind. Models pkg/validation getObjectKind. Throws a CliError. */
export function validateKind(value: Json, source: string): void {
  const problems = isObject(value) ? kindProblems(value) : ['invalid object to validate'];
  if (problems.length === 0) return;
  const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  throw new CliError(`error validating "${source}": error validating data: ${text}; ${STOP_VALIDATION}`);
}

function kindProblems(object: JsonObject): string[] {
  const problems: string[] = [];
  const { apiVersion = null, kind = null } = object;
  if (apiVersion === null) problems.push('apiVersion not set');
  else if (typeof apiVersion !== 'string') problems.push("apiVersion isn't string type");
  else if (apiVersion.split('/').length > 2) problems.push(`unexpected GroupVersion string: ${apiVersion}`);
  if (kind === null) problems.push('kind not set');
  else if (typeof kind !== 'string') problems.push("kind isn't string type");
  return problems;
}

/**
 * An object of a manifest whose metadata has the types of metav1.ObjectMeta. Throws a CliError with the words of Go's
 * encoding/json. Models k8s.io/cli-runtime/pkg/resource metadataValidatingDecoder.
 */
export function decodeObject(value: Json, source: string): JsonObject {
  if (!isObject(value)) {
    throw undecodable(source, `json: cannot unmarshal ${jsonType(value)} into Go value of type unstructured.detector`);
  }
  if (typeof value['kind'] !== 'string' || value['kind'] === '') {
    throw undecodable(source, `Object 'Kind' is missing in '${goJson(value)}'`);
  }
  const problem = metadataProblem(value);
  if (problem) throw undecodable(source, problem);
  return value;
}

const undecodable = (source: string, words: string): CliError => new CliError(`unable to decode "${source}": ${words}`);

const OWNER_FIELDS: Record<string, string> = {
  apiVersion: 'string',
  kind: 'string',
  name: 'string',
  uid: 'types.UID',
  controller: 'bool',
  blockOwnerDeletion: 'bool',
};
const META_FIELDS: Record<string, string> = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'types.UID',
  resourceVersion: 'string',
  generation: 'int64',
  deletionGracePeriodSeconds: 'int64',
  labels: 'map[string]string',
  annotations: 'map[string]string',
  finalizers: '[]string',
  ownerReferences: '[]v1.OwnerReference',
};

function metadataProblem(object: JsonObject): string | undefined {
  for (const key of sortedKeys(object)) {
    const value = object[key] ?? null;
    if (value === null) continue;
    if ((key === 'apiVersion' || key === 'kind') && typeof value !== 'string') {
      return mismatch(value, `metadataOnlyObject.${key}`, 'string');
    }
    if (key !== 'metadata') continue;
    if (!isObject(value)) return mismatch(value, 'metadataOnlyObject.metadata', 'v1.ObjectMeta');
    const problem = fieldsProblem(value, META_FIELDS, 'ObjectMeta', 'metadata');
    if (problem) return problem;
  }
  return undefined;
}

function fieldsProblem(
  object: JsonObject,
  fields: Record<string, string>,
  struct: string,
  path: string,
): string | undefined {
  for (const key of sortedKeys(object)) {
    const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const value = object[key] ?? null;
    if (type === undefined || value === null) continue;
    const problem = valueProblem(value, type, struct, `${path}.${key}`);
    if (problem) return problem;
  }
  return undefined;
}

function valueProblem(value: Json, type: string, struct: string, path: string): string | undefined {
  const field = `${struct}.${path}`;
  if (type === 'bool') return typeof value === 'boolean' ? undefined : mismatch(value, field, type);
  if (type === 'int64') {
    if (typeof value !== 'number') return mismatch(value, field, type);
    return Number.isInteger(value)
      ? undefined
      : `json: cannot unmarshal number ${value} into Go struct field ${field} of type int64`;
  }
  if (type.startsWith('map')) {
    if (!isObject(value)) return mismatch(value, field, type);
    const wrong = sortedKeys(value).find((key) => value[key] !== null && typeof value[key] !== 'string');
    return wrong === undefined ? undefined : mismatch(value[wrong] ?? null, field, 'string');
  }
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) return mismatch(value, field, type);
    return value.map((item) => itemProblem(item, type.slice(2), field, path)).find((problem) => problem !== undefined);
  }
  return typeof value === 'string' ? undefined : mismatch(value, field, type);
}

function itemProblem(item: Json, type: string, field: string, path: string): string | undefined {
  if (item === null) return undefined;
  if (type === 'string') return typeof item === 'string' ? undefined : mismatch(item, field, 'string');
  return isObject(item) ? fieldsProblem(item, OWNER_FIELDS, 'OwnerReference', path) : mismatch(item, field, type);
}

function mismatch(value: Json, field: string, type: string): string {
  return `json: cannot unmarshal ${jsonType(value)} into Go struct field ${field} of type ${type}`;
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
