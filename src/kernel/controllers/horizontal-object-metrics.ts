import { goSelector } from '../../api/go-selector';
import type { Pod } from '../../api/objects';
import { milliValue } from '../../api/quantity';
import { RESOURCES } from '../../api/schema/tables';
import { selectorMatches } from '../../api/selectors';
import { qualifiedResource } from '../../api/status';
import { NO_CUSTOM_METRICS, REQUESTS_PER_SECOND, type PodMetrics } from '../apiserver/metrics';
import { isWithin } from './horizontal-replicas';
import {
  MetricFailure,
  milliText,
  NOT_SERVED,
  type Metric,
  type MetricProposal,
  type MetricsScope,
} from './horizontal-scope';
import { isPodReady } from './pods';

/** Metrics of things that are no Pods of the target: of another object, or of something outside of the cluster. */

type ObjectSource = NonNullable<Metric['object']>;

const MEASURED = new Set(['Service', 'Pod']);

/** What custom.metrics.k8s.io calls a kind. */
function resourceOf(kind: string): string {
  const row = RESOURCES.find((one) => one.kind === kind);
  return row ? qualifiedResource(row.group, row.resource) : kind;
}

/** Models computeStatusForObjectMetric, GetObjectMetricReplicas and GetObjectPerPodMetricReplicas. */
export function ofObject(scope: MetricsScope, source: ObjectSource): MetricProposal {
  const { describedObject, metric, target } = source;
  const { kind, name } = describedObject;
  const isAverage = target.type === 'AverageValue';
  const found = objectValue(scope, source);
  if (typeof found === 'string') {
    const why = `unable to get metric ${metric.name}: ${kind} on ${scope.namespace} ${name}/${found}`;
    const inner = isAverage ? `failed to get ${metric.name} object metric: ${why}` : why;
    throw new MetricFailure('FailedGetObjectMetric', why, `failed to get object metric value: ${inner}`);
  }
  const proposal = isAverage
    ? byAverage(scope, found, milliValue(target.averageValue as string))
    : byReadyPods(scope, found, milliValue(target.value as string));
  const current = isAverage ? { averageValue: milliText(proposal.shown) } : { value: milliText(proposal.shown) };
  return {
    replicas: proposal.replicas,
    name: isAverage
      ? `external metric ${metric.name}(${goSelector(metric.selector)})`
      : `${kind} metric ${metric.name}`,
    status: { type: 'Object', object: { describedObject, metric, current } },
  };
}

/** Nothing in the cluster serves external metrics, as in a cluster without an adapter for them. */
export function ofExternal({ namespace }: MetricsScope, source: NonNullable<Metric['external']>): never {
  const { name, selector } = source.metric;
  const where = `${namespace}/${name}/${goSelector(selector)}`;
  const why = `unable to get external metric ${where}: unable to fetch metrics from external metrics API: ${NOT_SERVED} (get ${name}.external.metrics.k8s.io)`;
  const inner =
    source.target.type === 'AverageValue'
      ? `failed to get ${name} external metric: ${why}`
      : `failed to get external metric ${name}: ${why}`;
  throw new MetricFailure('FailedGetExternalMetric', why, `failed to get ${name} external metric value: ${inner}`);
}

/** The object's value in thousandths, or why there is none: what the Pods behind a Service serve together. */
function objectValue(scope: MetricsScope, { describedObject, metric }: ObjectSource): number | string {
  const { metrics } = scope;
  if (!metrics) return NO_CUSTOM_METRICS;
  const { kind, name } = describedObject;
  const behind = MEASURED.has(kind) ? scope.podsBehind(kind, name) : undefined;
  if (metric.name !== REQUESTS_PER_SECOND || !behind) {
    const why = `the server could not find the metric ${metric.name} for ${resourceOf(kind)} ${name}`;
    return `unable to fetch metrics from custom metrics API: ${why}`;
  }
  return Math.round(requestsPerSecond(metrics, behind) * 1000);
}

const requestsPerSecond = (metrics: readonly PodMetrics[], pods: readonly Pod[]): number => {
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  return metrics.reduce((sum, one) => sum + (names.has(one.name) ? one.requestsPerSecond : 0), 0);
};

interface ObjectProposal {
  readonly replicas: number;
  /** In thousandths, as the status shows it. */
  readonly shown: number;
}

function byReadyPods(
  { currentReplicas, pods, tolerances }: MetricsScope,
  value: number,
  target: number,
): ObjectProposal {
  const ratio = value / target;
  if (currentReplicas === 0) return { replicas: Math.ceil(ratio), shown: value };
  if (isWithin(ratio, tolerances)) return { replicas: currentReplicas, shown: value };
  return { replicas: Math.ceil(ratio * pods.filter(isPodReady).length), shown: value };
}

function byAverage({ statusReplicas, tolerances }: MetricsScope, value: number, target: number): ObjectProposal {
  const steady = isWithin(value / (target * statusReplicas), tolerances);
  return {
    replicas: steady ? statusReplicas : Math.ceil(value / target),
    shown: statusReplicas === 0 ? 0 : Math.ceil(value / statusReplicas),
  };
}

/** The Pods that answer for an object of the namespace; undefined where there is no such object. */
export function podsBehind(
  pods: readonly Pod[],
  selectorOf: (service: string) => Record<string, string> | undefined,
  kind: string,
  name: string,
): readonly Pod[] | undefined {
  if (kind === 'Pod') {
    const found = pods.filter(({ metadata }) => metadata.name === name);
    return found.length > 0 ? found : undefined;
  }
  const matchLabels = selectorOf(name);
  return matchLabels && pods.filter(({ metadata }) => selectorMatches({ matchLabels }, metadata.labels));
}
