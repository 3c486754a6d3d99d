import type { ReplicaSet } from '../../api/objects';
import type { ApiError } from '../../api/status';
import { formatTime } from '../../api/time';
import type { Tally } from './replicaset-tally';

type Status = ReplicaSet['status'];
type Condition = NonNullable<Status['conditions']>[number];

/**
 * The status a ReplicaSet should show; `available` of its Pods have been ready for long enough. Models
 * pkg/controller/replicaset/replica_set_utils.go calculateStatus.
 */
export function replicaSetStatus(
  set: ReplicaSet,
  tally: Tally,
  available: number,
  failure: ApiError | undefined,
  epochNowMs: number,
): Status {
  const { active, labeled, ready, terminating } = tally;
  const conditions = conditionsAfter(set, active, failure, epochNowMs);
  return {
    replicas: active,
    ...(labeled > 0 ? { fullyLabeledReplicas: labeled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    terminatingReplicas: terminating,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** `ReplicaFailure` comes with the first failure, keeps its words, and goes when nothing fails. */
function conditionsAfter(
  set: ReplicaSet,
  activeCount: number,
  failure: ApiError | undefined,
  epochNowMs: number,
): Condition[] {
  const conditions = set.status?.conditions ?? [];
  const known = conditions.find((condition) => condition.type === 'ReplicaFailure');
  if (!failure) return known ? conditions.filter((condition) => condition !== known) : conditions;
  if (known) return conditions;
  const reason = activeCount < (set.spec.replicas ?? 0) ? 'FailedCreate' : 'FailedDelete';
  const lastTransitionTime = formatTime(epochNowMs);
  return [
    ...conditions,
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime, reason, message: failure.message },
  ];
}
