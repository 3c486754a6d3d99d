import type { PodDisruptionBudget } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { validateLabelSelector } from './label-selectors';
import { validateAtMostHundredPercent, validateIntOrPercent, validateNonNegative } from './numbers';

/** Models pkg/apis/policy/validation. */

const UNHEALTHY_POD_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export function validateDisruptionBudget({ spec }: PodDisruptionBudget, errors: FieldErrors): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.invalid('spec', inMemory(spec), 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue;
    validateIntOrPercent(value, `spec.${field}`, errors);
    validateAtMostHundredPercent(value, `spec.${field}`, errors);
  }
  validateLabelSelector(selector, 'spec.selector', errors);
  if (policy !== undefined && !UNHEALTHY_POD_POLICIES.includes(policy)) {
    errors.notSupported('spec.unhealthyPodEvictionPolicy', policy, UNHEALTHY_POD_POLICIES);
  }
}

/** The spec as the server has it in memory: a refusal of the whole of it shows that. */
function inMemory({
  minAvailable = null,
  selector = null,
  maxUnavailable = null,
  unhealthyPodEvictionPolicy = null,
}: Nullable<PodDisruptionBudget['spec']>): object {
  return {
    MinAvailable: minAvailable,
    Selector: selector,
    MaxUnavailable: maxUnavailable,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy,
  };
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

export function validateDisruptionBudgetStatus(
  { status }: PodDisruptionBudget,
  _current: PodDisruptionBudget,
  errors: FieldErrors,
): void {
  for (const field of COUNTS) validateNonNegative(status[field], `status.${field}`, errors);
}
