import type { Node, Pod } from '../../../api/objects';
import {
  SKIP,
  go,
  nodeLabel,
  unresolvable,
  unschedulable,
  type Cycle,
  type Plugin,
  type PreFilterAnswer,
} from '../framework/plugin';
import type { NodeInfo } from '../node-info';
import { MAX_SCORE } from '../normalize';
import {
  HOSTNAME,
  SYSTEM_DEFAULTS,
  constraintsFor,
  countsNode,
  countsByDomain,
  countsByNode,
  hasAllKeys,
  selects,
  type DefaultConstraint,
  type SpreadConstraint,
} from './spread-constraints';

const SKEWED = unschedulable("node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

export interface PodTopologySpreadArgs {
  /** `undefined` for the system's defaults. */
  readonly defaultConstraints: readonly DefaultConstraint[] | undefined;
}

interface Path {
  value: string | undefined;
  count: number;
}

/** A hard constraint, how many matching Pods each domain has, and the two emptiest domains. */
interface Spread {
  readonly constraint: SpreadConstraint;
  /** Shared; a trial's copy is a Map of its own. */
  readonly counts: ReadonlyMap<string, number>;
  /** Upstream keeps two domains, not all: what it then takes for the minimum is part of its behaviour. */
  readonly paths: [Path, Path];
  readonly selfMatch: number;
}

interface ScoreData {
  readonly constraints: readonly SpreadConstraint[];
  readonly ignored: ReadonlySet<string>;
  /** Matching Pods by domain, or by node for the hostname. */
  readonly counts: readonly ReadonlyMap<string, number>[];
  readonly weights: readonly number[];
}

/** Spreads Pods over zones, hosts and the like. Models plugins/podtopologyspread. */
export function podTopologySpread(args: PodTopologySpreadArgs): Plugin<Spread[], ScoreData> {
  const defaults = args.defaultConstraints ?? SYSTEM_DEFAULTS;
  const update = (cycle: Cycle, spreads: Spread[], other: Pod, { node }: NodeInfo, delta: 1 | -1): void =>
    updateWithPod(cycle.pod, spreads, other, node, delta);
  return {
    name: 'PodTopologySpread',
    registrations: [
      { events: ['AssignedPodAdd', 'AssignedPodDelete', 'AssignedPodUpdateLabel'], hint: concerns },
      { events: ['TargetPodUpdateLabel'], hint: (pod, { after }) => (after as Pod).metadata.uid === pod.metadata.uid },
      { events: ['NodeAdd', 'NodeDelete', 'NodeUpdateLabel', 'NodeUpdateTaint'] },
    ],
    preFilter(cycle): PreFilterAnswer<Spread[]> {
      const constraints = constraintsFor(cycle, 'DoNotSchedule', defaults);
      return constraints.length === 0 ? SKIP : go(countDomains(cycle, constraints));
    },
    cloneData: (spreads) =>
      spreads.map((one) => ({
        ...one,
        counts: new Map(one.counts),
        paths: [{ ...one.paths[0] }, { ...one.paths[1] }],
      })),
    addPod: (cycle, spreads, other, node) => update(cycle, spreads, other, node, 1),
    removePod: (cycle, spreads, other, node) => update(cycle, spreads, other, node, -1),
    filter(_, { node }, spreads) {
      for (const { constraint, counts, paths, selfMatch } of spreads) {
        const value = nodeLabel(node, constraint.topologyKey);
        if (value === undefined) return NO_LABEL;
        const least = counts.size < constraint.minDomains ? 0 : paths[0].count;
        if ((counts.get(value) ?? 0) + selfMatch - least > constraint.maxSkew) return SKEWED;
      }
      return undefined;
    },
    preScore: (cycle, nodes) => prepareScores(cycle, nodes, defaults, args.defaultConstraints === undefined),
    score: (_, node, data) => spreadScore(node, data),
    normalizeScore: (_, nodes, scores, { ignored }) => normalizeSpread(nodes, scores, ignored),
  };
}

/** Whether a Pod that came, went or changed is one that the waiting Pod counts. */
function concerns(pod: Pod, { before, after }: { before?: object; after?: object }): boolean {
  const matches = (other: object | undefined): boolean => {
    if (!other) return false;
    const { namespace, labels } = (other as Pod).metadata;
    if (namespace !== pod.metadata.namespace) return false;
    const own = pod.spec.topologySpreadConstraints ?? [];
    return own.some(({ labelSelector }) =>
      Object.entries(labelSelector?.matchLabels ?? {}).every(([key, value]) => labels?.[key] === value),
    );
  };
  return matches(before) || matches(after);
}

function countDomains(cycle: Cycle, constraints: readonly SpreadConstraint[]): Spread[] {
  return constraints.map((constraint) => {
    const counts = countsByDomain(cycle, constraint, constraints);
    const paths: [Path, Path] = [emptyPath(), emptyPath()];
    for (const [value, count] of counts) updatePaths(paths, value, count);
    return { constraint, counts, paths, selfMatch: selects(constraint.selector, cycle.pod.metadata.labels) ? 1 : 0 };
  });
}

const emptyPath = (): Path => ({ value: undefined, count: 0x7fff_ffff });

/** Models criticalPaths.update. */
function updatePaths(paths: [Path, Path], value: string, count: number): void {
  const known = paths[0].value === value ? paths[0] : paths[1].value === value ? paths[1] : undefined;
  if (known) {
    known.count = count;
    if (paths[0].count > paths[1].count) paths.reverse();
  } else if (count < paths[0].count) {
    paths[1] = paths[0];
    paths[0] = { value, count };
  } else if (count < paths[1].count) {
    paths[1] = { value, count };
  }
}

function updateWithPod(pod: Pod, spreads: Spread[], other: Pod, node: Node, delta: 1 | -1): void {
  if (other.metadata.namespace !== pod.metadata.namespace) return;
  if (
    !hasAllKeys(
      node,
      spreads.map(({ constraint }) => constraint),
    )
  )
    return;
  for (const { constraint, counts, paths } of spreads) {
    if (!selects(constraint.selector, other.metadata.labels) || !countsNode(constraint, pod, node)) continue;
    const value = nodeLabel(node, constraint.topologyKey)!;
    const count = (counts.get(value) ?? 0) + delta;
    (counts as Map<string, number>).set(value, count);
    updatePaths(paths, value, count);
  }
}

function prepareScores(
  cycle: Cycle,
  nodes: readonly NodeInfo[],
  defaults: readonly DefaultConstraint[],
  systemDefaulted: boolean,
): ScoreData | undefined {
  const constraints = constraintsFor(cycle, 'ScheduleAnyway', defaults);
  if (constraints.length === 0) return undefined;
  const requireAll = (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0 || !systemDefaulted;
  const ignored = new Set<string>();
  const domains = constraints.map(() => new Set<string>());
  for (const { name, node } of nodes) {
    if (requireAll && !hasAllKeys(node, constraints)) {
      ignored.add(name);
      continue;
    }
    for (let index = 0; index < constraints.length; index++) {
      const key = constraints[index]!.topologyKey;
      if (key !== HOSTNAME) domains[index]!.add(nodeLabel(node, key) ?? '');
    }
  }
  const counts = constraints.map((constraint) =>
    constraint.topologyKey === HOSTNAME
      ? countsByNode(cycle, constraint)
      : countsByDomain(cycle, constraint, requireAll ? constraints : []),
  );
  const weights = constraints.map(({ topologyKey }, index) =>
    Math.log((topologyKey === HOSTNAME ? nodes.length - ignored.size : domains[index]!.size) + 2),
  );
  return { constraints, ignored, counts, weights };
}

function spreadScore({ name, node }: NodeInfo, { constraints, ignored, counts, weights }: ScoreData): number {
  if (ignored.has(name)) return 0;
  let score = 0;
  for (let index = 0; index < constraints.length; index++) {
    const { topologyKey, maxSkew } = constraints[index]!;
    const value = nodeLabel(node, topologyKey);
    if (value === undefined) continue;
    const count = counts[index]!.get(topologyKey === HOSTNAME ? name : value) ?? 0;
    score += count * weights[index]! + (maxSkew - 1);
  }
  return Math.round(score);
}

/** The fewer matching Pods, the better; nodes without the labels get nothing. */
function normalizeSpread(nodes: readonly NodeInfo[], scores: number[], ignored: ReadonlySet<string>): void {
  let least = Infinity;
  let most = 0;
  for (let index = 0; index < scores.length; index++) {
    if (ignored.has(nodes[index]!.name)) continue;
    least = Math.min(least, scores[index]!);
    most = Math.max(most, scores[index]!);
  }
  for (let index = 0; index < scores.length; index++) {
    if (ignored.has(nodes[index]!.name)) scores[index] = 0;
    else if (most === 0) scores[index] = MAX_SCORE;
    else scores[index] = Math.trunc((MAX_SCORE * (most + least - scores[index]!)) / most);
  }
}
