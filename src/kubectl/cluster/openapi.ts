import type { Json } from '../../api/objects';
import { documentedSchema } from '../../api/schema/documented';
import { SCHEMAS } from '../../api/schema/openapi';
import { typeNameOfKind } from '../../api/schema/tables';
import { isNotFound } from '../errors';
import type { JsonObject } from '../format/json';
import { at, isObject, listAt, objectAt, textAt } from '../format/json';
import type { Session } from '../session';
import type { Mapping } from './discovery';
import { groupVersionOf } from './discovery';

/** The published schema of a kind, and how to find the schemas it refers to. */
export interface KindSchema {
  root: JsonObject;
  resolve(ref: string): JsonObject | undefined;
}

/**
 * The OpenAPI v3 schema of a kind: what is known of the kinds that Kubernetes serves by itself, documentation
 * included, or what the cluster publishes of others. Undefined where nothing is known.
 */
export async function schemaOfKind(session: Session, mapping: Mapping): Promise<KindSchema | undefined> {
  return (await knownSchema(mapping)) ?? (await publishedSchema(session, mapping));
}

async function publishedSchema(session: Session, mapping: Mapping): Promise<KindSchema | undefined> {
  const path = mapping.group ? `apis/${mapping.group}/${mapping.version}` : `api/${mapping.version}`;
  let document: Json;
  try {
    /* The server says that this is plain text, whatever it is; so it comes as it was sent where that is over the net. */
    const index = await session.rest.json('GET', '/openapi/v3');
    const paths: Json = typeof index === 'string' ? (JSON.parse(index) as Json) : index;
    const url = textAt(paths, 'paths', path, 'serverRelativeURL');
    if (url === '') return undefined;
    const [route = '', search = ''] = url.split('?');
    document = await session.rest.json('GET', route, { query: Object.fromEntries(new URLSearchParams(search)) });
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
  const schemas = objectAt(document, 'components', 'schemas') ?? {};
  const root = Object.values(schemas).find((schema) => isOfKind(schema, mapping));
  if (!isObject(root)) return undefined;
  return { root, resolve: (ref) => objectAt(schemas, ref.replace(SCHEMAS, '')) };
}

function isOfKind(schema: Json, { group, version, kind }: Mapping): boolean {
  const kinds = listAt(schema, 'x-kubernetes-group-version-kind');
  return kinds.some(
    (one) => textAt(one, 'group') === group && textAt(one, 'version') === version && textAt(one, 'kind') === kind,
  );
}

/** The documentation comes when somebody first asks for a schema. */
async function knownSchema(mapping: Mapping): Promise<KindSchema | undefined> {
  const name = typeNameOfKind(groupVersionOf(mapping), mapping.kind);
  if (name === undefined) return undefined;
  const { default: docs } = await import('virtual:field-docs');
  const resolve = (ref: string): JsonObject | undefined => documentedSchema(ref.replace(SCHEMAS, ''), docs);
  const root = resolve(name);
  return root && { root, resolve };
}

/** The name of the type that a schema refers to, without its package; undefined where it refers to none. */
export function referenceOf(schema: JsonObject): string | undefined {
  const own = textAt(schema, '$ref');
  if (own !== '') return own;
  const parts = listAt(schema, 'allOf');
  return parts.length === 1 && at(schema, 'properties') === undefined
    ? textAt(parts[0], '$ref') || undefined
    : undefined;
}
