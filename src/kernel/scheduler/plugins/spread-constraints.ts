import { controllerOf, type Node, type Pod } from '../../../api/objects';
import { labelsInclude, requirementHolds, selectorRequirements, type LabelRequirement } from '../../../api/selectors';
import type { Cycle } from '../framework/plugin';
import type { PodMatch } from '../match-counts';
import type { NodeInfo } from '../node-info';
import { requiredNodeAffinityMatches } from '../../../api/node-affinity';
import { toleratesTaint } from '../../../api/taints';

export const HOSTNAME = 'kubernetes.io/hostname';

type SpecConstraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number];

/** A topology spread constraint, ready to use. Models plugins/podtopologyspread topologySpreadConstraint. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly minDomains: number;
  /** `undefined` matches no Pod. An empty selector counts no Pod either, but holds for the Pod itself. */
  readonly selector: readonly LabelRequirement[] | undefined;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

/** What a profile applies to Pods that state no constraints of their own. */
export interface DefaultConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
}

export const SYSTEM_DEFAULTS: readonly DefaultConstraint[] = [
  { maxSkew: 3, topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
];

/** The Pod's constraints of one kind, or else the defaults that apply to it. */
export function constraintsFor(
  cycle: Cycle,
  action: 'DoNotSchedule' | 'ScheduleAnyway',
  defaults: readonly DefaultConstraint[],
): SpreadConstraint[] {
  const own = cycle.pod.spec.topologySpreadConstraints ?? [];
  if (own.length > 0) return own.filter((one) => one.whenUnsatisfiable === action).map((one) => ofSpec(cycle.pod, one));
  const wanted = defaults.filter((one) => one.whenUnsatisfiable === action);
  const selector = wanted.length > 0 ? defaultSelector(cycle) : [];
  if (selector.length === 0) return [];
  return wanted.map(({ maxSkew, topologyKey }) => ({
    maxSkew,
    topologyKey,
    minDomains: 1,
    selector,
    honorAffinity: true,
    honorTaints: false,
  }));
}

function ofSpec(pod: Pod, constraint: SpecConstraint): SpreadConstraint {
  const selector = selectorRequirements(constraint.labelSelector);
  for (const key of constraint.matchLabelKeys ?? []) {
    const value = pod.metadata.labels?.[key];
    if (value !== undefined) selector?.push({ key, operator: 'In', values: [value] });
  }
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    minDomains: constraint.minDomains ?? 1,
    selector,
    honorAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
    honorTaints: constraint.nodeTaintsPolicy === 'Honor',
  };
}

/** What selects the Pod already: its Services, and the controller that made it. Models helper.DefaultSelector. */
function defaultSelector({ pod, lister }: Cycle): LabelRequirement[] {
  const namespace = pod.metadata.namespace ?? '';
  const merged = new Map<string, string>();
  for (const service of lister.servicesIn(namespace)) {
    const selector = service.spec.selector;
    if (!selector || Object.keys(selector).length === 0 || !labelsInclude(pod.metadata.labels, selector)) continue;
    for (const key of Object.keys(selector)) merged.set(key, selector[key]!);
  }
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of merged) requirements.push({ key, operator: 'In', values: [value] });
  const owner = controllerOf(pod);
  const ofOwner = owner && lister.selectorOf(owner.kind, namespace, owner.name);
  return requirements.concat(selectorRequirements(ofOwner) ?? []);
}

/** Whether labels fulfil a constraint's selector; an empty one holds for everything. */
export function selects(selector: readonly LabelRequirement[] | undefined, labels: Pod['metadata']['labels']): boolean {
  return selector !== undefined && selector.every((requirement) => requirementHolds(requirement, labels));
}

const NONE: ReadonlyMap<string, number> = new Map();
const EVERY_KEY: readonly string[] = [];

/** The Pods that a constraint counts; `undefined` where it counts none. */
function matchOf({ pod }: Cycle, { selector }: SpreadConstraint): PodMatch | undefined {
  if (!selector || selector.length === 0) return undefined;
  return { namespace: pod.metadata.namespace ?? '', selector, terminating: false };
}

/** Reads how many matching Pods a node has. */
export function podsByNode(cycle: Cycle, constraint: SpreadConstraint): (node: NodeInfo) => number {
  const match = matchOf(cycle, constraint);
  if (!match) return () => 0;
  const column = cycle.snapshot.columns?.matches(match);
  if (column) return ({ index }) => column[index]!;
  const counts = cycle.snapshot.matchesByNode(match);
  return ({ name }) => counts.get(name) ?? 0;
}

/**
 * Matching Pods by domain, of nodes with the topology keys of all `constraints`; domains without any are 0. Of a node
 * that the Pod could not take, or that it does not tolerate, nothing counts where the constraint says so.
 */
export function countsByDomain(
  cycle: Cycle,
  constraint: SpreadConstraint,
  constraints: readonly SpreadConstraint[],
): ReadonlyMap<string, number> {
  const { pod, snapshot } = cycle;
  const match = matchOf(cycle, constraint);
  const keys = constraints.length > 0 ? constraints.map(({ topologyKey }) => topologyKey) : EVERY_KEY;
  if (match && countsEveryNode(constraint, pod)) return snapshot.matchesByDomain(match, constraint.topologyKey, keys);
  const byNode = match ? snapshot.matchesByNode(match) : NONE;
  const counts = new Map<string, number>();
  for (const { name, node } of snapshot.nodes) {
    if (!hasAllKeys(node, constraints) || !countsNode(constraint, pod, node)) continue;
    const value = node.metadata.labels?.[constraint.topologyKey] ?? '';
    counts.set(value, (counts.get(value) ?? 0) + (byNode.get(name) ?? 0));
  }
  return counts;
}

function countsEveryNode({ honorAffinity, honorTaints }: SpreadConstraint, pod: Pod): boolean {
  if (honorTaints) return false;
  const { nodeSelector, affinity } = pod.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !honorAffinity || (!required && Object.keys(nodeSelector ?? {}).length === 0);
}

export function hasAllKeys(node: Node, constraints: readonly SpreadConstraint[]): boolean {
  const labels = node.metadata.labels;
  return constraints.every(({ topologyKey }) => labels?.[topologyKey] !== undefined);
}

/** Whether a node's domain counts for a constraint. Models matchNodeInclusionPolicies. */
export function countsNode(constraint: SpreadConstraint, pod: Pod, node: Node): boolean {
  if (constraint.honorAffinity && !requiredNodeAffinityMatches(pod, node)) return false;
  if (!constraint.honorTaints) return true;
  const keepsAway = ({ effect }: { effect: string }): boolean => effect === 'NoSchedule' || effect === 'NoExecute';
  return (node.spec.taints ?? []).every((taint) => !keepsAway(taint) || toleratesTaint(pod.spec.tolerations, taint));
}
