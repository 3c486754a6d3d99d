import type { HorizontalPodAutoscaler } from '../../../api/objects';
import { fill, within } from './fill';

/** Models pkg/apis/autoscaling/v2 defaults.go. */

type Spec = HorizontalPodAutoscaler['spec'];
type Behavior = NonNullable<Spec['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

const CPU_TARGET = 80;
const PERIOD_SECONDS = 15;
const WHOLE = { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS } as const;
const FOUR = { type: 'Pods', value: 4, periodSeconds: PERIOD_SECONDS } as const;

const UP: Partial<Rules> = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [FOUR, WHOLE] };
/** How long a scale-down waits is the controller's to say. */
const DOWN: Partial<Rules> = { selectPolicy: 'Max', policies: [WHOLE] };

export function defaultAutoscaler(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  return within(autoscaler, 'spec', (spec) => {
    const filled: Spec = fill(spec, { minReplicas: 1 });
    const target = { type: 'Utilization', averageUtilization: CPU_TARGET };
    const metrics = filled.metrics?.length
      ? filled
      : { ...filled, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
    return within(metrics, 'behavior', (behavior) => ({
      ...behavior,
      scaleUp: fill(behavior.scaleUp ?? ({} as Rules), UP),
      scaleDown: fill(behavior.scaleDown ?? ({} as Rules), DOWN),
    }));
  });
}
