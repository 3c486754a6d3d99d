import type { Json } from '../../api/objects';
import type { FieldSchema } from '../../api/schema/types';
import { typeByName, typeNameOfKind } from '../../api/schema/tables';
import { isNotFound } from '../errors';
import type { JsonObject } from '../format/json';
import { at, isObject, listAt, objectAt, setOwn, textAt } from '../format/json';
import type { Session } from '../session';
import type { Mapping } from './discovery';
import { groupVersionOf } from './discovery';

const REF = '#/components/schemas/';

/** The published schema of a kind, and how to find the schemas it refers to. */
export interface KindSchema {
  root: JsonObject;
  resolve(ref: string): JsonObject | undefined;
}

/**
 * The OpenAPI v3 schema of a kind. A cluster that publishes none still has the kinds that Kubernetes serves by itself:
 * their fields and types are known here, without descriptions. Undefined for other kinds.
 */
export async function schemaOfKind(session: Session, mapping: Mapping): Promise<KindSchema | undefined> {
  return (await publishedSchema(session, mapping)) ?? knownSchema(mapping);
}

async function publishedSchema(session: Session, mapping: Mapping): Promise<KindSchema | undefined> {
  const path = mapping.group ? `apis/${mapping.group}/${mapping.version}` : `api/${mapping.version}`;
  let document: Json;
  try {
    const paths = await session.rest.json('GET', '/openapi/v3');
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
  return { root, resolve: (ref) => objectAt(schemas, ref.replace(REF, '')) };
}

function isOfKind(schema: Json, { group, version, kind }: Mapping): boolean {
  const kinds = listAt(schema, 'x-kubernetes-group-version-kind');
  return kinds.some(
    (one) => textAt(one, 'group') === group && textAt(one, 'version') === version && textAt(one, 'kind') === kind,
  );
}

function knownSchema(mapping: Mapping): KindSchema | undefined {
  const name = typeNameOfKind(groupVersionOf(mapping), mapping.kind);
  const root = name === undefined ? undefined : typeSchema(name);
  return root && { root, resolve: (ref) => typeSchema(ref.replace(REF, '')) };
}

function typeSchema(name: string): JsonObject | undefined {
  const type = typeByName(name);
  if (!type) return undefined;
  const { fields, required } = type;
  const schema: JsonObject = {};
  if (type.type !== undefined && type.oneOf === undefined) schema['type'] = type.type;
  if (type.oneOf !== undefined) schema['oneOf'] = type.oneOf;
  if (required) schema['required'] = required;
  if (fields) {
    const properties: JsonObject = {};
    for (const [key, field] of Object.entries(fields)) setOwn(properties, key, fieldSchema(field));
    schema['properties'] = properties;
  }
  return schema;
}

function fieldSchema(field: FieldSchema): JsonObject {
  const schema: JsonObject = {};
  if (field.ref !== undefined) schema['$ref'] = REF + field.ref;
  else if (field.type !== undefined) schema['type'] = field.type;
  if (field.items) schema['items'] = fieldSchema(field.items);
  if (field.values) schema['additionalProperties'] = fieldSchema(field.values);
  if (field.enum) schema['enum'] = field.enum;
  return schema;
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
