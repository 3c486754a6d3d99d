import { objectKey, type DaemonSet, type Node, type Pod } from '../../api/objects';
import type { ApiError } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { historyOf, REVISION_LABEL, truncateHistory, type History } from './controller-history';
import { createCounted, deleteCounted } from './counted-pods';
import { isUpdated, newDaemonPod, placement, targetNodeOf } from './daemonset-node';
import {
  byPlaceAndAge,
  isDaemonAvailable,
  planDaemons,
  planUpdate,
  type DaemonPlan,
  type DaemonSync,
} from './daemonset-plan';
import { isSatisfied, type Expectations } from './expectations';
import { wokenBy } from './owners';
import { claim, writeOwnStatus } from './pod-control';
import { isPodReady, nextAvailableInMs } from './pods';

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
    for (const key of wokenBy(this.parts.informers, 'daemonsets', 'DaemonSet', event)) this.enqueue(key, event);
  }

  /** Only what a node is to a DaemonSet counts: most of its changes are news of its health. */
  #onNode(event: StoreEvent<Node>): void {
    const { object: node, previous } = event;
    if (event.type === 'DELETED') return;
    if (previous?.spec === node.spec && previous.metadata.labels === node.metadata.labels) return;
    for (const set of this.parts.informers.all('daemonsets')) {
      const place = placement(set);
      const now = place(node);
      const then = previous ? place(previous) : { shouldRun: false, mayStay: now.mayStay };
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
    const place = placement(set);
    const nodes = Array.from(informers.all('nodes'), (node) => ({ name: node.metadata.name, ...place(node) }));
    const sync: DaemonSync = { key, set, hash, nodes, podsOn: podsByNode(pods), epochNowMs: clock.epochNowMs };
    const settled = isSatisfied(this.state.expectations, key, informers);
    const failure = settled ? this.#manage(sync, pods, history) : undefined;
    writeOwnStatus(this.parts, 'daemonsets', set, statusOf(sync, settled, history.collisions));
    const nextMs = nextAvailableInMs(pods, set.spec.minReadySeconds ?? 0, clock.epochNowMs);
    if (nextMs < Infinity) this.enqueueAfter(key, nextMs);
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
    const counted = { parts: this.parts, expectations: this.state.expectations, key, owner: set };
    const wanted = Math.min(nodes.length, BURST);
    const refused = createCounted(counted, wanted, (index) => newDaemonPod(set, nodes[index]!, hash));
    const failed = deleteCounted(counted, surplus.slice(0, BURST));
    return refused ?? failed;
  }

  /** What becomes of a Pod that is not being deleted: one that failed waits for its node's back-off. */
  #ended({ key, set }: DaemonSync, pod: Pod, node: string): 'remove' | 'wait' | 'lives' {
    const { phase } = pod.status;
    if (phase !== 'Failed' && phase !== 'Succeeded') return 'lives';
    const found = `Found ${phase.toLowerCase()} daemon pod ${objectKey(pod)} on node ${node}`;
    if (phase === 'Succeeded') {
      this.parts.recorder.event(subjectOf(set), 'Normal', 'SucceededDaemonPod', `${found}, will try to delete it`);
      return 'remove';
    }
    const waitMs = this.#failedAgain(key, set, node);
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
    const sinceMs = last ? nowMs - last.sinceMs : Infinity;
    const isFresh = last?.generation === generation && sinceMs <= 2 * LONGEST_BACK_OFF_MS;
    if (last && isFresh && sinceMs < last.delayMs) return last.delayMs - sinceMs;
    const delayMs = last && isFresh ? Math.min(LONGEST_BACK_OFF_MS, last.delayMs * 2) : FIRST_BACK_OFF_MS;
    known.set(node, { generation, delayMs, sinceMs: nowMs });
    return 0;
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
  const wanted = nodes.filter(({ shouldRun }) => shouldRun);
  const others = nodes.length - wanted.length;
  const inPlace = nodes.filter(({ name }) => podsOn.has(name)).length;
  const daemons = wanted.flatMap(({ name }) => [...(podsOn.get(name) ?? [])].sort(byPlaceAndAge).slice(0, 1));
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
