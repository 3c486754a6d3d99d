import type { Deployment, ReplicaSet } from '../../api/objects';
import { formatTime, parseTime } from '../../api/time';
import {
  availableOfAll,
  maxUnavailable,
  members,
  ownedByAll,
  wantedByAll,
  wantedReplicas,
  type Family,
} from './deployment-replicas';

export type DeploymentStatus = Deployment['status'];
type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number];

const NO_DEADLINE = 2_147_483_647;

export function conditionOf(status: DeploymentStatus | undefined, type: string): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** A condition that changes now. `epochNowMs` is milliseconds since the Unix epoch. */
export function newCondition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  epochNowMs: number,
): DeploymentCondition {
  const now = formatTime(epochNowMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** The status with a condition; one with the same status and reason stays as it is. Models SetDeploymentCondition. */
export function withCondition(status: DeploymentStatus, condition: DeploymentCondition): DeploymentStatus {
  const known = conditionOf(status, condition.type);
  if (known?.status === condition.status && known.reason === condition.reason) return status;
  const lastTransitionTime =
    known?.status === condition.status ? known.lastTransitionTime : condition.lastTransitionTime;
  const changed = { ...condition, ...(lastTransitionTime ? { lastTransitionTime } : {}) };
  return { ...status, conditions: [...others(status, condition.type), changed] };
}

function withoutCondition(status: DeploymentStatus, type: string): DeploymentStatus {
  if (!conditionOf(status, type)) return status;
  const rest = others(status, type);
  const { conditions: _, ...bare } = status;
  return rest.length > 0 ? { conditions: rest, ...bare } : bare;
}

const others = (status: DeploymentStatus, type: string): DeploymentCondition[] =>
  (status.conditions ?? []).filter((condition) => condition.type !== type);

export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

const count = (name: keyof DeploymentStatus, value: number): DeploymentStatus => (value > 0 ? { [name]: value } : {});

/** Counts and the `Available` condition. Models pkg/controller/deployment/sync.go calculateStatus. */
export function deploymentStatus(deployment: Deployment, family: Family, epochNowMs: number): DeploymentStatus {
  const sets = members(family);
  const available = availableOfAll(sets);
  const { collisionCount, conditions } = deployment.status ?? {};
  const status: DeploymentStatus = {
    terminatingReplicas: sum(sets, (set) => set.status?.terminatingReplicas),
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...count('replicas', ownedByAll(sets)),
    ...count('updatedReplicas', family.latest?.status?.replicas ?? 0),
    ...count(
      'readyReplicas',
      sum(sets, (set) => set.status?.readyReplicas),
    ),
    ...count('availableReplicas', available),
    ...count('unavailableReplicas', wantedByAll(sets) - available),
    ...(conditions ? { conditions } : {}),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
  const enough = available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  return withCondition(
    status,
    enough
      ? newCondition(
          'Available',
          'True',
          'MinimumReplicasAvailable',
          'Deployment has minimum availability.',
          epochNowMs,
        )
      : newCondition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
          epochNowMs,
        ),
  );
}

const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (of(set) ?? 0), 0);

/** Whether all replicas are new and available. Models DeploymentComplete. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** Whether counts got better since the last status. Models DeploymentProgressing. */
function isProgressing(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** Whether nothing has moved for `progressDeadlineSeconds`. Models DeploymentTimedOut. */
function isTimedOut(deployment: Deployment, status: DeploymentStatus, epochNowMs: number): boolean {
  const condition = conditionOf(status, 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  return deadlineMs(deployment, condition) < epochNowMs;
}

/** When the Deployment is late, in milliseconds since the Unix epoch. */
export function deadlineMs(deployment: Deployment, progressing: DeploymentCondition): number {
  return parseTime(progressing.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}

/** Adds what the roll-out is doing to a status. Models pkg/controller/deployment/progress.go syncRolloutStatus. */
export function withProgress(
  deployment: Deployment,
  family: Family,
  counted: DeploymentStatus,
  epochNowMs: number,
): DeploymentStatus {
  const status = hasProgressDeadline(deployment) ? counted : withoutCondition(counted, 'Progressing');
  const progressed = progressOf(deployment, family, status, epochNowMs);
  const failure = [family.latest, ...members(family)].flatMap(
    (set) => set?.status?.conditions?.filter((condition) => condition.type === 'ReplicaFailure') ?? [],
  )[0];
  if (!failure) return withoutCondition(progressed, 'ReplicaFailure');
  const { reason = '', message = '' } = failure;
  const word = failure.status as 'True' | 'False';
  return withCondition(progressed, newCondition('ReplicaFailure', word, reason, message, epochNowMs));
}

function progressOf(
  deployment: Deployment,
  family: Family,
  status: DeploymentStatus,
  epochNowMs: number,
): DeploymentStatus {
  const current = conditionOf(deployment.status, 'Progressing');
  const settled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (!hasProgressDeadline(deployment) || settled) return status;
  const subject = family.latest
    ? `ReplicaSet "${family.latest.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  const condition = (word: 'True' | 'False', reason: string, what: string): DeploymentCondition =>
    newCondition('Progressing', word, reason, `${subject} ${what}`, epochNowMs);
  if (isComplete(deployment, status)) {
    return withCondition(status, condition('True', 'NewReplicaSetAvailable', 'has successfully progressed.'));
  }
  if (isProgressing(deployment.status ?? {}, status)) {
    const moved = condition('True', 'ReplicaSetUpdated', 'is progressing.');
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    const dated = since ? { ...moved, lastTransitionTime: since } : moved;
    return withCondition(withoutCondition(status, 'Progressing'), dated);
  }
  if (isTimedOut(deployment, status, epochNowMs)) {
    return withCondition(status, condition('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'));
  }
  return status;
}
