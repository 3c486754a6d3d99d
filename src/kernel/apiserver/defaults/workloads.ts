import type { CronJob, Deployment, Job, PodTemplate, ReplicaSet } from '../../../api/objects';
import { each, fill, within } from './fill';
import { defaultPodSpec } from './pod-spec';

/** The defaults of what carries a Pod template. Models pkg/apis/apps/v1 and pkg/apis/batch/v1 defaults.go. */

/** Models the generated SetObjectDefaults for a PodTemplateSpec. */
export function defaultTemplate(template: PodTemplate): PodTemplate {
  return within(fill(template, { metadata: {} }), 'spec', (spec) =>
    defaultPodSpec(spec as Parameters<typeof defaultPodSpec>[0]),
  );
}

export function defaultDeployment(deployment: Deployment): Deployment {
  return within(deployment, 'spec', (spec) => {
    const next = fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} });
    return within(within(next, 'strategy', defaultStrategy), 'template', defaultTemplate);
  });
}

type Strategy = NonNullable<Deployment['spec']['strategy']>;

function defaultStrategy(strategy: Strategy): Strategy {
  const next = fill(strategy, { type: 'RollingUpdate' });
  if (next.type !== 'RollingUpdate') return next;
  return within(fill(next, { rollingUpdate: {} }), 'rollingUpdate', (rolling) =>
    fill(rolling, { maxUnavailable: '25%', maxSurge: '25%' }),
  );
}

export function defaultReplicaSet(replicaSet: ReplicaSet): ReplicaSet {
  return within(replicaSet, 'spec', (spec) => within(fill(spec, { replicas: 1 }), 'template', defaultTemplate));
}

/** A Job without labels takes those of its template. */
function withTemplateLabels(job: Job): Job {
  const labels = job.spec?.template?.metadata?.labels;
  if (!labels || Object.keys(labels).length === 0) return job;
  return { ...job, metadata: { ...job.metadata, labels } };
}

const NO_LIMIT = 2 ** 31 - 1;

export function defaultJob(job: Job): Job {
  const next = within(job, 'spec', (spec) => {
    const alone = spec.completions === undefined && spec.parallelism === undefined;
    const counted = fill(spec, alone ? { completions: 1, parallelism: 1 } : { parallelism: 1 });
    const filled = fill(counted, {
      backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : NO_LIMIT,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed',
    });
    return within(within(filled, 'podFailurePolicy', defaultFailurePolicy), 'template', defaultTemplate);
  });
  return next.metadata.labels ? next : withTemplateLabels(next);
}

type FailurePolicy = NonNullable<Job['spec']['podFailurePolicy']>;

function defaultFailurePolicy(policy: FailurePolicy): FailurePolicy {
  return within(policy, 'rules', (rules) =>
    each(rules, (rule) =>
      within(rule, 'onPodConditions', (conditions) =>
        each(conditions, (condition) => (condition.status ? condition : { ...condition, status: 'True' })),
      ),
    ),
  );
}

type JobTemplate = CronJob['spec']['jobTemplate'];

/** Models SetDefaults_CronJob; the template's Pods get their defaults here, the Job itself its own when it is made. */
export function defaultCronJob(cronJob: CronJob): CronJob {
  return within(cronJob, 'spec', (spec) => {
    const filled = fill(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    return within(filled, 'jobTemplate', defaultJobTemplate);
  });
}

function defaultJobTemplate(jobTemplate: JobTemplate): JobTemplate {
  return within(jobTemplate, 'spec', (spec) =>
    within(within(spec, 'podFailurePolicy', defaultFailurePolicy), 'template', defaultTemplate),
  );
}
