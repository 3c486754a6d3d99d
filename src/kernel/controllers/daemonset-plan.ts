import { scaled } from '../../api/int-or-percent';
import type { DaemonSet, Pod } from '../../api/objects';
import { isUpdated, type DaemonPlace } from './daemonset-node';
import { availableInMs, isBeingDeleted, isPodReady } from './pods';

/** Which Pods a DaemonSet lacks and which are too many. Models pkg/controller/daemon daemon_controller.go and update.go. */

/** A node, and what the DaemonSet wants there. */
interface DaemonNode extends DaemonPlace {
  readonly name: string;
}

/** A DaemonSet, the nodes and its Pods at one moment. */
export interface DaemonSync {
  readonly key: string;
  readonly set: DaemonSet;
  /** Tells the Pods of the present template. */
  readonly hash: string;
  readonly nodes: readonly DaemonNode[];
  /** Every Pod of the set, by the node that it is on or meant for. */
  readonly podsOn: ReadonlyMap<string, readonly Pod[]>;
  readonly epochNowMs: number;
}

/** What is to be done. */
export interface DaemonPlan {
  readonly nodes: readonly string[];
  readonly surplus: readonly Pod[];
}

/** On a node first, then the oldest. Models podByCreationTimestampAndPhase. */
export function byPlaceAndAge(left: Pod, right: Pod): number {
  const placed = Number(Boolean(right.spec.nodeName)) - Number(Boolean(left.spec.nodeName));
  if (placed !== 0) return placed;
  const [a, b] = [left.metadata.creationTimestamp, right.metadata.creationTimestamp];
  if (a !== b) return a < b ? -1 : 1;
  return left.metadata.name < right.metadata.name ? -1 : 1;
}

export function isDaemonAvailable({ set, epochNowMs }: DaemonSync, pod: Pod): boolean {
  return availableInMs(pod, set.spec.minReadySeconds ?? 0, epochNowMs) === 0;
}

/** `maxSurge` and `maxUnavailable` as numbers of nodes; both zero becomes one unavailable. */
function limitsOf({ set, nodes }: DaemonSync): { maxSurge: number; maxUnavailable: number } {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return { maxSurge: 0, maxUnavailable: 0 };
  const desired = nodes.filter(({ shouldRun }) => shouldRun).length;
  const maxSurge = scaled(rollingUpdate?.maxSurge, desired, true);
  const maxUnavailable = scaled(rollingUpdate?.maxUnavailable, desired, true);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

/** What keeps one Pod on each node that wants one. `ended` says what becomes of a Pod that is not being deleted. */
export function planDaemons(
  sync: DaemonSync,
  ended: (pod: Pod, node: string) => 'remove' | 'wait' | 'lives',
): DaemonPlan {
  const surges = limitsOf(sync).maxSurge > 0;
  const nodes: string[] = [];
  const surplus: Pod[] = [];
  for (const { name, shouldRun, mayStay } of sync.nodes) {
    const pods = sync.podsOn.get(name);
    if (!pods) {
      if (shouldRun) nodes.push(name);
      continue;
    }
    const staying = pods.filter((pod) => !isBeingDeleted(pod));
    if (!mayStay) {
      surplus.push(...staying);
      continue;
    }
    const verdicts = staying.map((pod) => [pod, ended(pod, name)] as const);
    surplus.push(...verdicts.filter(([, verdict]) => verdict === 'remove').map(([pod]) => pod));
    const living = verdicts.filter(([, verdict]) => verdict === 'lives').map(([pod]) => pod);
    if (surges && shouldRun && living.length === 0) nodes.push(name);
    living.sort(byPlaceAndAge);
    surplus.push(...(surges ? surplusWhileSurging(sync, living) : living.slice(1)));
  }
  return { nodes, surplus: [...surplus, ...withoutNode(sync)] };
}

/** An old Pod may stay beside a new one that is not available yet, as long as the old one is ready. */
function surplusWhileSurging(sync: DaemonSync, living: readonly Pod[]): Pod[] {
  if (living.length < 2) return [];
  const isNew = (pod: Pod): boolean => isUpdated(sync.set, pod, sync.hash);
  const [fresh, ...moreFresh] = living.filter(isNew);
  const [old, ...moreOld] = living.filter((pod) => !isNew(pod));
  const surplus = living.filter((pod) => moreFresh.includes(pod) || moreOld.includes(pod));
  if (fresh && old && (!isPodReady(old) || isDaemonAvailable(sync, fresh))) surplus.push(old);
  return surplus;
}

/** Pods that wait for a node that is gone. Models getUnscheduledPodsWithoutNode. */
function withoutNode({ nodes, podsOn }: DaemonSync): Pod[] {
  const known = new Set(nodes.map(({ name }) => name));
  return [...podsOn].flatMap(([name, pods]) => (known.has(name) ? [] : pods.filter((pod) => !pod.spec.nodeName)));
}

/** The Pod of the present and that of an older template on a node; nothing where there are more than one of a kind. */
function pairOn({ set, hash }: DaemonSync, pods: readonly Pod[]): { fresh?: Pod; old?: Pod } | undefined {
  const staying = pods.filter((pod) => !isBeingDeleted(pod));
  const fresh = staying.filter((pod) => isUpdated(set, pod, hash));
  const old = staying.filter((pod) => !fresh.includes(pod));
  if (fresh.length > 1 || old.length > 1) return undefined;
  return { ...(fresh[0] ? { fresh: fresh[0] } : {}), ...(old[0] ? { old: old[0] } : {}) };
}

/** Nodes with Pods, and those that lack one. */
function nodesInUpdate({ nodes, podsOn }: DaemonSync): (readonly [name: string, pods: readonly Pod[]])[] {
  const lacking = nodes.filter(({ name, shouldRun }) => shouldRun && !podsOn.has(name));
  return [...podsOn, ...lacking.map(({ name }) => [name, []] as const)];
}

/** What brings Pods of older templates up to date. Models rollingUpdate. */
export function planUpdate(sync: DaemonSync): DaemonPlan {
  const { maxSurge, maxUnavailable } = limitsOf(sync);
  return maxSurge > 0 ? planSurge(sync, maxSurge) : planReplacement(sync, maxUnavailable);
}

function planReplacement(sync: DaemonSync, maxUnavailable: number): DaemonPlan {
  let unavailable = 0;
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  for (const [, pods] of nodesInUpdate(sync)) {
    const { fresh, old } = pairOn(sync, pods) ?? {};
    if (Boolean(fresh) === Boolean(old)) unavailable += 1;
    else if (fresh) unavailable += isDaemonAvailable(sync, fresh) ? 0 : 1;
    else if (!isDaemonAvailable(sync, old!)) broken.push(old!);
    else candidates.push(old!);
  }
  const allowed = Math.max(0, maxUnavailable - unavailable);
  return { nodes: [], surplus: [...broken, ...candidates.slice(0, allowed)] };
}

function planSurge(sync: DaemonSync, maxSurge: number): DaemonPlan {
  let surging = 0;
  const surplus: Pod[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  for (const [name, pods] of nodesInUpdate(sync)) {
    const pair = pairOn(sync, pods);
    if (!pair) surging += 1;
    if (!pair?.old) continue;
    const { fresh, old } = pair;
    if (fresh && isDaemonAvailable(sync, fresh)) surplus.push(old);
    else if (fresh) surging += 1;
    else if (!isDaemonAvailable(sync, old)) broken.push(name);
    else candidates.push(name);
  }
  return { nodes: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))], surplus };
}
