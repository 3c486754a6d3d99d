import type { ClusterRoleBinding, RoleBinding } from '../../../api/objects';
import { each, within } from './fill';

type Subject = NonNullable<RoleBinding['subjects']>[number];

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const GROUPS: Readonly<Record<string, string>> = { User: RBAC_GROUP, Group: RBAC_GROUP };

/** Models pkg/apis/rbac/v1 defaults.go: the group of a role, and of users and groups, need not be said. */
export function defaultBinding<T extends RoleBinding | ClusterRoleBinding>(binding: T): T {
  const { roleRef, subjects } = binding;
  const role =
    roleRef?.apiGroup === '' || roleRef?.apiGroup === undefined ? { ...roleRef, apiGroup: RBAC_GROUP } : roleRef;
  const named = within({ subjects }, 'subjects', (list) => each(list, defaultSubject)).subjects;
  if (role === roleRef && named === subjects) return binding;
  return { ...binding, roleRef: role, ...(named ? { subjects: named } : {}) };
}

function defaultSubject(subject: Subject): Subject {
  if (subject.apiGroup) return subject;
  const apiGroup = GROUPS[subject.kind];
  return apiGroup === undefined ? subject : { ...subject, apiGroup };
}
