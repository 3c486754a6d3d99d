import type {
  Deployment,
  Job,
  PodTemplate,
  ReplicaSet,
  ReplicationController,
  StoredPodTemplate,
} from '../../../api/objects';
import { humanDuration, parseTime } from '../../../api/time';
import type { TableColumns } from '../kind';
import { AGE, ageOf, labelsCell, selectorCell, TEMPLATE_COLUMNS, templateCells } from './cells';

/** Models pkg/printers/internalversion: what makes Pods from a template, and the template itself. */

export const deploymentTable: TableColumns<Deployment> = {
  columns: [
    { name: 'Ready', description: 'Number of the pod with ready state' },
    { name: 'Up-to-date', doc: 'apps.v1.DeploymentStatus.updatedReplicas' },
    { name: 'Available', doc: 'apps.v1.DeploymentStatus.availableReplicas' },
    AGE,
    ...TEMPLATE_COLUMNS,
    { name: 'Selector', priority: 1, doc: 'apps.v1.DeploymentSpec.selector' },
  ],
  cells: ({ spec, status, ...rest }, nowMs) => [
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    String(status.updatedReplicas ?? 0),
    String(status.availableReplicas ?? 0),
    ageOf(rest, nowMs),
    ...templateCells(spec.template),
    selectorCell(spec.selector),
  ],
};

export const replicaSetTable: TableColumns<ReplicaSet> = {
  columns: [
    { name: 'Desired', type: 'integer', doc: 'apps.v1.ReplicaSetSpec.replicas' },
    { name: 'Current', type: 'integer', doc: 'apps.v1.ReplicaSetStatus.replicas' },
    { name: 'Ready', type: 'integer', doc: 'apps.v1.ReplicaSetStatus.readyReplicas' },
    AGE,
    ...TEMPLATE_COLUMNS,
    { name: 'Selector', priority: 1, doc: 'apps.v1.ReplicaSetSpec.selector' },
  ],
  cells: ({ spec, status, ...rest }, nowMs) => [
    spec.replicas ?? 0,
    status.replicas ?? 0,
    status.readyReplicas ?? 0,
    ageOf(rest, nowMs),
    ...templateCells(spec.template),
    selectorCell(spec.selector),
  ],
};

export const replicationControllerTable: TableColumns<ReplicationController> = {
  columns: [
    { name: 'Desired', type: 'integer', doc: 'core.v1.ReplicationControllerSpec.replicas' },
    { name: 'Current', type: 'integer', doc: 'core.v1.ReplicationControllerStatus.replicas' },
    { name: 'Ready', type: 'integer', doc: 'core.v1.ReplicationControllerStatus.readyReplicas' },
    AGE,
    ...TEMPLATE_COLUMNS,
    { name: 'Selector', priority: 1, doc: 'core.v1.ReplicationControllerSpec.selector' },
  ],
  cells: ({ spec, status, ...rest }, nowMs) => [
    spec.replicas ?? 0,
    status.replicas ?? 0,
    status.readyReplicas ?? 0,
    ageOf(rest, nowMs),
    ...templateCells(spec.template as PodTemplate | undefined),
    labelsCell(spec.selector),
  ],
};

export const podTemplateTable: TableColumns<StoredPodTemplate> = {
  columns: [
    ...TEMPLATE_COLUMNS.map(({ priority: _priority, ...column }) => column),
    { name: 'Pod Labels', description: 'The labels for the pod template.' },
  ],
  cells: ({ template }) => [
    ...templateCells(template as PodTemplate | undefined),
    labelsCell(template?.metadata?.labels),
  ],
};

export const jobTable: TableColumns<Job> = {
  columns: [
    { name: 'Status', description: 'Status of the job.' },
    { name: 'Completions', doc: 'batch.v1.JobStatus.succeeded' },
    { name: 'Duration', description: 'Time required to complete the job.' },
    AGE,
    ...TEMPLATE_COLUMNS,
    { name: 'Selector', priority: 1, doc: 'batch.v1.JobSpec.selector' },
  ],
  cells: (job, nowMs) => [
    statusOf(job),
    completionsOf(job),
    durationOf(job, nowMs),
    ageOf(job, nowMs),
    ...templateCells(job.spec.template),
    selectorCell(job.spec.selector),
  ],
};

function statusOf(job: Job): string {
  const has = (type: string): boolean =>
    job.status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function completionsOf({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: Job, nowMs: number): string {
  if (!status.startTime) return '';
  const end = status.completionTime ? parseTime(status.completionTime) : nowMs;
  return humanDuration(end - parseTime(status.startTime));
}
