import type { Deployment, Job, ReplicaSet } from '../../../api/objects';
import { defaultDeployment, defaultJob, defaultReplicaSet } from '../defaults/workloads';
import { deploymentTable, jobTable, replicaSetTable } from '../columns/workloads';
import type { Kind } from '../kind';
import { generatedJob } from './job-selector';
import { workloadWarnings } from '../validation/pod-warnings';
import { validateJob, validateJobStatus, validateJobUpdate } from '../validation/job';
import {
  validateDeployment,
  validateDeploymentStatus,
  validateDeploymentUpdate,
  validateReplicaSet,
  validateReplicaSetStatus,
  validateReplicaSetUpdate,
} from '../validation/workloads';

/** Models pkg/registry/apps/deployment strategy.go. */
export const deployments: Kind<Deployment> = {
  resource: 'deployments',
  table: deploymentTable,
  warnings: workloadWarnings(true),
  generation: true,
  statusKeepsLabels: true,
  defaults: defaultDeployment,
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatus: validateDeploymentStatus,
};

/** Models pkg/registry/apps/replicaset strategy.go. */
export const replicasets: Kind<ReplicaSet> = {
  resource: 'replicasets',
  table: replicaSetTable,
  warnings: workloadWarnings(true),
  generation: true,
  selectableFields: { 'status.replicas': (replicaSet) => String(replicaSet.status.replicas ?? 0) },
  defaults: defaultReplicaSet,
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatus: validateReplicaSetStatus,
};

/** Models pkg/registry/batch/job strategy.go. */
export const jobs: Kind<Job> = {
  resource: 'jobs',
  table: jobTable,
  warnings: workloadWarnings(true),
  generation: true,
  orphansDependents: true,
  selectableFields: { 'status.successful': (job) => String(job.status.succeeded ?? 0) },
  defaults: defaultJob,
  prepareCreate: generatedJob,
  /** Its template has just got the labels that the Job itself takes when it is read. */
  readBack: defaultJob,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatus: validateJobStatus,
};
