import { policyRows } from '../cluster/policy-rules';
import { listAt } from '../format/json';
import { describerWithoutEvents } from './describer';

/** Models pkg/describe RoleDescriber and ClusterRoleDescriber. */
export const describeRole = describerWithoutEvents((description, role) => {
  description.heading(role, false);
  description.labelsAndAnnotations(role);
  description.line(0, 'PolicyRule:');
  description.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  description.line(1, '---------\t-----------------\t--------------\t-----');
  for (const row of policyRows(listAt(role, 'rules'))) description.line(1, row.join('\t'));
});
