import { LineCounter } from 'yaml';
import type { ApiRequest } from '../../../api/client';
import type { JsonMap } from '../../../api/json';
import type { DraftObject, Json } from '../../../api/objects';
import { RESOURCES, typeNameOfKind } from '../../../api/schema/tables';
import { ApiError, badRequest } from '../../../api/status';
import { parseYamlDocument } from '../../../base/yaml';
import { withStructure } from '../structure';
import { entriesOf, JsonSyntaxError, parseGoJson, type Source } from './go-json';
import { decodeTyped } from './typed';

/** Models apiserver/pkg/endpoints/handlers and apimachinery/pkg/runtime/serializer/json: from a request's body to an object. */

const BODY_LIMIT = 3 * 1024 * 1024;
const SHOWN_BYTES = 30;
const ALIAS_LIMIT = 1000;
/** How messages name the scheme that knows all built-in kinds. */
export const SCHEME = 'scheme "pkg/api/legacyscheme/scheme.go:30"';
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** What a client sent, before anything is known of its kind. */
export interface Body {
  readonly source: Source;
  /** As it was sent. */
  readonly text: string;
}

/** The media type of a body, without its parameters. */
export function contentType(request: ApiRequest): string {
  const type = (request.headers?.['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  return type === '' || type === '*/*' ? 'application/json' : type;
}

/** The body's text. Throws ApiError 413 for more than three megabytes. */
export function bodyText(request: ApiRequest): string {
  const { body } = request;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  if (byteLength(text) > BODY_LIMIT) {
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_LIMIT}`, {});
  }
  return text;
}

function byteLength(text: string): number {
  return text.length * 3 <= BODY_LIMIT ? text.length : new TextEncoder().encode(text).length;
}

/** Thrown for YAML that cannot be read. */
export class YamlError extends Error {}

/** Parses JSON or YAML by its content type. Throws JsonSyntaxError, YamlError, or ApiError 415. */
function parseBody(request: ApiRequest, text: string): Source {
  const type = contentType(request);
  if (type === 'application/json')
    return typeof request.body === 'string' ? parseGoJson(text) : ((request.body ?? parseGoJson(text)) as Source);
  if (type === 'application/yaml') return parseYaml(text);
  const message = `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`;
  throw new ApiError(415, 'UnsupportedMediaType', message);
}

/** Parses YAML 1.1, as `sigs.k8s.io/yaml` does. */
export function parseYaml(text: string): Source {
  const lines = new LineCounter();
  try {
    const document = parseYamlDocument(text, {
      version: '1.1',
      uniqueKeys: false,
      merge: true,
      lineCounter: lines,
      logLevel: 'silent',
    });
    const fault = document.errors[0];
    if (fault)
      throw new YamlError(
        `yaml: line ${fault.linePos?.[0].line ?? 1}: ${fault.message.split('\n')[0]!.replace(/ at line.*$/, '')}`,
      );
    return document.toJS({ maxAliasCount: ALIAS_LIMIT }) as Source;
  } catch (error) {
    if (error instanceof YamlError) throw error;
    if (error instanceof ReferenceError) throw new YamlError('yaml: document contains excessive aliasing');
    if (error instanceof RangeError) throw new YamlError('yaml: exceeded max depth of 10000');
    throw error;
  }
}

/** What `sigs.k8s.io/yaml`'s strict decoding says of keys that a map has twice; `undefined` where there are none. */
export function duplicateKeys(text: string): string | undefined {
  const lines = new LineCounter();
  const { errors } = parseYamlDocument(text, { version: '1.1', lineCounter: lines, logLevel: 'silent' });
  const twice = errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  if (twice.length === 0) return undefined;
  const words = twice.map(({ pos }) => {
    const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0].replace(/^(['"])(.*)\1$/, '$2') ?? '';
    return `  line ${lines.linePos(pos[0]).line}: key ${JSON.stringify(key)} already set in map`;
  });
  return `error converting YAML to JSON: yaml: unmarshal errors:\n${words.join('\n')}`;
}

/** What decoding a body gave. */
export interface DecodedBody {
  readonly object: DraftObject;
  readonly strict: readonly string[];
}

/** Decodes the body of a create or an update into the resource's kind. Throws ApiError 400, 413, 415. */
export function decodeBody(
  request: ApiRequest,
  expected: { apiVersion: string; kind: string; typeName: string },
): DecodedBody {
  const text = bodyText(request);
  const source = sourceOf(request, text, expected.kind);
  const { apiVersion, kind } = kindOf(source, expected, text);
  const version = apiVersion.split('/').at(-1)!;
  const refuse = (why: string): ApiError =>
    badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${why}`);
  if (expected.kind === 'DeleteOptions' && kind !== expected.kind) {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in ${SCHEME}`,
    );
  }
  if ((apiVersion !== expected.apiVersion && !isInEveryVersion(apiVersion, kind)) || kind !== expected.kind) {
    const known = typeNameOfKind(apiVersion, kind);
    if (!known)
      throw refuse(
        `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in ${SCHEME}`,
      );
    if (kind !== expected.kind)
      throw refuse(`converting (${shortType(known)}) to (${internalType(expected.typeName)}): unknown conversion`);
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
  const decoded = decodeTyped(source, expected.typeName);
  if (decoded.fault !== undefined) throw refuse(decoded.fault);
  const object = withStructure({ ...(decoded.value as JsonMap), apiVersion, kind }, expected.typeName);
  return { object: object as unknown as DraftObject, strict: decoded.strict };
}

/** Every group version has the options of a deletion of its own; Go's clients send those. Models metav1.AddToGroupVersion. */
function isInEveryVersion(apiVersion: string, kind: string): boolean {
  return kind === 'DeleteOptions' && RESOURCES.some((row) => apiVersionOf(row) === apiVersion);
}

const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? version : `${group}/${version}`;

/** What a body says, where it is an object that may be of the expected kind. Throws ApiError 400, 413, 415. */
export function bodySource(request: ApiRequest, expected: { apiVersion: string; kind: string }): Source {
  const text = bodyText(request);
  const source = sourceOf(request, text, expected.kind);
  kindOf(source, expected, text);
  return source;
}

function sourceOf(request: ApiRequest, text: string, kind: string): Source {
  try {
    return parseBody(request, text);
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw unrecognized(kind, `couldn't get version/kind; json parse error: ${error.message}`, text);
    if (error instanceof YamlError) throw unrecognized(kind, error.message, text);
    throw error;
  }
}

function unrecognized(kind: string, why: string, text: string): ApiError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(text)})`);
}

/** The start of a body: as text where it is an object, else in hexadecimal. Models summarizeData. */
function summary(text: string): string {
  if (text === '') return '<empty>';
  const bytes = new TextEncoder().encode(text.slice(0, SHOWN_BYTES + 1));
  const long = bytes.length > SHOWN_BYTES;
  const shown = bytes.slice(0, SHOWN_BYTES);
  const start = text.startsWith('{')
    ? new TextDecoder().decode(shown)
    : [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return long ? `${start} ...` : start;
}

const META_STRUCT =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The kind a body names; what it leaves out is what the path expects. */
function kindOf(
  source: Source,
  expected: { apiVersion: string; kind: string },
  text: string,
): { apiVersion: string; kind: string } {
  if (source === null) return expected;
  const entries = entriesOf(source);
  const refuse = (why: string): ApiError =>
    unrecognized(expected.kind, `couldn't get version/kind; json parse error: json: cannot unmarshal ${why}`, text);
  if (!entries) throw refuse(`${goKind(source)} into Go value of type ${META_STRUCT}`);
  const found = { apiVersion: '', kind: '' };
  for (const [key, value] of entries) {
    if (key !== 'apiVersion' && key !== 'kind') continue;
    if (value !== null && typeof value !== 'string')
      throw refuse(`${goKind(value)} into Go struct field .${key} of type string`);
    found[key] = value ?? '';
  }
  return { apiVersion: found.apiVersion || expected.apiVersion, kind: found.kind || expected.kind };
}

function goKind(source: Source): string {
  if (typeof source === 'boolean') return 'bool';
  if (typeof source === 'string') return 'string';
  return Array.isArray(source) ? 'array' : entriesOf(source) ? 'object' : 'number';
}

function shortType(typeName: string): string {
  return typeName.split('.').slice(-2).join('.');
}

/** `io.k8s.api.core.v1.Pod` → `core.Pod`: the hub type of a group. */
function internalType(typeName: string): string {
  const parts = typeName.split('.');
  return `${parts.at(-3)!}.${parts.at(-1)!}`;
}

/** The JSON of a patch body. */
export function patchSource(request: ApiRequest): { json: Json | undefined; source: Source; text: string } {
  const text = bodyText(request);
  if (typeof request.body !== 'string' && request.body !== undefined)
    return { json: request.body, source: request.body as Source, text };
  return { json: undefined, source: parseGoJson(text), text };
}
