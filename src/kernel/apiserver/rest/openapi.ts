import type { JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { openApiSchema, reachableTypes, SCHEMAS } from '../../../api/schema/openapi';
import type { ResourceRow } from '../../../api/schema/types';
import type { Resource } from '../kind';
import type { Registry } from '../registry';

/** Models apiserver/pkg/server/routes/openapi: the schemas of a version, made of the same tables as its rules. */

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const METADATA_WORDS =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
const ACTIONS: readonly (readonly [verb: string, method: string, single: boolean])[] = [
  ['list', 'get', false],
  ['create', 'post', false],
  ['get', 'get', true],
  ['update', 'put', true],
  ['patch', 'patch', true],
  ['delete', 'delete', true],
];
/** Upstream calls two verbs otherwise here. */
const ACTION_NAMES: Readonly<Record<string, string>> = { create: 'post', update: 'put' };

const BOOLEAN_PARAMETERS = ['allowWatchBookmarks', 'force', 'sendInitialEvents', 'watch'];
const INTEGER_PARAMETERS = ['gracePeriodSeconds', 'limit', 'timeoutSeconds'];
const WRITE_PARAMETERS = ['pretty', 'dryRun', 'fieldManager', 'fieldValidation'];
/** The query parameters of a verb; kubectl looks here whether a server validates fields and knows dry runs. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  get: ['pretty'],
  list: [
    'pretty',
    'allowWatchBookmarks',
    'continue',
    'fieldSelector',
    'labelSelector',
    'limit',
    'resourceVersion',
    'resourceVersionMatch',
    'sendInitialEvents',
    'timeoutSeconds',
    'watch',
  ],
  create: WRITE_PARAMETERS,
  update: WRITE_PARAMETERS,
  patch: [...WRITE_PARAMETERS, 'force'],
  delete: ['pretty', 'dryRun', 'gracePeriodSeconds', 'propagationPolicy'],
};

const PARAMETER_SCHEMAS: Readonly<Record<string, Json>> = Object.fromEntries(
  [...new Set(Object.values(PARAMETERS).flat())].map((name) => [
    name,
    {
      name,
      in: 'query',
      schema: {
        type: BOOLEAN_PARAMETERS.includes(name) ? 'boolean' : INTEGER_PARAMETERS.includes(name) ? 'integer' : 'string',
        uniqueItems: true,
      },
    },
  ]),
);

/** The document of a version, such as `apps/v1`. */
export function openApiDocument(registry: Registry, apiVersion: string): Json {
  const resources = registry.rowsOf(apiVersion).flatMap((row) => registry.byPath(apiVersion, row.resource) ?? []);
  const names = resources.flatMap(({ typeName }) => typeName ?? []);
  const custom = resources.filter((resource) => resource.custom);
  const types = reachableTypes(custom.length > 0 ? [...names, OBJECT_META] : names);
  const schemas: JsonMap = {};
  for (const name of types) schemas[name] = openApiSchema(name) ?? {};
  for (const resource of custom) schemas[customName(resource)] = customSchema(resource);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.assign({}, ...resources.map(pathsOf)) as JsonMap,
    components: { schemas },
  };
}

const kindOf = ({ group, version, kind }: ResourceRow): JsonMap => ({ group, version, kind });

function pathsOf({ row, apiVersion }: Resource): JsonMap {
  const root = `/${row.group === '' ? 'api' : 'apis'}/${apiVersion}${row.namespaced ? '/namespaces/{namespace}' : ''}/${row.resource}`;
  const operations = (single: boolean): JsonMap =>
    Object.fromEntries(
      ACTIONS.filter(([verb, , one]) => one === single && row.verbs.includes(verb)).map(([verb, method]) => [
        method,
        {
          parameters: (PARAMETERS[verb] ?? []).map((name) => PARAMETER_SCHEMAS[name]!),
          'x-kubernetes-action': ACTION_NAMES[verb] ?? verb,
          'x-kubernetes-group-version-kind': kindOf(row),
        },
      ]),
    );
  return { [root]: operations(false), [`${root}/{name}`]: operations(true) };
}

/** `com.example.dig.v1.Mine`: the group is read from its end. */
function customName({ row }: Resource): string {
  return [...row.group.split('.').reverse(), row.version, row.kind].join('.');
}

function customSchema({ row, custom }: Resource): JsonMap {
  const schema = (custom!.schemas.get(row.version) ?? {}) as unknown as JsonMap;
  const metadata = { allOf: [{ $ref: SCHEMAS + OBJECT_META }], description: METADATA_WORDS };
  const own = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata };
  return {
    ...schema,
    properties: { ...own, ...(schema['properties'] as JsonMap | undefined) },
    'x-kubernetes-group-version-kind': [kindOf(row)],
  };
}
