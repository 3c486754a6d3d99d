import { equalJson } from '../../../api/json';
import type { ControllerRevision, DaemonSet, Json, PersistentVolumeClaim, StatefulSet } from '../../../api/objects';
import { validateClaimSpec } from './claims';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { validateImmutable } from './immutable';
import { labelFaults } from './names';
import { amountOf, validateAtMostHundredPercent, validateIntOrPercent, validateNonNegative } from './numbers';
import { validateSelection } from './template';

/** Models pkg/apis/apps/validation: StatefulSets, DaemonSets and the ControllerRevisions of both. */

const MANAGEMENT_POLICIES = ['OrderedReady', 'Parallel'];
const RETENTIONS = ['Retain', 'Delete'];

export function validateStatefulSet({ spec }: StatefulSet, errors: FieldErrors): void {
  const { podManagementPolicy } = spec;
  if (podManagementPolicy && !MANAGEMENT_POLICIES.includes(podManagementPolicy)) {
    const why = `must be '${MANAGEMENT_POLICIES.join("' or '")}'`;
    errors.invalid('spec.podManagementPolicy', podManagementPolicy, why);
  }
  validateStatefulStrategy(spec.updateStrategy, errors);
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  const path = 'spec.persistentVolumeClaimRetentionPolicy';
  for (const [key, value] of Object.entries({ whenDeleted, whenScaled }))
    if (value && !RETENTIONS.includes(value)) errors.notSupported(`${path}.${key}`, value, RETENTIONS);
  validateNonNegative(spec.replicas, 'spec.replicas', errors);
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  validateNonNegative(spec.ordinals?.start, 'spec.ordinals.start', errors);
  if (spec.serviceName) {
    for (const fault of labelFaults(spec.serviceName)) errors.invalid('spec.serviceName', spec.serviceName, fault);
  }
  (spec.volumeClaimTemplates ?? []).forEach((claim, index) => {
    const claimSpec = (claim.spec ?? {}) as PersistentVolumeClaim['spec'];
    validateClaimSpec(claimSpec, `spec.volumeClaimTemplates[${index}].spec`, errors);
  });
  const options = { selectorRequired: true, owner: 'StatefulSet', unusable: '', anyPodSpec: true };
  validateSelection(spec, 'statefulset', errors, options);
}

function validateStatefulStrategy(strategy: StatefulSet['spec']['updateStrategy'], errors: FieldErrors): void {
  const { type, rollingUpdate } = strategy ?? {};
  if (type === 'OnDelete') {
    if (rollingUpdate) {
      const why = `only allowed for updateStrategy 'RollingUpdate'`;
      errors.invalid('spec.updateStrategy.rollingUpdate', rollingUpdate as Json, why);
    }
    return;
  }
  if (type !== 'RollingUpdate') {
    errors.invalid('spec.updateStrategy', strategy as Json, `must be 'RollingUpdate' or 'OnDelete'`);
    return;
  }
  validateNonNegative(rollingUpdate?.partition, 'spec.updateStrategy.rollingUpdate.partition', errors);
}

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

export function validateStatefulSetUpdate(next: StatefulSet, current: StatefulSet, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validateStatefulSet(next, errors);
  if (equalJson(fixedPart(next.spec), fixedPart(current.spec))) return;
  const quoted = CHANGEABLE.map((key) => `'${key}'`);
  const names = `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
  errors.forbidden('spec', `updates to statefulset spec for fields other than ${names} are forbidden`);
}

function fixedPart(spec: StatefulSet['spec']): Json {
  const changeable = new Set<string>(CHANGEABLE);
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !changeable.has(key))) as Json;
}

const REPLICA_COUNTS = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
] as const;

export function validateStatefulSetStatus({ status }: StatefulSet, _current: StatefulSet, errors: FieldErrors): void {
  for (const key of REPLICA_COUNTS) validateNonNegative(status[key], `status.${key}`, errors);
  validateNonNegative(status.observedGeneration, 'status.observedGeneration', errors);
  validateNonNegative(status.collisionCount, 'status.collisionCount', errors);
  for (const key of REPLICA_COUNTS.slice(1)) {
    const count = status[key] ?? 0;
    if (count > status.replicas) errors.invalid(`status.${key}`, count, 'cannot be greater than status.replicas');
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0))
    errors.invalid('status.availableReplicas', available, 'cannot be greater than status.readyReplicas');
}

export function validateDaemonSet({ spec }: DaemonSet, errors: FieldErrors): void {
  validateSelection(spec, 'daemonset', errors, { selectorRequired: false, owner: 'DaemonSet' });
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  validateDaemonStrategy(spec.updateStrategy, errors);
  validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
}

function validateDaemonStrategy(strategy: DaemonSet['spec']['updateStrategy'], errors: FieldErrors): void {
  if (strategy?.type === 'OnDelete') return;
  if (strategy?.type !== 'RollingUpdate') {
    const shown = goDump((strategy ?? {}) as Json, 'io.k8s.api.apps.v1.DaemonSetUpdateStrategy');
    errors.notSupported('spec.updateStrategy', shown, ['RollingUpdate', 'OnDelete']);
    return;
  }
  const path = 'spec.updateStrategy.rollingUpdate';
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
  for (const [key, value] of Object.entries({ maxUnavailable, maxSurge })) {
    validateIntOrPercent(value, `${path}.${key}`, errors);
    validateAtMostHundredPercent(value, `${path}.${key}`, errors);
  }
  const hasUnavailable = amountOf(maxUnavailable) !== 0;
  const hasSurge = amountOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge)
    errors.invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero');
  if (!hasUnavailable && !hasSurge) errors.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
}

export function validateDaemonSetUpdate(next: DaemonSet, current: DaemonSet, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validateDaemonSet(next, errors);
  validateImmutable(next.spec.selector, current.spec.selector, 'spec.selector', errors);
}

const NODE_COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const;

export function validateDaemonSetStatus({ status }: DaemonSet, _current: DaemonSet, errors: FieldErrors): void {
  for (const key of NODE_COUNTS) validateNonNegative(status[key], `status.${key}`, errors);
}

export function validateControllerRevision(revision: ControllerRevision, errors: FieldErrors): void {
  const { data } = revision as { data?: unknown };
  if (data === undefined || data === null) errors.required('data', 'data is mandatory');
  validateNonNegative(revision.revision, 'revision', errors);
}

export function validateControllerRevisionUpdate(
  next: ControllerRevision,
  current: ControllerRevision,
  errors: FieldErrors,
): void {
  validateControllerRevision(next, errors);
  validateImmutable(next.data, current.data, 'data', errors);
}
