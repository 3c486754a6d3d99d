import type { Deployment, Json, ReplicaSet } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { validateImmutable } from './immutable';
import { amountOf, validateAtMostHundredPercent, validateIntOrPercent, validateNonNegative } from './numbers';
import { validateSelection } from './template';

/** Models pkg/apis/apps/validation: Deployments and ReplicaSets. */

type Spec = Deployment['spec'];

export function validateDeployment(deployment: Deployment, errors: FieldErrors): void {
  const { spec } = deployment;
  validateNonNegative(spec.replicas, 'spec.replicas', errors);
  validateSelection(spec, 'deployment', errors);
  validateStrategy(spec, errors);
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  const deadline = spec.progressDeadlineSeconds;
  validateNonNegative(deadline, 'spec.progressDeadlineSeconds', errors);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds');
  }
}

export function validateDeploymentUpdate(next: Deployment, current: Deployment, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validateDeployment(next, errors);
  validateImmutable(next.spec.selector, current.spec.selector, 'spec.selector', errors);
}

function validateStrategy(spec: Spec, errors: FieldErrors): void {
  const { strategy } = spec;
  if (!strategy) return;
  const path = 'spec.strategy.rollingUpdate';
  if (strategy.type === 'Recreate') {
    if (strategy.rollingUpdate) errors.forbidden(path, "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (strategy.type !== 'RollingUpdate') {
    const shown = goDump(strategy as Json, 'io.k8s.api.apps.v1.DeploymentStrategy');
    errors.notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate']);
    return;
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
  validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`, errors);
  validateIntOrPercent(maxSurge, `${path}.maxSurge`, errors);
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0 && !hasWord(maxSurge) && !hasWord(maxUnavailable)) {
    errors.invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  }
  validateAtMostHundredPercent(maxUnavailable, `${path}.maxUnavailable`, errors);
}

const hasWord = (value: number | string | undefined): boolean => typeof value === 'string' && !/^\d+%$/.test(value);

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'] as const;

export function validateDeploymentStatus(next: Deployment, _current: Deployment, errors: FieldErrors): void {
  const status = next.status as Record<string, number | undefined>;
  validateNonNegative(status['observedGeneration'], 'status.observedGeneration', errors);
  for (const key of COUNTS) validateNonNegative(status[key], `status.${key}`, errors);
  validateCounts(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], errors);
}

/** None of the counts can be larger than all replicas, and none is available that is not ready. */
function validateCounts(
  status: Record<string, number | undefined>,
  keys: readonly string[],
  errors: FieldErrors,
): void {
  for (const key of keys) {
    const count = status[key] ?? 0;
    if (count > (status['replicas'] ?? 0))
      errors.invalid(`status.${key}`, count, 'cannot be greater than status.replicas');
  }
  const available = status['availableReplicas'] ?? 0;
  if (available > (status['readyReplicas'] ?? 0))
    errors.invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas');
}

export function validateReplicaSet(replicaSet: ReplicaSet, errors: FieldErrors): void {
  const { spec } = replicaSet;
  validateNonNegative(spec.replicas, 'spec.replicas', errors);
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  validateSelection(spec as Spec, 'deployment', errors);
}

export function validateReplicaSetUpdate(next: ReplicaSet, current: ReplicaSet, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validateReplicaSet(next, errors);
  validateImmutable(next.spec.selector, current.spec.selector, 'spec.selector', errors);
}

export function validateReplicaSetStatus(next: ReplicaSet, _current: ReplicaSet, errors: FieldErrors): void {
  validateReplicaStatus(next.status, errors);
}

/** The counts of a ReplicaSet or a ReplicationController. */
export function validateReplicaStatus(counts: object, errors: FieldErrors): void {
  const status = counts as Record<string, number | undefined>;
  for (const key of ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']) {
    validateNonNegative(status[key], `status.${key}`, errors);
  }
  validateCounts(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], errors);
}
