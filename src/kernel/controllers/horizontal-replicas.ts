import type { Container, Pod } from '../../api/objects';
import { milliValue } from '../../api/quantity';
import { parseTime } from '../../api/time';

/** How many replicas a metric asks for. Models pkg/controller/podautoscaler/replica_calculator.go. */

/** A Pod's value of a metric, in thousandths. Times in milliseconds. */
export interface PodMetric {
  readonly value: number;
  readonly atMs: number;
  readonly windowMs: number;
}

export type MetricsByPod = Map<string, PodMetric>;

/** Ratios so close to 1 change nothing. */
export interface Tolerances {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

/** A proposal of replicas, with the values that stand behind it. */
export interface Proposal {
  readonly replicas: number;
  /** The average of a Pod, in thousandths. */
  readonly average: number;
  /** In percent of what is requested. */
  readonly utilization?: number;
}

export interface MetricQuestion {
  readonly currentReplicas: number;
  readonly pods: readonly Pod[];
  readonly metrics: MetricsByPod;
  /** The resource measured; empty for other metrics, which do not wait for a Pod to warm up. */
  readonly resource: string;
  readonly tolerances: Tolerances;
  readonly nowMs: number;
}

/** Why there is no proposal. */
export class MetricError extends Error {}

/** The CPU of a Pod that starts says little: while it starts, and before it was ready for the first time. */
const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;

interface Groups {
  ready: number;
  readonly unready: Set<string>;
  readonly missing: Set<string>;
  readonly ignored: Set<string>;
}

/** Models groupPods. */
function groupPods({ pods, metrics, resource, nowMs }: MetricQuestion): Groups {
  const groups: Groups = { ready: 0, unready: new Set(), missing: new Set(), ignored: new Set() };
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const metric = metrics.get(name);
    if (deletionTimestamp || pod.status.phase === 'Failed') groups.ignored.add(name);
    else if (pod.status.phase === 'Pending') groups.unready.add(name);
    else if (!metric) groups.missing.add(name);
    else if (resource === 'cpu' && isWarming(pod, metric, nowMs)) groups.unready.add(name);
    else groups.ready += 1;
  }
  return groups;
}

function isWarming(pod: Pod, metric: PodMetric, nowMs: number): boolean {
  const condition = pod.status.conditions?.find((one) => one.type === 'Ready');
  if (!condition || !pod.status.startTime) return true;
  const startMs = parseTime(pod.status.startTime);
  const changedMs = parseTime(condition.lastTransitionTime ?? '');
  const unready = condition.status === 'False';
  if (startMs + CPU_INITIALIZATION_MS > nowMs) return unready || metric.atMs < changedMs + metric.windowMs;
  return unready && startMs + INITIAL_READINESS_MS > changedMs;
}

/** Replicas for a share of what the Pods request, `target` in percent. Throws MetricError. */
export function byUtilization(question: MetricQuestion, target: number, container = ''): Proposal {
  const requests = requestsOf(question.pods, question.resource, container);
  const measure = (metrics: MetricsByPod): Measure => utilizationOf(metrics, requests, target);
  const fallback = (pod: string): number => ((requests.get(pod) ?? 0) * Math.max(100, target)) / 100;
  return propose(question, measure, fallback);
}

/** Replicas for an average value, `target` in thousandths. Throws MetricError. */
export function byValue(question: MetricQuestion, target: number): Proposal {
  const measure = (metrics: MetricsByPod): Measure => {
    const average = Math.trunc(sumOf(metrics) / metrics.size);
    return { ratio: average / target, average };
  };
  return propose(question, measure, () => target);
}

interface Measure {
  readonly ratio: number;
  readonly average: number;
  readonly utilization?: number;
}

const sumOf = (metrics: MetricsByPod): number => [...metrics.values()].reduce((sum, one) => sum + one.value, 0);

/** Models metrics.GetResourceUtilizationRatio. */
function utilizationOf(metrics: MetricsByPod, requests: ReadonlyMap<string, number>, target: number): Measure {
  let used = 0;
  let requested = 0;
  let count = 0;
  for (const [pod, { value }] of metrics) {
    const request = requests.get(pod);
    if (request === undefined) continue;
    used += value;
    requested += request;
    count += 1;
  }
  if (requested === 0) throw new MetricError('no metrics returned matched known pods');
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target, average: Math.trunc(used / count), utilization };
}

/** Models calculatePodRequests. */
function requestsOf(pods: readonly Pod[], resource: string, container: string): Map<string, number> {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const sidecars = ((pod.spec.initContainers ?? []) as Container[]).filter((one) => one.restartPolicy === 'Always');
    let sum = 0;
    for (const one of [...pod.spec.containers, ...sidecars]) {
      if (container !== '' && one.name !== container) continue;
      const request = one.resources?.requests?.[resource];
      if (request === undefined) {
        throw new MetricError(`missing request for ${resource} in container ${one.name} of Pod ${pod.metadata.name}`);
      }
      sum += milliValue(request as string);
    }
    requests.set(pod.metadata.name, sum);
  }
  return requests;
}

/**
 * Pods that are not ready count as idle where more are wanted; Pods without a value count as what speaks against the
 * change. Models GetResourceReplicas and calcPlainMetricReplicas.
 */
function propose(
  question: MetricQuestion,
  measure: (metrics: MetricsByPod) => Measure,
  fallback: (pod: string) => number,
): Proposal {
  const { currentReplicas, pods, tolerances, nowMs } = question;
  if (pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count');
  const { ready, unready, missing, ignored } = groupPods(question);
  const metrics: MetricsByPod = new Map(question.metrics);
  for (const pod of [...ignored, ...unready]) metrics.delete(pod);
  if (metrics.size === 0) {
    throw new MetricError('did not receive metrics for targeted pods (pods might be unready)');
  }
  const { ratio, ...shown } = measure(metrics);
  const withUnready = unready.size > 0 && ratio > 1;
  if (!withUnready && missing.size === 0) {
    return { replicas: isWithin(ratio, tolerances) ? currentReplicas : ceil(ratio * ready), ...shown };
  }
  const assumed = (value: number): PodMetric => ({ value, atMs: nowMs, windowMs: 0 });
  if (ratio < 1) for (const pod of missing) metrics.set(pod, assumed(fallback(pod)));
  else if (ratio > 1) for (const pod of missing) metrics.set(pod, assumed(0));
  if (withUnready) for (const pod of unready) metrics.set(pod, assumed(0));
  const again = measure(metrics).ratio;
  const turned = (ratio < 1 && again > 1) || (ratio > 1 && again < 1);
  if (isWithin(again, tolerances) || turned) return { replicas: currentReplicas, ...shown };
  const replicas = ceil(again * metrics.size);
  const wrongWay = (again < 1 && replicas > currentReplicas) || (again > 1 && replicas < currentReplicas);
  return { replicas: wrongWay ? currentReplicas : replicas, ...shown };
}

export const isWithin = (ratio: number, { scaleUp, scaleDown }: Tolerances): boolean =>
  1 - scaleDown <= ratio && ratio <= 1 + scaleUp;

const ceil = (value: number): number => Math.ceil(value);
