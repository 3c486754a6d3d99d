import type { MatchCounts, PodMatch } from './match-counts';
import type { NodeInfo } from './node-info';

/** What was found out about nodes for Pods of one signature, by the node's index, and of which version of the node. */
export interface NodeMemo<T> {
  readonly seen: Float64Array;
  readonly values: T[];
}

/** The values of a label, and which of them each node has; −1 where it has none. */
export interface LabelColumn {
  readonly values: readonly string[];
  readonly of: Int32Array;
}

/** Memos kept; the one asked for longest ago goes first. */
const MEMOS_LIMIT = 64;
const NEVER = -1;

/**
 * What one cycle after the other would find out again about every node, as columns by the node's index: thousands of
 * nodes are looked at for each Pod, and few have changed since the last one. Holds for one order of the nodes; derived
 * from them, so that it may be thrown away at any time.
 */
export class NodeColumns {
  /** Counts a node's changes. */
  readonly versions: Float64Array;
  readonly #memos = new Map<string, NodeMemo<unknown>>();
  readonly #labels = new Map<string, LabelColumn>();

  constructor(
    private readonly nodes: readonly NodeInfo[],
    private readonly counts: MatchCounts,
  ) {
    this.versions = new Float64Array(nodes.length);
  }

  /** What is known of a node's room, ports, taints or the like is void. */
  changed({ index }: NodeInfo): void {
    if (index >= 0 && index < this.versions.length) this.versions[index]! += 1;
  }

  /** What is known already, to be filled in where `seen` is not the node's version. Always of the same type for a key. */
  memo<T>(key: string): NodeMemo<T> {
    let memo = this.#memos.get(key);
    if (memo) this.#memos.delete(key);
    else {
      const { length } = this.nodes;
      memo = { seen: new Float64Array(length).fill(NEVER), values: new Array<unknown>(length).fill(undefined) };
    }
    this.#memos.set(key, memo);
    if (this.#memos.size > MEMOS_LIMIT) this.#memos.delete(this.#memos.keys().next().value!);
    return memo as NodeMemo<T>;
  }

  /** How many Pods of each node match. */
  matches(match: PodMatch): Int32Array {
    return this.counts.column(match, this.nodes);
  }

  /** The nodes' values of a label. */
  label(key: string): LabelColumn {
    let column = this.#labels.get(key);
    if (!column) this.#labels.set(key, (column = labelColumn(this.nodes, key)));
    return column;
  }
}

function labelColumn(nodes: readonly NodeInfo[], key: string): LabelColumn {
  const numbers = new Map<string, number>();
  const of = new Int32Array(nodes.length);
  for (const { index, node } of nodes) {
    const value = node.metadata.labels?.[key];
    if (value !== undefined && !numbers.has(value)) numbers.set(value, numbers.size);
    of[index] = value === undefined ? -1 : numbers.get(value)!;
  }
  return { values: [...numbers.keys()], of };
}
