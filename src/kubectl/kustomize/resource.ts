import type { JsonObject } from '../format/json';
import { isObject, setAt, textAt } from '../format/json';
import type { Identity } from './identity';
import { effectiveNamespace, identityOf } from './identity';

/** What a generator wants where a resource of the same identity is there already. */
export type Behavior = 'create' | 'merge' | 'replace' | 'unspecified';

/** One object on its way through a build, with what it was called before. Models api/resource Resource. */
export class Resource {
  object: JsonObject;
  /** Kind, name and namespace before each change, oldest first. */
  previous: Pick<Identity, 'kind' | 'name' | 'namespace'>[] = [];
  prefixes: string[] = [];
  suffixes: string[] = [];
  behavior: Behavior = 'unspecified';
  /** Whether a hash of the data goes to the end of the name. */
  needsHash = false;

  constructor(object: JsonObject) {
    this.object = object;
  }

  get identity(): Identity {
    return identityOf(this.object);
  }

  get previousIdentities(): Identity[] {
    const { group, version } = this.identity;
    return this.previous.map((one) => ({ group, version, ...one }));
  }

  /** Every identity the resource has had, the present one last. */
  get identities(): Identity[] {
    return [...this.previousIdentities, this.identity];
  }

  /** The identity in the file it comes from. */
  get originalIdentity(): Identity {
    return this.identities[0] ?? this.identity;
  }

  get name(): string {
    return textAt(this.object, 'metadata', 'name');
  }

  set name(name: string) {
    setAt(this.object, name, 'metadata', 'name');
  }

  get namespace(): string {
    return textAt(this.object, 'metadata', 'namespace');
  }

  set namespace(namespace: string) {
    if (namespace !== '') setAt(this.object, namespace, 'metadata', 'namespace');
    else if (isObject(this.object['metadata'])) delete this.object['metadata']['namespace'];
  }

  /** Notes what the resource is called before that changes. */
  storeIdentity(): void {
    const { identity } = this;
    this.previous.push({ kind: identity.kind, name: identity.name, namespace: effectiveNamespace(identity) });
  }

  /** Whether both got their prefixes and suffixes in the same places. `loosely`: or one has none. */
  hasAffixesOf(other: Resource, loosely: boolean): boolean {
    const alike = (left: string[], right: string[]): boolean =>
      (loosely && (left.length === 0 || right.length === 0)) || sameEnding(left, right);
    return alike(this.prefixes, other.prefixes) && alike(this.suffixes, other.suffixes);
  }
}

function sameEnding(left: string[], right: string[]): boolean {
  const [shorter, longer] = left.length <= right.length ? [left, right] : [right, left];
  if (shorter.length === 0) return longer.length === 0;
  return shorter.every((part, index) => part === longer[index + longer.length - shorter.length]);
}
