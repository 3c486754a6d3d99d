import type { PodDisruptionBudget } from '../../../api/objects';
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
