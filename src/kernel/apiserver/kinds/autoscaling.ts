import type { HorizontalPodAutoscaler } from '../../../api/objects';
import { autoscalerTable } from '../columns/autoscaler';
import { defaultAutoscaler } from '../defaults/autoscaler';
import type { Kind } from '../kind';
import { validateAutoscaler, validateAutoscalerStatus } from '../validation/autoscaler';

/** Models pkg/registry/autoscaling/horizontalpodautoscaler strategy.go. */
export const horizontalpodautoscalers: Kind<HorizontalPodAutoscaler> = {
  resource: 'horizontalpodautoscalers',
  table: autoscalerTable,
  defaults: defaultAutoscaler,
  validate: validateAutoscaler,
  validateUpdate: (next, _current, errors) => validateAutoscaler(next, errors),
  validateStatus: validateAutoscalerStatus,
};
