import type { JsonMap } from '../../../../api/json';
import type { Json } from '../../../../api/objects';
import { openApiSchema, reachableTypes, SCHEMAS } from '../../../../api/schema/openapi';
import { typeNameOfKind } from '../../../../api/schema/tables';
import type { ResourceRow } from '../../../../api/schema/types';
import type { Resource } from '../../kind';
import type { Registry } from '../../registry';
import { listSchema, MACHINERY, RAW_EXTENSION, WIRE_TYPES } from './machinery-types';
import { groupName, pathsOf, type Described } from './operations';

/** Models apiserver/pkg/server/routes/openapi: a version's schemas and operations, made of the same tables as its rules. */

const METADATA_WORDS =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** The document of a version, such as `apps/v1`. */
export function openApiDocument(registry: Registry, apiVersion: string): Json {
  const served = registry
    .rowsOf(apiVersion)
    .flatMap((row) => describedOf(row, registry.byPath(apiVersion, row.resource)));
  const own = served.filter(({ custom }) => custom === undefined).map(({ typeName }) => typeName);
  const others = served.flatMap(({ row }) => row.subresources.flatMap((sub) => subresourceType(row, sub) ?? []));
  const machinery = ['DeleteOptions', 'ListMeta', 'ObjectMeta', 'Status'].map((name) => MACHINERY + name);
  const schemas: JsonMap = { ...WIRE_TYPES };
  for (const name of reachableTypes([...own, ...others, ...machinery, RAW_EXTENSION]))
    schemas[name] = openApiSchema(name) ?? {};
  for (const { row, typeName, custom } of served) {
    if (custom) schemas[typeName] = customSchema(custom);
    if (row.verbs.includes('list')) schemas[`${typeName}List`] = listSchema(row, typeName, custom?.custom?.listKind);
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.assign(versionPath(apiVersion), ...served.map(pathsOf)) as JsonMap,
    components: {
      schemas,
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          description: 'A token of a ServiceAccount or user.',
        },
      },
    },
  };
}

/** Reviews and Bindings are taken and not kept: there is a row of them, and no resource. */
function describedOf(
  row: ResourceRow,
  resource: Resource | undefined,
): (Described & { custom: Resource | undefined })[] {
  const custom = resource?.custom ? resource : undefined;
  const { group, version, kind } = row;
  const known = resource?.typeName ?? typeNameOfKind(group === '' ? version : `${group}/${version}`, kind);
  const typeName = custom ? customName(row) : known;
  return typeName === undefined
    ? []
    : [{ row, typeName, custom, returnsDeleted: resource?.kind.returnsDeleted === true }];
}

function subresourceType(row: ResourceRow, sub: ResourceRow['subresources'][number]): string | undefined {
  const [group, version] = [sub.group || row.group, sub.version || row.version];
  return typeNameOfKind(group === '' ? version : `${group}/${version}`, sub.kind);
}

/** GET of the version itself, which tells its resources. */
function versionPath(apiVersion: string): JsonMap {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const root = group === '' ? '/api' : '/apis';
  const schema = { $ref: `${SCHEMAS}${MACHINERY}APIResourceList` };
  const content = { 'application/json': { schema }, 'application/yaml': { schema } };
  const get = {
    description: 'get the resources that there are',
    operationId: `get${groupName(group!, true)}${version!.slice(0, 1).toUpperCase()}${version!.slice(1)}APIResources`,
    responses: { 200: { content, description: 'OK' }, 401: { description: 'Unauthorized' } },
    tags: [`${groupName(group!, false)}_${version}`],
  };
  return { [`${root}/${apiVersion}/`]: { get } };
}

/** `com.example.dig.v1.Mine`: the group is read from its end. */
function customName({ group, version, kind }: ResourceRow): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

function customSchema({ row, custom }: Resource): JsonMap {
  const schema = (custom!.schemas.get(row.version) ?? {}) as unknown as JsonMap;
  const metadata = { allOf: [{ $ref: `${SCHEMAS}${MACHINERY}ObjectMeta` }], description: METADATA_WORDS };
  const own = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata };
  const { group, version, kind } = row;
  return {
    ...schema,
    properties: { ...own, ...(schema['properties'] as JsonMap | undefined) },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}
