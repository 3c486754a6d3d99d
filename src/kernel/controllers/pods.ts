import { conditionOf, holds } from '../../api/conditions';
import type { ContainerStatus, Pod } from '../../api/objects';
import { parseTime } from '../../api/time';

/** Whether the Pod's `Ready` condition is True. */
export function isPodReady(pod: Pod): boolean {
  return holds(pod, 'Ready');
}

/** Whether the Pod has ended: `Succeeded` or `Failed`. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Whether the Pod's deletion was asked for, ended or not. */
export function isBeingDeleted(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether the Pod counts as a replica: it has neither ended nor is it being deleted. Models IsPodActive. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Whether the Pod is being deleted and has not ended yet. Models IsPodTerminating. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/**
 * Milliseconds until the Pod is available: ready for `minReadySeconds`. 0 when it is, Infinity when it is not ready.
 * `epochNowMs` is milliseconds since the Unix epoch. Models podutil IsPodAvailable.
 */
export function availableInMs(pod: Pod, minReadySeconds: number, epochNowMs: number): number {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return Infinity;
  if (minReadySeconds === 0) return 0;
  if (!ready.lastTransitionTime) return Infinity;
  return Math.max(0, parseTime(ready.lastTransitionTime) + minReadySeconds * 1000 - epochNowMs);
}

/** Milliseconds until the next of these Pods becomes available; Infinity where none is on its way. */
export function nextAvailableInMs(pods: readonly Pod[], minReadySeconds: number, epochNowMs: number): number {
  const waits = pods.map((pod) => availableInMs(pod, minReadySeconds, epochNowMs));
  return Math.min(...waits.filter((inMs) => inMs > 0));
}

const PHASE_RANK: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/** What orders Pods for deletion. Times are milliseconds since the Unix epoch; 0 where there is none. */
interface Rank {
  readonly pod: Pod;
  /** How far the Pod has come, then what else counts before its age; the first to go has the smallest. */
  readonly keys: readonly number[];
  readonly readyMs: number;
  /** Of its containers, and of its sidecars. */
  readonly restarts: readonly number[];
  readonly createdMs: number;
}

type CompareTimes = (left: number, right: number) => number | undefined;

/** Whole base-2 logarithm of an age, so that ages of the same order of magnitude count as equal. */
function ageRank(atMs: number, epochNowMs: number): number {
  const ageMs = epochNowMs - atMs;
  return ageMs <= 0 ? -1 : Math.trunc(Math.log2(ageMs * 1_000_000));
}

/** The younger goes first; of ages of the same order neither. Models logarithmicRankDiff. */
const byMagnitude =
  (epochNowMs: number): CompareTimes =>
  (left, right) =>
    left === 0 || right === 0 ? left - right : ageRank(left, epochNowMs) - ageRank(right, epochNowMs) || undefined;

/** The younger goes first. Models afterOrZero. */
const byAge: CompareTimes = (left, right) => (left === 0 || right === 0 ? left - right : right - left);

function mostRestarts(statuses: readonly ContainerStatus[] | undefined): number {
  return Math.max(0, ...(statuses ?? []).map((status) => status.restartCount));
}

function sidecarsOf({ spec, status }: Pod): ContainerStatus[] {
  const sidecars = (spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map(({ name }) => name);
  return (status.initContainerStatuses ?? []).filter(({ name }) => sidecars.includes(name)) as ContainerStatus[];
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function rankOf(pod: Pod, more: readonly number[]): Rank {
  const ready = isPodReady(pod);
  const changed = ready ? conditionOf(pod, 'Ready')?.lastTransitionTime : undefined;
  return {
    pod,
    keys: [pod.spec.nodeName ? 1 : 0, PHASE_RANK[pod.status.phase ?? 'Pending'] ?? 0, ready ? 1 : 0, ...more],
    readyMs: changed ? parseTime(changed) : 0,
    restarts: [-mostRestarts(pod.status.containerStatuses as ContainerStatus[]), -mostRestarts(sidecarsOf(pod))],
    createdMs: parseTime(pod.metadata.creationTimestamp),
  };
}

function firstDifference(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Where times differ and nothing follows of it, the uid decides, before anything else is asked. */
function compareRanks(left: Rank, right: Rank, times: CompareTimes): number {
  const byUid = left.pod.metadata.uid < right.pod.metadata.uid ? -1 : 1;
  const further = firstDifference(left.keys, right.keys);
  if (further !== 0) return further;
  if (left.readyMs !== right.readyMs) return times(left.readyMs, right.readyMs) ?? byUid;
  const worse = firstDifference(left.restarts, right.restarts);
  if (worse !== 0) return worse;
  return (left.createdMs === right.createdMs ? undefined : times(left.createdMs, right.createdMs)) ?? byUid;
}

/**
 * Pods in the order in which a ReplicaSet gives them up: unassigned, pending, not ready, cheap, crowded, young first.
 * `neighboursOn` counts related Pods by node. Models pkg/controller/controller_utils.go ActivePodsWithRanks.
 */
export function inOrderOfDeletion(
  pods: readonly Pod[],
  epochNowMs: number,
  neighboursOn: ReadonlyMap<string, number>,
): Pod[] {
  const times = byMagnitude(epochNowMs);
  const ranks = pods.map((pod) => rankOf(pod, [deletionCost(pod), -(neighboursOn.get(pod.spec.nodeName ?? '') ?? 0)]));
  return ranks.sort((left, right) => compareRanks(left, right, times)).map((rank) => rank.pod);
}

/** Pods in the order in which a Job gives them up, the youngest of equals first. Models ActivePods. */
export function leastAdvancedFirst(pods: readonly Pod[]): Pod[] {
  const ranks = pods.map((pod) => rankOf(pod, []));
  return ranks.sort((left, right) => compareRanks(left, right, byAge)).map((rank) => rank.pod);
}
