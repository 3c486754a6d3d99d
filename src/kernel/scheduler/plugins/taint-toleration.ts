import type { Node, Pod, Toleration } from '../../../api/objects';
import { unresolvable, type Plugin } from '../framework/plugin';
import { normalize } from '../normalize';
import { toleratesTaint, untoleratedTaint } from '../../../api/taints';

const UNTOLERATED = unresolvable('node(s) had untolerated taint(s)');

/** Refuses nodes with untolerated taints; prefers few untolerated PreferNoSchedule ones. Models plugins/tainttoleration. */
export const taintToleration = (): Plugin<unknown, readonly Toleration[]> => ({
  name: 'TaintToleration',
  registrations: [
    {
      events: ['NodeAdd', 'NodeUpdateTaint'],
      hint: (pod, { after }) => !untoleratedTaint((after as Node).spec.taints, pod.spec.tolerations),
    },
    {
      events: ['TargetPodUpdateTolerations'],
      hint: (pod, { after }) => (after as Pod).metadata.uid === pod.metadata.uid,
    },
  ],
  sign: ({ pod }) => JSON.stringify(pod.spec.tolerations ?? []),
  filter({ pod }, { node }) {
    const { taints } = node.spec;
    return taints && untoleratedTaint(taints, pod.spec.tolerations) ? UNTOLERATED : undefined;
  },
  preScore: ({ pod }) => (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule'),
  score(_, { node }, tolerations) {
    const { taints } = node.spec;
    if (!taints) return 0;
    return taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, taint)).length;
  },
  normalizeScore: (_, __, scores) => normalize(scores, true),
});
