import type { Pod } from '../../../api/objects';
import type { TermInUse } from '../affinity-terms';
import type { PodMatch } from '../match-counts';
import type { NodeColumns } from '../node-columns';
import type { NodeInfo } from '../node-info';

/** An image and the nodes that have it. */
export interface ImageState {
  /** Bytes, as the first node that had it said. */
  readonly size: number;
  readonly nodes: ReadonlySet<string>;
}

/** The cluster as one cycle sees it. It does not change while the cycle runs. */
export interface Snapshot {
  /** The known nodes, zones taking turns. */
  readonly nodes: readonly NodeInfo[];
  /** What is remembered of the nodes from cycle to cycle; absent where nodes are only supposed. */
  readonly columns?: NodeColumns;
  node(name: string): NodeInfo | undefined;
  /** The affinity terms of the Pods on nodes. */
  affinityTerms(): Iterable<TermInUse>;
  image(name: string): ImageState | undefined;
  /** How many Pods on nodes use a claim. */
  claimUsers(claim: string): number;
  /** How many Pods match, by node; nodes without any are left out. Kept up to date, so that nobody scans Pods. */
  matchesByNode(match: PodMatch): ReadonlyMap<string, number>;
  /** How many Pods match, by the label `key` of the nodes that have all of `keys`. Domains without any are 0. */
  matchesByDomain(match: PodMatch, key: string, keys: readonly string[]): ReadonlyMap<string, number>;
  /** Pods nominated to a node. */
  nominatedTo(node: string): Iterable<Pod>;
}
