import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import { manifestsOf } from '../../api/manifests';
import { read } from './read';

interface Listed {
  readonly apiVersion: string;
  readonly resource: string;
  readonly kind: string;
}

/** All that somebody has declared in a cluster, as manifests that another takes. Throws what the API server refuses. */
export async function declaredIn(client: ApiClient): Promise<JsonMap[]> {
  const lists = await Promise.all((await listedResources(client)).map((listed) => listOf(client, listed)));
  return manifestsOf(lists.flat());
}

async function listOf(client: ApiClient, { apiVersion, resource, kind }: Listed): Promise<JsonMap[]> {
  const { items } = await read<{ items?: JsonMap[] }>(client, `${pathOf(apiVersion)}/${resource}`);
  /* Of a list's items nobody says the kind again. */
  return (items ?? []).map((item) => ({ ...item, apiVersion, kind }));
}

const pathOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** What can be listed, in each group's preferred version. */
async function listedResources(client: ApiClient): Promise<Listed[]> {
  const { groups } = await read<{ groups: { preferredVersion: { groupVersion: string } }[] }>(client, '/apis');
  const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const known = await Promise.all(
    versions.map(async (apiVersion) => {
      const { resources } = await read<{ resources: { name: string; kind: string; verbs: string[] }[] }>(
        client,
        pathOf(apiVersion),
      );
      return resources
        .filter(({ name, verbs }) => verbs.includes('list') && verbs.includes('create') && !name.includes('/'))
        .map(({ name, kind }): Listed => ({ apiVersion, resource: name, kind }));
    }),
  );
  return known.flat();
}
