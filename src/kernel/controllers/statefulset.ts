import { objectKey, type ApiObject, type PersistentVolumeClaim, type Pod, type StatefulSet } from '../../api/objects';
import { ApiError } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { historyOf, truncateHistory, type History } from './controller-history';
import { isSatisfied, type Expectations } from './expectations';
import { wokenBy } from './owners';
import { claim, writeOwnStatus } from './pod-control';
import { isBeingDeleted, nextAvailableInMs } from './pods';
import { ordinalOf, revisionOfPod } from './statefulset-identity';
import { StatefulPods } from './statefulset-pods';
import { isAvailable, isRunningAndReady, manageReplicas, placesOf, type StatefulSync } from './statefulset-update';

interface StatefulSetExtra {
  expectations: Expectations;
}

type Status = StatefulSet['status'];

/** Carries the hash of a ControllerRevision's template. */
const HASH_LABEL = 'controller.kubernetes.io/hash';

/** Keeps Pods with names that last. Models pkg/controller/statefulset/stateful_set.go. */
export class StatefulSetController extends Controller<StatefulSetExtra> {
  readonly #pods: StatefulPods;

  constructor(parts: ControllerParts) {
    super('statefulset-controller', parts, { expectations: new Map() });
    this.#pods = new StatefulPods(parts, () => this.state.expectations);
    parts.informers.on('statefulsets', (event) => this.enqueue(event.key, event));
    parts.informers.on('pods', (event) => this.#onPod(event));
    parts.informers.on('persistentvolumeclaims', (event) => this.#onClaim(event));
  }

  #onPod(event: StoreEvent<Pod>): void {
    for (const key of wokenBy(this.parts.informers, 'statefulsets', 'StatefulSet', event)) this.enqueue(key, event);
  }

  /** A Pod may wait for the claim of its predecessor to go. */
  #onClaim(event: StoreEvent<PersistentVolumeClaim>): void {
    if (event.type !== 'DELETED') return;
    for (const set of this.parts.informers.by('statefulsets', 'namespace', event.object.metadata.namespace ?? '')) {
      if (set.spec.volumeClaimTemplates !== undefined) this.enqueue(objectKey(set), event);
    }
  }

  protected override reconcile(key: string): void {
    const set = this.parts.informers.byKey('statefulsets', key);
    if (!set) {
      this.state.expectations.delete(key);
      return;
    }
    if (!isSatisfied(this.state.expectations, key, this.parts.informers)) return;
    const isMember = (pod: ApiObject): boolean => ordinalOf(set, pod) >= 0;
    const pods = claim(this.parts, 'pods', set, set.spec.selector, { isMember });
    const history = historyOf(this.parts, set, HASH_LABEL);
    const failure = this.#sync(set, pods, history);
    const nextMs = nextAvailableInMs(pods, set.spec.minReadySeconds ?? 0, this.parts.clock.epochNowMs);
    if (nextMs < Infinity) this.enqueueAfter(key, nextMs);
    const { currentRevision } = set.status ?? {};
    const used = new Set([currentRevision, history.latest.metadata.name, ...pods.map(revisionOfPod)]);
    truncateHistory(this.parts, set, history.all, ({ metadata }) => used.has(metadata.name));
    if (failure) throw failure;
  }

  /** Acts, and writes what was seen before it acted. Models performUpdate. */
  #sync(set: StatefulSet, pods: readonly Pod[], history: History): ApiError | undefined {
    const { latest, all } = history;
    const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? latest;
    const { epochNowMs } = this.parts.clock;
    const sync: StatefulSync = { set, current, update: latest, ...placesOf(set, pods), epochNowMs };
    let failure: ApiError | undefined;
    let given = 0;
    try {
      if (!set.metadata.deletionTimestamp) given = manageReplicas(this.#pods, sync);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure = error;
    }
    writeOwnStatus(this.parts, 'statefulsets', set, statusOf(sync, pods, given, history.collisions));
    return failure;
  }
}

/** `given` Pods of the current revision were just deleted. Models updateStatus and completeRollingUpdate. */
function statusOf(sync: StatefulSync, pods: readonly Pod[], given: number, collisionCount: number): Status {
  const { set, current, update, epochNowMs } = sync;
  const lasting = pods.filter((pod) => !isBeingDeleted(pod));
  const at = (name: string): number => lasting.filter((pod) => revisionOfPod(pod) === name).length;
  const updatedReplicas = at(update.metadata.name);
  const readyReplicas = pods.filter(isRunningAndReady).length;
  const wanted = set.spec.replicas ?? 1;
  const rolls = set.spec.updateStrategy?.type !== 'OnDelete';
  const isComplete = rolls && [updatedReplicas, readyReplicas, pods.length].every((count) => count === wanted);
  const currentReplicas = isComplete ? updatedReplicas : at(current.metadata.name) - given;
  return {
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    replicas: pods.length,
    ...(readyReplicas > 0 ? { readyReplicas } : {}),
    ...(currentReplicas > 0 ? { currentReplicas } : {}),
    ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
    currentRevision: isComplete ? update.metadata.name : current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
    availableReplicas: pods.filter((pod) => isAvailable(set, pod, epochNowMs)).length,
  };
}
