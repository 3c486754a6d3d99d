import type { Node, Pod, Taint } from '../../../api/objects';
import { unresolvable, type Plugin } from '../framework/plugin';
import { toleratesTaint } from '../../../api/taints';

const CORDONED = unresolvable('node(s) were unschedulable');
const TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const admits = (pod: Pod, node: Node): boolean =>
  !node.spec.unschedulable || toleratesTaint(pod.spec.tolerations, TAINT);

/** Refuses cordoned nodes. Models plugins/nodeunschedulable. */
export const nodeUnschedulable = (): Plugin => ({
  name: 'NodeUnschedulable',
  registrations: [
    { events: ['NodeAdd', 'NodeUpdateTaint'], hint: (pod, { after }) => admits(pod, after as Node) },
    {
      events: ['TargetPodUpdateTolerations'],
      hint: (_, { after }) => toleratesTaint((after as Pod).spec.tolerations, TAINT),
    },
  ],
  sign: ({ pod }) => JSON.stringify(pod.spec.tolerations ?? []),
  filter: ({ pod }, { node }) => (admits(pod, node) ? undefined : CORDONED),
});
