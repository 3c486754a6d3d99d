import type { Job, PodTemplate } from '../../../api/objects';

const PREFIX = 'batch.kubernetes.io/';

/** Models generateSelector of pkg/registry/batch/job: the Job's uid becomes selector and label of its Pods. */
export function generatedJob(job: Job): Job {
  if (job.spec.manualSelector === true) return job;
  const { uid, name } = job.metadata;
  const { template } = job.spec;
  const labels = { ...template.metadata?.labels };
  for (const [key, value] of [
    ['controller-uid', uid],
    ['job-name', name],
  ] as const) {
    labels[key] ??= value;
    labels[PREFIX + key] ??= value;
  }
  const labelled = { ...template, metadata: { ...template.metadata, labels } } as PodTemplate;
  const matchLabels = { ...job.spec.selector?.matchLabels };
  matchLabels[`${PREFIX}controller-uid`] ??= uid;
  return { ...job, spec: { ...job.spec, template: labelled, selector: { ...job.spec.selector, matchLabels } } };
}
