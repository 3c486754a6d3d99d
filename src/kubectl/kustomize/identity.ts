import type { JsonObject } from '../format/json';
import { textAt } from '../format/json';

/** A kind, or a pattern of kinds: what is empty stands for anything. Models resid.Gvk. */
export interface Gvk {
  group?: string;
  version?: string;
  kind?: string;
}

/** What a resource is told apart by. Models resid.ResId. */
export interface Identity {
  group: string;
  version: string;
  kind: string;
  name: string;
  namespace: string;
}

/**
 * The kinds that kustomize takes for cluster-wide, by API group. It goes by a list of its own, which is older than the
 * cluster's: of kinds that are not in it a namespace is assumed.
 */
const CLUSTER_KINDS: Record<string, readonly string[]> = {
  '': ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest'],
  'networking.k8s.io': ['IngressClass'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
};
const CLUSTER_VERSIONS = new Set(['v1', 'v1beta1']);

/** The group and version of an apiVersion. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function identityOf(object: JsonObject): Identity {
  return {
    ...parseApiVersion(textAt(object, 'apiVersion')),
    kind: textAt(object, 'kind'),
    name: textAt(object, 'metadata', 'name'),
    namespace: textAt(object, 'metadata', 'namespace'),
  };
}

export function isClusterScoped({ group, version, kind }: Identity): boolean {
  return CLUSTER_VERSIONS.has(version) && (CLUSTER_KINDS[group]?.includes(kind) ?? false);
}

/** The namespace for comparisons: without one an object is in `default`. */
export function effectiveNamespace(identity: Identity): string {
  return isClusterScoped(identity) ? '_non_namespaceable_' : identity.namespace || 'default';
}

export function isSelected(identity: Gvk, { group, version, kind }: Gvk): boolean {
  return (
    (!group || identity.group === group) &&
    (!version || identity.version === version) &&
    (!kind || identity.kind === kind)
  );
}

export function sameKind(left: Gvk, right: Gvk): boolean {
  return left.group === right.group && left.version === right.version && left.kind === right.kind;
}

export function sameIdentity(left: Identity, right: Identity): boolean {
  return left.name === right.name && sameKind(left, right) && effectiveNamespace(left) === effectiveNamespace(right);
}

/** `Deployment.v1.apps`, as errors write it. */
export function gvkText({ group, version, kind }: Gvk): string {
  return [kind || '[noKind]', version || '[noVer]', group || '[noGrp]'].join('.');
}

/** `Deployment.v1.apps/web.[noNs]`, as errors write it. */
export function identityText(identity: Identity): string {
  return `${gvkText(identity)}/${identity.name || '[noName]'}.${identity.namespace || '[noNs]'}`;
}

/** The identity as Go's `%#v` writes the struct. */
export function identitySyntax(identity: Identity): string {
  const { group, version, kind, name, namespace } = identity;
  const gvk = `resid.Gvk{Group:"${group}", Version:"${version}", Kind:"${kind}", isClusterScoped:${isClusterScoped(identity)}}`;
  return `resid.ResId{Gvk:${gvk}, Name:"${name}", Namespace:"${namespace}"}`;
}
