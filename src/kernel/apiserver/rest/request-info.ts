import type { ResourceRow } from '../../../api/schema/types';
import type { Resource } from '../kind';
import type { Registry } from '../registry';

/** What a path asks for. Models apiserver/pkg/endpoints/request RequestInfo. */
export interface ResourcePath {
  readonly resource: Resource;
  /** Empty for all namespaces, and for what has none. */
  readonly namespace: string;
  /** Whether the path says which namespace. */
  readonly inNamespace: boolean;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
  /** What follows `proxy`: a path of the program's own. */
  readonly tail?: string;
}

/** `group` is where a group's own paths end; `resource` may be one that does not exist; `review` is answered and not kept. */
export type PathInfo =
  | { kind: 'resource'; path: ResourcePath }
  | { kind: 'groupVersion'; apiVersion: string }
  | { kind: 'group'; group: string }
  | { kind: 'review'; row: ResourceRow; namespace: string }
  | { kind: 'missing' }
  | { kind: 'groups' | 'versions' | 'other' };

/** Takes a path apart. `missing` are paths below a known version that lead nowhere. */
export function readPath(path: string, registry: Registry): PathInfo {
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodeSegment);
  const [root, ...rest] = segments;
  if (root === 'api') return readVersioned('', rest, registry);
  if (root !== 'apis') return { kind: 'other' };
  const [group, ...below] = rest;
  if (group === undefined) return { kind: 'groups' };
  if (!registry.hasGroup(group)) return { kind: 'other' };
  if (below.length === 0) return { kind: 'group', group };
  return readVersioned(group, below, registry);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function readVersioned(group: string, segments: string[], registry: Registry): PathInfo {
  const [version, ...rest] = segments;
  if (version === undefined) return { kind: 'versions' };
  const apiVersion = group ? `${group}/${version}` : version;
  if (!registry.hasVersion(apiVersion)) return { kind: 'missing' };
  if (rest.length === 0) return { kind: 'groupVersion', apiVersion };
  return readResource(apiVersion, rest, registry);
}

function readResource(apiVersion: string, segments: string[], registry: Registry): PathInfo {
  const scoped =
    segments[0] === 'namespaces' &&
    segments.length > 2 &&
    !(apiVersion === 'v1' && isNamespaceSubresource(segments[2]!));
  const [plural = '', name = '', subresource = '', ...more] = scoped ? segments.slice(2) : segments;
  if (apiVersion === 'v1' && plural === 'bindings' && name === '')
    return bareBinding(registry, scoped ? segments[1]! : '');
  const resource = registry.byPath(apiVersion, plural);
  const row = registry.rowsOf(apiVersion).find((one) => one.resource === plural);
  if (!resource && row && name === '') return { kind: 'review', row, namespace: scoped ? segments[1]! : '' };
  if (!resource || (scoped && !resource.row.namespaced)) return { kind: 'missing' };
  if (more.length > 0 && subresource !== 'proxy') return { kind: 'missing' };
  if (!scoped && resource.row.namespaced && name !== '') return { kind: 'missing' };
  if (subresource !== '' && !resource.row.subresources.some((sub) => sub.name === subresource))
    return { kind: 'missing' };
  const namespace = scoped ? segments[1]! : '';
  const tail = subresource === 'proxy' ? { tail: more.join('/') } : {};
  return { kind: 'resource', path: { resource, namespace, inNamespace: scoped, name, subresource, ...tail } };
}

/** A Binding without a Pod in its path is one of the Pod that it names. */
function bareBinding(registry: Registry, namespace: string): PathInfo {
  const path = {
    resource: registry.stored('pods'),
    namespace,
    inNamespace: namespace !== '',
    name: '',
    subresource: 'binding',
  };
  return { kind: 'resource', path };
}

function isNamespaceSubresource(segment: string): boolean {
  return segment === 'status' || segment === 'finalize';
}
