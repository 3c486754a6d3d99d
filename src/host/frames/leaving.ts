import { conditionOf } from '../../api/conditions';
import type { Pod } from '../../api/objects';
import type { FrameSource } from './source';

/** What is said of who puts a Pod out, by the reason of its condition DisruptionTarget. */
const WORDS: Record<string, string> = {
  PreemptionByScheduler: 'made room for another Pod',
  DeletionByTaintManager: 'put out by a taint',
  EvictionByEvictionAPI: 'evicted on request',
  DeletionByPodGC: 'its node is gone',
  TerminationByKubelet: 'evicted by its kubelet',
};

/** The reason for which somebody puts a Pod out; empty while nobody does. */
export function leavingReason(pod: Pod): string {
  const target = conditionOf(pod, 'DisruptionTarget');
  return target?.status === 'True' ? (target.reason ?? '') : '';
}

/** The same in Podium's words, with the name of the Pod that is to have its place. */
export function leavingWords(pod: Pod, source: Pick<FrameSource, 'store' | 'scheduler'>): string {
  const reason = leavingReason(pod);
  if (reason === '') return '';
  const heir = reason === 'PreemptionByScheduler' ? heirOf(pod, source) : undefined;
  return heir ? `made room for ${heir}` : (WORDS[reason] ?? reason);
}

/** The Pod for which the scheduler decided to put this one out: of its newest attempt, or nominated to the node. */
function heirOf(pod: Pod, { store, scheduler }: Pick<FrameSource, 'store' | 'scheduler'>): string | undefined {
  const { namespace = '', name } = pod.metadata;
  const latest = scheduler.latest();
  if (latest?.preemption?.victims.includes(`${namespace}/${name}`)) return latest.name;
  for (const [, other] of store.all('pods')) {
    const { metadata, status } = other as Pod;
    if (status.nominatedNodeName === pod.spec.nodeName) return metadata.name;
  }
  return undefined;
}
