import type { ApiRequest, ApiResponse } from '../../../api/client';
import { parseLabelSelector, SelectorError } from '../../../api/label-selector';
import { requirementHolds, selectorMatches } from '../../../api/selectors';
import { keyOf, type ApiObject, type Json, type Service } from '../../../api/objects';
import { ApiError, badRequest, notFound } from '../../../api/status';
import { formatTime } from '../../../api/time';
import type { Core } from '../core';
import { REQUESTS_PER_SECOND, type MetricsReader, type NodeMetrics, type PodMetrics } from '../metrics';

/** Models sigs.k8s.io/metrics-server, and an adapter for custom.metrics.k8s.io: what Pods and nodes use. */

const RESOURCE = /^\/apis\/metrics\.k8s\.io\/v1beta1\/(?:namespaces\/([^/]+)\/)?(pods|nodes)(?:\/([^/]+))?$/;
const CUSTOM = /^\/apis\/custom\.metrics\.k8s\.io\/v1beta2\/namespaces\/([^/]+)\/(pods|services)\/([^/]+)\/([^/]+)$/;

/** The answer to a request about metrics; `undefined` for any other path. Throws ApiError. */
export function metricsAnswer(core: Core, request: ApiRequest): ApiResponse | undefined {
  const { metrics } = core;
  if (!metrics) return undefined;
  const resource = RESOURCE.exec(request.path);
  const custom = resource ? null : CUSTOM.exec(request.path);
  if (!resource && !custom) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
  }
  const body = resource ? usageBody(core, metrics, resource, request) : customBody(core, metrics, custom!, request);
  return { code: 200, headers: { 'content-type': 'application/json' }, body };
}

function usageBody(core: Core, metrics: MetricsReader, path: RegExpExecArray, request: ApiRequest): Json {
  const [, namespace, resource, name] = path;
  const rows =
    resource === 'nodes'
      ? metrics.nodes().map((one) => nodeBody(core, one))
      : metrics
          .pods()
          .filter((one) => namespace === undefined || one.namespace === namespace)
          .map((one) => podBody(core, one));
  if (name === undefined) {
    const kind = resource === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList';
    const items = rows.filter(selects(request));
    return { kind, apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items: items as unknown as Json[] };
  }
  const found = rows.find((one) => one.metadata.name === name);
  if (!found) throw notFound('metrics.k8s.io', resource!, namespace ? `${namespace}/${name}` : name);
  return found as unknown as Json;
}

interface Row {
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
}

function selects(request: ApiRequest): (row: Row) => boolean {
  const text = request.query?.['labelSelector'] ?? '';
  if (text === '') return () => true;
  try {
    const requirements = parseLabelSelector(text);
    return ({ metadata }) => requirements.every((one) => requirementHolds(one, metadata.labels));
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(error.message) : error;
  }
}

function metadataOf(object: ApiObject | undefined, namespace: string, name: string, core: Core): Row['metadata'] {
  const labels = object?.metadata.labels;
  return {
    name,
    ...(namespace ? { namespace } : {}),
    creationTimestamp: core.clock.time,
    ...(labels ? { labels } : {}),
  } as Row['metadata'];
}

/** CPU in billionths and memory in kibibytes, as the metrics server writes them. */
const usageOf = ({ cpuMilli, memoryBytes }: { cpuMilli: number; memoryBytes: number }): Json => ({
  cpu: `${Math.round(cpuMilli * 1e6)}n`,
  memory: `${Math.round(memoryBytes / 1024)}Ki`,
});

const measured = ({ atMs, windowMs }: { atMs: number; windowMs: number }): { timestamp: string; window: string } => ({
  timestamp: formatTime(atMs),
  window: `${windowMs / 1000}s`,
});

function podBody(core: Core, metrics: PodMetrics): Row {
  const { namespace, name, containers } = metrics;
  const pod = core.store.get('pods', keyOf(namespace, name));
  return {
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: metadataOf(pod, namespace, name, core),
    ...measured(metrics),
    containers: containers.map((container) => ({ name: container.name, usage: usageOf(container) })),
  } as Row;
}

function nodeBody(core: Core, metrics: NodeMetrics): Row {
  return {
    kind: 'NodeMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: metadataOf(core.store.get('nodes', metrics.name), '', metrics.name, core),
    ...measured(metrics),
    usage: usageOf(metrics),
  } as Row;
}

function customBody(core: Core, metrics: MetricsReader, path: RegExpExecArray, request: ApiRequest): Json {
  const [, namespace = '', resource = '', name = '', metric = ''] = path;
  if (metric !== REQUESTS_PER_SECOND) {
    const of = name === '*' ? resource : `${resource} ${name}`;
    throw new ApiError(404, 'NotFound', `the server could not find the metric ${metric} for ${of}`, {});
  }
  const pods = metrics.pods().filter((one) => one.namespace === namespace);
  const wanted = selects(request);
  const objects = [...core.store.keysIn(resource, namespace)].map((key) => core.store.get(resource, key)!);
  const described = objects.filter((one) => (name === '*' || one.metadata.name === name) && wanted(one));
  const values = described.flatMap((object) => {
    const behind = pods.filter((one) => answersFor(core, object, one));
    return resource === 'pods' && behind.length === 0 ? [] : [valueOf(core, object, behind)];
  });
  if (name !== '*' && values.length === 0) throw notFound('', resource, name);
  return {
    kind: 'MetricValueList',
    apiVersion: 'custom.metrics.k8s.io/v1beta2',
    metadata: {},
    items: values,
  };
}

/** Whether what a Pod serves counts as the object's: its own, or that of the Service that selects it. */
function answersFor(core: Core, object: ApiObject, { namespace, name }: PodMetrics): boolean {
  if (object.kind === 'Pod') return object.metadata.name === name;
  const labels = core.store.get('pods', keyOf(namespace, name))?.metadata.labels;
  const { selector } = (object as Service).spec;
  return selector !== undefined && selectorMatches({ matchLabels: selector }, labels);
}

function valueOf(core: Core, { kind, metadata }: ApiObject, pods: readonly PodMetrics[]): Json {
  const [newest] = pods;
  const perSecond = pods.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  return {
    describedObject: { kind, namespace: metadata.namespace ?? '', name: metadata.name, apiVersion: '/v1' },
    metric: { name: REQUESTS_PER_SECOND, selector: null },
    timestamp: newest ? formatTime(newest.atMs) : core.clock.time,
    windowSeconds: newest ? newest.windowMs / 1000 : 0,
    value: `${Math.round(perSecond * 1000)}m`,
  };
}
