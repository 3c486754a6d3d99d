import type { ControllerRevision, Pod, StatefulSet } from '../../api/objects';
import { availableInMs, isBeingDeleted, isPodReady, isPodTerminal } from './pods';
import { slowStart } from './slow-start';
import { applyRetention, hasStaleClaim, type Member } from './statefulset-claims';
import { inRange, newStatefulPod, ordinalOf, revisionOfPod, startOrdinal } from './statefulset-identity';
import type { StatefulPods } from './statefulset-pods';

/** A StatefulSet, its Pods and its revisions at one moment. */
export interface StatefulSync {
  readonly set: StatefulSet;
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  /** One place an ordinal that the set wants; empty where there is no Pod. */
  readonly replicas: readonly (Pod | undefined)[];
  /** Pods of other ordinals, the highest first. */
  readonly condemned: readonly Pod[];
  readonly epochNowMs: number;
}

/** Models the partition of Pods in updateStatefulSet. */
export function placesOf(set: StatefulSet, pods: readonly Pod[]): Pick<StatefulSync, 'replicas' | 'condemned'> {
  const replicas = new Array<Pod | undefined>(set.spec.replicas ?? 1).fill(undefined);
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (inRange(set, ordinal)) replicas[ordinal - startOrdinal(set)] = pod;
    else condemned.push(pod);
  }
  return { replicas, condemned: condemned.sort((left, right) => ordinalOf(set, right) - ordinalOf(set, left)) };
}

export const isRunningAndReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod);

/** Running, and ready for as long as the set asks. */
export function isAvailable(set: StatefulSet, pod: Pod, epochNowMs: number): boolean {
  return isRunningAndReady(pod) && availableInMs(pod, set.spec.minReadySeconds ?? 0, epochNowMs) === 0;
}

const isUnavailable = ({ set, epochNowMs }: StatefulSync, pod: Pod | undefined): boolean =>
  !pod || isBeingDeleted(pod) || !isAvailable(set, pod, epochNowMs);

/**
 * Creates, repairs and deletes Pods until the set must wait for one of them. Returns how many Pods of the current
 * revision were given up for the update. Models updateStatefulSet.
 */
export function manageReplicas(control: StatefulPods, sync: StatefulSync): number {
  const { set, replicas, condemned } = sync;
  const ordered = set.spec.podManagementPolicy !== 'Parallel';
  if (waits(ordered, replicas, (pod, index) => settleReplica(control, sync, pod, index, ordered))) return 0;
  for (const pod of condemned) applyRetention(control.parts, set, pod);
  const unhealthy = firstUnavailable(sync);
  if (waits(ordered, condemned, (pod) => giveUp(control, sync, pod, unhealthy, ordered))) return 0;
  return set.spec.updateStrategy?.type === 'OnDelete' ? 0 : replaceOutdated(control, sync);
}

/** Acts on one after the other until one says that the rest must wait; where Pods burst, nobody waits. Models runForAll. */
function waits<T>(ordered: boolean, items: readonly T[], act: (item: T, index: number) => boolean): boolean {
  if (ordered) return items.some(act);
  let index = 0;
  const { error } = slowStart(items.length, () => {
    const at = index++;
    act(items[at]!, at);
  });
  if (error) throw error;
  return false;
}

/** Brings one wanted Pod into being and keeps it what it is. Returns whether others wait for it. Models processReplica. */
function settleReplica(
  control: StatefulPods,
  sync: StatefulSync,
  pod: Pod | undefined,
  index: number,
  ordered: boolean,
): boolean {
  const { set } = sync;
  if (!pod) return createReplica(control, sync, startOrdinal(set) + index) || ordered;
  if (isPodTerminal(pod)) {
    if (!isBeingDeleted(pod)) control.delete(set, pod);
    return true;
  }
  if (pod.status.phase === 'Pending') control.createMissingClaims(set, pod);
  if (ordered && isUnavailable(sync, pod)) return true;
  control.update(set, pod);
  return false;
}

/** Returns whether the Pod must wait for a claim of its predecessor to go. */
function createReplica(control: StatefulPods, { set, current, update }: StatefulSync, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  const isKept = type !== 'OnDelete' && ordinal < startOrdinal(set) + kept;
  const draft = newStatefulPod(set, ordinal, isKept ? current : update);
  if (hasStaleClaim(control.parts, set, draft as unknown as Member)) return true;
  control.create(set, draft);
  return false;
}

/** The first Pod that is not available: the lowest ordinal of those wanted, then of those that are not. */
function firstUnavailable(sync: StatefulSync): Pod | undefined {
  const wanted = sync.replicas.find((pod) => isUnavailable(sync, pod));
  return wanted ?? sync.condemned.findLast((pod) => isUnavailable(sync, pod));
}

/** Deletes a Pod that is one too many. Returns whether the next must wait. Models processCondemned. */
function giveUp(
  control: StatefulPods,
  sync: StatefulSync,
  pod: Pod,
  unhealthy: Pod | undefined,
  ordered: boolean,
): boolean {
  if (isBeingDeleted(pod)) return ordered;
  if (ordered && pod !== unhealthy && !isAvailable(sync.set, pod, sync.epochNowMs)) return true;
  control.delete(sync.set, pod);
  return true;
}

/** Deletes the highest Pod of an older revision, once those above it are available. Returns how many were deleted. */
function replaceOutdated(control: StatefulPods, sync: StatefulSync): number {
  const { set, update, replicas } = sync;
  const lowest = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (const pod of replicas.slice(lowest).reverse()) {
    const outdated = pod && revisionOfPod(pod) !== update.metadata.name;
    if (outdated && !isBeingDeleted(pod)) {
      control.delete(set, pod);
      return 1;
    }
    if (isUnavailable(sync, pod)) return 0;
  }
  return 0;
}
