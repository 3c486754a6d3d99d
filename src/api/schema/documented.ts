import type { FieldDocs } from 'virtual:field-docs';
import type { JsonMap } from '../json';
import { openApiSchema } from './openapi';
import { shortName } from './type-code';

/** Every kind has these two, and nothing else says what they are. */
const TYPE_META: Readonly<Record<string, string>> = {
  apiVersion:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
};

/** The schema of a type with what is written of it and its fields; nothing where the type is not known. */
export function documentedSchema(name: string, docs: FieldDocs): JsonMap | undefined {
  const schema = openApiSchema(name) as JsonMap | undefined;
  if (!schema) return undefined;
  const words = docs[shortName(name)] ?? {};
  const isKind = schema['x-kubernetes-group-version-kind'] !== undefined;
  const properties = Object.entries((schema['properties'] ?? {}) as JsonMap).map(([key, field]) => {
    const description = words[key]?.description ?? (isKind ? TYPE_META[key] : undefined);
    const own = { ...words[key], ...(description === undefined ? {} : { description }) };
    return [key, { ...referred(field as JsonMap), ...own }];
  });
  return {
    ...schema,
    ...words[''],
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties) as JsonMap } : {}),
  };
}

/** As the API server publishes it: beside a reference itself nothing else counts. */
function referred(field: JsonMap): JsonMap {
  const { $ref, ...others } = field;
  return $ref === undefined ? field : { ...others, allOf: [{ $ref }] };
}
