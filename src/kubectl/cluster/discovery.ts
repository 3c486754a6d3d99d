import type { ApiClient } from '../../api/client';
import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { isObject, listAt, textAt } from '../format/json';
import type { Rest } from './rest';

/** One resource the cluster serves. Models meta.RESTMapping and metav1.APIResource. */
export interface Mapping {
  group: string;
  version: string;
  /** The plural, as in paths. */
  resource: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  verbs: string[];
  subresources: string[];
}

/** Everything the cluster serves, in the order of preference: groups as listed, preferred versions first. */
export interface Discovered {
  mappings: Mapping[];
  /** `group/version` or `version`, every served one. */
  groupVersions: string[];
  /** The preferred version of each group. */
  preferred: Map<string, string>;
}

export class NoMatchError extends CliError {
  override name = 'NoMatchError';
}

const cache = new WeakMap<ApiClient, Discovered>();
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Finds resources by what people type. Asks the cluster once and again only when something is not found. */
export class Discovery {
  private readonly client: ApiClient;
  private readonly rest: Rest;

  constructor(client: ApiClient, rest: Rest) {
    this.client = client;
    this.rest = rest;
  }

  async discovered(fresh = false): Promise<Discovered> {
    const known = cache.get(this.client);
    if (known && !fresh) return known;
    const found = await discover(this.rest);
    cache.set(this.client, found);
    return found;
  }

  /** `po`, `pods`, `deployments.apps`, `pods.v1.`, `Deployment.v1.apps`; undefined where nothing is called so. */
  async find(argument: string): Promise<Mapping | undefined> {
    const stale = cache.has(this.client);
    return (
      findIn(await this.discovered(), argument) ?? (stale ? findIn(await this.discovered(true), argument) : undefined)
    );
  }

  /** Models resource.Builder mappingFor. Throws with kubectl's words where nothing is called so. */
  async mappingFor(argument: string): Promise<Mapping> {
    const mapping = await this.find(argument);
    if (mapping) return mapping;
    throw new CliError(`the server doesn't have a resource type "${argument.split('.')[0] ?? ''}"`);
  }

  /** The resource of a manifest's apiVersion and kind. Throws a NoMatchError. */
  async mappingForKind(apiVersion: string, kind: string): Promise<Mapping> {
    const [group, version] = splitGroupVersion(apiVersion);
    const matches = (mapping: Mapping): boolean =>
      mapping.group === group && mapping.version === version && mapping.kind === kind;
    const stale = cache.has(this.client);
    const found = (await this.discovered()).mappings.find(matches);
    if (found) return found;
    const again = stale ? (await this.discovered(true)).mappings.find(matches) : undefined;
    if (again) return again;
    throw new NoMatchError(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }

  /** The resources of a category such as `all`, as arguments; undefined where it is none. */
  async expandCategory(name: string): Promise<string[] | undefined> {
    const { mappings, preferred } = await this.discovered();
    const members = mappings.filter(
      (mapping) => mapping.categories.includes(name) && preferred.get(mapping.group) === mapping.version,
    );
    if (members.length === 0) return undefined;
    return members.map((mapping) => (mapping.group ? `${mapping.resource}.${mapping.group}` : mapping.resource));
  }
}

/** `apps/v1` → group and version; the core group is empty. */
export function splitGroupVersion(apiVersion: string): [string, string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

export function groupVersionOf(mapping: { group: string; version: string }): string {
  return mapping.group ? `${mapping.group}/${mapping.version}` : mapping.version;
}

/** `deployment.apps`: how a kind is called before an object's name. */
export function kindName(mapping: { group: string; kind: string }): string {
  const kind = mapping.kind.toLowerCase();
  return mapping.group ? `${kind}.${mapping.group}` : kind;
}

/** The path of a collection, or of an object in it. */
export function pathOf(mapping: Mapping, namespace: string, name = '', subresource = ''): string {
  const root = mapping.group ? `/apis/${mapping.group}/${mapping.version}` : `/api/${mapping.version}`;
  const scope = mapping.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const item = name ? `/${encodeURIComponent(name)}` : '';
  return `${root}${scope}/${mapping.resource}${item}${subresource ? `/${subresource}` : ''}`;
}

function findIn({ mappings }: Discovered, argument: string): Mapping | undefined {
  const lower = argument.toLowerCase();
  const parts = lower.split('.');
  const [name = '', version = ''] = parts;
  const group = parts.slice(1).join('.');
  const exact = parts.length >= 3 ? lookUp(mappings, name, parts.slice(2).join('.'), version) : undefined;
  if (exact) return exact;
  if (parts.length === 1) return lookUp(mappings, name, undefined, undefined);
  return lookUp(mappings, name, group, undefined);
}

/** By plural or singular first, then by short name; a group may be given by its beginning. */
function lookUp(
  mappings: Mapping[],
  name: string,
  group: string | undefined,
  version: string | undefined,
): Mapping | undefined {
  const candidates = mappings.filter((mapping) => version === undefined || mapping.version === version);
  const named = candidates.filter((mapping) => mapping.resource === name || mapping.singular === name);
  const short = candidates.filter((mapping) => mapping.shortNames.includes(name));
  for (const found of [named, short]) {
    if (group === undefined) {
      if (found[0]) return found[0];
      continue;
    }
    const match =
      found.find((one) => one.group === group) ??
      (group ? found.find((one) => one.group.startsWith(group)) : undefined);
    if (match) return match;
  }
  return undefined;
}

async function discover(rest: Rest): Promise<Discovered> {
  const headers = { accept: AGGREGATED };
  const [core, groups] = await Promise.all([
    rest.json('GET', '/api', { headers }),
    rest.json('GET', '/apis', { headers }),
  ]);
  const found: Discovered = { mappings: [], groupVersions: [], preferred: new Map() };
  await addAnswer(found, core, rest);
  await addAnswer(found, groups, rest);
  return found;
}

async function addAnswer(found: Discovered, body: Json, rest: Rest): Promise<void> {
  const kind = textAt(body, 'kind');
  if (kind === 'APIGroupDiscoveryList') {
    for (const item of listAt(body, 'items')) {
      const group = textAt(item, 'metadata', 'name');
      for (const version of listAt(item, 'versions')) addAggregated(found, group, version);
    }
  } else if (kind === 'APIVersions') {
    for (const version of listAt(body, 'versions')) await addResourceList(found, '', String(version), rest);
  } else {
    for (const group of listAt(body, 'groups')) {
      for (const version of listAt(group, 'versions')) {
        await addResourceList(found, textAt(group, 'name'), textAt(version, 'version'), rest);
      }
    }
  }
}

function addVersion(found: Discovered, group: string, version: string): void {
  found.groupVersions.push(group ? `${group}/${version}` : version);
  if (!found.preferred.has(group)) found.preferred.set(group, version);
}

function addAggregated(found: Discovered, group: string, entry: Json): void {
  const version = textAt(entry, 'version');
  addVersion(found, group, version);
  for (const resource of listAt(entry, 'resources')) {
    found.mappings.push({
      group,
      version,
      resource: textAt(resource, 'resource'),
      singular: textAt(resource, 'singularResource'),
      kind: textAt(resource, 'responseKind', 'kind'),
      namespaced: textAt(resource, 'scope') === 'Namespaced',
      shortNames: texts(resource, 'shortNames'),
      categories: texts(resource, 'categories'),
      verbs: texts(resource, 'verbs'),
      subresources: listAt(resource, 'subresources').map((one) => textAt(one, 'subresource')),
    });
  }
}

async function addResourceList(found: Discovered, group: string, version: string, rest: Rest): Promise<void> {
  addVersion(found, group, version);
  const body = await rest.json('GET', group ? `/apis/${group}/${version}` : `/api/${version}`);
  const rows = listAt(body, 'resources').filter(isObject);
  for (const row of rows) {
    const resource = textAt(row, 'name');
    if (resource.includes('/')) continue;
    const prefix = `${resource}/`;
    found.mappings.push({
      group,
      version,
      resource,
      singular: textAt(row, 'singularName') || textAt(row, 'kind').toLowerCase(),
      kind: textAt(row, 'kind'),
      namespaced: row['namespaced'] === true,
      shortNames: texts(row, 'shortNames'),
      categories: texts(row, 'categories'),
      verbs: texts(row, 'verbs'),
      subresources: rows
        .map((one) => textAt(one, 'name'))
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
    });
  }
}

const texts = (object: Json, field: string): string[] =>
  listAt(object, field).filter((item): item is string => typeof item === 'string');
