import { parseLabelSelector } from '../../api/label-selector';
import { requirementHolds } from '../../api/selectors';
import { CliError } from '../errors';
import { isObject, objectAt, stringMapAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Identity } from './identity';
import { effectiveNamespace, identitySyntax, identityText, sameIdentity } from './identity';
import type { Selector } from './kustomization';
import type { Resource } from './resource';

/** The resources of a build in their order, each identity once. Models api/resmap resWrangler. */
export class ResourceList {
  resources: Resource[] = [];

  /** Adds a resource. Throws where its identity is taken. */
  append(resource: Resource): void {
    const { identity } = resource;
    if (this.resources.some((one) => sameIdentity(one.identity, identity))) {
      throw new CliError(`may not add resource with an already registered id: ${identityText(identity)}`);
    }
    this.resources.push(resource);
  }

  appendAll(resources: readonly Resource[]): void {
    for (const resource of resources) this.append(resource);
  }

  /** Adds what was generated, or lets it change what is there, as its behavior says. */
  absorb(resource: Resource): void {
    const { identity, behavior } = resource;
    const known = this.withIdentity((one) => sameIdentity(identity, one));
    const [only] = known;
    if (!only) {
      if (behavior === 'merge' || behavior === 'replace')
        throw new CliError(`id ${identitySyntax(identity)} does not exist; cannot merge or replace`);
      return this.append(resource);
    }
    if (known.length > 1)
      throw new CliError(`found multiple objects that could accept merge of ${identityText(identity)}`);
    if (behavior !== 'merge' && behavior !== 'replace') {
      throw new CliError(
        `id ${identitySyntax(identity)} exists; can not use behavior: '${behavior}', behavior must be merge or replace`,
      );
    }
    inherit(resource, only);
    if (behavior === 'merge') for (const field of ['data', 'binaryData']) mergeMap(resource.object, only.object, field);
    resource.behavior = only.behavior;
    this.resources[this.resources.indexOf(only)] = resource;
  }

  /** The resources that have, or once had, an identity that is meant. */
  withIdentity(matches: (identity: Identity) => boolean): Resource[] {
    return this.resources.filter((resource) => resource.identities.some(matches));
  }

  /** The one resource that has, or once had, an identity. Throws where there is none or several. */
  one(identity: Identity): Resource {
    const found = this.withIdentity((one) => sameIdentity(one, identity));
    const [only] = found;
    if (found.length === 1 && only) return only;
    const text = identityText(identity);
    throw new CliError(
      `${found.length === 0 ? 'no' : 'multiple'} matches for Id ${text}; failed to find unique target for patch ${text}`,
    );
  }

  /** The resources that a patch's target or a replacement's selector means: its fields are regular expressions. */
  select(selector: Selector): Resource[] {
    const meant = (pattern: string | undefined, ...values: string[]): boolean =>
      !pattern || values.some((value) => anchored(pattern).test(value));
    return this.resources.filter((resource) => {
      const { identity, originalIdentity: first } = resource;
      return (
        meant(selector.namespace, effectiveNamespace(first), effectiveNamespace(identity)) &&
        meant(selector.name, first.name, identity.name) &&
        meant(selector.group, identity.group) &&
        meant(selector.version, identity.version) &&
        meant(selector.kind, identity.kind) &&
        hasLabels(resource, selector)
      );
    });
  }
}

/** A pattern that has to match a whole text. Throws where it is none. */
export function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    throw new CliError(`error parsing regexp: \`^(?:${pattern})$\``);
  }
}

/** Whether labels and annotations are as a selector wants them. */
export function hasLabels({ object }: Resource, { labelSelector, annotationSelector }: Selector): boolean {
  const holds = (selector: string | undefined, field: string): boolean => {
    const map = Object.fromEntries(stringMapAt(object, 'metadata', field));
    return parseLabelSelector(selector ?? '').every((requirement) => requirementHolds(requirement, map));
  };
  return holds(annotationSelector, 'annotations') && holds(labelSelector, 'labels');
}

/** What takes another's place keeps its name, labels and annotations, as far as it has none of its own. */
function inherit(resource: Resource, old: Resource): void {
  for (const field of ['labels', 'annotations']) {
    const metadata = objectAt(resource.object, 'metadata');
    if (metadata) mergeMap(metadata, objectAt(old.object, 'metadata') ?? {}, field);
  }
  resource.name = old.name;
  resource.namespace = old.namespace;
  resource.previous = [...old.previous];
  resource.prefixes = [...old.prefixes];
  resource.suffixes = [...old.suffixes];
  resource.needsHash &&= old.needsHash;
}

function mergeMap(into: JsonObject, from: JsonObject, field: string): void {
  const [own, other] = [into[field], from[field]];
  if (isObject(other)) into[field] = { ...other, ...(isObject(own) ? own : {}) };
}
