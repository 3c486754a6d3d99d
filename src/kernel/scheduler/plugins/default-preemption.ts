import { parseTime } from '../../../api/time';
import type { Verdict } from '../../../api/scheduling';
import type { Pod, PodDisruptionBudget } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import { countReasons, fitErrorMessage } from '../fit-error';
import { unschedulable, type Plugin, type PostFilterAnswer, type PostFilterRun } from '../framework/plugin';
import { addPodTo, cloneNodeInfo, removePodFrom, type NodeInfo } from '../node-info';
import { podInfo } from '../pod-info';

export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

/** A node, and the Pods that would have to go: most important first. */
interface Candidate {
  readonly node: string;
  readonly victims: readonly Pod[];
  readonly violations: number;
}

const NOT_HELPFUL: Verdict = Object.freeze({
  plugin: '',
  code: 'UnschedulableAndUnresolvable',
  reasons: ['Preemption is not helpful for scheduling'],
});
const NO_VICTIMS: Verdict = Object.freeze({
  plugin: '',
  code: 'UnschedulableAndUnresolvable',
  reasons: ['No preemption victims found for incoming pod'],
});

/** Makes room by deleting Pods of lower priority. Models plugins/defaultpreemption and framework/preemption. */
export const defaultPreemption = (args: DefaultPreemptionArgs): Plugin => ({
  name: 'DefaultPreemption',
  registrations: [],
  postFilter(run): PostFilterAnswer {
    const problem = whyNotEligible(run);
    if (problem) return { status: unschedulable(`preemption: ${problem}`) };
    const { candidates, verdicts } = dryRun(run, args);
    if (candidates.length === 0) {
      const total = run.cycle.snapshot.nodes.length;
      const message = fitErrorMessage(total, countReasons(verdicts));
      return { status: unschedulable(`preemption: ${message}`), nominate: '' };
    }
    const best = bestCandidates(candidates);
    const choice = best[best.length > 1 ? run.random(best.length) : 0]!;
    const ties = best.filter((one) => one !== choice);
    const { node, victims } = choice;
    return { nominate: node, preemption: { node, victims, ties, candidates: candidates.length } };
  },
});

/** Models PodEligibleToPreemptOthers. */
function whyNotEligible({ cycle, verdicts }: PostFilterRun): string | undefined {
  const { pod, snapshot, info } = cycle;
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.status?.nominatedNodeName;
  const node = nominated ? snapshot.node(nominated) : undefined;
  if (!node || verdicts[node.index]?.code === 'UnschedulableAndUnresolvable') return undefined;
  for (const other of node.pods.values()) {
    if (podInfo(other).priority < info.priority && isBeingPreempted(other)) {
      return 'not eligible due to a terminating pod on the nominated node.';
    }
  }
  return undefined;
}

function isBeingPreempted(pod: Pod): boolean {
  if (!pod.metadata.deletionTimestamp) return false;
  const target = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return target?.status === 'True' && target.reason === 'PreemptionByScheduler';
}

/** Tries preemption on the nodes where it may help. Models findCandidates, DryRunPreemption. */
function dryRun(run: PostFilterRun, args: DefaultPreemptionArgs): { candidates: Candidate[]; verdicts: Verdict[] } {
  const { nodes } = run.cycle.snapshot;
  const potential = nodes.filter(({ index }) => run.verdicts[index]?.code === 'Unschedulable');
  const verdicts: Verdict[] = nodes.map(() => NOT_HELPFUL);
  const enough = Math.max(
    Math.trunc((potential.length * args.minCandidateNodesPercentage) / 100),
    args.minCandidateNodesAbsolute,
  );
  const budgets = potential.length > 0 ? [...run.cycle.lister.disruptionBudgets()] : [];
  const candidates: Candidate[] = [];
  const offset = potential.length > 0 ? run.random(potential.length) : 0;
  let clean = 0;
  for (let step = 0; step < potential.length; step++) {
    const node = potential[(offset + step) % potential.length]!;
    const outcome = selectVictims(run, node, budgets);
    if ('code' in outcome) {
      verdicts[node.index] = outcome;
      continue;
    }
    candidates.push(outcome);
    if (outcome.violations === 0) clean += 1;
    if (clean > 0 && candidates.length >= enough) break;
  }
  return { candidates, verdicts };
}

/** The fewest Pods that have to leave a node, or why even taking all lower ones away does not help. */
function selectVictims(
  run: PostFilterRun,
  original: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Candidate | Verdict {
  const lower: Pod[] = [];
  for (const pod of original.pods.values()) if (podInfo(pod).priority < run.cycle.info.priority) lower.push(pod);
  if (lower.length === 0) return NO_VICTIMS;
  const node = cloneNodeInfo(original);
  const trial = run.startTrial();
  const remove = (pod: Pod): void => {
    removePodFrom(node, pod);
    run.removePod(trial, pod, node);
  };
  lower.forEach(remove);
  const verdict = run.filter(node, trial);
  if (verdict) return verdict;

  const victims: Pod[] = [];
  const { violating, others } = splitByBudgets(lower.sort(byImportance), budgets);
  const reprieve = (pod: Pod): void => {
    addPodTo(node, pod);
    run.addPod(trial, pod, node);
    if (!run.filter(node, trial)) return;
    remove(pod);
    victims.push(pod);
  };
  violating.forEach(reprieve);
  const violations = victims.length;
  others.forEach(reprieve);
  if (victims.length === 0) {
    return { plugin: '', code: 'Error', reasons: [`expected at least one victim pod on node "${node.name}"`] };
  }
  return { node: node.name, victims: victims.sort(byImportance), violations };
}

/** Virtual start in milliseconds; a Pod that has not started counts as newest. */
const startedAt = (pod: Pod): number => (pod.status?.startTime ? parseTime(pod.status.startTime) : Infinity);

const ascending = (one: number, other: number): number => (one < other ? -1 : one > other ? 1 : 0);

/** Higher priority first, then who has run longer. Models util.MoreImportantPod. */
function byImportance(one: Pod, other: Pod): number {
  return podInfo(other).priority - podInfo(one).priority || ascending(startedAt(one), startedAt(other));
}

/** Pods whose loss would break a disruption budget, and the others. Models filterPodsWithPDBViolation. */
function splitByBudgets(
  pods: readonly Pod[],
  budgets: readonly PodDisruptionBudget[],
): { violating: Pod[]; others: Pod[] } {
  const allowed = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    let broken = false;
    budgets.forEach((budget, index) => {
      if (!protects(budget, pod)) return;
      allowed[index]! -= 1;
      if (allowed[index]! < 0) broken = true;
    });
    (broken ? violating : others).push(pod);
  }
  return { violating, others };
}

function protects({ metadata, spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  const { labels, name, namespace } = pod.metadata;
  if (!labels || Object.keys(labels).length === 0 || metadata.namespace !== namespace) return false;
  const selector = spec?.selector;
  const isEmpty = !selector || (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length);
  return !isEmpty && selectorMatches(selector, labels) && !(status?.disruptedPods && name in status.disruptedPods);
}

const OFFSET = 2 ** 31;

/** What is compared, first things first; lower is better. Models pickOneNodeForPreemption. */
const CRITERIA: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => podInfo(victims[0]!).priority,
  ({ victims }) => victims.reduce((sum, pod) => sum + podInfo(pod).priority + OFFSET, 0),
  ({ victims }) => victims.length,
  ({ victims }) => {
    const top = podInfo(victims[0]!).priority;
    return -Math.min(...victims.filter((pod) => podInfo(pod).priority === top).map(startedAt));
  },
];

/** The candidates that nothing tells apart from the best. */
function bestCandidates(candidates: readonly Candidate[]): Candidate[] {
  let best = [...candidates];
  for (const criterion of CRITERIA) {
    const values = best.map(criterion);
    const least = values.reduce((one, other) => Math.min(one, other));
    best = best.filter((_, index) => values[index] === least);
  }
  return best;
}
