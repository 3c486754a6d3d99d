import type { Pod } from '../../api/objects';
import { requirementHolds, type LabelRequirement } from '../../api/selectors';
import type { NodeInfo } from './node-info';

/** Which Pods are counted. */
export interface PodMatch {
  readonly namespace: string;
  readonly selector: readonly LabelRequirement[];
  /** Whether terminating Pods count. */
  readonly terminating: boolean;
}

/** Counts matching Pods by node, or by a label of the node where the node has all of `keys`. */
interface Counter {
  readonly match: PodMatch;
  readonly domain: { readonly key: string; readonly keys: readonly string[] } | undefined;
  readonly counts: Map<string, number>;
  /** The counts by the node's index, once somebody has asked for them so. */
  column: Int32Array | undefined;
}

/** Counters kept; the one asked for longest ago goes first. */
const COUNTERS_LIMIT = 64;

/**
 * How many Pods match a selector, by node or by topology domain: counted once, then kept up to date as Pods come and
 * go. Derived from the nodes and their Pods; it may be thrown away at any time.
 */
export class MatchCounts {
  readonly #counters = new Map<string, Counter>();
  readonly #nodes: () => Iterable<NodeInfo>;

  constructor(nodes: () => Iterable<NodeInfo>) {
    this.#nodes = nodes;
  }

  /** By node; nodes without any are left out. */
  byNode(match: PodMatch): ReadonlyMap<string, number> {
    return this.#counter(keyOf(match), match, undefined).counts;
  }

  /** By the index of the node. `nodes` are all, in their order. */
  column(match: PodMatch, nodes: readonly NodeInfo[]): Int32Array {
    const counter = this.#counter(keyOf(match), match, undefined);
    if (!counter.column) {
      counter.column = new Int32Array(nodes.length);
      for (const { index, name } of nodes) counter.column[index] = counter.counts.get(name) ?? 0;
    }
    return counter.column;
  }

  /** By the nodes' label `key`, of nodes with all `keys`; domains without any are 0. */
  byDomain(match: PodMatch, key: string, keys: readonly string[]): ReadonlyMap<string, number> {
    return this.#counter(`${keyOf(match)}|by ${key} of ${keys.join()}`, match, { key, keys }).counts;
  }

  /** Takes note of a Pod that came to a node or went. */
  change(node: NodeInfo, pod: Pod, delta: 1 | -1): void {
    for (const counter of this.#counters.values()) adjust(counter, node, pod, delta);
  }

  /** Throws the counters away: a node came or went, or its labels changed. */
  forget(): void {
    this.#counters.clear();
  }

  #counter(key: string, match: PodMatch, domain: Counter['domain']): Counter {
    let counter = this.#counters.get(key);
    if (counter) {
      this.#counters.delete(key);
    } else {
      counter = { match, domain, counts: new Map(), column: undefined };
      for (const node of this.#nodes()) {
        const slot = slotOf(counter, node);
        if (domain && slot !== undefined && !counter.counts.has(slot)) counter.counts.set(slot, 0);
        for (const pod of node.pods.values()) adjust(counter, node, pod, 1);
      }
    }
    this.#counters.set(key, counter);
    if (this.#counters.size > COUNTERS_LIMIT) this.#counters.delete(this.#counters.keys().next().value!);
    return counter;
  }
}

/** Where a node's Pods are counted; `undefined` where they are not. */
function slotOf({ domain }: Counter, { name, node, known }: NodeInfo): string | undefined {
  if (!domain) return name;
  const labels = node.metadata.labels;
  if (!known || !domain.keys.every((key) => labels?.[key] !== undefined)) return undefined;
  return labels?.[domain.key] ?? '';
}

function adjust(counter: Counter, node: NodeInfo, pod: Pod, delta: 1 | -1): void {
  const { namespace, selector, terminating } = counter.match;
  const { metadata } = pod;
  if (metadata.namespace !== namespace || (!terminating && metadata.deletionTimestamp)) return;
  for (const requirement of selector) if (!requirementHolds(requirement, metadata.labels)) return;
  const slot = slotOf(counter, node);
  if (slot === undefined) return;
  const count = (counter.counts.get(slot) ?? 0) + delta;
  if (count === 0 && !counter.domain) counter.counts.delete(slot);
  else counter.counts.set(slot, count);
  if (counter.column && node.index >= 0 && node.index < counter.column.length) counter.column[node.index]! += delta;
}

function keyOf({ namespace, selector, terminating }: PodMatch): string {
  let key = `${namespace}|${terminating}`;
  for (const { key: label, operator, values } of selector) key += `|${label} ${operator} ${values.join()}`;
  return key;
}
