import type { Pod, PodCondition, PodStatus } from '../../api/objects';

/**
 * The Pod with a condition set; the same object where it says so already. The transition time moves only with the
 * status. Models pkg/api/v1/pod UpdatePodCondition.
 */
export function withCondition(pod: Pod, condition: Omit<PodCondition, 'lastTransitionTime'>, now: string): Pod {
  const conditions = pod.status.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  const generation = pod.metadata.generation;
  const next: PodCondition = {
    ...condition,
    ...(generation ? { observedGeneration: generation } : {}),
    lastProbeTime: null as never,
    lastTransitionTime: (old?.status === condition.status && old.lastTransitionTime) || now,
  };
  const same = old && old.status === next.status && old.reason === next.reason && old.message === next.message;
  if (same && old.observedGeneration === next.observedGeneration) return pod;
  const others = old ? conditions.map((one) => (one === old ? next : one)) : [...conditions, next];
  return { ...pod, status: { ...pod.status, conditions: others } };
}

/** The Pod with a nominated node; '' clears it. */
export function withNomination(pod: Pod, node: string): Pod {
  if ((pod.status.nominatedNodeName ?? '') === node) return pod;
  const { nominatedNodeName: _, ...rest } = pod.status;
  const status: PodStatus = node ? { ...rest, nominatedNodeName: node } : rest;
  return { ...pod, status };
}
