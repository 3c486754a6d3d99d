import type { Plugin } from '../framework/plugin';
import { podInfo } from '../pod-info';

/** Higher priority first, then who has waited longer. Models plugins/queuesort. */
export const prioritySort = (): Plugin => ({
  name: 'PrioritySort',
  registrations: [],
  queueSort(first, second) {
    const one = podInfo(first.pod).priority;
    const other = podInfo(second.pod).priority;
    return one > other || (one === other && first.atMs < second.atMs);
  },
});
