import { listAt, textAt } from '../format/json';
import { describerWithoutEvents } from './describer';

/** Models pkg/describe RoleBindingDescriber and ClusterRoleBindingDescriber. */
export const describeRoleBinding = describerWithoutEvents((description, binding) => {
  description.heading(binding, false);
  description.labelsAndAnnotations(binding);
  description.line(0, 'Role:');
  description.field('Kind', textAt(binding, 'roleRef', 'kind'), 1);
  description.field('Name', textAt(binding, 'roleRef', 'name'), 1);
  description.line(0, 'Subjects:');
  description.line(1, 'Kind\tName\tNamespace');
  description.line(1, '----\t----\t---------');
  for (const subject of listAt(binding, 'subjects')) {
    description.line(1, ['kind', 'name', 'namespace'].map((field) => textAt(subject, field)).join('\t'));
  }
});
