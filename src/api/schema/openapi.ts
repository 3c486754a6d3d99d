import { setKey, type JsonMap } from '../json';
import type { FieldSchema } from './types';
import { typeByName } from './tables';

/** Types as OpenAPI v3 describes them. */

export const SCHEMAS = '#/components/schemas/';

/** The schema of a type by its published name, such as `io.k8s.api.core.v1.Pod`; `undefined` for an unknown one. */
export function openApiSchema(name: string): JsonMap | undefined {
  const type = typeByName(name);
  if (!type) return undefined;
  const { fields, required, kinds } = type;
  const schema: JsonMap = {};
  if (type.type !== undefined && type.oneOf === undefined) schema['type'] = type.type;
  if (type.format !== undefined) schema['format'] = type.format;
  if (type.oneOf !== undefined) schema['oneOf'] = (type.oneOf as string[]).map((one) => ({ type: one }));
  if (required) schema['required'] = required;
  if (fields) {
    const properties: JsonMap = {};
    for (const [key, field] of Object.entries(fields)) setKey(properties, key, fieldSchema(field));
    schema['type'] = 'object';
    schema['properties'] = properties;
  }
  if (type.mapType) schema['x-kubernetes-map-type'] = type.mapType;
  if (kinds) schema['x-kubernetes-group-version-kind'] = kinds.map((kind) => ({ ...kind }));
  return schema;
}

function fieldSchema(field: FieldSchema): JsonMap {
  const schema: JsonMap = {};
  if (field.ref !== undefined) schema['allOf'] = [{ $ref: SCHEMAS + field.ref }];
  else if (field.type !== undefined) schema['type'] = field.type;
  if (field.format !== undefined) schema['format'] = field.format;
  if (field.items) Object.assign(schema, { type: 'array', items: fieldSchema(field.items) });
  if (field.values) Object.assign(schema, { type: 'object', additionalProperties: fieldSchema(field.values) });
  if (field.enum) schema['enum'] = field.enum;
  /* A time that is always written is null where there is none: that is no default of its own. */
  if (field.default !== undefined && field.default !== null) schema['default'] = field.default;
  if (field.listType) schema['x-kubernetes-list-type'] = field.listType;
  if (field.mapType) schema['x-kubernetes-map-type'] = field.mapType;
  if (field.mapKeys) schema['x-kubernetes-list-map-keys'] = field.mapKeys;
  if (field.patchStrategy) schema['x-kubernetes-patch-strategy'] = field.patchStrategy;
  if (field.patchKey) schema['x-kubernetes-patch-merge-key'] = field.patchKey;
  /* Beside a reference itself nothing else counts, so that one that stands alone is written as such. */
  const alone = field.ref !== undefined && Object.keys(schema).length === 1;
  return alone ? { $ref: SCHEMAS + field.ref! } : schema;
}

/** The names of the types that a type leads to, itself among them. */
export function reachableTypes(names: readonly string[]): string[] {
  const waiting = [...names];
  const found = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const field of Object.values(typeByName(name)?.fields ?? {})) waiting.push(...referencesOf(field));
  }
  return [...found].sort();
}

function referencesOf(field: FieldSchema): string[] {
  const inner = [field.items, field.values].flatMap((one) => (one ? referencesOf(one) : []));
  return field.ref === undefined ? inner : [field.ref, ...inner];
}
