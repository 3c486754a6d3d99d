import { controllerOf, keyOf, type ApiObject, type Pod } from '../../api/objects';
import type { FrameSource } from './source';

/** Whose Pod it is, and how that is drawn. */
export interface Owner {
  kind: string;
  name: string;
  hue: number;
  striped: boolean;
  monogram: string;
}

const HUES = 6;
/** Kinds whose own owner is the one that people know. */
const RESOURCES: Record<string, 'replicasets' | 'jobs'> = { ReplicaSet: 'replicasets', Job: 'jobs' };
const OWNERS_KEPT = 10_000;

/** Gives each owner at the top (a Deployment rather than its ReplicaSet) a colour, in the order in which they appear. */
export class Owners {
  readonly #order = new Map<string, number>();

  constructor(private readonly source: Pick<FrameSource, 'store'>) {}

  /** The owner of a Pod; a Pod that nothing controls owns itself. */
  of(pod: Pod): Owner {
    const { namespace } = pod.metadata;
    const { kind, name: ownerName } = topOwner(this.source, pod);
    const number = namespace === 'kube-system' ? 0 : this.#number(`${namespace ?? ''}/${kind}/${ownerName}`);
    return { kind, name: ownerName, hue: number % HUES, striped: number >= HUES, monogram: monogramOf(ownerName) };
  }

  #number(key: string): number {
    let number = this.#order.get(key);
    if (number !== undefined) return number;
    if (this.#order.size >= OWNERS_KEPT) this.#order.clear();
    number = this.#order.size;
    this.#order.set(key, number);
    return number;
  }
}

/** The controller at the top of a Pod's owners; a Pod that nothing controls owns itself. */
export function topOwner(source: Pick<FrameSource, 'store'>, pod: Pod): { kind: string; name: string } {
  const owner = controllerOf(pod);
  if (!owner) return { kind: 'Pod', name: pod.metadata.name };
  const resource = RESOURCES[owner.kind];
  const object: ApiObject | undefined =
    resource && source.store.get(resource, keyOf(pod.metadata.namespace, owner.name));
  const above = object && controllerOf(object);
  return above ? { kind: above.kind, name: above.name } : { kind: owner.kind, name: owner.name };
}

/** Two letters: the first of the first two words, or the first two of one. */
export function monogramOf(name: string): string {
  const words = name.split(/[-.]/).filter((word) => word !== '');
  const letters = words.length > 1 ? words[0]![0]! + words[1]![0]! : (words[0] ?? name).slice(0, 2);
  return letters.padEnd(2, '·');
}
