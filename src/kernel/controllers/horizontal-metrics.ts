import type { Pod } from '../../api/objects';
import { milliValue } from '../../api/quantity';
import { NO_CUSTOM_METRICS, REQUESTS_PER_SECOND, type PodMetrics } from '../apiserver/metrics';
import { ofExternal, ofObject } from './horizontal-object-metrics';
import {
  byUtilization,
  byValue,
  MetricError,
  type MetricQuestion,
  type MetricsByPod,
  type Proposal,
} from './horizontal-replicas';
import {
  MetricFailure,
  milliText,
  NOT_SERVED,
  type Metric,
  type MetricProposal,
  type MetricsScope,
  type MetricStatus,
} from './horizontal-scope';

/** What each metric of an autoscaler proposes. Models computeReplicasForMetric of pkg/controller/podautoscaler. */

type Current = NonNullable<MetricStatus['resource']>['current'];
type Target = NonNullable<Metric['resource']>['target'];

export function proposalOf(scope: MetricsScope, metric: Metric): MetricProposal {
  const { resource, containerResource, pods, object, external } = metric;
  if (resource) return ofResource(scope, resource.name, resource.target);
  if (containerResource) return ofContainer(scope, containerResource);
  if (pods) return ofPods(scope, pods);
  if (object) return ofObject(scope, object);
  return ofExternal(scope, external!);
}

/** Runs what may throw MetricError, and says what it was done for. */
function attempt<T>(reason: string, what: string, summary: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof MetricError)) throw error;
    const why = `${what}: ${error.message}`;
    throw new MetricFailure(reason, why, `${summary}: ${why}`);
  }
}

function ofResource(scope: MetricsScope, resource: string, target: Target): MetricProposal {
  const { proposal, name } = resourceProposal(scope, resource, target, '', {
    reason: 'FailedGetResourceMetric',
    summary: `failed to get ${resource} resource metric value`,
  });
  const status = { type: 'Resource', resource: { name: resource, current: currentOf(proposal) } };
  return { replicas: proposal.replicas, name, status };
}

function ofContainer(scope: MetricsScope, source: NonNullable<Metric['containerResource']>): MetricProposal {
  const { name: resource, container, target } = source;
  const { proposal, name } = resourceProposal(scope, resource, target, container, {
    reason: 'FailedGetContainerResourceMetric',
    summary: `failed to get ${resource} container metric value`,
  });
  const current = currentOf(proposal);
  return {
    replicas: proposal.replicas,
    name,
    status: { type: 'ContainerResource', containerResource: { name: resource, container, current } },
  };
}

function resourceProposal(
  scope: MetricsScope,
  resource: string,
  target: Target,
  container: string,
  { reason, summary }: { reason: string; summary: string },
): { proposal: Proposal; name: string } {
  const share = target.averageUtilization;
  const raw = target.averageValue;
  const what = `failed to get ${resource} ${raw === undefined ? 'utilization' : 'usage'}`;
  const proposal = attempt(reason, what, summary, () => {
    const question = { ...scope, metrics: resourceMetrics(scope, resource, container), resource };
    return raw === undefined
      ? byUtilization(question, share ?? 0, container)
      : byValue(question, milliValue(raw as string));
  });
  const name = `${resource} ${container === '' ? '' : 'container '}resource`;
  return { proposal, name: raw === undefined ? `${name} utilization (percentage of request)` : name };
}

function resourceMetrics({ metrics, pods }: MetricsScope, resource: string, container: string): MetricsByPod {
  const unable = `unable to get metrics for resource ${resource}`;
  if (!metrics) {
    const where = 'unable to fetch metrics from resource metrics API';
    throw new MetricError(`${unable}: ${where}: ${NOT_SERVED} (get pods.metrics.k8s.io)`);
  }
  const found = ofThese(metrics, pods);
  if (found.length === 0) throw new MetricError(`${unable}: no metrics returned from resource metrics API`);
  const valueOf = (one: PodMetrics['containers'][number]): number =>
    resource === 'cpu' ? Math.round(one.cpuMilli) : one.memoryBytes * 1000;
  const values: MetricsByPod = new Map();
  for (const { name, containers, atMs, windowMs } of found) {
    const counted = containers.filter((one) => container === '' || one.name === container);
    if (counted.length > 0)
      values.set(name, { value: counted.reduce((sum, one) => sum + valueOf(one), 0), atMs, windowMs });
  }
  return values;
}

function ofThese(metrics: readonly PodMetrics[], pods: readonly Pod[]): PodMetrics[] {
  const names = new Set(pods.map((pod) => pod.metadata.name));
  return metrics.filter((one) => names.has(one.name));
}

function ofPods(scope: MetricsScope, { metric, target }: NonNullable<Metric['pods']>): MetricProposal {
  const unable = `unable to get metric ${metric.name}`;
  const proposal = attempt('FailedGetPodsMetric', unable, 'failed to get pods metric value', () => {
    const question: MetricQuestion = { ...scope, metrics: requestRates(scope, metric.name), resource: '' };
    return byValue(question, milliValue(target.averageValue as string));
  });
  const current = { averageValue: milliText(proposal.average) };
  return {
    replicas: proposal.replicas,
    name: `pods metric ${metric.name}`,
    status: { type: 'Pods', pods: { metric, current } },
  };
}

function requestRates({ metrics, pods }: MetricsScope, name: string): MetricsByPod {
  if (!metrics) throw new MetricError(NO_CUSTOM_METRICS);
  if (name !== REQUESTS_PER_SECOND) {
    const why = `the server could not find the metric ${name} for pods`;
    throw new MetricError(`unable to fetch metrics from custom metrics API: ${why}`);
  }
  const found = ofThese(metrics, pods);
  if (found.length === 0) throw new MetricError('no metrics returned from custom metrics API');
  return new Map(
    found.map(({ name: pod, requestsPerSecond, atMs, windowMs }) => [
      pod,
      { value: Math.round(requestsPerSecond * 1000), atMs, windowMs },
    ]),
  );
}

function currentOf({ average, utilization }: Proposal): Current {
  return {
    ...(utilization === undefined ? {} : { averageUtilization: utilization }),
    averageValue: milliText(average),
  };
}
