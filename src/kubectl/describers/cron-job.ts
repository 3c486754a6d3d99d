import { labelSelectorText } from '../cluster/pods';
import { at, listAt, numberAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import { boolText, longTime, valueText } from './description';
import { writePodTemplate } from './pod-parts';

/** Models pkg/describe CronJobDescriber. */
export const describeCronJob = describerWithEvents((description, cronJob) => {
  description.heading(cronJob, true);
  description.labelsAndAnnotations(cronJob);
  description.field('Schedule', textAt(cronJob, 'spec', 'schedule'));
  description.field('Concurrency Policy', textAt(cronJob, 'spec', 'concurrencyPolicy'));
  description.field('Suspend', boolText(at(cronJob, 'spec', 'suspend')));
  description.field('Time Zone', valueText(at(cronJob, 'spec', 'timeZone'), '<unset>'));
  description.field(
    'Successful Job History Limit',
    valueText(at(cronJob, 'spec', 'successfulJobsHistoryLimit'), '<unset>'),
  );
  description.field('Failed Job History Limit', valueText(at(cronJob, 'spec', 'failedJobsHistoryLimit'), '<unset>'));
  const starting = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  description.field('Starting Deadline Seconds', starting === undefined ? '<unset>' : `${starting}s`);
  const job = at(cronJob, 'spec', 'jobTemplate');
  const selector = at(job, 'spec', 'selector');
  description.field('Selector', selector === undefined ? '<unset>' : labelSelectorText(selector));
  description.field('Parallelism', valueText(at(job, 'spec', 'parallelism'), '<unset>'));
  description.field('Completions', valueText(at(job, 'spec', 'completions'), '<unset>'));
  const deadline = numberAt(job, 'spec', 'activeDeadlineSeconds');
  if (deadline !== undefined) description.field('Active Deadline Seconds', `${deadline}s`);
  writePodTemplate(description, at(job, 'spec', 'template'));
  const last = textAt(cronJob, 'status', 'lastScheduleTime');
  description.field('Last Schedule Time', last ? longTime(last) : '<unset>');
  const active = listAt(cronJob, 'status', 'active').map((reference) => textAt(reference, 'name'));
  description.field('Active Jobs', active.join(', ') || '<none>');
});
