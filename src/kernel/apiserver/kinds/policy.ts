import type { PodDisruptionBudget } from '../../../api/objects';
import { disruptionBudgetTable } from '../columns/policy';
import type { Kind } from '../kind';
import { validateDisruptionBudget, validateDisruptionBudgetStatus } from '../validation/policy';

/** Models pkg/registry/policy/poddisruptionbudget strategy.go. */
export const poddisruptionbudgets: Kind<PodDisruptionBudget> = {
  resource: 'poddisruptionbudgets',
  table: disruptionBudgetTable,
  generation: true,
  needsRevision: true,
  validate: validateDisruptionBudget,
  validateUpdate: (next, _current, errors) => validateDisruptionBudget(next, errors),
  validateStatus: validateDisruptionBudgetStatus,
};
