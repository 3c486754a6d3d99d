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
  podsByNode,
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

/** What one soft constraint says of a node: how many matching Pods its domain has; `undefined` without the label. */
interface SoftConstraint {
  readonly countAt: (node: NodeInfo) => number | undefined;
  readonly weight: number;
  readonly maxSkew: number;
}

interface ScoreData {
  readonly constraints: readonly SoftConstraint[];
  /** Nodes without all the labels, where they need them. */
  readonly ignored: ReadonlySet<string>;
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
  if (requireAll) for (const { name, node } of nodes) if (!hasAllKeys(node, constraints)) ignored.add(name);
  const scored = ignored.size === 0 ? nodes : nodes.filter(({ name }) => !ignored.has(name));
  return {
    ignored,
    constraints: constraints.map((constraint) =>
      softConstraint(cycle, constraint, scored, requireAll ? constraints : []),
    ),
  };
}

/** `scored` are the nodes whose domains there are; `keys` the constraints whose labels a node needs to be counted. */
function softConstraint(
  cycle: Cycle,
  constraint: SpreadConstraint,
  scored: readonly NodeInfo[],
  keys: readonly SpreadConstraint[],
): SoftConstraint {
  const { topologyKey, maxSkew } = constraint;
  const isHost = topologyKey === HOSTNAME;
  const label = labelReader(cycle, topologyKey);
  const domains = isHost ? scored.length : label.countOf(scored);
  const weight = Math.log(domains + 2);
  if (isHost) {
    const count = podsByNode(cycle, constraint);
    return { maxSkew, weight, countAt: (node) => (label.has(node) ? count(node) : undefined) };
  }
  const counts = countsByDomain(cycle, constraint, keys);
  return { maxSkew, weight, countAt: label.mapped((value) => counts.get(value) ?? 0) };
}

/** Reads a label of many nodes: from what is remembered of all of them, or from each. */
function labelReader(
  { snapshot }: Cycle,
  key: string,
): {
  has: (node: NodeInfo) => boolean;
  /** How many values there are; to be without counts as one. */
  countOf: (nodes: readonly NodeInfo[]) => number;
  mapped: (value: (text: string) => number) => (node: NodeInfo) => number | undefined;
} {
  const column = snapshot.columns?.label(key);
  if (!column) {
    return {
      has: ({ node }) => nodeLabel(node, key) !== undefined,
      countOf: (nodes) => new Set(nodes.map(({ node }) => nodeLabel(node, key) ?? '')).size,
      mapped: (value) => (node) => {
        const text = nodeLabel(node.node, key);
        return text === undefined ? undefined : value(text);
      },
    };
  }
  const { of, values } = column;
  return {
    has: ({ index }) => of[index]! >= 0,
    countOf: (nodes) => {
      const seen = new Uint8Array(values.length + 1);
      let count = 0;
      for (const { index } of nodes) {
        const place = of[index]! + 1;
        if (seen[place] === 0) count += 1;
        seen[place] = 1;
      }
      return count;
    },
    mapped: (value) => {
      const known = Float64Array.from(values, value);
      return ({ index }) => (of[index]! < 0 ? undefined : known[of[index]!]!);
    },
  };
}

function spreadScore(node: NodeInfo, { constraints, ignored }: ScoreData): number {
  if (ignored.size > 0 && ignored.has(node.name)) return 0;
  let score = 0;
  for (let index = 0; index < constraints.length; index++) {
    const { countAt, weight, maxSkew } = constraints[index]!;
    const count = countAt(node);
    if (count !== undefined) score += count * weight + (maxSkew - 1);
  }
  return Math.round(score);
}

/** The fewer matching Pods, the better; nodes without the labels get nothing. */
function normalizeSpread(nodes: readonly NodeInfo[], scores: number[], ignored: ReadonlySet<string>): void {
  let least = Infinity;
  let most = 0;
  for (let index = 0; index < scores.length; index++) {
    if (ignored.size > 0 && ignored.has(nodes[index]!.name)) continue;
    least = Math.min(least, scores[index]!);
    most = Math.max(most, scores[index]!);
  }
  for (let index = 0; index < scores.length; index++) {
    if (ignored.size > 0 && ignored.has(nodes[index]!.name)) scores[index] = 0;
    else if (most === 0) scores[index] = MAX_SCORE;
    else scores[index] = Math.trunc((MAX_SCORE * (most + least - scores[index]!)) / most);
  }
}
