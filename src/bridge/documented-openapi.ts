import { documentedSchema } from '../api/schema/documented';
import { isMap, type JsonMap } from '../api/json';
import type { ApiRequest, ApiResponse } from '../api/client';

/**
 * An answer of the cluster's in which types and fields say what they are, where it is an OpenAPI document. The cluster
 * itself does not carry these texts, which would weigh on every page.
 */
export async function withDescriptions({ path }: ApiRequest, response: ApiResponse): Promise<ApiResponse> {
  const { body } = response;
  if (!path.startsWith('/openapi/v3/') || !isMap(body) || !isMap(body['components'])) return response;
  const { default: docs } = await import('virtual:field-docs');
  const schemas = Object.entries(body['components']['schemas'] as JsonMap).map(([name, schema]) => [
    name,
    documentedSchema(name, docs) ?? schema,
  ]);
  const components = { ...body['components'], schemas: Object.fromEntries(schemas) as JsonMap };
  return { ...response, body: { ...body, components } };
}
