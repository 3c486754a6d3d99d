import { CronError, type CronSchedule } from '../../api/cron';
import { controllerOf, controllerReference, objectKey, type CronJob, type Draft, type Job } from '../../api/objects';
import { ApiError } from '../../api/status';
import { formatTime, parseTime } from '../../api/time';
import { formatInZone, isTimeZone } from '../../api/time-zone';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { dueNow, nextDueInMs, scheduleOf } from './cronjob-schedule';
import { isJobFinished, jobCondition } from './job-state';
import { isNamespaceTerminating } from './pod-control';

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Status = CronJob['status'];

/** What one look at a CronJob changes: its status, and when to look again. */
interface CronSync {
  readonly cronJob: CronJob;
  status: Status;
  againInMs: number | undefined;
}

/** Makes a Job whenever the schedule says so. Models pkg/controller/cronjob/cronjob_controllerv2.go. */
export class CronJobController extends Controller {
  constructor(parts: ControllerParts) {
    super('cronjob-controller', parts, {});
    parts.informers.on('cronjobs', (event) => this.#onCronJob(event));
    parts.informers.on('jobs', (event) => this.#onJob(event));
  }

  #onCronJob(event: StoreEvent<CronJob>): void {
    const { object, previous, key } = event;
    const { schedule, timeZone } = object.spec;
    const same = previous?.spec.schedule === schedule && previous.spec.timeZone === timeZone;
    if (event.type !== 'MODIFIED' || same) return this.enqueue(key, event);
    const read = this.#schedule(
      object,
      'UnParseableCronJobSchedule',
      () => `unparseable schedule for cronjob: ${schedule}`,
    );
    const inMs = read && nextDueInMs(object, read, this.parts.clock.epochNowMs);
    if (inMs === undefined) return;
    this.noteCause(key, event);
    this.enqueueAfter(key, inMs, true);
  }

  #onJob(event: StoreEvent<Job>): void {
    const { object, previous } = event;
    const owners = [controllerOf(object), previous && controllerOf(previous)];
    for (const owner of new Set(owners)) {
      if (owner?.kind !== 'CronJob') continue;
      const cronJob = this.parts.informers.get('cronjobs', object.metadata.namespace, owner.name);
      if (cronJob?.metadata.uid === owner.uid) this.enqueue(objectKey(cronJob), event);
    }
  }

  #say(cronJob: CronJob, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.parts.recorder.event(subjectOf(cronJob), type, reason, message);
  }

  /** The schedule, or nothing and an Event. */
  #schedule(cronJob: CronJob, reason: string, message: (why: string) => string): CronSchedule | undefined {
    try {
      return scheduleOf(cronJob);
    } catch (error) {
      if (!(error instanceof CronError)) throw error;
      this.#say(cronJob, 'Warning', reason, message(error.message));
      return undefined;
    }
  }

  protected override reconcile(key: string): void {
    const cronJob = this.parts.informers.byKey('cronjobs', key);
    if (!cronJob) return;
    const jobs = this.parts.informers.by('jobs', 'controller', cronJob.metadata.uid);
    const sync: CronSync = { cronJob, status: cronJob.status, againInMs: undefined };
    this.#removeOldJobs(sync, jobs);
    let failure: ApiError | undefined;
    try {
      this.#settleActive(sync, jobs);
      if (!cronJob.metadata.deletionTimestamp) this.#start(sync);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure = error;
    }
    if (sync.status !== cronJob.status) this.parts.client.updateStatus('cronjobs', { ...cronJob, status: sync.status });
    if (sync.againInMs !== undefined) this.enqueueAfter(key, sync.againInMs, true);
    else if (failure) throw failure;
  }

  /** Keeps as many finished Jobs as the history may hold, the youngest. Models cleanupFinishedJobs. */
  #removeOldJobs(sync: CronSync, jobs: readonly Job[]): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = sync.cronJob.spec;
    const limits = [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const;
    for (const [type, limit] of limits) {
      if (limit === undefined) continue;
      const ended = jobs.filter((job) => finishedAs(job) === type).sort(byStart);
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) this.#removeJob(sync, job);
    }
  }

  /** Models deleteJob. */
  #removeJob(sync: CronSync, job: Job): boolean {
    const { namespace = '', name, uid } = job.metadata;
    try {
      this.parts.client.remove('jobs', namespace, name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(sync.cronJob, 'Warning', 'FailedDelete', `Deleted job: ${error.message}`);
      return false;
    }
    forget(sync, uid);
    this.#say(sync.cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    return true;
  }

  /** Brings the list of active Jobs up to date. */
  #settleActive(sync: CronSync, jobs: readonly Job[]): void {
    const { cronJob } = sync;
    const { client } = this.parts;
    for (const job of jobs) {
      const known = isActive(sync.status, job.metadata.uid);
      if (!isJobFinished(job)) {
        const latest = known
          ? undefined
          : client.get('cronjobs', cronJob.metadata.namespace ?? '', cronJob.metadata.name);
        if (known || (latest && isActive(latest.status, job.metadata.uid))) continue;
        const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`;
        this.#say(cronJob, 'Warning', 'UnexpectedJob', message);
        continue;
      }
      const condition = finishedAs(job)!;
      if (known) {
        forget(sync, job.metadata.uid);
        const message = `Saw completed job: ${job.metadata.name}, condition: ${condition}`;
        this.#say(cronJob, 'Normal', 'SawCompletedJob', message);
      }
      const { completionTime } = job.status;
      if (condition !== 'Complete' || !completionTime) continue;
      const last = sync.status.lastSuccessfulTime;
      if (last && parseTime(completionTime) <= parseTime(last)) continue;
      sync.status = { ...sync.status, lastSuccessfulTime: completionTime };
    }
    const seen = new Set(jobs.map((job) => job.metadata.uid));
    for (const { uid = '', namespace = '', name = '' } of sync.status.active ?? []) {
      if (seen.has(uid) || client.get('jobs', namespace, name)) continue;
      this.#say(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      forget(sync, uid);
    }
  }

  /** Makes the Job that is due, if one is. Models the second half of syncCronJob. */
  #start(sync: CronSync): void {
    const { cronJob } = sync;
    const { timeZone, suspend, startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
    const nowMs = this.parts.clock.epochNowMs;
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      const message = `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`;
      return this.#say(cronJob, 'Warning', 'UnknownTimeZone', message);
    }
    if (suspend) return;
    const schedule = this.#readSchedule(cronJob);
    if (!schedule) return;
    const { dueMs, tooManyMissed } = dueNow(cronJob, schedule, nowMs);
    if (dueMs !== undefined && tooManyMissed) {
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#say(cronJob, 'Warning', 'TooManyMissedTimes', message);
    }
    const again = (): void => {
      sync.againInMs = nextDueInMs({ ...cronJob, status: sync.status }, schedule, nowMs);
    };
    if (dueMs === undefined) return again();
    if (startingDeadlineSeconds !== undefined && dueMs + startingDeadlineSeconds * 1000 < nowMs) {
      this.#say(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(dueMs)}`);
      return again();
    }
    if (isDone(sync.status, jobName(cronJob, dueMs), dueMs)) return again();
    const active = sync.status.active ?? [];
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#say(cronJob, 'Normal', 'JobAlreadyActive', message);
      return again();
    }
    if (concurrencyPolicy === 'Replace' && !this.#removeActive(sync))
      return this.enqueueAfter(objectKey(cronJob), 1000);
    if (this.#create(sync, dueMs)) again();
  }

  #readSchedule(cronJob: CronJob): CronSchedule | undefined {
    const { schedule } = cronJob.spec;
    if (schedule.includes('TZ')) {
      const where = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
      const message = `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see ${where} for more details`;
      this.#say(cronJob, 'Warning', 'UnsupportedSchedule', message);
    }
    const message = (why: string): string => `unparseable schedule: ${JSON.stringify(schedule)} : ${why}`;
    return this.#schedule(cronJob, 'UnparseableSchedule', message);
  }

  #removeActive(sync: CronSync): boolean {
    for (const { namespace = '', name = '' } of sync.status.active ?? []) {
      const job = this.parts.client.get('jobs', namespace, name);
      if (!job) {
        this.#say(sync.cronJob, 'Warning', 'FailedGet', `Get job: jobs.batch "${name}" not found`);
        return false;
      }
      if (!this.#removeJob(sync, job)) return false;
    }
    return true;
  }

  /** Whether the Job is there, and is this CronJob's. */
  #create(sync: CronSync, dueMs: number): boolean {
    const { cronJob } = sync;
    let job: Job | undefined;
    try {
      job = this.parts.client.create('jobs', jobFromTemplate(cronJob, dueMs));
      this.#say(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status.reason !== 'AlreadyExists') {
        if (!isNamespaceTerminating(error))
          this.#say(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
        throw error;
      }
      job = this.parts.client.get('jobs', cronJob.metadata.namespace ?? '', jobName(cronJob, dueMs));
      if (!job || controllerOf(job)?.uid !== cronJob.metadata.uid) return false;
      if (isActive(sync.status, job.metadata.uid)) return false;
    }
    const active = [...(sync.status.active ?? []), subjectOf(job)];
    sync.status = { ...sync.status, active, lastScheduleTime: formatTime(dueMs) };
    return true;
  }
}

/** How a Job ended, if it did. Models getFinishedStatus. */
function finishedAs(job: Job): 'Complete' | 'Failed' | undefined {
  return (['Complete', 'Failed'] as const).find((type) => jobCondition(job.status, type)?.status === 'True');
}

const isActive = (status: Status, uid: string): boolean => status.active?.some((one) => one.uid === uid) ?? false;

/** Takes a Job off the list of active ones. */
function forget(sync: CronSync, uid: string): void {
  if (!isActive(sync.status, uid)) return;
  const { active = [], ...status } = sync.status;
  const left = active.filter((one) => one.uid !== uid);
  sync.status = left.length > 0 ? { ...status, active: left } : status;
}

/** Whether the Job of a start was made already. */
function isDone(status: Status, name: string, dueMs: number): boolean {
  const isListed = status.active?.some((one) => one.name === name) ?? false;
  return isListed || (status.lastScheduleTime !== undefined && parseTime(status.lastScheduleTime) === dueMs);
}

/** Jobs that never started come last; models byJobStartTime. */
function byStart(left: Job, right: Job): number {
  const [a, b] = [left, right].map((job) => (job.status.startTime ? parseTime(job.status.startTime) : Infinity));
  if (a !== b) return a! < b! ? -1 : 1;
  return left.metadata.name < right.metadata.name ? -1 : 1;
}

/** The minute of the start in the name keeps one start from making two Jobs. */
const jobName = (cronJob: CronJob, dueMs: number): string => `${cronJob.metadata.name}-${Math.floor(dueMs / 60_000)}`;

/** Models getJobFromTemplate2. */
function jobFromTemplate(cronJob: CronJob, dueMs: number): Draft<Job> {
  const { jobTemplate, timeZone = 'UTC' } = cronJob.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, dueMs),
      namespace: cronJob.metadata.namespace ?? '',
      ...(labels ? { labels } : {}),
      annotations: { ...annotations, [SCHEDULED_AT]: formatInZone(timeZone, dueMs) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: jobTemplate.spec as Job['spec'],
  };
}

/** Go's RFC1123Z: `Mon, 15 Jun 2026 12:00:00 +0000`. */
function rfc1123(ms: number): string {
  const time = new Date(ms);
  const day = String(time.getUTCDate()).padStart(2, '0');
  const clock = time.toISOString().slice(11, 19);
  return `${DAYS[time.getUTCDay()]}, ${day} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()} ${clock} +0000`;
}
