import { objectKey, type Pod } from '../../api/objects';
import type { TrialChange, TriedChange, Verdict, WayOut, WhatIf } from '../../api/scheduling';
import { filterEverywhere, type TrialInput } from './cycle';
import type { Cycle } from './framework/plugin';
import type { Snapshot } from './framework/snapshot';
import { cloneNodeInfo, removePodFrom, setNode, type NodeInfo } from './node-info';
import { podInfo } from './pod-info';
import { changedPod, changesWorthTrying, uncordoned } from './trial-changes';

type Verdicts = readonly (Verdict | undefined)[];

const WAYS = 6;
const NODES_TRIED = 500;
const NODES_NAMED = 10;
/** With more changes than this, pairs are not tried one by one. */
const PAIRED_CHANGES = 12;
/** Where Pods are taken away on trial: nodes, and ways found. */
const NODES_EMPTIED = 50;
const PODS_REMOVED = 3;

/**
 * Finds what would make room for a Pod by trying it: each change of its manifest, or of the cluster, is made on a copy
 * and goes through the very filters of the scheduler. Nothing is written and no random number drawn.
 */
export function whatIf(pod: Pod, cluster: TrialInput): WhatIf {
  const input = { ...cluster, snapshot: seenPart(cluster.snapshot) };
  const trial = new Trials(pod, input);
  const before = trial.verdicts([]);
  const changes = changesWorthTrying(pod, input.snapshot, before);
  const tried = strongest(changes.map((change) => trial.tried(change, before)));
  const { namespace = '', name } = pod.metadata;
  const fits = fitting(before).length;
  const ways = fits > 0 ? [] : [...trial.ways(tried, changes), ...removals(pod, input, before)];
  return { namespace, name, nodes: before.length, fits, tried, ways: ways.sort(better).slice(0, WAYS) };
}

const better = (left: WayOut, right: WayOut): number =>
  left.changes.length - right.changes.length || lossOf(left) - lossOf(right) || right.fits - left.fits;

/** What a way gives up: nothing where the Pod gets all that it asks for, and most where it loses what it was made for. */
function lossOf({ changes }: WayOut): number {
  return Math.max(
    ...changes.map(({ kind, value }) => {
      if (kind === 'Tolerate' || kind === 'Uncordon' || kind === 'DropGate') return 0;
      if (kind === 'LowerRequest') return value === '0' ? 3 : 2;
      return kind === 'RemovePod' || kind === 'DropVolume' ? 3 : 1;
    }),
  );
}

/** The indexes of the nodes without a verdict against the Pod. */
function fitting(verdicts: Verdicts): number[] {
  return verdicts.flatMap((verdict, index) => (verdict ? [] : [index]));
}

/** Of several amounts of one request the first, so the largest, that lifts anything; of all others those that do. */
function strongest(tried: readonly TriedChange[]): TriedChange[] {
  const seen = new Set<string>();
  return tried.filter(({ change, lifts, fits }) => {
    if (lifts.length === 0 && fits === 0) return false;
    if (change.kind !== 'LowerRequest') return true;
    const field = JSON.stringify([change.path, fits > 0]);
    return !seen.has(field) && Boolean(seen.add(field));
  });
}

/** One Pod and the changes tried for it. */
class Trials {
  constructor(
    private readonly pod: Pod,
    private readonly input: TrialInput,
  ) {}

  /** What the nodes say with these changes. A Pod that is held back fits nowhere. */
  verdicts(changes: readonly TrialChange[]): Verdicts {
    const pod = changes.length > 0 ? changedPod(this.pod, changes) : this.pod;
    const held = this.input.framework.preEnqueue(pod);
    const nodes = changes.flatMap(({ object }) => object ?? []);
    const snapshot = nodes.length > 0 ? withUncordoned(this.input.snapshot, nodes) : this.input.snapshot;
    return held ? snapshot.nodes.map(() => held) : filterEverywhere(pod, { ...this.input, snapshot });
  }

  tried(change: TrialChange, before: Verdicts): TriedChange {
    const after = this.verdicts([change]);
    const lifted = new Map<string, number>();
    before.forEach((verdict, index) => {
      if (!verdict || after[index]?.plugin === verdict.plugin) return;
      lifted.set(verdict.plugin, (lifted.get(verdict.plugin) ?? 0) + 1);
    });
    const lifts = Array.from(lifted, ([plugin, nodes]) => ({ plugin, nodes }));
    return { change, lifts, fits: fitting(after).length };
  }

  /** One change where one does; else two; else all of them, less what is not needed. */
  ways(tried: readonly TriedChange[], all: readonly TrialChange[]): WayOut[] {
    const alone = tried.filter(({ fits }) => fits > 0).flatMap(({ change }) => this.way([change]));
    if (alone.length > 0) return alone;
    const changes = smallestRequests(all);
    const pairs = changes.length <= PAIRED_CHANGES ? pairsOf(changes).flatMap((pair) => this.way(pair)) : [];
    const ways = pairs.length > 0 ? pairs : this.way(this.#needed(changes));
    return ways.flatMap((way) => this.way(this.#gentlest(way.changes, all)));
  }

  way(changes: readonly TrialChange[]): WayOut[] {
    const fits = fitting(this.verdicts(changes));
    if (changes.length === 0 || fits.length === 0) return [];
    const { nodes } = this.input.snapshot;
    return [{ changes, fits: fits.length, nodes: fits.slice(0, NODES_NAMED).map((index) => nodes[index]!.name) }];
  }

  /** With each request as large as it may be. */
  #gentlest(changes: readonly TrialChange[], all: readonly TrialChange[]): TrialChange[] {
    let gentlest = [...changes];
    for (const { kind, path } of changes) {
      if (kind !== 'LowerRequest') continue;
      const field = JSON.stringify(path);
      for (const change of all.filter((one) => JSON.stringify(one.path) === field)) {
        const others = gentlest.map((one) => (JSON.stringify(one.path) === field ? change : one));
        if (fitting(this.verdicts(others)).length === 0) continue;
        gentlest = others;
        break;
      }
    }
    return gentlest;
  }

  #needed(changes: readonly TrialChange[]): TrialChange[] {
    let needed = [...changes];
    if (fitting(this.verdicts(needed)).length === 0) return [];
    for (const change of needed) {
      const others = needed.filter((one) => one !== change);
      if (fitting(this.verdicts(others)).length > 0) needed = others;
    }
    return needed;
  }
}

/** Each request once, as small as was tried. */
function smallestRequests(changes: readonly TrialChange[]): TrialChange[] {
  const byField = new Map(changes.map((change) => [JSON.stringify(change.path ?? change.object), change]));
  const tolerations = changes.filter(({ kind }) => kind === 'Tolerate');
  return [...tolerations, ...[...byField.values()].filter(({ kind }) => kind !== 'Tolerate')];
}

function pairsOf(changes: readonly TrialChange[]): TrialChange[][] {
  return changes.flatMap((first, index) => changes.slice(index + 1).map((second) => [first, second]));
}

/** Single Pods whose end would make room, the least important first. */
function removals(pod: Pod, input: TrialInput, before: Verdicts): WayOut[] {
  const { framework, snapshot, lister } = input;
  if (framework.preEnqueue(pod)) return [];
  const cycle: Cycle = { pod, info: podInfo(pod), snapshot, lister };
  const prefiltered = framework.preFilter(cycle);
  if (prefiltered.refusal) return [];
  const found: { victim: Pod; node: string }[] = [];
  for (const node of snapshot.nodes
    .filter(({ index }) => before[index]?.code === 'Unschedulable')
    .slice(0, NODES_EMPTIED)) {
    for (const victim of node.pods.values()) {
      const emptied = cloneNodeInfo(node);
      removePodFrom(emptied, victim);
      const trial = framework.startTrial(prefiltered);
      framework.removePod(cycle, prefiltered, trial, victim, emptied);
      if (!framework.filterTrial(cycle, emptied, prefiltered, trial)) found.push({ victim, node: node.name });
    }
  }
  return found
    .sort((left, right) => podInfo(left.victim).priority - podInfo(right.victim).priority)
    .slice(0, PODS_REMOVED)
    .map(({ victim, node }) => ({
      changes: [{ kind: 'RemovePod', object: `pods/${objectKey(victim)}` }],
      fits: 1,
      nodes: [node],
    }));
}

/** The cluster as it is once these nodes (`nodes/name`) take new Pods again. */
function withUncordoned(snapshot: Snapshot, names: readonly string[]): Snapshot {
  const changed = new Map<string, NodeInfo>();
  for (const info of snapshot.nodes) {
    if (!names.includes(`nodes/${info.name}`)) continue;
    const copy = cloneNodeInfo(info);
    setNode(copy, uncordoned(info.node));
    changed.set(info.name, copy);
  }
  const nodes = snapshot.nodes.map((info) => changed.get(info.name) ?? info);
  return { ...withNodes(snapshot, nodes), node: (name) => changed.get(name) ?? snapshot.node(name) };
}

/** So many trials over thousands of nodes would take longer than a person waits. */
function seenPart(snapshot: Snapshot): Snapshot {
  return snapshot.nodes.length <= NODES_TRIED ? snapshot : withNodes(snapshot, snapshot.nodes.slice(0, NODES_TRIED));
}

function withNodes(snapshot: Snapshot, nodes: readonly NodeInfo[]): Snapshot {
  return {
    nodes,
    node: (name) => snapshot.node(name),
    affinityTerms: () => snapshot.affinityTerms(),
    image: (name) => snapshot.image(name),
    claimUsers: (claim) => snapshot.claimUsers(claim),
    matchesByNode: (match) => snapshot.matchesByNode(match),
    matchesByDomain: (match, key, keys) => snapshot.matchesByDomain(match, key, keys),
    nominatedTo: (node) => snapshot.nominatedTo(node),
  };
}
