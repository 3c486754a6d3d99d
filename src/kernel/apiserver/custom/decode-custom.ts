import { setKey, type JsonMap } from '../../../api/json';
import type { DraftObject, Json } from '../../../api/objects';
import { badRequest } from '../../../api/status';
import { entriesOf, plainJson, type Source } from '../decode/go-json';
import { decodeTyped } from '../decode/typed';
import type { Resource } from '../kind';
import { pruned, withoutNulls } from './schema';

/** Models apiextensions-apiserver/pkg/apiserver schemaCoercingDecoder: from a body to a custom object. */

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** An object and what strict decoding objects to. Throws ApiError 400. */
export function decodeCustom(source: Source, resource: Resource): { object: DraftObject; strict: string[] } {
  const { row, apiVersion } = resource;
  const strict: string[] = [];
  const object = mapOf(source, strict);
  const named = { apiVersion: textOr(object['apiVersion'], apiVersion), kind: textOr(object['kind'], row.kind) };
  const [group = '', version = ''] = named.apiVersion.split('/');
  const schema = resource.custom!.schemas.get(version) ?? {};
  const known = group === row.group && named.kind === row.kind;
  const unknown: string[] = [];
  const kept = known ? withoutNulls(pruned(object, schema, unknown), schema) : object;
  strict.push(...unknown.sort().map((path) => `unknown field ${JSON.stringify(path)}`));
  const { metadata, ...rest } = kept as JsonMap;
  const meta = decodeTyped((metadata ?? {}) as Source, OBJECT_META);
  if (meta.fault !== undefined) {
    const shown = `${named.kind} in version ${JSON.stringify(version)}`;
    throw badRequest(`${shown} cannot be handled as a ${row.kind}: ${meta.fault}`);
  }
  strict.push(...meta.strict.map((text) => text.replace(/^(\w+ field ")/, '$1metadata.')));
  return { object: { ...rest, ...named, metadata: meta.value } as unknown as DraftObject, strict };
}

const textOr = (value: Json | undefined, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** The top of a body as an object; a key that is given twice counts once, and is objected to. */
function mapOf(source: Source, strict: string[]): JsonMap {
  const map: JsonMap = {};
  for (const [key, value] of entriesOf(source) ?? []) {
    if (Object.hasOwn(map, key)) strict.push(`duplicate field ${JSON.stringify(key)}`);
    setKey(map, key, plainJson(value));
  }
  return map;
}
