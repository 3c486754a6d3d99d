import { isMap, setKey, type JsonMap } from '../json';
import type { Json } from '../objects';
import { SCHEMAS } from './openapi';

/** Models kube-openapi's way from OpenAPI v3 to v2 (swagger): what v2 has no words for is said more loosely, or not. */

const DEFINITIONS = '#/definitions/';
/** What a schema of v2 does not know. */
const UNKNOWN = new Set(['allOf', 'anyOf', 'default', 'not', 'nullable', 'oneOf']);

/** A schema of v3 as v2 has it. */
export function swaggerSchema(schema: JsonMap): JsonMap {
  const told: JsonMap = {};
  const reference = schema['$ref'] ?? soleReference(schema['allOf']);
  if (typeof reference === 'string') told['$ref'] = reference.replace(SCHEMAS, DEFINITIONS);
  for (const [key, value] of Object.entries(schema)) {
    if (UNKNOWN.has(key) || key === '$ref') continue;
    if (key === 'properties') told[key] = eachSchema(value);
    else if (key === 'items' || key === 'additionalProperties') told[key] = isMap(value) ? swaggerSchema(value) : value;
    else setKey(told, key, value);
  }
  /* Of several types it is the one in which each of them can be written. */
  if (schema['oneOf'] !== undefined && told['type'] === undefined) told['type'] = 'string';
  if (schema['nullable'] === true || schema['x-kubernetes-int-or-string'] === true) return untyped(told);
  return told;
}

const eachSchema = (properties: Json): JsonMap => {
  const told: JsonMap = {};
  for (const [name, schema] of Object.entries(isMap(properties) ? properties : {}))
    setKey(told, name, isMap(schema) ? swaggerSchema(schema) : schema);
  return told;
};

function soleReference(parts: Json | undefined): Json | undefined {
  return Array.isArray(parts) && parts.length === 1 && isMap(parts[0]) ? parts[0]['$ref'] : undefined;
}

/** A value that may be null, or of two types, may be anything: v2 has but one type a schema. */
function untyped({ type: _type, items: _items, properties: _properties, ...rest }: JsonMap): JsonMap {
  return rest;
}

/** All documents of v3 as the one of v2. */
export function swaggerDocument(documents: readonly JsonMap[]): JsonMap {
  const paths: JsonMap = {};
  const definitions: JsonMap = {};
  for (const document of documents) {
    const { schemas } = document['components'] as JsonMap;
    for (const [name, schema] of Object.entries(schemas as JsonMap))
      setKey(definitions, name, swaggerSchema(schema as JsonMap));
    for (const [path, item] of Object.entries(document['paths'] as JsonMap)) paths[path] = swaggerPath(item as JsonMap);
  }
  const [first] = documents;
  return {
    swagger: '2.0',
    info: first?.['info'] ?? {},
    paths,
    definitions,
    securityDefinitions: {
      BearerToken: {
        type: 'apiKey',
        in: 'header',
        name: 'authorization',
        description: 'A token of a ServiceAccount or user.',
      },
    },
    security: [{ BearerToken: [] }],
  };
}

function swaggerPath(item: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) =>
      key === 'parameters'
        ? [key, (value as JsonMap[]).map(swaggerParameter)]
        : [key, swaggerOperation(value as JsonMap)],
    ),
  ) as JsonMap;
}

/** In v2 a parameter's type stands in it. */
function swaggerParameter({ schema, ...parameter }: JsonMap): JsonMap {
  return { ...parameter, ...(schema as JsonMap) };
}

function swaggerOperation({ requestBody, responses, parameters, ...operation }: JsonMap): JsonMap {
  const body = contentOf(requestBody);
  const taken = body && {
    name: 'body',
    in: 'body',
    ...((requestBody as JsonMap)['required'] === true ? { required: true } : {}),
    schema: body.schema,
  };
  const own = [...(taken ? [taken] : []), ...((parameters ?? []) as JsonMap[]).map(swaggerParameter)];
  const answers = Object.entries(responses as JsonMap).map(([code, answer]) => {
    const content = contentOf(answer);
    return [code, { description: (answer as JsonMap)['description'], ...(content ? { schema: content.schema } : {}) }];
  });
  const media = Object.values(responses as JsonMap).flatMap((answer) => contentOf(answer)?.media ?? []);
  return {
    ...operation,
    consumes: body?.media ?? ['*/*'],
    ...(own.length > 0 ? { parameters: own } : {}),
    produces: [...new Set(media)],
    responses: Object.fromEntries(answers) as JsonMap,
    schemes: ['https'],
  };
}

/** The media types of a body, and its schema, which is the same in each. */
function contentOf(body: Json | undefined): { media: string[]; schema: JsonMap } | undefined {
  if (!isMap(body) || !isMap(body['content'])) return undefined;
  const media = Object.keys(body['content']);
  const first = Object.values(body['content'])[0] as JsonMap | undefined;
  return { media, schema: swaggerSchema((first?.['schema'] ?? {}) as JsonMap) };
}
