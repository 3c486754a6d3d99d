import { isMap, setKey, type JsonMap } from '../../../api/json';
import type { ApiObject, HorizontalPodAutoscaler, Json } from '../../../api/objects';
import type { Conversion } from '../kind';

/**
 * Models pkg/apis/autoscaling/v1/conversion.go: the first version knows a share of the CPU and nothing else; what it has
 * no field for stands in annotations.
 */

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const BEHAVIOR = `${PREFIX}behavior`;
const CONDITIONS = `${PREFIX}conditions`;
const CURRENT = `${PREFIX}current-metrics`;

type Spec = HorizontalPodAutoscaler['spec'];
type Metric = NonNullable<Spec['metrics']>[number];

const isCpuShare = ({ resource }: Metric): boolean =>
  resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

/** The parts of a target or of a current value, as the annotations call them. */
const VALUES = [
  ['averageUtilization', 'AverageUtilization'],
  ['averageValue', 'AverageValue'],
  ['value', 'Value'],
] as const;

/** A metric in the words of v1: the target's fields lose their nest, and the metric's name too. */
function flattened(metric: JsonMap, nest: 'target' | 'current'): JsonMap {
  const flat: JsonMap = {};
  for (const [key, source] of Object.entries(metric)) {
    if (!isMap(source)) {
      flat[key] = source!;
      continue;
    }
    const { [nest]: values, metric: identifier, ...rest } = source;
    const one: JsonMap = { ...rest };
    if (isMap(identifier)) setKey(one, 'metricName', identifier['name'] ?? '');
    for (const [field, suffix] of VALUES) {
      const value = isMap(values) ? values[field] : undefined;
      if (value !== undefined) one[nest === 'target' ? `target${suffix}` : `current${suffix}`] = value;
    }
    flat[key] = one;
  }
  return flat;
}

function nested(metric: JsonMap): JsonMap {
  const full: JsonMap = {};
  for (const [key, source] of Object.entries(metric)) {
    if (!isMap(source)) {
      full[key] = source!;
      continue;
    }
    const { metricName, ...rest } = source;
    const target: JsonMap = {};
    for (const [field, suffix] of VALUES) {
      const value = rest[`target${suffix}`];
      delete rest[`target${suffix}`];
      if (value === undefined) continue;
      target[field] = value;
      target['type'] = field === 'averageUtilization' ? 'Utilization' : suffix;
    }
    full[key] = { ...rest, ...(metricName === undefined ? {} : { metric: { name: metricName } }), target };
  }
  return full;
}

function fromStored(object: ApiObject): ApiObject {
  const { metadata, spec, status, ...rest } = object as HorizontalPodAutoscaler;
  const { metrics = [], behavior, ...kept } = spec;
  const share = metrics.find(isCpuShare);
  const others = metrics.filter((metric) => metric !== share);
  const { currentMetrics, conditions, ...counts } = status;
  const notes: Record<string, string> = { ...metadata.annotations };
  if (others.length > 0) {
    notes[METRICS] = JSON.stringify(others.map((one) => flattened(one as unknown as JsonMap, 'target')));
  }
  if (behavior) notes[BEHAVIOR] = JSON.stringify(behavior);
  if (conditions?.length) notes[CONDITIONS] = JSON.stringify(conditions);
  if (currentMetrics?.length) {
    notes[CURRENT] = JSON.stringify(currentMetrics.map((one) => flattened(one as unknown as JsonMap, 'current')));
  }
  const now = currentMetrics?.find((one) => one.resource?.name === 'cpu')?.resource?.current.averageUtilization;
  const target = share?.resource?.target.averageUtilization;
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: Object.keys(notes).length > 0 ? { ...metadata, annotations: notes } : metadata,
    spec: { ...kept, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: { currentReplicas: 0, ...counts, ...(now === undefined ? {} : { currentCPUUtilizationPercentage: now }) },
  } as unknown as ApiObject;
}

/** What an annotation says, if it says something that can be read. */
function readNote(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function toStored(object: ApiObject): ApiObject {
  const {
    metadata,
    spec = {},
    status,
    ...rest
  } = object as unknown as {
    metadata: ApiObject['metadata'];
    spec?: JsonMap;
    status?: JsonMap;
  };
  const { targetCPUUtilizationPercentage: share, ...kept } = spec;
  const { [METRICS]: metricsNote, [BEHAVIOR]: behaviorNote, ...others } = metadata.annotations ?? {};
  delete others[CONDITIONS];
  delete others[CURRENT];
  const target = { type: 'Utilization', averageUtilization: share ?? 0 };
  const cpu = share === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target } }];
  const noted = readNote(metricsNote);
  const metrics = [...(Array.isArray(noted) ? noted.filter(isMap).map(nested) : []), ...cpu];
  const behavior = readNote(behaviorNote);
  const { annotations: _, ...bare } = metadata;
  const { currentCPUUtilizationPercentage: __, ...counts } = status ?? {};
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    metadata: Object.keys(others).length > 0 ? { ...bare, annotations: others } : bare,
    spec: { ...kept, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior === undefined ? {} : { behavior }) },
    status: counts,
  } as unknown as ApiObject;
}

export const autoscalerConversion: Conversion = { toStored, fromStored, group: 'autoscaling' };
