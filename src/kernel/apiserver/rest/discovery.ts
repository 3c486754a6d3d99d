import type { JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import type { ResourceRow } from '../../../api/schema/types';
import type { Registry } from '../registry';

/** Models apiserver/pkg/endpoints/discovery: what is served, for clients to find out. */

/** GET /api. */
export function coreVersions(): Json {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }],
  };
}

/** GET /apis. */
export function groupList(registry: Registry): Json {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: registry.groups().map((group) => describeGroup(registry, group)),
  };
}

/** GET /apis/GROUP. */
export function groupOf(registry: Registry, group: string): Json {
  return { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(registry, group) };
}

function describeGroup(registry: Registry, group: string): JsonMap {
  const versions = registry.versionsOf(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0]! };
}

/** GET /api/v1 or /apis/GROUP/VERSION. */
export function resourceList(registry: Registry, apiVersion: string): Json {
  const rows = registry.rowsOf(apiVersion);
  return {
    kind: 'APIResourceList',
    ...(apiVersion === 'v1' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersion,
    resources: rows.flatMap((row) => [
      describeResource(row),
      ...row.subresources.map((sub) => describeSubresource(row, sub)),
    ]),
  };
}

function describeResource(row: ResourceRow): JsonMap {
  return {
    name: row.resource,
    singularName: row.singular,
    namespaced: row.namespaced,
    kind: row.kind,
    verbs: row.verbs,
    ...(row.shortNames.length > 0 ? { shortNames: row.shortNames } : {}),
    ...(row.categories.length > 0 ? { categories: row.categories } : {}),
  };
}

type Subresource = ResourceRow['subresources'][number];

function describeSubresource(row: ResourceRow, sub: Subresource): JsonMap {
  return {
    name: `${row.resource}/${sub.name}`,
    singularName: '',
    namespaced: row.namespaced,
    ...(sub.group ? { group: sub.group } : {}),
    ...(sub.version ? { version: sub.version } : {}),
    kind: sub.kind,
    verbs: sub.verbs,
  };
}

/** Aggregated discovery: everything at once. */
export function aggregated(registry: Registry, core: boolean, version: string): Json {
  const groups = core ? [''] : registry.groups();
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: group ? { name: group } : {},
      versions: registry.versionsOf(group).map((one) => ({
        version: one,
        resources: registry.rowsOf(group ? `${group}/${one}` : one).map(discoverResource),
        freshness: 'Current',
      })),
    })),
  };
}

function discoverResource(row: ResourceRow): JsonMap {
  const responseKind = { group: '', version: '', kind: row.kind };
  return {
    resource: row.resource,
    responseKind,
    scope: row.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: row.singular,
    verbs: row.verbs,
    ...(row.shortNames.length > 0 ? { shortNames: row.shortNames } : {}),
    ...(row.categories.length > 0 ? { categories: row.categories } : {}),
    ...(row.subresources.length > 0 ? { subresources: row.subresources.map(discoverSubresource) } : {}),
  };
}

function discoverSubresource(sub: Subresource): JsonMap {
  return {
    subresource: sub.name,
    responseKind: { group: sub.group ?? '', version: sub.version ?? '', kind: sub.kind },
    verbs: sub.verbs,
  };
}
