import type { Pod, PodDisruptionBudget } from '../../api/objects';
import { present } from '../../base/assert';
import type { NodeInfo } from '../scheduler/node-info';
import { drainability } from './drain-rules';
import type { Simulation } from './simulation';

/** Which nodes nobody needs. Models cluster-autoscaler/core/scaledown/planner. */

const SCALE_DOWN_DISABLED = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
/** A node that is used more than this is needed. */
const UTILIZATION_THRESHOLD = 0.5;
const GPU = 'nvidia.com/gpu';
/** So many nodes with Pods are found removable in one look. Models --scale-down-non-empty-candidates-count. */
const NON_EMPTY_LIMIT = 30;

/** A node that can be removed, and the Pods that must go elsewhere before. */
export interface RemovableNode {
  readonly name: string;
  readonly pods: readonly Pod[];
  readonly utilization: Utilization;
}

/** How much of a node is asked for. Models simulator/utilization. */
export interface Utilization {
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: number;
  readonly resource: string;
  readonly value: number;
}

/** The share of its scarcest resource that a node's Pods ask for; of its devices where it has some. */
export function utilizationOf({ allocatable, requested }: NodeInfo): Utilization {
  const share = (asked: number, there: number): number => (there > 0 ? asked / there : 0);
  const cpu = share(requested.cpu, allocatable.cpu);
  const memory = share(requested.memory, allocatable.memory);
  const gpus = allocatable.scalars.get(GPU) ?? 0;
  const gpu = share(requested.scalars.get(GPU) ?? 0, gpus);
  if (gpus > 0) return { cpu, memory, gpu, resource: GPU, value: gpu };
  return cpu > memory
    ? { cpu, memory, gpu, resource: 'cpu', value: cpu }
    : { cpu, memory, gpu, resource: 'memory', value: memory };
}

/** As Go prints the struct. */
export function utilizationText({ cpu, memory, gpu, resource, value }: Utilization): string {
  return `{${[cpu, memory, gpu, 0, resource, value].join(' ')}}`;
}

/** What the planner looks at. */
export interface RemovalInput {
  readonly simulation: Simulation;
  /** Nodes that may be removed, in the order in which they are looked at. */
  readonly candidates: readonly string[];
  /** Nodes to which Pods may be moved. */
  readonly destinations: ReadonlySet<string>;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly epochNowMs: number;
}

/** The nodes that could all be removed together, and those that cannot because of their Pods. Models categorizeNodes. */
export function removableNodes(input: RemovalInput): { removable: RemovableNode[]; unremovable: string[] } {
  const { simulation, candidates } = input;
  const destinations = new Set(input.destinations);
  const removable: RemovableNode[] = [];
  const unremovable: string[] = [];
  let drained = 0;
  for (const name of candidates) {
    if (drained >= NON_EMPTY_LIMIT) break;
    const utilization = utilizationOf(present(simulation.node(name), `the node ${name} on trial`));
    const pods = simulation.attempt(() => {
      const result = moveAll(input, name, destinations);
      return { keep: result !== undefined, result };
    });
    if (!pods) {
      unremovable.push(name);
      continue;
    }
    destinations.delete(name);
    if (pods.length > 0) drained += 1;
    removable.push({ name, pods, utilization });
  }
  return { removable, unremovable };
}

/** Whether little enough of a node is used, and nobody said that it stays. */
export function isEligible(info: NodeInfo): boolean {
  return (
    info.node.metadata.annotations?.[SCALE_DOWN_DISABLED] !== 'true' &&
    utilizationOf(info).value < UTILIZATION_THRESHOLD
  );
}

/** Finds every Pod of a node another place; `undefined` where one is in the way or has none. */
function moveAll(
  { simulation, budgets, epochNowMs }: RemovalInput,
  name: string,
  destinations: ReadonlySet<string>,
): Pod[] | undefined {
  const pods = podsToMove(simulation, name, budgets, epochNowMs);
  if (!pods) return undefined;
  for (const pod of pods) {
    if (simulation.place(pod, (node) => node.name !== name && destinations.has(node.name)) === undefined)
      return undefined;
  }
  return pods;
}

/** The Pods that must leave a node before it goes; `undefined` where one of them cannot. */
export function podsToMove(
  simulation: Simulation,
  name: string,
  budgets: readonly PodDisruptionBudget[],
  epochNowMs: number,
): Pod[] | undefined {
  const verdicts = [...(simulation.node(name)?.pods.values() ?? [])].map((pod) => ({
    pod,
    drain: drainability(pod, budgets, epochNowMs),
  }));
  if (verdicts.some(({ drain }) => drain !== 'skip' && drain !== 'move')) return undefined;
  return verdicts.filter(({ drain }) => drain === 'move').map(({ pod }) => pod);
}
