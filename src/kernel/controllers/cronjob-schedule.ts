import { parseCron, type CronSchedule } from '../../api/cron';
import { nextDueMs } from '../../api/cron-next';
import type { CronJob } from '../../api/objects';
import { parseTime } from '../../api/time';
import { isTimeZone } from '../../api/time-zone';

/** When the Jobs of a CronJob are due. Models pkg/controller/cronjob/utils.go. Milliseconds since the Unix epoch. */

/** The Job is made so long after it is due, so that clocks that differ a little do not make it early. */
const NEXT_DELTA_MS = 100;
/** More missed starts than this are said in an Event. */
const MANY_MISSED = 100;

/** Reads the schedule, in the CronJob's zone. Throws CronError. Models formatSchedule. */
export function scheduleOf({ spec: { schedule, timeZone } }: CronJob): CronSchedule {
  return parseCron(schedule, timeZone !== undefined && isTimeZone(timeZone) ? timeZone : 'UTC');
}

interface Recent {
  /** From when on starts count. */
  readonly earliestMs: number;
  /** The last start that is due, if one is. */
  readonly dueMs: number | undefined;
  readonly missed: 'none' | 'few' | 'many';
}

/** Models mostRecentScheduleTime. `byDeadline`: starts that are too late do not count. */
function recentOf(cronJob: CronJob, schedule: CronSchedule, nowMs: number, byDeadline: boolean): Recent {
  const { startingDeadlineSeconds } = cronJob.spec;
  let earliestMs = parseTime(cronJob.status.lastScheduleTime ?? cronJob.metadata.creationTimestamp);
  if (byDeadline && startingDeadlineSeconds !== undefined) {
    earliestMs = Math.max(earliestMs, nowMs - startingDeadlineSeconds * 1000);
  }
  const first = nextDueMs(schedule, earliestMs);
  if (first === undefined || nowMs < first) return { earliestMs, dueMs: undefined, missed: 'none' };
  const second = nextDueMs(schedule, first);
  if (second === undefined || nowMs < second) return { earliestMs, dueMs: first, missed: 'none' };
  const missed = Math.floor((nowMs - first) / (second - first)) + 1 > MANY_MISSED ? 'many' : 'few';
  let dueMs = second;
  for (let next: number | undefined = second; next !== undefined && next <= nowMs; next = nextDueMs(schedule, next)) {
    dueMs = next;
  }
  return { earliestMs, dueMs, missed };
}

/** The start that is due now, and whether too many before it were missed. Models nextScheduleTime. */
export function dueNow(
  cronJob: CronJob,
  schedule: CronSchedule,
  nowMs: number,
): { dueMs: number | undefined; tooManyMissed: boolean } {
  const { dueMs, missed } = recentOf(cronJob, schedule, nowMs, true);
  return { dueMs, tooManyMissed: missed === 'many' };
}

/** How long until the CronJob is to be looked at again; `undefined` if it is never due. Models nextScheduleTimeDuration. */
export function nextDueInMs(cronJob: CronJob, schedule: CronSchedule, nowMs: number): number | undefined {
  const { earliestMs, dueMs } = recentOf(cronJob, schedule, nowMs, false);
  const next = nextDueMs(schedule, dueMs ?? earliestMs);
  return next === undefined ? undefined : Math.max(0, next + NEXT_DELTA_MS - nowMs);
}
