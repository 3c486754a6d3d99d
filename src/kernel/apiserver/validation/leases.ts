import type { Lease, PriorityClass } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { NON_NEGATIVE } from './numbers';
import { validateImmutable } from './immutable';

/** Models pkg/apis/coordination/validation and pkg/apis/scheduling/validation. */

export function validateLease(lease: Lease, errors: FieldErrors): void {
  const { leaseDurationSeconds, leaseTransitions } = lease.spec ?? {};
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0');
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0)
    errors.invalid('spec.leaseTransitions', leaseTransitions, NON_NEGATIVE);
}

const USER_MAX = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
/** The classes that the cluster makes itself, with their values. */
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

export function validatePriorityClass(priorityClass: PriorityClass, errors: FieldErrors): void {
  const { name } = priorityClass.metadata;
  const { value = 0, preemptionPolicy } = priorityClass;
  if (name.startsWith(SYSTEM_PREFIX)) {
    if (SYSTEM_CLASSES[name] !== value) {
      const why = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only.`;
      errors.forbidden('metadata.name', `${why} error: ${name} is not a known system priority class`);
    }
  } else if (value > USER_MAX)
    errors.forbidden('value', `maximum allowed value of a user defined priority is ${USER_MAX}`);
  if (preemptionPolicy && !PREEMPTION_POLICIES.includes(preemptionPolicy)) {
    errors.notSupported('preemptionPolicy', preemptionPolicy, PREEMPTION_POLICIES);
  }
}

export function validatePriorityClassUpdate(next: PriorityClass, current: PriorityClass, errors: FieldErrors): void {
  if (next.value !== current.value) errors.forbidden('value', 'may not be changed in an update.');
  validateImmutable(next.preemptionPolicy, current.preemptionPolicy, 'preemptionPolicy', errors);
}
