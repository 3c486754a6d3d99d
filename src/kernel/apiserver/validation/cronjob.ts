import { CronError, parseCron } from '../../../api/cron';
import type { CronJob, Job, PodSpec } from '../../../api/objects';
import { isTimeZone } from '../../../api/time-zone';
import type { FieldErrors } from './field-errors';
import { validateBatchSpec } from './job';
import { labelFaults } from './names';
import { validateNonNegative } from './numbers';
import { templateWarnings } from './pod-warnings';

/** Models pkg/apis/batch/validation ValidateCronJobCreate and ValidateCronJobUpdate. */

type Spec = CronJob['spec'];

/** The name of a Job gets a dash and ten digits after this, and must stay a label. */
const NAME_MAX = 63 - 11;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

export function validateCronJob(cronJob: CronJob, errors: FieldErrors): void {
  validateSpec(cronJob.spec, undefined, errors);
  const { name } = cronJob.metadata;
  if (name.length > NAME_MAX) errors.invalid('metadata.name', name, `must be no more than ${NAME_MAX} characters`);
}

export function validateCronJobUpdate(next: CronJob, current: CronJob, errors: FieldErrors): void {
  if (next.spec !== current.spec) validateSpec(next.spec, current.spec, errors);
}

/** What stood before and was let in then is let in again. */
function validateSpec(spec: Spec, old: Spec | undefined, errors: FieldErrors): void {
  validateSchedule(spec, old, errors);
  validateNonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', errors);
  if (!old || old.timeZone !== spec.timeZone) validateTimeZone(spec.timeZone, errors);
  const { concurrencyPolicy } = spec;
  if (!concurrencyPolicy) errors.required('spec.concurrencyPolicy');
  else if (!POLICIES.includes(concurrencyPolicy)) {
    errors.notSupported('spec.concurrencyPolicy', concurrencyPolicy, POLICIES);
  }
  validateJobTemplate(spec.jobTemplate?.spec as Job['spec'] | undefined, errors);
  validateNonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', errors);
  validateNonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', errors);
}

function validateSchedule({ schedule, timeZone }: Spec, old: Spec | undefined, errors: FieldErrors): void {
  const path = 'spec.schedule';
  if (!schedule) return errors.required(path);
  try {
    parseCron(schedule);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    errors.invalid(path, schedule, error.message);
  }
  if (!schedule.includes('TZ')) return;
  if (!old?.schedule.includes('TZ')) {
    errors.invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  } else if (timeZone !== undefined && old.timeZone === undefined) {
    errors.invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule');
  }
}

function validateTimeZone(timeZone: string | undefined, errors: FieldErrors): void {
  if (timeZone === undefined) return;
  const path = 'spec.timeZone';
  if (timeZone === '') errors.invalid(path, timeZone, 'timeZone must be nil or non-empty string');
  else if (timeZone.toLowerCase() === 'local') {
    const why = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    errors.invalid(path, timeZone, why);
  } else if (!isTimeZone(timeZone)) errors.invalid(path, timeZone, `unknown time zone ${timeZone}`);
}

/** A Job made of the template gets its selector by itself. */
function validateJobTemplate(spec: Job['spec'] | undefined, errors: FieldErrors): void {
  const path = 'spec.jobTemplate.spec';
  validateBatchSpec(spec ?? ({ template: {} } as Job['spec']), path, errors);
  if (spec?.selector) errors.invalid(`${path}.selector`, spec.selector, '`selector` will be auto-generated');
  if (spec?.manualSelector) errors.notSupported(`${path}.manualSelector`, spec.manualSelector, ['nil', 'false']);
}

/** Models the strategy's WarningsOnCreate and WarningsOnUpdate. */
export function cronJobWarnings(next: CronJob, current: CronJob | undefined): string[] {
  const { schedule, jobTemplate } = next.spec;
  const faults = current ? [] : labelFaults(next.metadata.name);
  const warnings: string[] = [];
  if (faults.length > 0) {
    const why = 'this is used in Pod names and hostnames, which can result in surprising behavior';
    warnings.push(`metadata.name: ${why}; a DNS label is recommended: [${faults.join(' ')}]`);
  }
  const template = jobTemplate.spec?.template;
  if (template?.spec && current?.spec.jobTemplate !== jobTemplate) {
    warnings.push(
      ...templateWarnings(template.spec as PodSpec, template.metadata?.annotations, 'spec.jobTemplate.spec.template.'),
    );
  }
  if (schedule.includes('TZ')) {
    warnings.push(
      `CRON_TZ or TZ used in ${JSON.stringify(schedule)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`,
    );
  }
  return warnings;
}
