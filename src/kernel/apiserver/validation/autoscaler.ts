import type { HorizontalPodAutoscaler } from '../../../api/objects';
import { quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { pathSegmentFaults } from './names';
import { validateNonNegative } from './numbers';

/** Models pkg/apis/autoscaling/validation. */

type Spec = HorizontalPodAutoscaler['spec'];
type Metric = NonNullable<Spec['metrics']>[number];
type Target = NonNullable<Metric['resource']>['target'];
type Reference = Spec['scaleTargetRef'];
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

const WINDOW_MAX_SECONDS = 3600;
const PERIOD_MAX_SECONDS = 1800;
/** The field of each type of metric. */
const SOURCES = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const;
const NO_TARGET = 'must set either a target raw value or a target utilization';

export function validateAutoscaler({ spec }: HorizontalPodAutoscaler, errors: FieldErrors): void {
  const { minReplicas, maxReplicas } = spec;
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  }
  if (maxReplicas < 1) errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0');
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  }
  validateReference(spec.scaleTargetRef, 'spec.scaleTargetRef', errors);
  validateTargetGroup(spec.scaleTargetRef, 'spec.scaleTargetRef', errors);
  spec.metrics?.forEach((metric, index) => validateMetric(metric, `spec.metrics[${index}]`, errors));
  validateRules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp', errors);
  validateRules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown', errors);
}

export function validateAutoscalerStatus({ status }: HorizontalPodAutoscaler, _: unknown, errors: FieldErrors): void {
  validateNonNegative(status.currentReplicas, 'status.currentReplicas', errors);
  validateNonNegative(status.desiredReplicas, 'status.desiredReplicas', errors);
}

function validateReference(reference: Reference | undefined, path: string, errors: FieldErrors): void {
  const { kind = '', name = '' } = reference ?? {};
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') errors.required(`${path}.${field}`);
    else for (const fault of pathSegmentFaults(value)) errors.invalid(`${path}.${field}`, value, fault);
  }
}

/** What a metric describes may be of the core group; what is scaled may not, but for one kind. */
function validateTargetGroup(reference: Reference | undefined, path: string, errors: FieldErrors): void {
  const { kind = '', apiVersion = '' } = reference ?? {};
  if (apiVersion.includes('/') || (kind === 'ReplicationController' && apiVersion === 'v1')) return;
  errors.invalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group');
}

function validateMetric(metric: Metric, path: string, errors: FieldErrors): void {
  const { type } = metric;
  if (!type) errors.required(`${path}.type`, 'must specify a metric source type');
  else if (!Object.hasOwn(SOURCES, type)) errors.notSupported(`${path}.type`, type, Object.keys(SOURCES));
  for (const [name, field] of Object.entries(SOURCES)) {
    if (metric[field] === undefined) {
      if (name === type) {
        errors.required(`${path}.${field}`, 'must populate information for the given metric source');
      }
    } else if (name !== type && type && Object.hasOwn(SOURCES, type)) {
      errors.forbidden(`${path}.${field}`, 'must populate the given metric source only');
    }
  }
  const { resource, containerResource, pods, object, external } = metric;
  if (object) {
    validateReference(object.describedObject, `${path}.object.describedObject`, errors);
    validateIdentifier(object.metric, `${path}.object.metric`, errors);
    validateValueTarget(
      object.target,
      `${path}.object.target`,
      'must set either a target value or averageValue',
      errors,
    );
  }
  if (external) {
    validateIdentifier(external.metric, `${path}.external.metric`, errors);
    validateExternalTarget(external.target, `${path}.external.target`, errors);
  }
  if (pods) validatePods(pods, `${path}.pods`, errors);
  if (containerResource) {
    const at = `${path}.containerResource`;
    if (!containerResource.container) errors.required(`${at}.container`, 'must specify a container');
    validateResource(containerResource, at, errors);
  }
  if (resource) validateResource(resource, `${path}.resource`, errors);
}

function validateIdentifier(metric: { name: string }, path: string, errors: FieldErrors): void {
  if (!metric?.name) errors.required(`${path}.name`, 'must specify a metric name');
  else for (const fault of pathSegmentFaults(metric.name)) errors.invalid(`${path}.name`, metric.name, fault);
}

function validateResource(source: { name: string; target: Target }, path: string, errors: FieldErrors): void {
  if (!source.name) errors.required(`${path}.name`, 'must specify a resource name');
  const { target } = source;
  validateTarget(target, `${path}.target`, errors);
  const [share, value] = [target?.averageUtilization, target?.averageValue];
  if (share === undefined && value === undefined) errors.required(`${path}.target.averageUtilization`, NO_TARGET);
  if (share !== undefined && value !== undefined) {
    errors.forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization');
  }
}

function validatePods(source: NonNullable<Metric['pods']>, path: string, errors: FieldErrors): void {
  validateIdentifier(source.metric, `${path}.metric`, errors);
  validateTarget(source.target, `${path}.target`, errors);
  if (isPositive(source.target?.averageValue)) return;
  errors.required(`${path}.target.averageValue`, 'must specify a positive target averageValue');
}

function validateValueTarget(target: Target, path: string, why: string, errors: FieldErrors): void {
  validateTarget(target, path, errors);
  if (target?.value === undefined && target?.averageValue === undefined) errors.required(`${path}.averageValue`, why);
}

function validateExternalTarget(target: Target, path: string, errors: FieldErrors): void {
  validateValueTarget(target, path, 'must set either a target value for metric or a per-pod target', errors);
  if (target?.value !== undefined && target.averageValue !== undefined) {
    errors.forbidden(`${path}.value`, 'may not set both a target value for metric and a per-pod target');
  }
}

const isPositive = (amount: string | number | undefined): boolean =>
  amount !== undefined && quantityOf(amount).nano > 0n;

function validateTarget(target: Target | undefined, path: string, errors: FieldErrors): void {
  const { type = '', value, averageValue, averageUtilization } = target ?? {};
  if (type === '') errors.required(`${path}.type`, 'must specify a metric target type');
  else if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue');
  }
  if (value !== undefined && !isPositive(value)) errors.invalid(`${path}.value`, value, 'must be positive');
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0');
  }
  if (averageValue !== undefined && !isPositive(averageValue)) {
    errors.invalid(`${path}.averageValue`, averageValue, 'must be positive');
  }
}

function validateRules(rules: Rules | undefined, path: string, errors: FieldErrors): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const at = `${path}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) errors.invalid(at, window, 'must be greater than or equal to zero');
  if (window !== undefined && window > WINDOW_MAX_SECONDS) {
    errors.invalid(at, window, `must be less than or equal to ${WINDOW_MAX_SECONDS}`);
  }
  const choices = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !choices.includes(selectPolicy)) {
    errors.notSupported(`${path}.selectPolicy`, selectPolicy, choices);
  }
  if (policies.length === 0) errors.required(`${path}.policies`, 'must specify at least one Policy');
  policies.forEach(({ type, value, periodSeconds }, index) => {
    const one = `${path}.policies[${index}]`;
    if (type !== 'Pods' && type !== 'Percent') errors.notSupported(`${one}.type`, type, ['Percent', 'Pods']);
    if (value <= 0) errors.invalid(`${one}.value`, value, 'must be greater than zero');
    if (periodSeconds <= 0) errors.invalid(`${one}.periodSeconds`, periodSeconds, 'must be greater than zero');
    if (periodSeconds > PERIOD_MAX_SECONDS) {
      errors.invalid(`${one}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_MAX_SECONDS}`);
    }
  });
}
