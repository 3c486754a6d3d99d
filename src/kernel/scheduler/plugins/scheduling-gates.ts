import type { Pod } from '../../../api/objects';
import { unresolvable, type Plugin } from '../framework/plugin';

/** Keeps Pods out of the queue while they have scheduling gates. Models plugins/schedulinggates. */
export const schedulingGates = (): Plugin => ({
  name: 'SchedulingGates',
  registrations: [{ events: ['TargetPodUpdateGatesEliminated'] }],
  preEnqueue(pod: Pod) {
    const gates = pod.spec.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },
});
