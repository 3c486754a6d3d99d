import { conditionOf } from '../../api/conditions';
import { controllerOf, type Node, type Pod } from '../../api/objects';
import { nextBelow, type RandomState } from '../../base/random';
import type { NodeGroup } from '../machinery/node-groups';
import { podInfo } from '../scheduler/pod-info';
import { resourcesOf } from '../scheduler/resources';
import type { Simulation } from './simulation';

/** Which Pods ask for nodes, and of which group more would help them. Models cluster-autoscaler/core/scaleup. */

/** A group and the nodes of it that would help some Pods. */
export interface ExpansionOption {
  readonly group: NodeGroup;
  /** Of each new node its template. */
  readonly templates: readonly Node[];
  readonly pods: readonly Pod[];
}

/** A Pod that no group can help, and why: reasons by how many groups give them. */
export interface UnhelpedPod {
  readonly pod: Pod;
  readonly reasons: ReadonlyMap<string, number>;
}

const MAX_REACHED = 'max node group size reached';

/** Whether kube-scheduler has found no place for the Pod. Models utils/kubernetes isUnschedulable. */
export function isUnschedulable(pod: Pod): boolean {
  const { metadata, spec } = pod;
  if (spec.nodeName || metadata.deletionTimestamp) return false;
  const scheduled = conditionOf(pod, 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable';
}

/**
 * The Pods that need new nodes: those that are placed on nodes that are there, or on their way, need none. The more
 * important ones, then the older ones, take the room. Models processors/podlistprocessor.
 */
export function podsToHelp(simulation: Simulation, unschedulable: readonly Pod[]): Pod[] {
  const waiting = unschedulable.filter(
    (pod) => !pod.status.nominatedNodeName && controllerOf(pod)?.kind !== 'DaemonSet',
  );
  const priority = (pod: Pod): number => podInfo(pod).priority;
  return waiting
    .sort((left, right) => priority(right) - priority(left) || byAge(left, right))
    .filter((pod) => simulation.place(pod, () => true) === undefined);
}

function byAge(left: Pod, right: Pod): number {
  const [one, other] = [left.metadata.creationTimestamp, right.metadata.creationTimestamp];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What each group could do for the Pods, and the Pods for which none can do anything. */
export function expansionOptions(
  simulation: Simulation,
  groups: readonly NodeGroup[],
  pods: readonly Pod[],
): { options: ExpansionOption[]; unhelped: UnhelpedPod[] } {
  const reasons = new Map<Pod, Map<string, number>>(pods.map((pod) => [pod, new Map<string, number>()]));
  const helped = new Set<Pod>();
  const options: ExpansionOption[] = [];
  const blame = (pod: Pod, reason: string): void => {
    const counts = reasons.get(pod)!;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  };
  for (const group of groups) {
    if (group.machines.length >= group.max) {
      for (const pod of pods) blame(pod, MAX_REACHED);
      continue;
    }
    const fitting = pods.filter((pod) => {
      const refusals = refusalsOf(simulation, group, pod);
      refusals?.forEach((reason) => blame(pod, reason));
      return refusals === undefined;
    });
    for (const pod of fitting) helped.add(pod);
    const option = estimate(simulation, group, fitting);
    if (option.pods.length > 0) options.push(option);
  }
  const unhelped = pods.filter((pod) => !helped.has(pod)).map((pod) => ({ pod, reasons: reasons.get(pod)! }));
  return { options, unhelped };
}

/** Why a Pod would fit no new node of the group; `undefined` where it would fit one. Models SchedulablePodGroups. */
function refusalsOf(simulation: Simulation, group: NodeGroup, pod: Pod): readonly string[] | undefined {
  let first: readonly string[] | undefined;
  for (const template of group.templates) {
    const refusal = simulation.attempt(() => {
      const node = addTrialNode(simulation, group, template, '0');
      return { keep: false, result: simulation.refusal(pod, node) };
    });
    if (!refusal) return undefined;
    first ??= refusal.reasons;
  }
  return first ?? [];
}

/** Adds a new node of a group on trial, with the daemons that run on each of the group's nodes. Returns its name. */
export function addTrialNode(simulation: Simulation, group: NodeGroup, template: Node, tag: string): string {
  const name = `template-node-for-${group.name}-${tag}`;
  const labels = { ...template.metadata.labels, 'kubernetes.io/hostname': name };
  simulation.addNode({ ...template, metadata: { ...template.metadata, name, labels } });
  const member = group.machines.map((machine) => simulation.node(machine)).find((node) => node !== undefined);
  for (const pod of member?.pods.values() ?? []) {
    if (controllerOf(pod)?.kind !== 'DaemonSet') continue;
    simulation.put({ ...pod, metadata: { ...pod.metadata, uid: `${pod.metadata.uid}/${name}` } }, name);
  }
  return name;
}

/**
 * How many nodes of a group the Pods need, the largest Pods first, and for which of them there is room then. New nodes
 * take turns in the zones. Models estimator/binpacking_estimator.go.
 */
function estimate(simulation: Simulation, group: NodeGroup, pods: readonly Pod[]): ExpansionOption {
  return simulation.attempt(() => {
    const added: { name: string; template: Node }[] = [];
    const placed: Pod[] = [];
    const room = group.max - group.machines.length;
    for (const pod of bySize(pods, group)) {
      const names = new Set(added.map(({ name }) => name));
      const onNew = simulation.place(pod, (node) => names.has(node.name)) !== undefined;
      if (onNew || (added.length < room && placeOnAnother(simulation, group, pod, added))) placed.push(pod);
    }
    return { keep: false, result: { group, templates: added.map(({ template }) => template), pods: placed } };
  });
}

function placeOnAnother(
  simulation: Simulation,
  group: NodeGroup,
  pod: Pod,
  added: { name: string; template: Node }[],
): boolean {
  for (const template of byUse(simulation, group, added)) {
    const name = simulation.attempt(() => {
      const node = addTrialNode(simulation, group, template, String(added.length));
      const placed = simulation.place(pod, (one) => one.name === node) !== undefined;
      return { keep: placed, result: placed ? node : undefined };
    });
    if (name === undefined) continue;
    added.push({ name, template });
    return true;
  }
  return false;
}

const zoneOf = (node: Node | undefined): string => node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';

/** The group's templates, those of zones with few of its nodes first. */
function byUse(simulation: Simulation, group: NodeGroup, added: readonly { template: Node }[]): Node[] {
  const there = group.machines.map((machine) => simulation.node(machine)?.node);
  const zones = [...there, ...added.map(({ template }) => template)].map(zoneOf);
  const used = (template: Node): number => zones.filter((zone) => zone === zoneOf(template)).length;
  return [...group.templates].sort((left, right) => used(left) - used(right));
}

/** Models decreasing_pod_orderer.go: by the share of a new node that a Pod takes. */
function bySize(pods: readonly Pod[], { templates }: NodeGroup): Pod[] {
  const { cpu, memory } = resourcesOf(templates[0]?.status.allocatable);
  const share = (pod: Pod): number => {
    const { requests } = podInfo(pod);
    return requests.cpu / Math.max(1, cpu) + requests.memory / Math.max(1, memory);
  };
  return [...pods].sort((left, right) => share(right) - share(left));
}

/** The option that wastes the smallest share of CPU and memory; chance decides between equals. Models expander/waste. */
export function leastWaste(options: readonly ExpansionOption[], random: RandomState): ExpansionOption | undefined {
  const wastes = options.map(wasteOf);
  const least = Math.min(...wastes);
  const best = options.filter((_, index) => wastes[index] === least);
  return best.length > 1 ? best[nextBelow(random, best.length)] : best[0];
}

function wasteOf({ templates, pods }: ExpansionOption): number {
  const there = { cpu: 0, memory: 0 };
  for (const template of templates) {
    const { cpu, memory } = resourcesOf(template.status.allocatable);
    there.cpu += cpu;
    there.memory += memory;
  }
  const asked = { cpu: 0, memory: 0 };
  for (const pod of pods) {
    asked.cpu += podInfo(pod).requests.cpu;
    asked.memory += podInfo(pod).requests.memory;
  }
  return (there.cpu - asked.cpu) / there.cpu + (there.memory - asked.memory) / there.memory;
}

/** `2 Insufficient cpu, 1 max node group size reached`. Models eventing_scale_up_processor.go ReasonsMessage. */
export function reasonsMessage(reasons: ReadonlyMap<string, number>): string {
  return Array.from(reasons, ([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
