import type { PodDisruptionBudget, ResourceQuota } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf } from './cells';

const NOT_SAID = 'N/A';

/** Models pkg/printers/internalversion printPodDisruptionBudget. */
export const disruptionBudgetTable: TableColumns<PodDisruptionBudget> = {
  columns: [
    { name: 'Min Available', description: 'The minimum number of pods that must be available.' },
    { name: 'Max Unavailable', description: 'The maximum number of pods that may be unavailable.' },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'Calculated number of pods that may be disrupted at this time.',
    },
    AGE,
  ],
  cells: (budget, nowMs) => [
    String(budget.spec.minAvailable ?? NOT_SAID),
    String(budget.spec.maxUnavailable ?? NOT_SAID),
    budget.status.disruptionsAllowed ?? 0,
    ageOf(budget, nowMs),
  ],
};

/** Models printResourceQuota: what is counted, requests and limits apart. */
export const quotaTable: TableColumns<ResourceQuota> = {
  columns: [
    {
      name: 'Request',
      description: 'Request represents a minimum amount of cpu/memory that a container may consume.',
    },
    {
      name: 'Limit',
      description:
        'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
    },
    AGE,
  ],
  cells: (quota, nowMs) => {
    const { hard = {}, used = {} } = quota.status;
    const shown = Object.keys(hard)
      .sort()
      .map((name) => `${name}: ${used[name] ?? 0}/${hard[name]}`);
    const isLimit = (text: string): boolean => text.startsWith('limits.');
    return [shown.filter((text) => !isLimit(text)).join(', '), shown.filter(isLimit).join(', '), ageOf(quota, nowMs)];
  },
};
