import type { CronJob } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, NONE, selectorCell, since, TEMPLATE_COLUMNS, templateCells } from './cells';

/** Models pkg/printers/internalversion printCronJob. */
export const cronJobTable: TableColumns<CronJob> = {
  columns: [
    { name: 'Schedule', doc: 'batch.v1.CronJobSpec.schedule' },
    { name: 'Timezone', doc: 'batch.v1.CronJobSpec.timeZone' },
    { name: 'Suspend', type: 'boolean', doc: 'batch.v1.CronJobSpec.suspend' },
    { name: 'Active', type: 'integer', doc: 'batch.v1.CronJobStatus.active' },
    { name: 'Last Schedule', doc: 'batch.v1.CronJobStatus.lastScheduleTime' },
    AGE,
    ...TEMPLATE_COLUMNS,
    { name: 'Selector', priority: 1, doc: 'batch.v1.JobSpec.selector' },
  ],
  cells: ({ spec, status, ...rest }, nowMs) => [
    spec.schedule,
    spec.timeZone ?? NONE,
    spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
    status.active?.length ?? 0,
    status.lastScheduleTime ? since(status.lastScheduleTime, nowMs) : NONE,
    ageOf(rest, nowMs),
    ...templateCells(spec.jobTemplate?.spec?.template),
    selectorCell(spec.jobTemplate?.spec?.selector),
  ],
};
