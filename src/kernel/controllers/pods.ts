import { conditionOf, holds } from '../../api/conditions';
import type { Pod } from '../../api/objects';
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

/** What orders Pods for deletion; the first to go has the smallest keys. */
interface Rank {
  readonly pod: Pod;
  readonly keys: readonly number[];
}

/** Whole base-2 logarithm of an age, so that ages of the same order of magnitude count as equal. */
function ageRank(time: string | undefined, epochNowMs: number): number {
  if (!time) return -2;
  const ageMs = epochNowMs - parseTime(time);
  return ageMs <= 0 ? -1 : Math.trunc(Math.log2(ageMs * 1_000_000));
}

function readyTime(pod: Pod): string | undefined {
  const ready = conditionOf(pod, 'Ready');
  return ready?.status === 'True' ? ready.lastTransitionTime : undefined;
}

function mostRestarts(pod: Pod): number {
  return Math.max(0, ...(pod.status.containerStatuses ?? []).map((status) => status.restartCount));
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function rankKeys(pod: Pod, neighbours: number, epochNowMs: number): number[] {
  const ready = isPodReady(pod);
  return [
    pod.spec.nodeName ? 1 : 0,
    PHASE_RANK[pod.status.phase ?? 'Pending'] ?? 0,
    ready ? 1 : 0,
    deletionCost(pod),
    -neighbours,
    ready ? ageRank(readyTime(pod), epochNowMs) : 0,
    -mostRestarts(pod),
    ageRank(pod.metadata.creationTimestamp, epochNowMs),
  ];
}

function compareRanks(left: Rank, right: Rank): number {
  for (let index = 0; index < left.keys.length; index++) {
    const difference = left.keys[index]! - right.keys[index]!;
    if (difference !== 0) return difference;
  }
  return left.pod.metadata.uid < right.pod.metadata.uid ? -1 : 1;
}

/**
 * Pods in the order in which they are given up: unassigned, pending, not ready, cheap, crowded, young first.
 * `neighboursOn` counts related Pods by node. Models pkg/controller/controller_utils.go ActivePodsWithRanks.
 */
export function inOrderOfDeletion(
  pods: readonly Pod[],
  epochNowMs: number,
  neighboursOn?: ReadonlyMap<string, number>,
): Pod[] {
  const ranks = pods.map((pod) => {
    const neighbours = neighboursOn?.get(pod.spec.nodeName ?? '') ?? 0;
    return { pod, keys: rankKeys(pod, neighbours, epochNowMs) };
  });
  return ranks.sort(compareRanks).map((rank) => rank.pod);
}
