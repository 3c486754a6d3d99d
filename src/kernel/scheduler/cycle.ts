import { present } from '../../base/assert';
import type { Verdict } from '../../api/scheduling';
import type { Pod } from '../../api/objects';
import { NO_NODES, countReasons, fitErrorMessage } from './fit-error';
import type { Framework, PluginScores, PreFiltered } from './framework/framework';
import type { ClusterLister } from './framework/lister';
import type { Cycle, PostFilterRun, Preemption, Trial, VolumePlan } from './framework/plugin';
import type { Snapshot } from './framework/snapshot';
import type { NodeInfo } from './node-info';
import { podInfo } from './pod-info';

/** What a cycle needs beside its Pod. */
interface CycleInput {
  readonly framework: Framework;
  readonly snapshot: Snapshot;
  readonly lister: ClusterLister;
  /** Where the search for nodes starts. */
  readonly startIndex: number;
  /** A random integer below `bound`. */
  readonly random: (bound: number) => number;
  /** Looks at and scores every node, where the real cycle takes the nominated or the only fitting one at once. */
  readonly exhaustive: boolean;
}

/** All that one cycle found out. */
export interface CycleResult {
  readonly nodes: readonly NodeInfo[];
  /** Verdict of each node by its index, `undefined` for one that fits or was not looked at; empty where none refused. */
  readonly verdicts: readonly (Verdict | undefined)[];
  readonly evaluated: number;
  /** The filters that had something to check, in their order. */
  readonly filters: readonly string[];
  readonly nextStartIndex: number;
  readonly preFilterRefusal?: Verdict;
  readonly feasible: readonly NodeInfo[];
  readonly scores: readonly PluginScores[];
  /** Sum of the scores of each feasible node. */
  readonly totals: readonly number[];
  /** All feasible nodes with the highest total. */
  readonly best: readonly NodeInfo[];
  readonly chosen?: NodeInfo;
  readonly plan?: VolumePlan;
  /** Why no node was found. */
  readonly failure?: { readonly message: string; readonly isError: boolean };
  /** What PostFilter wants nominated: '' clears, `undefined` leaves. */
  readonly nominate?: string;
  readonly preemption?: Preemption;
  /** Plugins whose refusal keeps the Pod waiting. */
  readonly refusedBy: readonly string[];
}

const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/** How many fitting nodes are enough. Models numFeasibleNodesToFind. */
function enoughNodes(nodes: number, percentage: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes;
  const share = percentage || Math.max(MIN_PERCENTAGE, 50 - Math.trunc(nodes / 125));
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc((nodes * share) / 100));
}

/** Places one Pod, or finds out why it cannot be placed. Pure: nothing is written. Models schedulePod, schedulingCycle. */
export function runCycle(pod: Pod, input: CycleInput): CycleResult {
  const { framework, snapshot, lister } = input;
  const { nodes } = snapshot;
  if (nodes.length === 0) return { ...nothing(input), failure: { message: NO_NODES, isError: false }, nominate: '' };
  const cycle: Cycle = { pod, info: podInfo(pod), snapshot, lister };
  const prefiltered = framework.preFilter(cycle);
  if (prefiltered.refusal) return refusedForAll(cycle, input, prefiltered, prefiltered.refusal);

  const filters = prefiltered.filters.map(({ name }) => name);
  const nominated = input.exhaustive ? undefined : evaluateNominated(cycle, input, prefiltered);
  if (nominated) {
    return place(cycle, input, prefiltered, { ...nothing(input), filters, evaluated: 1, feasible: [nominated] });
  }

  const found = { ...findFeasible(cycle, input, prefiltered), filters };
  const error = found.verdicts.find((verdict) => verdict?.code === 'Error');
  if (error) return { ...found, failure: { message: error.reasons.join(', '), isError: true }, nominate: '' };
  if (found.feasible.length > 0) return place(cycle, input, prefiltered, found);
  const base = fitErrorMessage(nodes.length, countReasons(found.verdicts));
  return findWayOut(cycle, input, prefiltered, found, base, pluginsOf(found.verdicts, prefiltered.narrowedBy));
}

/** What a trial needs to know of the cluster. */
export type TrialInput = Pick<CycleInput, 'framework' | 'snapshot' | 'lister'>;

/** Says of a node what stands against a Pod there: PreFilter has run once, and no node is scored. */
export function filterFor(
  pod: Pod,
  { framework, snapshot, lister }: TrialInput,
): (node: NodeInfo) => Verdict | undefined {
  const cycle: Cycle = { pod, info: podInfo(pod), snapshot, lister };
  const prefiltered = framework.preFilter(cycle);
  const { refusal, nodeNames, narrowedBy } = prefiltered;
  if (refusal) return () => refusal;
  const out = leftOut(narrowedBy);
  return (node) => (nodeNames && !nodeNames.has(node.name) ? out : framework.filter(cycle, node, prefiltered));
}

/** Each node's verdict about a Pod, by the node's index: every node is looked at, none is scored, nobody preempted. */
export function filterEverywhere(pod: Pod, input: TrialInput): (Verdict | undefined)[] {
  return input.snapshot.nodes.map(filterFor(pod, input));
}

function nothing({ snapshot, startIndex }: CycleInput): CycleResult {
  return {
    nodes: snapshot.nodes,
    verdicts: [],
    evaluated: 0,
    filters: [],
    nextStartIndex: startIndex,
    feasible: [],
    scores: [],
    totals: [],
    best: [],
    refusedBy: [],
  };
}

function refusedForAll(cycle: Cycle, input: CycleInput, prefiltered: PreFiltered, refusal: Verdict): CycleResult {
  const result = { ...nothing(input), preFilterRefusal: refusal };
  const message = refusal.reasons.join(', ');
  if (refusal.code === 'Error') return { ...result, failure: { message, isError: true }, nominate: '' };
  const verdicts = result.nodes.map(() => refusal);
  const refusedBy = refusal.plugin ? [refusal.plugin] : prefiltered.narrowedBy;
  const base = fitErrorMessage(result.nodes.length, new Map(), message);
  return findWayOut(cycle, input, prefiltered, { ...result, verdicts }, base, refusedBy);
}

/** A Pod that was nominated to a node takes it without looking further. Models evaluateNominatedNode. */
function evaluateNominated(cycle: Cycle, { framework }: CycleInput, prefiltered: PreFiltered): NodeInfo | undefined {
  const name = cycle.pod.status?.nominatedNodeName;
  const node = name ? cycle.snapshot.node(name) : undefined;
  return node && !framework.filter(cycle, node, prefiltered) ? node : undefined;
}

/** Models findNodesThatPassFilters. */
function findFeasible(cycle: Cycle, input: CycleInput, prefiltered: PreFiltered): CycleResult {
  const { framework, startIndex } = input;
  const { nodes } = cycle.snapshot;
  /* Where no node refuses, there is nothing to remember of thousands of them. */
  let verdicts: (Verdict | undefined)[] = [];
  let candidates = nodes;
  if (prefiltered.nodeNames) {
    verdicts = new Array<Verdict | undefined>(nodes.length).fill(leftOut(prefiltered.narrowedBy));
    candidates = nodes.filter(({ name }) => prefiltered.nodeNames!.has(name));
  }
  const enough = enoughNodes(candidates.length, framework.percentageOfNodesToScore);
  const verdictOf = framework.filterOf(cycle, prefiltered);
  const feasible: NodeInfo[] = [];
  let evaluated = 0;
  for (; evaluated < candidates.length && feasible.length < enough; evaluated++) {
    const node = candidates[(startIndex + evaluated) % candidates.length]!;
    const verdict = verdictOf(node);
    if (verdict && verdicts.length === 0) verdicts = new Array<Verdict | undefined>(nodes.length).fill(undefined);
    if (verdicts.length > 0) verdicts[node.index] = verdict;
    if (!verdict) feasible.push(node);
  }
  const nextStartIndex = (startIndex + evaluated) % nodes.length;
  return { ...nothing(input), verdicts, evaluated, nextStartIndex, feasible };
}

function leftOut(plugins: readonly string[]): Verdict {
  const reason = `node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}]`;
  return Object.freeze({ plugin: '', code: 'UnschedulableAndUnresolvable', reasons: [reason] });
}

/** Scores the nodes that fit and takes one of the best at random. Models prioritizeNodes. */
function place(cycle: Cycle, input: CycleInput, prefiltered: PreFiltered, found: CycleResult): CycleResult {
  const { framework } = input;
  const { feasible } = found;
  const scored = feasible.length > 1 || input.exhaustive;
  const scores = scored ? framework.score(cycle, feasible, prefiltered) : [];
  const totals = new Array<number>(feasible.length).fill(0);
  for (const { values } of scores) for (let index = 0; index < totals.length; index++) totals[index]! += values[index]!;
  let highest = -Infinity;
  for (const total of totals) if (total > highest) highest = total;
  const best = feasible.filter((_, index) => totals[index] === highest);
  const chosen = present(best[best.length > 1 ? input.random(best.length) : 0], 'a best node');
  const permitted = framework.permit(cycle, chosen);
  if (permitted)
    return {
      ...found,
      failure: { message: permitted.reasons.join(', '), isError: false },
      refusedBy: [permitted.plugin],
    };
  const plan = framework.reserve(cycle, chosen, prefiltered);
  return { chosen, ...found, scores, totals, best, ...(plan ? { plan } : {}) };
}

/** Asks PostFilter; its words follow the plugins' words. */
function findWayOut(
  cycle: Cycle,
  input: CycleInput,
  prefiltered: PreFiltered,
  found: CycleResult,
  base: string,
  refusedBy: readonly string[],
): CycleResult {
  const { framework, random } = input;
  const run: PostFilterRun = {
    cycle,
    verdicts: found.verdicts,
    random,
    startTrial: (): Trial => framework.startTrial(prefiltered),
    filter: (node: NodeInfo, trial: Trial) => framework.filterTrial(cycle, node, prefiltered, trial),
    addPod: (trial: Trial, other: Pod, node: NodeInfo) => framework.addPod(cycle, prefiltered, trial, other, node),
    removePod: (trial: Trial, other: Pod, node: NodeInfo) =>
      framework.removePod(cycle, prefiltered, trial, other, node),
  };
  const { message, nominate, preemption } = framework.postFilter(run, prefiltered);
  return {
    ...found,
    refusedBy,
    failure: { message: message ? `${base} ${message}` : base, isError: false },
    ...(nominate === undefined ? {} : { nominate }),
    ...(preemption ? { preemption } : {}),
  };
}

function pluginsOf(verdicts: readonly (Verdict | undefined)[], narrowedBy: readonly string[]): string[] {
  const plugins = new Set(narrowedBy);
  for (const verdict of verdicts) if (verdict?.plugin) plugins.add(verdict.plugin);
  return [...plugins];
}
