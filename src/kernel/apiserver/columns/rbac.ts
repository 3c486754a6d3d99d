import type { ClusterRoleBinding, RoleBinding } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf } from './cells';

/** Models pkg/printers/internalversion printRoleBinding and printClusterRoleBinding. */

type Binding = RoleBinding | ClusterRoleBinding;

const SUBJECT_COLUMNS: readonly (readonly [column: string, kind: string])[] = [
  ['Users', 'User'],
  ['Groups', 'Group'],
  ['ServiceAccounts', 'ServiceAccount'],
];

/** `place` is how descriptions call the kind. */
function bindingTable<T extends Binding>(place: string, doc: string): TableColumns<T> {
  return {
    columns: [
      { name: 'Role', doc },
      AGE,
      ...SUBJECT_COLUMNS.map(([name]) => ({ name, priority: 1, description: `${name} in the ${place}` })),
    ],
    cells: (binding, nowMs) => [
      `${binding.roleRef.kind}/${binding.roleRef.name}`,
      ageOf(binding, nowMs),
      ...SUBJECT_COLUMNS.map(([, kind]) => subjectsOf(binding, kind)),
    ],
  };
}

function subjectsOf({ subjects = [] }: Binding, kind: string): string {
  const named = subjects.filter((subject) => subject.kind === kind);
  const texts = named.map(({ name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name));
  return texts.join(', ');
}

export const roleBindingTable = bindingTable<RoleBinding>('roleBinding', 'rbac.v1.RoleBinding.roleRef');
export const clusterRoleBindingTable = bindingTable<ClusterRoleBinding>(
  'clusterRoleBinding',
  'rbac.v1.ClusterRoleBinding.roleRef',
);
