import { at } from '../format/json';
import { describerWithEvents } from './describer';
import { valueText } from './description';
import { formatSelector } from './pod-parts';
import { count } from './workload';

/** Models pkg/describe PodDisruptionBudgetDescriber. */
export const describePodDisruptionBudget = describerWithEvents((description, budget) => {
  description.heading(budget, true);
  const minimum = at(budget, 'spec', 'minAvailable');
  const maximum = at(budget, 'spec', 'maxUnavailable');
  if (minimum !== undefined) description.field('Min available', valueText(minimum));
  else if (maximum !== undefined) description.field('Max unavailable', valueText(maximum));
  const selector = at(budget, 'spec', 'selector');
  description.field('Selector', selector === undefined ? '<unset>' : formatSelector(selector));
  description.line(0, 'Status:');
  description.field('Allowed disruptions', count(budget, 'status', 'disruptionsAllowed'), 2);
  description.field('Current', count(budget, 'status', 'currentHealthy'), 2);
  description.field('Desired', count(budget, 'status', 'desiredHealthy'), 2);
  description.field('Total', count(budget, 'status', 'expectedPods'), 2);
});
