import type { Node, Pod } from '../../api/objects';
import { AffinityTerms, type TermInUse } from './affinity-terms';
import { sameJson } from './events';
import type { ImageState, Snapshot } from './framework/snapshot';
import { MatchCounts, type PodMatch } from './match-counts';
import { addPodTo, emptyNodeInfo, removePodFrom, setNode, unsetNode, type NodeInfo } from './node-info';
import { NodeColumns } from './node-columns';
import { inheritPodInfo, podInfo } from './pod-info';

export interface CacheState {
  nodes: Map<string, NodeInfo>;
  /** Pods on nodes by uid: where, and whether that is only assumed until the binding is seen. */
  placed: Map<string, { node: string; assumed: boolean }>;
  /** Image name → size in bytes, as first said, and the nodes that have it. */
  images: Map<string, { size: number; nodes: Set<string> }>;
  /** Claim (`namespace/name`) → how many Pods on nodes use it. */
  claims: Map<string, number>;
  /** Node → Pods nominated to it, by uid. */
  nominated: Map<string, Map<string, Pod>>;
  /** Where the next search for nodes starts. */
  startIndex: number;
}

export const emptyCache = (): CacheState => ({
  nodes: new Map(),
  placed: new Map(),
  images: new Map(),
  claims: new Map(),
  nominated: new Map(),
  startIndex: 0,
});

const NOBODY: readonly Pod[] = [];

/**
 * Nodes with what their Pods take, kept up to date event by event; assumed Pods count from the moment of the
 * decision. Models pkg/scheduler/backend/cache.
 */
export class SchedulerCache implements Snapshot {
  readonly #state: CacheState;
  /** Derived from the state on demand. */
  #ordered: NodeInfo[] | undefined;
  /** Derived too, for the order of the nodes. */
  #columns: NodeColumns | undefined;
  readonly #counts: MatchCounts;
  readonly #terms: AffinityTerms;

  constructor(state: CacheState) {
    this.#state = state;
    this.#counts = new MatchCounts(() => state.nodes.values());
    this.#terms = new AffinityTerms(() => state.nodes.values());
  }

  get nodes(): readonly NodeInfo[] {
    return (this.#ordered ??= takeTurns(this.#state.nodes.values()));
  }

  get columns(): NodeColumns {
    return (this.#columns ??= new NodeColumns(this.nodes, this.#counts));
  }

  get startIndex(): number {
    return this.#state.startIndex;
  }

  set startIndex(index: number) {
    this.#state.startIndex = index;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#state.nodes.get(name);
    return info?.known ? info : undefined;
  }

  image(name: string): ImageState | undefined {
    return this.#state.images.get(name);
  }

  claimUsers(claim: string): number {
    return this.#state.claims.get(claim) ?? 0;
  }

  matchesByNode(match: PodMatch): ReadonlyMap<string, number> {
    return this.#counts.byNode(match);
  }

  matchesByDomain(match: PodMatch, key: string, keys: readonly string[]): ReadonlyMap<string, number> {
    return this.#counts.byDomain(match, key, keys);
  }

  affinityTerms(): Iterable<TermInUse> {
    return this.#terms.inUse();
  }

  nominatedTo(node: string): Iterable<Pod> {
    const { nominated } = this.#state;
    return nominated.size === 0 ? NOBODY : (nominated.get(node)?.values() ?? NOBODY);
  }

  setNode(node: Node): void {
    const info = this.#info(node.metadata.name);
    const before = info.known ? info.node : undefined;
    if (!before || !sameJson(before.metadata.labels, node.metadata.labels)) this.#forgetOrder();
    setNode(info, node);
    this.#columns?.changed(info);
    this.#setImages(info.name, before, node);
  }

  removeNode(name: string): void {
    const info = this.#state.nodes.get(name);
    if (!info) return;
    this.#setImages(name, info.node, undefined);
    unsetNode(info);
    if (info.pods.size === 0) this.#state.nodes.delete(name);
    this.#forgetOrder();
  }

  /** Counts a Pod on a node. */
  addPod(pod: Pod, node: string, assumed: boolean): void {
    const { uid } = pod.metadata;
    if (this.#state.placed.has(uid)) this.removePod(pod);
    const info = this.#info(node);
    addPodTo(info, pod);
    this.#columns?.changed(info);
    this.#state.placed.set(uid, { node, assumed });
    for (const claim of podInfo(pod).claims) this.#state.claims.set(claim, this.claimUsers(claim) + 1);
    this.#counts.change(info, pod, 1);
    this.#terms.change(info, pod, 1);
  }

  removePod(pod: Pod): void {
    const { uid } = pod.metadata;
    const place = this.#state.placed.get(uid);
    const info = place && this.#state.nodes.get(place.node);
    const counted = info?.pods.get(uid);
    if (!info || !counted) return;
    removePodFrom(info, counted);
    this.#columns?.changed(info);
    this.#state.placed.delete(uid);
    for (const claim of podInfo(counted).claims) {
      const users = this.claimUsers(claim) - 1;
      if (users > 0) this.#state.claims.set(claim, users);
      else this.#state.claims.delete(claim);
    }
    this.#counts.change(info, counted, -1);
    this.#terms.change(info, counted, -1);
    if (!info.known && info.pods.size === 0) this.#state.nodes.delete(info.name);
  }

  /** Takes in a new version of a bound Pod; an assumed one is confirmed by it. */
  updatePod(pod: Pod): void {
    const { uid } = pod.metadata;
    const node = pod.spec.nodeName!;
    const place = this.#state.placed.get(uid);
    const known = place?.node === node ? this.#state.nodes.get(node)?.pods.get(uid) : undefined;
    if (!known) {
      this.addPod(pod, node, false);
      return;
    }
    inheritPodInfo(known, pod);
    place!.assumed = false;
    if (podInfo(known) !== podInfo(pod)) this.addPod(pod, node, false);
    else this.#swap(this.#state.nodes.get(node)!, known, pod);
  }

  isAssumed(uid: string): boolean {
    return this.#state.placed.get(uid)?.assumed ?? false;
  }

  /** Where a Pod is, bound or assumed. */
  nodeOf(uid: string): string | undefined {
    return this.#state.placed.get(uid)?.node;
  }

  nominate(pod: Pod, node: string): void {
    this.dropNomination(pod.metadata.uid);
    let pods = this.#state.nominated.get(node);
    if (!pods) this.#state.nominated.set(node, (pods = new Map()));
    pods.set(pod.metadata.uid, pod);
  }

  /** The node that a Pod is nominated to. */
  nominationOf(uid: string): string | undefined {
    for (const [node, pods] of this.#state.nominated) if (pods.has(uid)) return node;
    return undefined;
  }

  dropNomination(uid: string): void {
    for (const [node, pods] of this.#state.nominated) {
      if (pods.delete(uid) && pods.size === 0) this.#state.nominated.delete(node);
    }
  }

  /** Requests, ports and claims are the same; labels and the end may be new. */
  #swap(info: NodeInfo, old: Pod, pod: Pod): void {
    const { uid, labels, deletionTimestamp } = pod.metadata;
    const counts = labels !== old.metadata.labels || deletionTimestamp !== old.metadata.deletionTimestamp;
    if (counts) this.#counts.change(info, old, -1);
    info.pods.set(uid, pod);
    if (counts) this.#counts.change(info, pod, 1);
  }

  #info(name: string): NodeInfo {
    let info = this.#state.nodes.get(name);
    if (!info) this.#state.nodes.set(name, (info = emptyNodeInfo(name)));
    return info;
  }

  #setImages(name: string, before: Node | undefined, after: Node | undefined): void {
    const gone = before?.status?.images;
    const images = after?.status?.images;
    if (gone === images) return;
    for (const image of gone ?? []) for (const tag of image.names ?? []) this.#dropImage(name, tag);
    for (const image of images ?? []) {
      for (const tag of image.names ?? []) {
        let state = this.#state.images.get(tag);
        if (!state) this.#state.images.set(tag, (state = { size: image.sizeBytes ?? 0, nodes: new Set() }));
        state.nodes.add(name);
      }
    }
  }

  #dropImage(name: string, tag: string): void {
    const state = this.#state.images.get(tag);
    state?.nodes.delete(name);
    if (state?.nodes.size === 0) this.#state.images.delete(tag);
  }

  /** Nodes came or went, or their labels changed. */
  #forgetOrder(): void {
    this.#counts.forget();
    this.#terms.forget();
    this.#ordered = undefined;
    this.#columns = undefined;
  }
}

const zoneOf = (node: Node): string => {
  const labels = node.metadata.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
};

/** Known nodes with zones taking turns, so that a search that stops early looks into each. Models node_tree.go. */
function takeTurns(infos: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const info of infos) {
    if (!info.known) continue;
    const zone = zoneOf(info.node);
    const members = zones.get(zone);
    if (members) members.push(info);
    else zones.set(zone, [info]);
  }
  const ordered: NodeInfo[] = [];
  for (let round = 0, left = true; left; round++) {
    left = false;
    for (const members of zones.values()) {
      const info = members[round];
      if (!info) continue;
      info.index = ordered.length;
      ordered.push(info);
      left = true;
    }
  }
  return ordered;
}
