import type { CronJob } from '../../../api/objects';
import { cronJobTable } from '../columns/cronjobs';
import { defaultCronJob } from '../defaults/workloads';
import type { Kind } from '../kind';
import { cronJobWarnings, validateCronJob, validateCronJobUpdate } from '../validation/cronjob';

/** Models pkg/registry/batch/cronjob strategy.go. */
export const cronjobs: Kind<CronJob> = {
  resource: 'cronjobs',
  table: cronJobTable,
  generation: true,
  defaults: defaultCronJob,
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: cronJobWarnings,
};
