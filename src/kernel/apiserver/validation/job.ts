import { equalJson } from '../../../api/json';
import type { Job, Json, PodTemplate } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { isUsable, validateLabelSelector } from './label-selectors';
import { labelFaults } from './names';
import { validateNonNegative } from './numbers';
import { NO_MATCH, validateTemplate } from './template';
import { IMMUTABLE, validateImmutable } from './immutable';

/** Models pkg/apis/batch/validation ValidateJob and ValidateJobUpdate. */

type Spec = Job['spec'];
type FailureRule = NonNullable<NonNullable<Spec['podFailurePolicy']>['rules']>[number];

const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const INDEXED_PARALLELISM_MAX = 100_000;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const NEEDS_INDEXED = 'requires indexed completion mode';

export function validateJob(job: Job, errors: FieldErrors): void {
  validateGeneratedSelector(job, errors);
  validateJobSpec(job.spec, 'spec', errors);
  const { completions, completionMode } = job.spec;
  if (completionMode !== 'Indexed' || !completions || completions < 1) return;
  const hostname = `${job.metadata.name}-${completions - 1}`;
  if (labelFaults(hostname).length > 0) {
    errors.invalid(
      'metadata.name',
      job.metadata.name,
      `will not able to create pod with invalid DNS label: ${hostname}`,
    );
  }
}

/** A selector that is not written by hand is the Job's uid, and nothing else. */
function validateGeneratedSelector(job: Job, errors: FieldErrors): void {
  const { selector, manualSelector } = job.spec;
  if (manualSelector === true || !selector) return;
  const expected = { matchLabels: { [UID_LABEL]: job.metadata.uid } };
  if (!equalJson(selector, expected)) errors.invalid('spec.selector', selector, '`selector` not auto-generated');
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

export function validateJobSpec(spec: Spec, path: string, errors: FieldErrors): void {
  validateBatchSpec(spec, path, errors);
  if (!spec.selector) errors.required(`${path}.selector`);
  else validateLabelSelector(spec.selector, `${path}.selector`, errors);
  const labels = spec.template?.metadata?.labels;
  if (isUsable(spec.selector) && !selectorMatches(spec.selector, labels)) {
    errors.invalid(`${path}.template.metadata.labels`, labels ?? null, NO_MATCH);
  }
}

/** What holds for Jobs and for the templates of Jobs. */
export function validateBatchSpec(spec: Spec, path: string, errors: FieldErrors): void {
  for (const key of COUNTS) validateNonNegative(spec[key], `${path}.${key}`, errors);
  validateCompletionMode(spec, path, errors);
  if (spec.podFailurePolicy) {
    spec.podFailurePolicy.rules?.forEach((rule, index) =>
      validateFailureRule(rule, `${path}.podFailurePolicy.rules[${index}]`, errors),
    );
  }
  if (spec.successPolicy && spec.completionMode !== 'Indexed') {
    errors.invalid(
      `${path}.successPolicy`,
      goDump(spec.successPolicy as unknown as Json, 'io.k8s.api.batch.v1.SuccessPolicy'),
      NEEDS_INDEXED,
    );
  }
  validateTemplate(spec.template, `${path}.template`, errors);
  validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`, errors);
}

function validateCompletionMode(spec: Spec, path: string, errors: FieldErrors): void {
  const { completionMode, completions, parallelism } = spec;
  if (completionMode !== 'Indexed' && completionMode !== 'NonIndexed') {
    if (completionMode !== undefined)
      errors.notSupported(`${path}.completionMode`, completionMode, ['Indexed', 'NonIndexed']);
    return;
  }
  if (completionMode === 'NonIndexed') {
    if (spec.backoffLimitPerIndex !== undefined)
      errors.invalid(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, NEEDS_INDEXED);
    return;
  }
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed');
  if (parallelism !== undefined && parallelism > INDEXED_PARALLELISM_MAX) {
    const why = `must be less than or equal to ${INDEXED_PARALLELISM_MAX} when completion mode is Indexed`;
    errors.invalid(`${path}.parallelism`, parallelism, why);
  }
}

function validateFailureRule(rule: FailureRule, path: string, errors: FieldErrors): void {
  if (!rule.action)
    errors.required(`${path}.action`, `valid values: ${ACTIONS.map((one) => JSON.stringify(one)).join(', ')}`);
  else if (!ACTIONS.includes(rule.action)) errors.notSupported(`${path}.action`, rule.action, ACTIONS);
  const codes = rule.onExitCodes;
  if (codes) {
    if (codes.operator !== 'In' && codes.operator !== 'NotIn')
      errors.notSupported(`${path}.onExitCodes.operator`, codes.operator, ['In', 'NotIn']);
    const values = codes.values ?? [];
    values.forEach((value, index) => {
      const at = `${path}.onExitCodes.values[${index}]`;
      if (codes.operator === 'In' && value === 0) errors.invalid(at, value, 'must not be 0 for the In operator');
      if (values.indexOf(value) < index) errors.duplicate(at, value);
    });
    if (values.length === 0) errors.invalid(`${path}.onExitCodes.values`, values, 'at least one value is required');
    if (rule.onPodConditions?.length)
      errors.invalid(path, '', 'specifying both OnExitCodes and OnPodConditions is not supported');
  } else if (!rule.onPodConditions?.length)
    errors.invalid(path, '', 'specifying one of OnExitCodes and OnPodConditions is required');
}

function validateRestartPolicy(spec: Spec, path: string, errors: FieldErrors): void {
  const policy = spec.template?.spec?.restartPolicy;
  if (policy === 'Always') errors.required(path, 'valid values: "OnFailure", "Never"');
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.notSupported(path, policy, ['OnFailure', 'Never']);
  else if (spec.podFailurePolicy && policy !== 'Never') {
    errors.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

export function validateJobUpdate(next: Job, current: Job, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validateJob(next, errors);
  const [spec, old] = [next.spec, current.spec];
  validateJobSpec(spec, 'spec', errors);
  validateCompletions(spec, old, errors);
  validateImmutable(spec.selector, old.selector, 'spec.selector', errors);
  validateTemplateUpdate(next, current, errors);
  validateImmutable(spec.completionMode, old.completionMode, 'spec.completionMode', errors);
  validateImmutable(spec.podFailurePolicy, old.podFailurePolicy, 'spec.podFailurePolicy', errors);
  validateImmutable(spec.backoffLimitPerIndex, old.backoffLimitPerIndex, 'spec.backoffLimitPerIndex', errors);
  validateImmutable(spec.managedBy, old.managedBy, 'spec.managedBy', errors);
  validateImmutable(spec.successPolicy, old.successPolicy, 'spec.successPolicy', errors);
}

function validateCompletions(spec: Spec, old: Spec, errors: FieldErrors): void {
  if (spec.completions === old.completions) return;
  if (spec.completionMode !== 'Indexed')
    validateImmutable(spec.completions, old.completions, 'spec.completions', errors);
  else if (spec.completions !== spec.parallelism) {
    errors.invalid('spec.completions', spec.completions, 'can only be modified in tandem with spec.parallelism');
  }
}

type TemplateSpec = NonNullable<PodTemplate['spec']>;

/** A suspended Job that never ran lets its Pods' placement change. */
function validateTemplateUpdate(next: Job, current: Job, errors: FieldErrors): void {
  const [template, old] = [next.spec.template, current.spec.template];
  if (current.spec.suspend !== true || current.status.startTime !== undefined) {
    if (!equalJson(template, old)) errors.invalid('spec.template', shownTemplate(template), IMMUTABLE);
    return;
  }
  const allowed = withPlacement((old.spec ?? {}) as TemplateSpec, (template.spec ?? {}) as TemplateSpec);
  if (equalJson(template.spec, allowed)) return;
  errors.invalid(
    'spec.template.spec',
    goDump(template.spec as unknown as Json, 'io.k8s.api.core.v1.PodSpec'),
    IMMUTABLE,
  );
}

function shownTemplate(template: PodTemplate): Json {
  return goDump(template as unknown as Json, 'io.k8s.api.core.v1.PodTemplateSpec');
}

function withPlacement(old: TemplateSpec, next: TemplateSpec): TemplateSpec {
  const spec = { ...old };
  for (const key of ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity'] as const) {
    if (next[key] === undefined) delete spec[key];
    else Object.assign(spec, { [key]: next[key] });
  }
  return spec;
}

/** What conditions a Job's status can have. Models ValidateJobUpdateStatus. */
export function validateJobStatus(next: Job, current: Job, errors: FieldErrors): void {
  for (const key of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    validateNonNegative(next.status[key], `status.${key}`, errors);
  }
  if (current.status.completionTime !== undefined && next.status.completionTime === undefined) {
    errors.required('status.completionTime', 'completionTime cannot be unset');
  }
}
