import { at, numberAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import { labelsLine } from './description';

/** Models pkg/describe PriorityClassDescriber. */
export const describePriorityClass = describerWithEvents((description, priority) => {
  description.heading(priority, false);
  description.field('Value', numberAt(priority, 'value') ?? 0);
  description.field('GlobalDefault', at(priority, 'globalDefault') === true);
  description.field('PreemptionPolicy', textAt(priority, 'preemptionPolicy'));
  description.field('Description', textAt(priority, 'description'));
  description.field('Annotations', labelsLine(at(priority, 'metadata', 'annotations')));
});
