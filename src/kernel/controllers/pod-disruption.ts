import type { Pod, PodCondition } from '../../api/objects';

/** The Pod with `DisruptionTarget`: why it is taken away. `time` is now. */
export function withDisruption(pod: Pod, reason: string, message: string, time: string): Pod {
  const others = (pod.status.conditions ?? []).filter((condition) => condition.type !== 'DisruptionTarget');
  const { generation } = pod.metadata;
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    reason,
    message,
    lastTransitionTime: time,
  };
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
