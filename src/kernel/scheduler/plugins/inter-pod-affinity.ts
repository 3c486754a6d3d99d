import type { Node, Pod } from '../../../api/objects';
import { selectorMatches, selectorRequirements } from '../../../api/selectors';
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
import type { TermKind } from '../affinity-terms';
import { MAX_SCORE } from '../normalize';
import { podInfo, type AffinityTerm, type PodInfo } from '../pod-info';

const NO_AFFINITY = unresolvable("node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

/** Numbers by domain: topology key → label value → number. */
type Domains = Map<string, Map<string, number>>;

interface FilterData {
  /** Running Pods whose anti-affinity keeps this Pod away. */
  readonly existing: Domains;
  /** Running Pods that all affinity terms, or one anti-affinity term, of this Pod match. */
  readonly affinity: Domains;
  readonly antiAffinity: Domains;
}

export interface InterPodAffinityArgs {
  /** What a required affinity term of a running Pod counts for in scoring. */
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>>;

/** Whether a term is about a Pod. Models framework AffinityTerm.Matches. */
function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: NamespaceLabels): boolean {
  const namespace = pod.metadata.namespace ?? '';
  if (!selectorMatches(term.selector, pod.metadata.labels)) return false;
  if (term.namespaces.includes(namespace)) return true;
  return term.namespaceSelector !== undefined && selectorMatches(term.namespaceSelector, namespaceLabels(namespace));
}

/** Adds to a node's domain, if it has one. */
function add(domains: Domains, key: string, node: Node, amount: number, keepZero: boolean): void {
  const value = nodeLabel(node, key);
  if (value !== undefined) addTo(domains, key, value, amount, keepZero);
}

/** Adds to a domain. A count that comes to nothing leaves no trace, a sum of scores does. */
function addTo(domains: Domains, key: string, value: string, amount: number, keepZero: boolean): void {
  let values = domains.get(key);
  if (!values) domains.set(key, (values = new Map()));
  const sum = (values.get(value) ?? 0) + amount;
  if (sum !== 0 || keepZero) values.set(value, sum);
  else values.delete(value);
  if (values.size === 0) domains.delete(key);
}

const cloneDomains = (domains: Domains): Domains =>
  new Map(Array.from(domains, ([key, values]) => [key, new Map(values)]));

/** Keeps Pods together or apart. Models plugins/interpodaffinity. */
export function interPodAffinity(args: InterPodAffinityArgs): Plugin<FilterData, Domains> {
  return {
    name: 'InterPodAffinity',
    registrations: [
      { events: ['AssignedPodAdd', 'AssignedPodDelete', 'AssignedPodUpdateLabel'], hint: concerns },
      { events: ['TargetPodUpdateLabel'], hint: (pod, { after }) => (after as Pod).metadata.uid === pod.metadata.uid },
      { events: ['NodeAdd', 'NodeUpdateLabel'] },
    ],
    preFilter: prepareFilter,
    cloneData: ({ existing, affinity, antiAffinity }) => ({
      existing: cloneDomains(existing),
      affinity: cloneDomains(affinity),
      antiAffinity: cloneDomains(antiAffinity),
    }),
    addPod: (cycle, data, other, { node }) => countPod(cycle, data, other, node, 1),
    removePod: (cycle, data, other, { node }) => countPod(cycle, data, other, node, -1),
    filter: (cycle, { node }, data) => {
      if (!fulfilsAffinity(cycle, node, data)) return NO_AFFINITY;
      if (breaksAntiAffinity(cycle.info, node, data)) return ANTI_AFFINITY;
      return keptAway(node, data.existing) ? EXISTING_ANTI_AFFINITY : undefined;
    },
    preScore: (cycle) => prepareScores(cycle, args),
    score(_, { node }, domains) {
      let score = 0;
      for (const [key, values] of domains) score += values.get(nodeLabel(node, key) ?? '') ?? 0;
      return score;
    },
    normalizeScore: (_, __, scores) => normalizeByRange(scores),
  };
}

/**
 * Whether a Pod that came, went or changed can make room: one that the terms of affinity have waited for, or one that
 * those of anti-affinity no longer mind. Models isSchedulableAfterPodChange.
 */
function concerns(pod: Pod, { before, after }: { before?: object; after?: object }, lister: Cycle['lister']): boolean {
  const labels: NamespaceLabels = (namespace) => lister.namespaceLabels(namespace);
  const { requiredAffinity, requiredAntiAffinity } = podInfo(pod);
  const minds = (other: Pod): boolean =>
    requiredAntiAffinity.some((term) => termMatches(term, other, labels)) ||
    podInfo(other).requiredAntiAffinity.some((term) => termMatches(term, pod, labels));
  if (!after) return minds(before as Pod);
  const wanted = (other: Pod): boolean =>
    requiredAffinity.length > 0 && requiredAffinity.every((term) => termMatches(term, other, labels));
  if (!before) return wanted(after as Pod);
  const [old, now] = [before as Pod, after as Pod];
  return (wanted(now) && !wanted(old)) || (minds(old) && !minds(now));
}

function prepareFilter(cycle: Cycle): PreFilterAnswer<FilterData> {
  const { info, snapshot } = cycle;
  const data: FilterData = { existing: new Map(), affinity: new Map(), antiAffinity: new Map() };
  const labels: NamespaceLabels = (namespace) => cycle.lister.namespaceLabels(namespace);
  for (const { kind, term, domains } of snapshot.affinityTerms()) {
    if (kind !== 'requiredAntiAffinity' || !termMatches(term, cycle.pod, labels)) continue;
    for (const [value, count] of domains) addTo(data.existing, term.topologyKey, value, count, false);
  }
  const asks = info.requiredAffinity.length > 0 || info.requiredAntiAffinity.length > 0;
  if (data.existing.size === 0 && !asks) return SKIP;
  const [first, ...more] = info.requiredAffinity;
  if (first && more.length === 0) {
    countTerm(cycle, first, (node, count) => add(data.affinity, first.topologyKey, node, count, false));
  } else if (first) {
    countGroup(cycle, data.affinity);
  }
  for (const term of info.requiredAntiAffinity) {
    countTerm(cycle, term, (node, count) => add(data.antiAffinity, term.topologyKey, node, count, false));
  }
  return go(data);
}

/** Tells how many Pods a term is about, node by node. */
function countTerm({ snapshot, lister }: Cycle, term: AffinityTerm, tell: (node: Node, count: number) => void): void {
  const selector = selectorRequirements(term.selector);
  if (!selector) return;
  if (!term.namespaceSelector) {
    for (const namespace of new Set(term.namespaces)) {
      for (const [name, count] of snapshot.matchesByNode({ namespace, selector, terminating: true })) {
        const node = snapshot.node(name)?.node;
        if (node) tell(node, count);
      }
    }
    return;
  }
  const labels: NamespaceLabels = (namespace) => lister.namespaceLabels(namespace);
  for (const { node, pods } of snapshot.nodes) {
    let count = 0;
    for (const other of pods.values()) if (termMatches(term, other, labels)) count += 1;
    if (count > 0) tell(node, count);
  }
}

/** With several required terms only Pods that all of them are about count. */
function countGroup(cycle: Cycle, affinity: Domains): void {
  for (const { node, pods } of cycle.snapshot.nodes) {
    for (const other of pods.values()) countCompany(cycle, affinity, other, node, 1);
  }
}

function countCompany({ info, lister }: Cycle, affinity: Domains, other: Pod, node: Node, delta: 1 | -1): void {
  const { requiredAffinity } = info;
  const labels: NamespaceLabels = (namespace) => lister.namespaceLabels(namespace);
  if (requiredAffinity.length === 0 || !requiredAffinity.every((term) => termMatches(term, other, labels))) return;
  for (const { topologyKey } of requiredAffinity) add(affinity, topologyKey, node, delta, false);
}

function countExisting({ pod, lister }: Cycle, existing: Domains, other: Pod, node: Node, delta: 1 | -1): void {
  for (const term of podInfo(other).requiredAntiAffinity) {
    if (termMatches(term, pod, (namespace) => lister.namespaceLabels(namespace))) {
      add(existing, term.topologyKey, node, delta, false);
    }
  }
}

/** A Pod comes to a node, or leaves it, on trial. */
function countPod(cycle: Cycle, data: FilterData, other: Pod, node: Node, delta: 1 | -1): void {
  countExisting(cycle, data.existing, other, node, delta);
  countCompany(cycle, data.affinity, other, node, delta);
  for (const term of cycle.info.requiredAntiAffinity) {
    if (termMatches(term, other, (namespace) => cycle.lister.namespaceLabels(namespace))) {
      add(data.antiAffinity, term.topologyKey, node, delta, false);
    }
  }
}

const numberAt = (domains: Domains, key: string, node: Node): number =>
  domains.get(key)?.get(nodeLabel(node, key) ?? '') ?? 0;

/** The first of a group of Pods that want each other's company may go anywhere. Models satisfyPodAffinity. */
function fulfilsAffinity({ pod, info, lister }: Cycle, node: Node, { affinity }: FilterData): boolean {
  let company = true;
  for (const { topologyKey } of info.requiredAffinity) {
    if (nodeLabel(node, topologyKey) === undefined) return false;
    if (numberAt(affinity, topologyKey, node) <= 0) company = false;
  }
  if (company) return true;
  const labels: NamespaceLabels = (namespace) => lister.namespaceLabels(namespace);
  return affinity.size === 0 && info.requiredAffinity.every((term) => termMatches(term, pod, labels));
}

function breaksAntiAffinity({ requiredAntiAffinity }: PodInfo, node: Node, { antiAffinity }: FilterData): boolean {
  return (
    antiAffinity.size > 0 &&
    requiredAntiAffinity.some(({ topologyKey }) => numberAt(antiAffinity, topologyKey, node) > 0)
  );
}

function keptAway(node: Node, existing: Domains): boolean {
  for (const key of existing.keys()) if (numberAt(existing, key, node) > 0) return true;
  return false;
}

/** Adds up what the Pod and the running Pods prefer of each other. Models PreScore; `undefined` where nobody does. */
function prepareScores(cycle: Cycle, args: InterPodAffinityArgs): Domains | undefined {
  const { info, snapshot } = cycle;
  const prefers = info.preferredAffinity.length > 0 || info.preferredAntiAffinity.length > 0;
  if (!prefers && args.ignorePreferredTermsOfExistingPods) return undefined;
  const domains: Domains = new Map();
  const wish = (terms: readonly AffinityTerm[], factor: number): void => {
    for (const term of terms) {
      countTerm(cycle, term, (node, count) => add(domains, term.topologyKey, node, term.weight * factor * count, true));
    }
  };
  wish(info.preferredAffinity, 1);
  wish(info.preferredAntiAffinity, -1);
  const labels: NamespaceLabels = (namespace) => cycle.lister.namespaceLabels(namespace);
  for (const { kind, term, domains: inUse } of snapshot.affinityTerms()) {
    const factor = factorOf(kind, args);
    if (factor === 0 || !termMatches(term, cycle.pod, labels)) continue;
    for (const [value, count] of inUse) addTo(domains, term.topologyKey, value, term.weight * factor * count, true);
  }
  return domains.size === 0 ? undefined : domains;
}

/** What a running Pod's wish about this one counts for. */
function factorOf(kind: TermKind, args: InterPodAffinityArgs): number {
  if (kind === 'requiredAntiAffinity') return 0;
  if (kind === 'requiredAffinity') return args.hardPodAffinityWeight;
  if (args.ignorePreferredTermsOfExistingPods) return 0;
  return kind === 'preferredAffinity' ? 1 : -1;
}

function normalizeByRange(scores: number[]): void {
  let least = Infinity;
  let most = -Infinity;
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  const range = most - least;
  for (let index = 0; index < scores.length; index++) {
    scores[index] = range > 0 ? Math.trunc(MAX_SCORE * ((scores[index]! - least) / range)) : 0;
  }
}
