import type { LabelSelector, PodTemplate } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import type { FieldErrors } from './field-errors';
import { isEmptySelector, isUsable, validateLabelSelector } from './label-selectors';
import { validateAnnotations, validateLabels } from './metadata';
import { validatePodSpec } from './pod-spec';

/** Models pkg/apis/core/validation ValidatePodTemplateSpec and pkg/apis/apps/validation. */

function validateTemplateMeta(template: PodTemplate, path: string, errors: FieldErrors): void {
  validateLabels(template.metadata?.labels, `${path}.labels`, errors);
  validateAnnotations(template.metadata?.annotations, `${path}.annotations`, errors);
}

export function validateTemplate(template: PodTemplate, path: string, errors: FieldErrors): void {
  validateTemplateMeta(template, path, errors);
  validatePodSpec((template.spec ?? {}) as Parameters<typeof validatePodSpec>[0], `${path}.spec`, errors);
  if (template.spec?.ephemeralContainers?.length) {
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
  }
}

export const NO_MATCH = '`selector` does not match template `labels`';

interface SelectionOptions {
  readonly selectorRequired: boolean;
  /** The kind that the texts name. */
  readonly owner?: string;
  /** The words about a selector that cannot be parsed. */
  readonly unusable?: string;
  /** The Pods need containers; what else is in them is looked at when they are made, with the volumes of their claims. */
  readonly anyPodSpec?: boolean;
}

/** The template of a workload whose Pods run for ever. */
function validateLastingTemplate(
  template: PodTemplate,
  selector: LabelSelector | undefined,
  path: string,
  errors: FieldErrors,
  { owner = 'ReplicaSet', anyPodSpec = false }: SelectionOptions,
): void {
  const labels = template.metadata?.labels;
  const matches = selector !== undefined && (isEmptySelector(selector) || selectorMatches(selector, labels));
  if (!matches) errors.invalid(`${path}.metadata.labels`, labels ?? null, NO_MATCH);
  if (anyPodSpec) {
    validateTemplateMeta(template, path, errors);
    if (!template.spec?.containers?.length) errors.required(`${path}.spec.containers`);
  } else validateTemplate(template, path, errors);
  const restartPolicy = template.spec?.restartPolicy;
  if (restartPolicy !== 'Always') errors.notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']);
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    errors.forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`);
  }
}

/** The selector and the template of a workload. `kind` is how the text about an empty selector calls it. */
export function validateSelection(
  spec: { selector?: LabelSelector; template: PodTemplate },
  kind: string,
  errors: FieldErrors,
  options: SelectionOptions = { selectorRequired: true },
): void {
  const { selector, template } = spec;
  if (!selector) {
    if (options.selectorRequired) errors.required('spec.selector');
  } else {
    validateLabelSelector(selector, 'spec.selector', errors);
    if (isEmptySelector(selector)) errors.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`);
  }
  if (isUsable(selector)) validateLastingTemplate(template, selector, 'spec.template', errors, options);
  else if (options.selectorRequired)
    errors.invalid('spec.selector', selector, options.unusable ?? 'invalid label selector');
}
