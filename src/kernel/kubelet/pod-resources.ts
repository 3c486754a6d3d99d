import type { Pod } from '../../api/objects';
import { onceForResources, podTotals } from '../../api/pod-resources';
import { formatQuantity } from '../../api/quantity';
import type { PodResources } from './state';

/** What a Pod's containers have together, as its status tells it. */
export const resourcesOf: (pod: Pod) => PodResources = onceForResources((pod) => {
  const requests = written(pod, 'requests');
  const limits = written(pod, 'limits');
  return Object.freeze({ ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) });
});

function written(pod: Pod, field: 'requests' | 'limits'): Record<string, string> | undefined {
  const totals = podTotals(pod, field);
  if (totals.size === 0) return undefined;
  return Object.freeze(Object.fromEntries([...totals].map(([name, quantity]) => [name, formatQuantity(quantity)])));
}
