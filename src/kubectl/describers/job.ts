import { humanDuration, parseTime } from '../../api/time';
import { at, numberAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { longTime, valueText } from './description';
import { controllerText, writePodTemplate } from './pod-parts';
import { count, selectorOf } from './workload';

/** Models pkg/describe JobDescriber. */
export const describeJob = describerWithEvents((description, job) => {
  description.heading(job, true);
  description.field('Selector', selectorOf(job));
  description.labelsAndAnnotations(job);
  const controller = controllerText(job);
  if (controller) description.field('Controlled By', controller);
  writeSpec(description, job);
  writeTimes(description, job);
  const deadline = numberAt(job, 'spec', 'activeDeadlineSeconds');
  if (deadline !== undefined) description.field('Active Deadline Seconds', `${deadline}s`);
  const ready = numberAt(job, 'status', 'ready');
  const active = `${count(job, 'status', 'active')} Active${ready === undefined ? '' : ` (${ready} Ready)`}`;
  description.field(
    'Pods Statuses',
    `${active} / ${count(job, 'status', 'succeeded')} Succeeded / ${count(job, 'status', 'failed')} Failed`,
  );
  if (textAt(job, 'spec', 'completionMode') === 'Indexed') {
    description.field('Completed Indexes', cappedIndexes(textAt(job, 'status', 'completedIndexes')));
  }
  writePodTemplate(description, at(job, 'spec', 'template'));
});

function writeSpec(description: Description, job: JsonObject): void {
  const optional = (title: string, field: string): void => {
    const value = at(job, 'spec', field);
    if (value !== undefined && value !== null) description.field(title, valueText(value));
  };
  optional('Parallelism', 'parallelism');
  description.field('Completions', valueText(at(job, 'spec', 'completions'), '<unset>'));
  optional('Completion Mode', 'completionMode');
  optional('Suspend', 'suspend');
  optional('Backoff Limit', 'backoffLimit');
  optional('TTL Seconds After Finished', 'ttlSecondsAfterFinished');
}

function writeTimes(description: Description, job: JsonObject): void {
  const started = textAt(job, 'status', 'startTime');
  const completed = textAt(job, 'status', 'completionTime');
  if (started) description.field('Start Time', longTime(started));
  if (completed) description.field('Completed At', longTime(completed));
  if (started && completed) description.field('Duration', humanDuration(parseTime(completed) - parseTime(started)));
}

/** Cut behind the first comma after 50 characters. Models capIndexesListOrNone. */
function cappedIndexes(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', 50);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}
