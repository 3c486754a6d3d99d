import { equalJson } from '../../api/json';
import { controllerOf, objectKey, type DaemonSet, type Node, type Pod } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import { ApiError, isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { historyOf, REVISION_LABEL, truncateHistory, type History } from './controller-history';
import { isUpdated, newDaemonPod, placeOn, targetNodeOf } from './daemonset-node';
import {
  byPlaceAndAge,
  isDaemonAvailable,
  planDaemons,
  planUpdate,
  type DaemonPlan,
  type DaemonSync,
} from './daemonset-plan';
import { expectCreation, expectDeletion, isSatisfied, type Expectations } from './expectations';
import { claim, createPod, deletePod, isNamespaceTerminating } from './pod-control';
import { availableInMs, isPodReady } from './pods';
import { slowStart } from './slow-start';

/** How long a node whose daemons fail waits for the next one. */
interface FailureBackOff {
  /** Of the DaemonSet: a new spec is given another chance at once. */
  generation: number | undefined;
  delayMs: number;
  sinceMs: number;
}

interface DaemonSetExtra {
  expectations: Expectations;
  /** By DaemonSet and node. */
  failures: Map<string, Map<string, FailureBackOff>>;
}

type Status = DaemonSet['status'];

const BURST = 250;
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 900_000;

/** Keeps one Pod on each node that a DaemonSet selects. Models pkg/controller/daemon/daemon_controller.go. */
export class DaemonSetController extends Controller<DaemonSetExtra> {
  constructor(parts: ControllerParts) {
    super('daemon-set-controller', parts, { expectations: new Map(), failures: new Map() });
    parts.informers.on('daemonsets', (event) => this.enqueue(event.key, event));
    parts.informers.on('pods', (event) => this.#onPod(event));
    parts.informers.on('nodes', (event) => this.#onNode(event));
  }

  #onPod(event: StoreEvent<Pod>): void {
    const { object: pod, previous } = event;
    const { namespace = '', labels } = pod.metadata;
    const owner = controllerOf(pod);
    const before = previous && controllerOf(previous);
    if (before?.kind === 'DaemonSet' && before.uid !== owner?.uid) this.enqueue(`${namespace}/${before.name}`, event);
    if (owner?.kind === 'DaemonSet') return this.enqueue(`${namespace}/${owner.name}`, event);
    const relabelled = previous?.metadata.labels !== labels;
    if (owner || event.type === 'DELETED' || !(relabelled || before)) return;
    for (const set of this.parts.informers.by('daemonsets', 'namespace', namespace)) {
      if (selectorMatches(set.spec.selector, labels)) this.enqueue(objectKey(set), event);
    }
  }

  /** Only what a node is to a DaemonSet counts: most of its changes are news of its health. */
  #onNode(event: StoreEvent<Node>): void {
    const { object: node, previous } = event;
    if (event.type === 'DELETED') return;
    if (previous?.spec === node.spec && previous.metadata.labels === node.metadata.labels) return;
    for (const set of this.parts.informers.all('daemonsets')) {
      const now = placeOn(set, node);
      const then = previous ? placeOn(set, previous) : { shouldRun: false, mayStay: now.mayStay };
      if (now.shouldRun !== then.shouldRun || now.mayStay !== then.mayStay) this.enqueue(objectKey(set), event);
    }
  }

  protected override reconcile(key: string): void {
    const { informers, clock } = this.parts;
    const set = informers.byKey('daemonsets', key);
    if (!set) {
      this.state.expectations.delete(key);
      this.state.failures.delete(key);
      return;
    }
    if (set.metadata.deletionTimestamp) return;
    const history = historyOf(this.parts, set, REVISION_LABEL);
    const hash = history.latest.metadata.labels?.[REVISION_LABEL] ?? '';
    const pods = claim(this.parts, 'pods', set, set.spec.selector);
    const nodes = [...informers.all('nodes')];
    const sync: DaemonSync = { key, set, hash, nodes, podsOn: podsByNode(pods), epochNowMs: clock.epochNowMs };
    const settled = isSatisfied(this.state.expectations, key, informers);
    const failure = settled ? this.#manage(sync, pods, history) : undefined;
    this.#writeStatus(sync, settled, history.collisions);
    this.#comeBack(sync, pods);
    if (failure) throw failure;
  }

  /** Models updateDaemonSet. */
  #manage(sync: DaemonSync, pods: readonly Pod[], history: History): ApiError | undefined {
    const { key, set } = sync;
    const failure = this.#carryOut(
      sync,
      planDaemons(sync, (pod, node) => this.#ended(sync, pod, node)),
    );
    if (failure) return failure;
    const settled = isSatisfied(this.state.expectations, key, this.parts.informers);
    if (settled && set.spec.updateStrategy?.type !== 'OnDelete') {
      const refused = this.#carryOut(sync, planUpdate(sync));
      if (refused) return refused;
    }
    const used = new Set(pods.map((pod) => pod.metadata.labels?.[REVISION_LABEL]));
    truncateHistory(this.parts, set, history.all, (revision) => {
      return revision === history.latest || used.has(revision.metadata.labels?.[REVISION_LABEL]);
    });
    return undefined;
  }

  /** Models syncNodes. */
  #carryOut({ key, set, hash }: DaemonSync, { nodes, surplus }: DaemonPlan): ApiError | undefined {
    let index = 0;
    let { error: failure } = slowStart(Math.min(nodes.length, BURST), () => {
      const draft = newDaemonPod(set, nodes[index++]!, hash);
      try {
        expectCreation(this.state.expectations, key, createPod(this.parts, set, draft));
      } catch (error) {
        if (!(error instanceof ApiError && isNamespaceTerminating(error))) throw error;
      }
    });
    for (const pod of surplus.slice(0, BURST)) {
      try {
        deletePod(this.parts, set, pod);
        expectDeletion(this.state.expectations, key, pod);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure ??= error;
      }
    }
    return failure;
  }

  /** What becomes of a Pod that is not being deleted: one that failed waits for its node's back-off. */
  #ended({ key, set }: DaemonSync, pod: Pod, node: Node): 'remove' | 'wait' | 'lives' {
    const { phase } = pod.status;
    if (phase !== 'Failed' && phase !== 'Succeeded') return 'lives';
    const found = `Found ${phase.toLowerCase()} daemon pod ${objectKey(pod)} on node ${node.metadata.name}`;
    if (phase === 'Succeeded') {
      this.parts.recorder.event(subjectOf(set), 'Normal', 'SucceededDaemonPod', `${found}, will try to delete it`);
      return 'remove';
    }
    const waitMs = this.#failedAgain(key, set, node.metadata.name);
    if (waitMs > 0) {
      this.enqueueAfter(key, waitMs);
      return 'wait';
    }
    this.parts.recorder.event(subjectOf(set), 'Warning', 'FailedDaemonPod', `${found}, will try to kill it`);
    return 'remove';
  }

  /** Milliseconds until the node's failed Pod may go; 0 starts a wait twice as long. Models failedPodsBackoff. */
  #failedAgain(key: string, set: DaemonSet, node: string): number {
    const { nowMs } = this.parts.clock;
    const generation = set.status?.observedGeneration;
    let known = this.state.failures.get(key);
    if (!known) this.state.failures.set(key, (known = new Map<string, FailureBackOff>()));
    const last = known.get(node);
    const isFresh = last?.generation === generation && nowMs - last!.sinceMs <= 2 * LONGEST_BACK_OFF_MS;
    if (isFresh && nowMs - last!.sinceMs < last!.delayMs) return last!.sinceMs + last!.delayMs - nowMs;
    const delayMs = isFresh ? Math.min(LONGEST_BACK_OFF_MS, last!.delayMs * 2) : FIRST_BACK_OFF_MS;
    known.set(node, { generation, delayMs, sinceMs: nowMs });
    return 0;
  }

  /** Looks again when the next Pod will have been ready for long enough. */
  #comeBack({ key, set, epochNowMs }: DaemonSync, pods: readonly Pod[]): void {
    const waits = pods.map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, epochNowMs));
    const nextMs = Math.min(...waits.filter((inMs) => inMs > 0));
    if (nextMs < Infinity) this.enqueueAfter(key, nextMs);
  }

  #writeStatus(sync: DaemonSync, settled: boolean, collisionCount: number): void {
    const { set } = sync;
    const status = statusOf(sync, settled, collisionCount);
    if (equalJson(status, set.status)) return;
    const { namespace = '', name, uid } = set.metadata;
    const write = (current: DaemonSet): DaemonSet => (current.metadata.uid === uid ? { ...current, status } : current);
    try {
      this.parts.client.patch('daemonsets', namespace, name, write, 'status');
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const podsOn = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetNodeOf(pod);
    if (node === undefined) continue;
    const there = podsOn.get(node);
    if (there) there.push(pod);
    else podsOn.set(node, [pod]);
  }
  return podsOn;
}

/** The oldest Pod of a node speaks for it. Models updateDaemonSetStatus. */
function statusOf(sync: DaemonSync, settled: boolean, collisionCount: number): Status {
  const { set, nodes, podsOn, hash } = sync;
  const wanted = nodes.filter((node) => placeOn(set, node).shouldRun).map(({ metadata }) => metadata.name);
  const others = nodes.length - wanted.length;
  const inPlace = nodes.filter(({ metadata }) => podsOn.has(metadata.name)).length;
  const daemons = wanted.flatMap((name) => [...(podsOn.get(name) ?? [])].sort(byPlaceAndAge).slice(0, 1));
  const numberAvailable = daemons.filter((pod) => isDaemonAvailable(sync, pod)).length;
  const updatedNumberScheduled = daemons.filter((pod) => isUpdated(set, pod, hash)).length;
  const numberUnavailable = wanted.length - numberAvailable;
  const observedGeneration = settled ? set.metadata.generation : set.status?.observedGeneration;
  return {
    currentNumberScheduled: daemons.length,
    numberMisscheduled: Math.min(others, inPlace - daemons.length),
    desiredNumberScheduled: wanted.length,
    numberReady: daemons.filter(isPodReady).length,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(updatedNumberScheduled > 0 ? { updatedNumberScheduled } : {}),
    ...(numberAvailable > 0 ? { numberAvailable } : {}),
    ...(numberUnavailable > 0 ? { numberUnavailable } : {}),
    ...(collisionCount > 0 ? { collisionCount } : {}),
  };
}
