import type { PodTemplate, ReplicationController, StoredPodTemplate } from '../../../api/objects';
import { labelsInclude } from '../../../api/selectors';
import type { FieldErrors } from './field-errors';
import { validateNonNegative } from './numbers';
import { NO_MATCH, validateTemplate } from './template';
import { validateReplicaStatus } from './workloads';

/** Models pkg/apis/core/validation: ReplicationControllers, and templates that stand by themselves. */

export function validateReplicationController({ spec }: ReplicationController, errors: FieldErrors): void {
  const { selector = {} } = spec;
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  if (Object.keys(selector).length === 0) errors.required('spec.selector');
  validateNonNegative(spec.replicas, 'spec.replicas', errors);
  const template = spec.template as PodTemplate | undefined;
  if (!template) return errors.required('spec.template');
  validateReplicated(template, selector, errors);
}

function validateReplicated(template: PodTemplate, selector: Record<string, string>, errors: FieldErrors): void {
  const path = 'spec.template';
  const labels = template.metadata?.labels;
  if (!labelsInclude(labels, selector)) errors.invalid(`${path}.metadata.labels`, labels ?? null, NO_MATCH);
  validateTemplate(template, path, errors);
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') errors.notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    errors.invalid(`${path}.spec.activeDeadlineSeconds`, activeDeadlineSeconds, 'must not be specified');
  }
}

export function validateReplicationControllerStatus(
  { status }: ReplicationController,
  _current: ReplicationController,
  errors: FieldErrors,
): void {
  validateReplicaStatus(status, errors);
}

export function validatePodTemplate({ template }: StoredPodTemplate, errors: FieldErrors): void {
  validateTemplate((template ?? {}) as PodTemplate, 'template', errors);
}
