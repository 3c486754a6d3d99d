import { objectAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';

/** Models pkg/describe IngressClassDescriber. */
export const describeIngressClass = describerWithEvents((description, ingressClass) => {
  description.heading(ingressClass, false);
  description.labelsAndAnnotations(ingressClass);
  description.field('Controller', textAt(ingressClass, 'spec', 'controller'));
  const parameters = objectAt(ingressClass, 'spec', 'parameters');
  if (!parameters) return;
  description.line(0, 'Parameters:');
  const group = textAt(parameters, 'apiGroup');
  if (group) description.field('APIGroup', group, 1);
  description.field('Kind', textAt(parameters, 'kind'), 1);
  description.field('Name', textAt(parameters, 'name'), 1);
});
