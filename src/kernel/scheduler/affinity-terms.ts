import type { LabelSelector, Pod } from '../../api/objects';
import type { NodeInfo } from './node-info';
import { podInfo, type AffinityTerm } from './pod-info';

export type TermKind = 'requiredAffinity' | 'requiredAntiAffinity' | 'preferredAffinity' | 'preferredAntiAffinity';

const KINDS: readonly TermKind[] = [
  'requiredAffinity',
  'requiredAntiAffinity',
  'preferredAffinity',
  'preferredAntiAffinity',
];

/** A term that Pods on nodes have, and how many of them in each domain of its topology key. */
export interface TermInUse {
  readonly kind: TermKind;
  readonly term: AffinityTerm;
  readonly domains: ReadonlyMap<string, number>;
}

type Entry = TermInUse & { readonly domains: Map<string, number> };

/**
 * The affinity terms of the Pods on nodes. Replicas have the same terms, so there are few however many Pods there are.
 * Derived from the nodes and their Pods, and kept up to date as Pods come and go.
 */
export class AffinityTerms {
  #entries: Map<string, Entry> | undefined;
  readonly #nodes: () => Iterable<NodeInfo>;

  constructor(nodes: () => Iterable<NodeInfo>) {
    this.#nodes = nodes;
  }

  inUse(): Iterable<TermInUse> {
    if (!this.#entries) {
      this.#entries = new Map();
      for (const node of this.#nodes()) for (const pod of node.pods.values()) this.change(node, pod, 1);
    }
    return this.#entries.values();
  }

  /** Takes note of a Pod that came to a node or went. */
  change(node: NodeInfo, pod: Pod, delta: 1 | -1): void {
    const info = podInfo(pod);
    if (!this.#entries || !info.hasAffinity || !node.known) return;
    for (const kind of KINDS) {
      for (const term of info[kind]) {
        const value = node.node.metadata.labels?.[term.topologyKey];
        if (value !== undefined) count(this.#entries, kind, term, value, delta);
      }
    }
  }

  /** Throws the terms away: a node came or went, or its labels changed. */
  forget(): void {
    this.#entries = undefined;
  }
}

function count(entries: Map<string, Entry>, kind: TermKind, term: AffinityTerm, value: string, delta: 1 | -1): void {
  const key = `${kind} ${keyOf(term)}`;
  let entry = entries.get(key);
  if (!entry) entries.set(key, (entry = { kind, term, domains: new Map() }));
  const pods = (entry.domains.get(value) ?? 0) + delta;
  if (pods > 0) entry.domains.set(value, pods);
  else entry.domains.delete(value);
  if (entry.domains.size === 0) entries.delete(key);
}

const keys = new WeakMap<AffinityTerm, string>();

/** Equal for terms that mean the same. */
function keyOf(term: AffinityTerm): string {
  let key = keys.get(term);
  if (key === undefined) {
    const { topologyKey, weight, namespaces, namespaceSelector, selector } = term;
    key = `${topologyKey} ${weight} ${namespaces.join()} ${textOf(namespaceSelector)} ${textOf(selector)}`;
    keys.set(term, key);
  }
  return key;
}

function textOf(selector: LabelSelector | undefined): string {
  if (!selector) return '-';
  let text = '+';
  const { matchLabels = {}, matchExpressions = [] } = selector;
  for (const key of Object.keys(matchLabels)) text += `${key}=${matchLabels[key]};`;
  for (const { key, operator, values = [] } of matchExpressions) text += `${key} ${operator} ${values.join()};`;
  return text;
}
