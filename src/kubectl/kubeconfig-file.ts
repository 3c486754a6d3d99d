import type { Json } from '../api/objects';
import { CliError, asError } from './errors';
import { isObject, listAt, objectAt, textAt } from './format/json';
import { yamlToJson } from './manifest/yaml';
import type { Kubeconfig } from './io';
import { toYaml } from './printers/yaml';

/** A kubeconfig in which nothing is set. */
export function emptyKubeconfig(): Kubeconfig {
  return { currentContext: '', clusters: [], contexts: [], users: [] };
}

/** Reads a kubeconfig file. Throws where it is none. `name` is what errors call it. */
export function parseKubeconfig(text: string, name: string): Kubeconfig {
  let file: Json;
  try {
    file = yamlToJson(text);
  } catch (thrown) {
    throw new CliError(`error loading config file "${name}": ${asError(thrown).message}`);
  }
  if (file === null) return emptyKubeconfig();
  if (!isObject(file)) throw new CliError(`error loading config file "${name}": it holds no object`);
  const entries = (list: string, field: string): { name: string; value: Record<string, Json> }[] =>
    listAt(file, list).map((entry) => ({ name: textAt(entry, 'name'), value: { ...objectAt(entry, field) } }));
  return {
    currentContext: textAt(file, 'current-context'),
    clusters: entries('clusters', 'cluster').map(({ name: cluster, value }) => ({ name: cluster, cluster: value })),
    contexts: entries('contexts', 'context').map(({ name: context, value }) => ({
      ...value,
      name: context,
      cluster: textAt(value, 'cluster'),
      user: textAt(value, 'user'),
    })),
    users: entries('users', 'user').map(({ name: user, value }) => ({ name: user, user: value })),
  };
}

/** Several files as one: what an earlier one says counts. Models ClientConfigLoadingRules.Load. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const first = <T extends { name: string }>(lists: readonly T[][]): T[] => {
    const known = new Map<string, T>();
    for (const one of lists.flat()) if (!known.has(one.name)) known.set(one.name, one);
    return [...known.values()];
  };
  return {
    currentContext: files.find((file) => file.currentContext !== '')?.currentContext ?? '',
    clusters: first(files.map((file) => file.clusters)),
    contexts: first(files.map((file) => file.contexts)),
    users: first(files.map((file) => file.users)),
  };
}

/** The text of a kubeconfig file. */
export function kubeconfigText({ currentContext, clusters, contexts, users }: Kubeconfig): string {
  return toYaml({
    apiVersion: 'v1',
    clusters: clusters.map(({ name, cluster }) => ({ cluster, name })),
    contexts: contexts.map(({ name, ...context }) => ({ context: { ...context }, name })),
    'current-context': currentContext,
    kind: 'Config',
    users: users.map(({ name, user }) => ({ name, user })),
  });
}
