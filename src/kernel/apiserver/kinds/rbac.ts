import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../../api/objects';
import { clusterRoleBindingTable, roleBindingTable } from '../columns/rbac';
import { defaultBinding } from '../defaults/rbac';
import type { Kind } from '../kind';
import {
  bindingUpdateRules,
  validateClusterRole,
  validateClusterRoleBinding,
  validateRole,
  validateRoleBinding,
} from '../validation/rbac';

/** Models pkg/registry/rbac. They are kept and shown; the authoriser lets everybody do everything. */

export const roles: Kind<Role> = {
  resource: 'roles',
  validate: validateRole,
  validateUpdate: (next, _current, errors) => validateRole(next, errors),
};

export const clusterroles: Kind<ClusterRole> = {
  resource: 'clusterroles',
  validate: validateClusterRole,
  validateUpdate: (next, _current, errors) => validateClusterRole(next, errors),
};

export const rolebindings: Kind<RoleBinding> = {
  resource: 'rolebindings',
  table: roleBindingTable,
  defaults: defaultBinding,
  validate: validateRoleBinding,
  validateUpdate: bindingUpdateRules(validateRoleBinding),
};

export const clusterrolebindings: Kind<ClusterRoleBinding> = {
  resource: 'clusterrolebindings',
  table: clusterRoleBindingTable,
  defaults: defaultBinding,
  validate: validateClusterRoleBinding,
  validateUpdate: bindingUpdateRules(validateClusterRoleBinding),
};
