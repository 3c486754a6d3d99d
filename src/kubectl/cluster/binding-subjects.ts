import { CliError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { array } from '../flags/flags';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';

/** Whom a role is bound to. */
export const SUBJECT_FLAGS: FlagSpec[] = [
  array('user', 'A user to bind to the role; may be repeated.'),
  array('group', 'A group to bind to the role; may be repeated.'),
  array('serviceaccount', 'A service account to bind to the role, as NAMESPACE:NAME; may be repeated.'),
];

const RBAC_GROUP = 'rbac.authorization.k8s.io';

export function subjectsOf({ flags }: Session): JsonObject[] {
  const named = (kind: string, flag: string): JsonObject[] =>
    flags.list(flag).map((name) => ({ kind, apiGroup: RBAC_GROUP, name }));
  const accounts = flags.list('serviceaccount').map((account): JsonObject => {
    const parts = account.split(':');
    const [namespace = '', name = ''] = parts;
    if (parts.length !== 2 || namespace === '' || name === '')
      throw new CliError('serviceaccount must be <namespace>:<name>');
    return { kind: 'ServiceAccount', name, namespace };
  });
  return [...named('User', 'user'), ...named('Group', 'group'), ...accounts];
}

/** The binding of a role, without its namespace. */
export function bindingOf(
  kind: string,
  name: string,
  roleKind: string,
  role: string,
  subjects: JsonObject[],
): JsonObject {
  return {
    kind,
    apiVersion: `${RBAC_GROUP}/v1`,
    metadata: { name },
    ...(subjects.length > 0 ? { subjects } : {}),
    roleRef: { apiGroup: RBAC_GROUP, kind: roleKind, name: role },
  };
}
