import type { Json } from '../../../api/objects';
import { CliError, asError } from '../../errors';
import { isObject, listAt, textAt } from '../../format/json';
import type { JsonObject } from '../../format/json';
import { toYaml } from '../../printers/yaml';
import { changeField } from '../field-path';
import type { FieldSpec, NameReference } from '../field-specs';
import type { Gvk } from '../identity';
import { effectiveNamespace, identityText, isClusterScoped, isSelected } from '../identity';
import type { Resource } from '../resource';
import type { ResourceList } from '../resource-list';

/** Makes references follow the names that have changed. Models accumulator nameReferenceTransformer. */
export function transformNameReferences(list: ResourceList, references: readonly NameReference[]): void {
  for (const referrer of list.resources) {
    const original = referrer.originalIdentity;
    const candidates = reachable(list, referrer);
    for (const { fieldSpecs, ...kind } of references)
      for (const spec of fieldSpecs)
        if (isSelected(original, spec)) new Referrer(referrer, spec, kind, candidates).update();
  }
}

/** What a resource may refer to: what is in its namespace or in none, and accounts that a RoleBinding names. */
function reachable(list: ResourceList, referrer: Resource): Resource[] {
  const { identity, object } = referrer;
  if (isClusterScoped(identity)) return list.resources;
  const named = new Set(
    identity.kind === 'RoleBinding'
      ? listAt(object, 'subjects')
          .filter((subject) => textAt(subject, 'kind') === 'ServiceAccount')
          .map((subject) => textAt(subject, 'namespace'))
      : [],
  );
  named.delete('');
  return list.resources.filter(
    (one) =>
      isClusterScoped(one.identity) ||
      effectiveNamespace(one.identity) === effectiveNamespace(identity) ||
      named.has(one.namespace),
  );
}

/** A field of a resource that names others. Models filters/nameref. */
class Referrer {
  private readonly resource: Resource;
  private readonly spec: FieldSpec;
  private readonly kind: Gvk;
  private readonly candidates: readonly Resource[];

  constructor(resource: Resource, spec: FieldSpec, kind: Gvk, candidates: readonly Resource[]) {
    this.resource = resource;
    this.spec = spec;
    this.kind = kind;
    this.candidates = candidates;
  }

  update(): void {
    const { resource, spec } = this;
    try {
      changeField(resource.object, { path: spec.path }, (value) => (value === undefined ? value : this.renamed(value)));
    } catch (thrown) {
      throw new CliError(
        `updating name reference in '${spec.path}' field of '${identityText(resource.identity)}': ${asError(thrown).message}`,
      );
    }
  }

  private renamed(value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => this.renamed(item));
    if (isObject(value)) return this.renamedMap(value);
    if (value === null) return value;
    return this.referral(String(value), this.candidates, false)?.name ?? value;
  }

  private renamedMap(map: JsonObject): JsonObject {
    if (map['name'] === undefined) throw new CliError("path config error; no 'name' field in node");
    const old = textAt(map, 'name');
    const referral = this.referral(old, this.inNamespace(map), true);
    if (!referral) return map;
    return { ...map, name: referral.name, ...(referral.namespace === '' ? {} : { namespace: referral.namespace }) };
  }

  /** Candidates of the namespace that a reference names: the one they came from, else the one they are in. */
  private inNamespace(map: JsonObject): readonly Resource[] {
    if (map['namespace'] === undefined) return this.candidates;
    const namespace = textAt(map, 'namespace');
    const before = this.candidates.filter((one) => effectiveNamespace(one.originalIdentity) === namespace);
    return before.length > 0 ? before : this.candidates.filter((one) => effectiveNamespace(one.identity) === namespace);
  }

  private referral(name: string, candidates: readonly Resource[], withNamespace: boolean): Resource | undefined {
    const once = candidates.filter(
      (one) =>
        one.previousIdentities.some((identity) => identity.name === name) &&
        one.previousIdentities.some((identity) => isSelected(identity, this.kind)) &&
        this.isRoleOfBinding(one) &&
        this.isNear(one),
    );
    if (once.length <= 1) return once[0];
    let found = once.filter((one) => one.hasAffixesOf(this.resource, true));
    if (found.length > 1) found = found.filter((one) => one.hasAffixesOf(this.resource, false));
    const [first] = found;
    if (!first || found.length === 1) return first;
    const alike = found.every(
      (one) => one.name === first.name && (!withNamespace || one.namespace === first.namespace),
    );
    if (alike) return first;
    throw this.ambiguous(found);
  }

  /** A binding's role is of the kind that the binding says. */
  private isRoleOfBinding(one: Resource): boolean {
    const { object } = this.resource;
    if (!this.spec.path.endsWith('roleRef/name') || !isObject(object['roleRef'])) return true;
    const role = { group: textAt(object, 'roleRef', 'apiGroup'), kind: textAt(object, 'roleRef', 'kind') };
    return one.previousIdentities.some((identity) => isSelected(identity, role));
  }

  private isNear(one: Resource): boolean {
    const { identity } = this.resource;
    return (
      isClusterScoped(identity) ||
      isClusterScoped(one.identity) ||
      one.identity.kind === 'ServiceAccount' ||
      effectiveNamespace(one.identity) === effectiveNamespace(identity)
    );
  }

  private ambiguous(found: readonly Resource[]): CliError {
    const ids = found.map((one) => identityText(one.identity)).join(', ');
    const details = found.map((one, index) => `--- possible referral ${index}:\n${toYaml(one.object)}\n`).join('');
    return new CliError(
      `found multiple possible referrals: ${ids}\n\n**** Too many possible referral targets to referrer:\n${toYaml(this.resource.object)}\n${details}`,
    );
  }
}
