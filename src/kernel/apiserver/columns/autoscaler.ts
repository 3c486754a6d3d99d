import type { HorizontalPodAutoscaler } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, NONE, UNKNOWN, UNSET } from './cells';

type Metric = NonNullable<HorizontalPodAutoscaler['spec']['metrics']>[number];
type MetricStatus = NonNullable<HorizontalPodAutoscaler['status']['currentMetrics']>[number];

const SHOWN = 2;

/** Models pkg/printers/internalversion printHorizontalPodAutoscaler. */
export const autoscalerTable: TableColumns<HorizontalPodAutoscaler> = {
  columns: [
    { name: 'Reference', doc: 'autoscaling.v2.HorizontalPodAutoscalerSpec.scaleTargetRef' },
    { name: 'Targets', doc: 'autoscaling.v2.HorizontalPodAutoscalerSpec.metrics' },
    { name: 'MinPods', doc: 'autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas' },
    { name: 'MaxPods', doc: 'autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas' },
    { name: 'Replicas', doc: 'autoscaling.v2.HorizontalPodAutoscalerStatus.currentReplicas' },
    AGE,
  ],
  cells: (autoscaler, nowMs) => {
    const { spec, status } = autoscaler;
    return [
      `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
      targetsOf(spec.metrics ?? [], status.currentMetrics ?? []),
      spec.minReplicas === undefined ? UNSET : String(spec.minReplicas),
      spec.maxReplicas,
      status.currentReplicas ?? 0,
      ageOf(autoscaler, nowMs),
    ];
  },
};

/** Models formatHPAMetrics. */
function targetsOf(metrics: readonly Metric[], current: readonly MetricStatus[]): string {
  if (metrics.length === 0) return NONE;
  const shown = metrics.slice(0, SHOWN).map((metric, index) => targetOf(metric, current[index]));
  const more = metrics.length > SHOWN ? ` + ${metrics.length - SHOWN} more...` : '';
  return shown.join(', ') + more;
}

function targetOf(metric: Metric, current: MetricStatus | undefined): string {
  const { resource, containerResource, pods, object, external } = metric;
  if (resource) return `${resource.name}: ${shareOf(resource.target, current?.resource?.current)}`;
  if (containerResource) {
    return `${containerResource.name}: ${shareOf(containerResource.target, current?.containerResource?.current)}`;
  }
  if (pods) return `${current?.pods?.current.averageValue ?? UNKNOWN}/${pods.target.averageValue}`;
  if (object) return valueOf(object.target, current?.object?.current);
  return external ? valueOf(external.target, current?.external?.current) : '<unknown type>';
}

type Target = NonNullable<Metric['resource']>['target'];
type Current = NonNullable<MetricStatus['resource']>['current'];

function shareOf(target: Target, current: Current | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const now = current?.averageUtilization;
  return `${now === undefined ? UNKNOWN : `${now}%`}/${target.averageUtilization ?? 0}%`;
}

function valueOf(target: Target, current: Current | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target.value}`;
}
