import { describe, expect, it } from 'vitest';
import type { CronJob, Job } from '../../api/objects';
import { job, newRig } from './controllers.rig';

type Rig = ReturnType<typeof newRig>;

const MINUTE_MS = 60_000;

/** A CronJob of every minute, unless `spec` says otherwise. The rig's clock starts at midnight. */
function cronJob(rig: Rig, spec: object = {}): void {
  const { spec: template } = job('any') as Job;
  rig.create('cronjobs', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'eval', namespace: 'default' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: template }, ...spec },
  });
}

const jobsOf = (rig: Rig): Job[] => rig.client.list('jobs', 'default');
const statusOf = (rig: Rig): CronJob['status'] => rig.get('cronjobs', 'eval')!.status;
const eventsOf = (rig: Rig): string[] => rig.events('CronJob', 'eval');
const minuteName = (time: string): string => `eval-${Date.parse(time) / MINUTE_MS}`;
const patch = (rig: Rig, spec: Partial<CronJob['spec']>): unknown =>
  rig.client.patch('cronjobs', 'default', 'eval', (one) => ({ ...one, spec: { ...one.spec, ...spec } }));

describe('cronjob-controller', () => {
  it('names a Job after its minute, and says when it was due', () => {
    const rig = newRig();
    rig.life.runMs = 3000;
    cronJob(rig);
    rig.run(MINUTE_MS + 1000);
    const [made] = jobsOf(rig);
    expect(made!.metadata).toMatchObject({
      name: minuteName('2026-01-01T00:01:00Z'),
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:01:00Z' },
      ownerReferences: [{ kind: 'CronJob', name: 'eval', controller: true }],
    });
    expect(statusOf(rig)).toMatchObject({
      active: [{ kind: 'Job', name: made!.metadata.name, uid: made!.metadata.uid }],
    });
    rig.run(20_000);
    expect(statusOf(rig).active).toBeUndefined();
    expect(statusOf(rig).lastScheduleTime).toBe('2026-01-01T00:01:00Z');
    expect(statusOf(rig).lastSuccessfulTime).toBe(jobsOf(rig)[0]!.status.completionTime);
    expect(eventsOf(rig)).toEqual([
      `SuccessfulCreate: Created job ${made!.metadata.name}`,
      `SawCompletedJob: Saw completed job: ${made!.metadata.name}, condition: Complete`,
    ]);
  });

  it('lets Jobs run side by side, holds the next one back, or replaces the running one', () => {
    const running = (concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace'): [number, string[]] => {
      const rig = newRig();
      cronJob(rig, { concurrencyPolicy });
      rig.run(3 * MINUTE_MS + 2000);
      expect(statusOf(rig).active!.map((one) => one.name)).toEqual(jobsOf(rig).map((one) => one.metadata.name));
      return [jobsOf(rig).length, [...new Set(eventsOf(rig).map((event) => event.split(':')[0]!))]];
    };
    expect(running('Allow')).toEqual([3, ['SuccessfulCreate']]);
    expect(running('Forbid')).toEqual([1, ['SuccessfulCreate', 'JobAlreadyActive']]);
    expect(running('Replace')).toEqual([1, ['SuccessfulCreate', 'SuccessfulDelete']]);
  });

  it('starts what Forbid held back as soon as the running Job ends', () => {
    const rig = newRig();
    rig.life.runMs = 90_000;
    cronJob(rig, { concurrencyPolicy: 'Forbid' });
    rig.run(4 * MINUTE_MS);
    const starts = jobsOf(rig).map(
      (one) => Date.parse(one.metadata.creationTimestamp) / 1000 - Date.UTC(2026, 0) / 1000,
    );
    expect(starts[0]).toBe(60);
    expect(starts[1]).toBeGreaterThan(150);
    expect(starts[1]).toBeLessThan(158);
  });

  it('keeps no more finished Jobs than the history may hold', () => {
    const rig = newRig();
    rig.life.runMs = 2000;
    cronJob(rig, { successfulJobsHistoryLimit: 2 });
    rig.run(5 * MINUTE_MS + 30_000);
    expect(jobsOf(rig).map((one) => one.metadata.name)).toEqual(
      [4, 5].map((minute) => minuteName(`2026-01-01T00:0${minute}:00Z`)),
    );
  });

  it('makes no Job while it is suspended, and afterwards only the last one missed', () => {
    const rig = newRig();
    cronJob(rig, { suspend: true });
    rig.run(5 * MINUTE_MS + 10_000);
    expect(jobsOf(rig)).toEqual([]);
    patch(rig, { suspend: false });
    rig.run(1000);
    expect(jobsOf(rig).map((one) => one.metadata.name)).toEqual([minuteName('2026-01-01T00:05:00Z')]);
  });

  it('does not start after the deadline, nor silently after very many missed starts', () => {
    const late = newRig();
    cronJob(late, { suspend: true, schedule: '0 * * * *', startingDeadlineSeconds: 600 });
    late.run(90 * MINUTE_MS);
    patch(late, { suspend: false });
    late.run(5000);
    expect(jobsOf(late)).toEqual([]);
    late.run(30 * MINUTE_MS);
    expect(jobsOf(late)).toHaveLength(1);
    const many = newRig();
    cronJob(many, { suspend: true });
    many.run(110 * MINUTE_MS);
    patch(many, { suspend: false });
    many.run(5000);
    expect(jobsOf(many)).toHaveLength(1);
    expect(eventsOf(many)[0]).toBe(
      'TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
    );
  });

  it('never starts where the deadline has passed by the time it looks', () => {
    const rig = newRig();
    cronJob(rig, { schedule: '@hourly', startingDeadlineSeconds: 0 });
    rig.run(60 * MINUTE_MS + 5000);
    expect(jobsOf(rig)).toEqual([]);
  });

  it('goes by the clock of its time zone', () => {
    const rig = newRig();
    cronJob(rig, { schedule: '35 5 * * *', timeZone: 'Asia/Kolkata' });
    rig.run(6 * MINUTE_MS);
    expect(jobsOf(rig)[0]!.metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T05:35:00+05:30',
    });
  });

  it('follows a new schedule, and notices a Job that went missing', () => {
    const rig = newRig();
    cronJob(rig, { schedule: '0 0 1 1 *' });
    rig.run(5000);
    patch(rig, { schedule: '* * * * *' });
    rig.run(MINUTE_MS);
    const [made] = jobsOf(rig);
    rig.client.remove('jobs', 'default', made!.metadata.name, { propagationPolicy: 'Background' });
    rig.run(1000);
    expect(eventsOf(rig)).toContain(`MissingJob: Active job went missing: ${made!.metadata.name}`);
    expect(statusOf(rig).active).toBeUndefined();
  });
});
