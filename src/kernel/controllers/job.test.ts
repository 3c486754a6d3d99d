import { describe, expect, it } from 'vitest';
import type { Job, Pod } from '../../api/objects';
import { job, newRig } from './controllers.rig';

type Rig = ReturnType<typeof newRig>;

const conditionsOf = (subject: Job): string[] =>
  (subject.status.conditions ?? []).filter((one) => one.status === 'True').map((one) => `${one.type} ${one.reason}`);

const isFinished = (rig: Rig, name: string) => (): boolean =>
  conditionsOf(rig.get('jobs', name)!).some((one) => /^(Complete|Failed) /.test(one));

const seconds = (time: string): number => Date.parse(time) / 1000;

const birthsOf = (rig: Rig): number[] => {
  const births = rig.pods().map((pod) => seconds(pod.metadata.creationTimestamp));
  return births.map((birth) => birth - births[0]!);
};

const indexOf = (pod: Pod): string | undefined => pod.metadata.labels?.['batch.kubernetes.io/job-completion-index'];

describe('job-controller', () => {
  it('runs to completion with conditions in pairs', () => {
    const rig = newRig();
    rig.life.runMs = 3000;
    rig.create('jobs', job('train'));
    rig.run(2500);
    expect(rig.get('jobs', 'train')!.status).toMatchObject({
      active: 1,
      ready: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    rig.until(isFinished(rig, 'train'));
    const { status } = rig.get('jobs', 'train')!;
    expect(conditionsOf(rig.get('jobs', 'train')!)).toEqual([
      'SuccessCriteriaMet CompletionsReached',
      'Complete CompletionsReached',
    ]);
    expect(status).toMatchObject({ succeeded: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    expect(status.active).toBeUndefined();
    expect(status.completionTime).toBeDefined();
    expect(rig.pods()[0]!.metadata.finalizers).toBeUndefined();
    expect(rig.events('Job', 'train')).toEqual([
      `SuccessfulCreate: Created pod: ${rig.pods()[0]!.metadata.name}`,
      'Completed: Job completed',
    ]);
  });

  it('keeps parallelism until the completions are reached', () => {
    const rig = newRig();
    rig.life.runMs = 2000;
    rig.create('jobs', job('train', { parallelism: 2, completions: 5 }));
    let most = 0;
    rig.until(() => {
      most = Math.max(most, rig.pods().filter((pod) => pod.status.phase === 'Running').length);
      return isFinished(rig, 'train')();
    });
    expect(most).toBe(2);
    expect(rig.pods()).toHaveLength(5);
    expect(rig.get('jobs', 'train')!.status.succeeded).toBe(5);
  });

  it('waits 10, 20, 40 seconds between failures and ends at the back-off limit', () => {
    const rig = newRig();
    Object.assign(rig.life, { runMs: 1000, exitCode: 1 });
    rig.create('jobs', job('train', { backoffLimit: 3 }));
    rig.until(isFinished(rig, 'train'));
    expect(conditionsOf(rig.get('jobs', 'train')!)).toEqual([
      'FailureTarget BackoffLimitExceeded',
      'Failed BackoffLimitExceeded',
    ]);
    expect(rig.get('jobs', 'train')!.status.failed).toBe(4);
    const gaps = birthsOf(rig)
      .map((birth, index, all) => birth - (all[index - 1] ?? 0))
      .slice(1);
    expect(gaps).toEqual([12, 22, 42]);
    expect(rig.events('Job', 'train').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  it('gives each index its Pod, its label and its own limit', () => {
    const rig = newRig();
    rig.life.runMs = Infinity;
    const spec = { completions: 3, parallelism: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 };
    rig.create('jobs', job('ddp', spec));
    rig.run(1500);
    expect(rig.pods().map(indexOf)).toEqual(['0', '1', '2']);
    expect(rig.pods().map((pod) => pod.spec.hostname)).toEqual(['ddp-0', 'ddp-1', 'ddp-2']);
    for (const pod of rig.pods()) {
      rig.setPod(pod.metadata.name, () => ({ phase: indexOf(pod) === '1' ? 'Failed' : 'Succeeded' }));
    }
    rig.until(() => rig.pods().length === 4);
    rig.run(1500);
    const second = rig.pods()[3]!;
    expect(indexOf(second)).toBe('1');
    expect(second.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('1');
    rig.setPod(second.metadata.name, () => ({ phase: 'Failed' }));
    rig.until(isFinished(rig, 'ddp'));
    const { status } = rig.get('jobs', 'ddp')!;
    expect(status).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1', succeeded: 2, failed: 2 });
    expect(conditionsOf(rig.get('jobs', 'ddp')!)).toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes']);
  });

  it('ends by its success policy and takes the others away', () => {
    const rig = newRig();
    const successPolicy = { rules: [{ succeededIndexes: '0' }] };
    rig.create('jobs', job('ddp', { completions: 3, parallelism: 3, completionMode: 'Indexed', successPolicy }));
    rig.run(1500);
    rig.setPod(rig.pods()[0]!.metadata.name, () => ({ phase: 'Succeeded' }));
    rig.until(isFinished(rig, 'ddp'));
    expect(conditionsOf(rig.get('jobs', 'ddp')!)).toEqual([
      'SuccessCriteriaMet SuccessPolicy',
      'Complete SuccessPolicy',
    ]);
    expect(rig.get('jobs', 'ddp')!.status).toMatchObject({ succeeded: 1, completedIndexes: '0', terminating: 0 });
    expect(rig.pods()).toHaveLength(1);
  });

  it('fails at once where a rule of its pod failure policy says so', () => {
    const rig = newRig();
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }];
    Object.assign(rig.life, { runMs: 1000, exitCode: 42 });
    rig.create('jobs', job('train', { podFailurePolicy: { rules } }));
    rig.until(isFinished(rig, 'train'));
    const failed = rig.get('jobs', 'train')!.status.conditions?.at(-1);
    const name = rig.pods()[0]!.metadata.name;
    expect(failed).toMatchObject({
      type: 'Failed',
      reason: 'PodFailurePolicy',
      message: `Container main for pod default/${name} failed with exit code 42 matching FailJob rule at index 0`,
    });
  });

  it('is suspended and resumed', () => {
    const rig = newRig();
    rig.create('jobs', job('train', { suspend: false, parallelism: 2, completions: 2 }));
    const suspend = (value: boolean): void =>
      void rig.client.patch('jobs', 'default', 'train', (one) => ({ ...one, spec: { ...one.spec, suspend: value } }));
    rig.run(3000);
    suspend(true);
    rig.until(() => rig.pods().length === 0);
    rig.run(2500);
    const suspended = rig.get('jobs', 'train')!.status;
    expect(suspended.startTime).toBeUndefined();
    expect(suspended.failed).toBeUndefined();
    expect(conditionsOf(rig.get('jobs', 'train')!)).toEqual(['Suspended JobSuspended']);
    suspend(false);
    rig.until(() => rig.get('jobs', 'train')!.status.ready === 2);
    expect(rig.get('jobs', 'train')!.status.conditions).toMatchObject([
      { type: 'Suspended', status: 'False', reason: 'JobResumed' },
    ]);
    const reasons = rig.events('Job', 'train').map((event) => event.split(':')[0]);
    expect(reasons).toEqual([
      ...['SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulDelete', 'SuccessfulDelete', 'Suspended'],
      ...['SuccessfulCreate', 'SuccessfulCreate', 'Resumed'],
    ]);
  });

  it('replaces a Pod that was deleted by hand ten seconds later and counts it as failed', () => {
    const rig = newRig();
    rig.life.stopMs = 5000;
    rig.create('jobs', job('train'));
    rig.run(3000);
    const [pod] = rig.pods();
    rig.client.remove('pods', 'default', pod!.metadata.name);
    rig.run(1500);
    expect(rig.get('jobs', 'train')!.status).toMatchObject({ failed: 1, terminating: 1 });
    const took = rig.until(() => rig.pods().some((one) => one.metadata.uid !== pod!.metadata.uid));
    expect(took).toBeGreaterThan(8);
    expect(took).toBeLessThan(10.5);
  });

  it('fails after its deadline and is deleted after its time to live', () => {
    const rig = newRig();
    rig.create('jobs', job('train', { activeDeadlineSeconds: 8, ttlSecondsAfterFinished: 6 }));
    const took = rig.until(isFinished(rig, 'train'));
    expect(took).toBeGreaterThan(8);
    expect(took).toBeLessThan(11);
    expect(conditionsOf(rig.get('jobs', 'train')!)).toEqual([
      'FailureTarget DeadlineExceeded',
      'Failed DeadlineExceeded',
    ]);
    const gone = rig.until(() => rig.get('jobs', 'train') === undefined);
    expect(gone).toBeGreaterThan(5);
    expect(gone).toBeLessThan(9);
    expect(rig.pods()).toEqual([]);
  });
});
