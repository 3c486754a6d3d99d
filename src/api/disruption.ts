import type { PodDisruptionBudget } from './objects';

type Condition = NonNullable<PodDisruptionBudget['status']['conditions']>[number];

/**
 * A budget's conditions with DisruptionAllowed as the reason wants it: true for SufficientPods only. Models
 * component-helpers/apps/poddisruptionbudget UpdateDisruptionAllowedCondition.
 */
export function withDisruptionAllowed(
  present: readonly Condition[] = [],
  reason: 'SufficientPods' | 'InsufficientPods' | 'SyncFailed',
  message: string,
  observedGeneration: number | undefined,
  now: string,
): Condition[] {
  const known = present.find(({ type }) => type === 'DisruptionAllowed');
  const status = reason === 'SufficientPods' ? 'True' : 'False';
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: known?.status === status ? known.lastTransitionTime : now,
    reason,
    message,
  };
  return known ? present.map((one) => (one === known ? condition : one)) : [...present, condition];
}
