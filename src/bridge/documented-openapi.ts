import { documentedSchema } from '../api/schema/documented';
import { swaggerSchema } from '../api/schema/swagger';
import { isMap, type JsonMap } from '../api/json';
import type { ApiRequest, ApiResponse } from '../api/client';

/**
 * An answer of the cluster's in which types and fields say what they are, where it is an OpenAPI document. The cluster
 * itself does not carry these texts, which would weigh on every page.
 */
export async function withDescriptions({ path }: ApiRequest, response: ApiResponse): Promise<ApiResponse> {
  const { body } = response;
  if (!path.startsWith('/openapi/') || !isMap(body)) return response;
  if (isMap(body['definitions']))
    return { ...response, body: { ...body, definitions: await documented(body['definitions'], swaggerSchema) } };
  if (!isMap(body['components'])) return response;
  const schemas = await documented(body['components']['schemas'] as JsonMap, (schema) => schema);
  return { ...response, body: { ...body, components: { ...body['components'], schemas } } };
}

/** The schemas of a document, with their texts, in the words of its version. */
async function documented(schemas: JsonMap, inVersion: (schema: JsonMap) => JsonMap): Promise<JsonMap> {
  const { default: docs } = await import('virtual:field-docs');
  const told = Object.entries(schemas).map(([name, schema]) => {
    const known = documentedSchema(name, docs);
    return [name, known ? inVersion(known) : schema];
  });
  return Object.fromEntries(told) as JsonMap;
}
