import type { Plugin } from '../framework/plugin';

/** Higher priority first, then who has waited longer. Models plugins/queuesort. */
export const prioritySort = (): Plugin => ({
  name: 'PrioritySort',
  registrations: [],
  queueSort(first, second) {
    const one = first.pod.spec.priority ?? 0;
    const other = second.pod.spec.priority ?? 0;
    return one > other || (one === other && first.atMs < second.atMs);
  },
});
