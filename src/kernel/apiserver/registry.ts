import { present } from '../../base/assert';
import { RESOURCES, typeNameOfKind } from '../../api/schema/tables';
import type { ResourceRow } from '../../api/schema/types';
import type { Kind, Resource } from './kind';
import { CONVERSIONS, KINDS } from './kinds';

const apiVersionOf = (row: { group: string; version: string }): string =>
  row.group ? `${row.group}/${row.version}` : row.version;

/** Resources that are only made are requests by themselves: they are answered and not kept. */
const isListed = (row: ResourceRow): boolean => row.verbs.includes('list');

/** Without conversions only the first version listed can be served. */
function isPreferred(row: ResourceRow, rows: ResourceRow[]): boolean {
  return rows.find((other) => other.resource === row.resource) === row;
}

/** A resource, which joins its siblings: the other versions of its kind. */
function resourceOf(row: ResourceRow, kind: Kind, siblings: Map<string, Resource>): Resource {
  const apiVersion = apiVersionOf(row);
  const conversion = CONVERSIONS[`${apiVersion}/${row.resource}`];
  const resource: Resource = {
    siblings,
    row,
    apiVersion,
    typeName: typeNameOfKind(apiVersion, row.kind),
    kind,
    hasStatus: row.subresources.some((sub) => sub.name === 'status'),
    ...(conversion ? { conversion } : {}),
  };
  siblings.set(apiVersion, resource);
  return resource;
}

/** The resources a server offers, by what requests and objects call them. */
export class Registry {
  readonly resources: readonly Resource[];
  /** All that discovery lists, also what holds nothing. */
  readonly #fixed: readonly ResourceRow[];
  /** The resources that objects of the cluster define, as they are when it is called. */
  custom: () => readonly Resource[] = () => [];
  readonly #byPath = new Map<string, Resource>();
  readonly #byKind = new Map<string, Resource>();
  readonly #byStorage = new Map<string, Resource>();

  /** `every`: also the kinds without rules of their own, as generic rows. `more`: what others answer for the server. */
  constructor(every = false, more: readonly ResourceRow[] = []) {
    const kinds = new Map(KINDS.map((kind) => [kind.resource, kind]));
    const rows = RESOURCES.filter((row) => isListed(row) && /^v\d+$/.test(row.version));
    const served = rows.filter((row) => kinds.has(row.resource) || (every && isPreferred(row, rows)));
    const families = new Map(served.map((row) => [row.resource, new Map<string, Resource>()]));
    this.resources = served.map((row) =>
      resourceOf(row, kinds.get(row.resource) ?? { resource: row.resource }, families.get(row.resource)!),
    );
    for (const resource of this.resources) this.#index(resource);
    const listed = new Set(this.resources.map((resource) => resource.row));
    const own = RESOURCES.filter((row) => listed.has(row) || (!isListed(row) && /^v\d+$/.test(row.version)));
    this.#fixed = [...own, ...more];
  }

  #index(resource: Resource): void {
    this.#byPath.set(`${resource.apiVersion}/${resource.row.resource}`, resource);
    this.#byKind.set(`${resource.apiVersion}/${resource.row.kind}`, resource);
    if (!resource.conversion && !resource.kind.computed) this.#byStorage.set(resource.kind.resource, resource);
  }

  get #rows(): readonly ResourceRow[] {
    const custom = this.custom();
    return custom.length === 0 ? this.#fixed : [...this.#fixed, ...custom.map(({ row }) => row)];
  }

  /** The groups but the core one, in the order of discovery. */
  groups(): string[] {
    return [...new Set(this.#rows.map((row) => row.group))].filter((group) => group !== '');
  }

  /** The versions of a group, the preferred one first. */
  versionsOf(group: string): string[] {
    return [...new Set(this.#rows.filter((row) => row.group === group).map((row) => row.version))];
  }

  /** What discovery lists of a version. */
  rowsOf(apiVersion: string): ResourceRow[] {
    return this.#rows.filter((row) => apiVersionOf(row) === apiVersion);
  }

  hasGroup(group: string): boolean {
    return this.#rows.some((row) => row.group === group);
  }

  hasVersion(apiVersion: string): boolean {
    return this.#rows.some((row) => apiVersionOf(row) === apiVersion);
  }

  /** `('apps/v1', 'deployments')`. */
  byPath(apiVersion: string, plural: string): Resource | undefined {
    const isNamed = (one: Resource): boolean => one.apiVersion === apiVersion && one.row.resource === plural;
    return this.#byPath.get(`${apiVersion}/${plural}`) ?? this.custom().find(isNamed);
  }

  byKind(apiVersion: string, kind: string): Resource | undefined {
    const isNamed = (one: Resource): boolean => one.apiVersion === apiVersion && one.row.kind === kind;
    return this.#byKind.get(`${apiVersion}/${kind}`) ?? this.custom().find(isNamed);
  }

  /** The version in which a resource is stored, by its key in the store. */
  stored(resource: string): Resource {
    const custom = (): Resource | undefined => this.custom().find((one) => one.kind.resource === resource);
    return present(this.#byStorage.get(resource) ?? custom(), `resource ${resource}`);
  }

  /** All stored resources, one each. */
  storedResources(): Iterable<Resource> {
    return this.#byStorage.values();
  }
}
