import { withDisruptionAllowed } from '../../api/disruption';
import { goSelector } from '../../api/go-selector';
import { equalJson } from '../../api/json';
import {
  objectKey,
  type LabelSelector,
  type Pod,
  type PodCondition,
  type PodDisruptionBudget,
} from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import { formatTime, parseTime } from '../../api/time';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { expectedPods, ScaleError, type Expected } from './disruption-scale';
import { isPodReady } from './pods';

type Status = PodDisruptionBudget['status'];

/** A Pod whose eviction was granted counts as lost so long, even if its deletion is not seen. */
const DELETION_TIMEOUT_MS = 120_000;

/** Marks the keys of Pods that were to be disrupted and may not have been. */
const STALE = 'stale:';

/** Keeps the counts by which evictions are granted. Models pkg/controller/disruption/disruption.go. */
export class DisruptionController extends Controller {
  constructor(parts: ControllerParts) {
    super('disruption-controller', parts, {});
    parts.informers.on('poddisruptionbudgets', (event) => {
      if (event.type !== 'DELETED') this.enqueue(event.key, event);
    });
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  #onPod(event: StoreEvent<Pod>): void {
    const { object, previous } = event;
    if (event.type !== 'DELETED' && disruptionOf(object)) this.enqueue(`${STALE}${event.key}`, event);
    const covers = (pod: Pod | undefined, budget: PodDisruptionBudget): boolean =>
      !!pod && selectorMatches(budget.spec.selector, pod.metadata.labels);
    const budgets = this.parts.informers.by('poddisruptionbudgets', 'namespace', object.metadata.namespace ?? '');
    for (const budget of budgets)
      if (covers(object, budget) || covers(previous, budget)) this.enqueue(objectKey(budget), event);
    const [first, ...others] = budgets.filter((budget) => covers(object, budget));
    if (first && others.length > 0) this.#sayMultiple(object, first);
  }

  #sayMultiple(pod: Pod, { metadata }: PodDisruptionBudget): void {
    const { namespace, name } = pod.metadata;
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${metadata.name}" arbitrarily.`;
    this.parts.recorder.event(subjectOf(pod), 'Warning', 'MultiplePodDisruptionBudgets', message);
  }

  protected override reconcile(key: string): void {
    const { informers } = this.parts;
    if (key.startsWith(STALE)) return this.#settleStale(key, key.slice(STALE.length));
    const budget = informers.byKey('poddisruptionbudgets', key);
    if (!budget) return;
    const pods = informers
      .by('pods', 'namespace', budget.metadata.namespace ?? '')
      .filter((pod) => selectorMatches(budget.spec.selector, pod.metadata.labels));
    if (pods.length === 0) this.#say(budget, 'Normal', 'NoPods', 'No matching pods found');
    try {
      const expected = expectedPods(informers, budget, pods);
      if (expected.hasUnmanaged) this.#say(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget.spec.selector));
      this.#count(key, budget, pods, expected);
    } catch (error) {
      if (!(error instanceof ScaleError)) throw error;
      this.#failSafe(budget, error);
    }
  }

  /** A Pod that was to go and has not gone in time is no longer to go. Models syncStalePodDisruption. */
  #settleStale(key: string, podKey: string): void {
    const pod = this.parts.informers.byKey('pods', podKey);
    const condition = pod && disruptionOf(pod);
    if (!pod || !condition) return;
    const { epochNowMs } = this.parts.clock;
    const leftMs = parseTime(condition.lastTransitionTime ?? '') + DELETION_TIMEOUT_MS - epochNowMs;
    if (leftMs > 0) return this.enqueueAfter(key, leftMs);
    const over: PodCondition = {
      type: 'DisruptionTarget',
      status: 'False',
      lastTransitionTime: formatTime(epochNowMs),
    };
    const { namespace = '', name } = pod.metadata;
    const write = (current: Pod): Pod => {
      const conditions = current.status.conditions?.map((one) => (one.type === over.type ? over : one)) ?? [];
      return disruptionOf(current) ? { ...current, status: { ...current.status, conditions } } : current;
    };
    this.parts.client.patch('pods', namespace, name, write, 'status');
  }

  /** Models the second half of trySync. */
  #count(key: string, budget: PodDisruptionBudget, pods: readonly Pod[], expected: Expected): void {
    const { epochNowMs } = this.parts.clock;
    const disruptedPods: Record<string, string> = {};
    for (const pod of pods) {
      const at = budget.status.disruptedPods?.[pod.metadata.name];
      if (!at || pod.metadata.deletionTimestamp) continue;
      const leftMs = parseTime(at) + DELETION_TIMEOUT_MS - epochNowMs;
      if (leftMs > 0) {
        disruptedPods[pod.metadata.name] = at;
        this.enqueueAfter(key, leftMs);
      } else {
        const message = `Pod was expected by PDB ${objectKey(budget)} to be deleted but it wasn't`;
        this.parts.recorder.event(subjectOf(pod), 'Warning', 'NotDeleted', message);
      }
    }
    const isHealthy = (pod: Pod): boolean =>
      !pod.metadata.deletionTimestamp && !(pod.metadata.name in disruptedPods) && isPodReady(pod);
    const currentHealthy = pods.filter(isHealthy).length;
    const allowed = expected.pods > 0 ? Math.max(0, currentHealthy - expected.healthy) : 0;
    this.#write(budget, {
      ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
      ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
      disruptionsAllowed: allowed,
      currentHealthy,
      desiredHealthy: expected.healthy,
      expectedPods: expected.pods,
      conditions: withDisruptionAllowed(
        budget.status.conditions,
        allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        '',
        budget.metadata.generation,
        formatTime(epochNowMs),
      ),
    });
  }

  /** Nothing may be evicted while the counts are not known. */
  #failSafe(budget: PodDisruptionBudget, error: ScaleError): void {
    const { message } = error;
    if (error.why === 'NoControllers') this.#say(budget, 'Warning', 'NoControllers', message);
    const failed = `Failed to calculate the number of expected pods: ${message}`;
    this.#say(budget, 'Warning', 'CalculateExpectedPodCountFailed', failed);
    const { conditions: present, observedGeneration } = budget.status;
    const now = this.parts.clock.time;
    const conditions = withDisruptionAllowed(present, 'SyncFailed', message, observedGeneration, now);
    this.#write(budget, { ...budget.status, disruptionsAllowed: 0, conditions });
  }

  /** Refused where an eviction has been granted meanwhile: then everything is counted again. */
  #write(budget: PodDisruptionBudget, status: Status): void {
    if (!equalJson(status, budget.status))
      this.parts.client.updateStatus('poddisruptionbudgets', { ...budget, status });
  }

  #say(budget: PodDisruptionBudget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.parts.recorder.event(subjectOf(budget), type, reason, message);
  }
}

/** The condition of a Pod that is to be disrupted and is not going yet; what a kubelet announces takes its time. */
function disruptionOf({ metadata, status }: Pod): PodCondition | undefined {
  if (metadata.deletionTimestamp || status.phase === 'Failed' || status.phase === 'Succeeded') return undefined;
  const found = status.conditions?.find((one) => one.type === 'DisruptionTarget' && one.status === 'True');
  return found?.reason === 'TerminationByKubelet' ? undefined : found;
}

function unmanagedText(selector: LabelSelector | undefined): string {
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${goSelector(selector)}) were found to be unmanaged. As a result, the status ` +
    'of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods ' +
    'please set ".spec.minAvailable" field of the PDB to an integer value.'
  );
}
