import { equalJson } from '../../../api/json';
import type { ClusterRole, ClusterRoleBinding, LabelSelector, Role, RoleBinding } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { validateLabelSelector } from './label-selectors';
import { pathSegmentFaults, subdomainFaults } from './names';

/** Models pkg/apis/rbac/validation. */

type PolicyRule = NonNullable<Role['rules']>[number];
type Subject = NonNullable<RoleBinding['subjects']>[number];
type Binding = RoleBinding | ClusterRoleBinding;

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

export function validateRole({ rules }: Role, errors: FieldErrors): void {
  rules?.forEach((rule, index) => validatePolicyRule(rule, true, `rules[${index}]`, errors));
}

export function validateClusterRole({ rules, aggregationRule }: ClusterRole, errors: FieldErrors): void {
  rules?.forEach((rule, index) => validatePolicyRule(rule, false, `rules[${index}]`, errors));
  if (!aggregationRule) return;
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = (aggregationRule.clusterRoleSelectors ?? []) as LabelSelector[];
  if (selectors.length === 0) {
    errors.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  }
  selectors.forEach((selector, index) => validateLabelSelector(selector, `${path}[${index}]`, errors));
}

function validatePolicyRule(rule: PolicyRule, namespaced: boolean, path: string, errors: FieldErrors): void {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (!rule.verbs?.length) errors.required(`${path}.verbs`, 'verbs must contain at least one value');
  if (nonResourceURLs.length > 0) {
    const refuse = (why: string): void => errors.invalid(`${path}.nonResourceURLs`, nonResourceURLs, why);
    if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs');
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
      refuse('rules cannot apply to both regular resources and non-resource URLs');
    }
    return;
  }
  if (apiGroups.length === 0) errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
  if (resources.length === 0) errors.required(`${path}.resources`, 'resource rules must supply at least one resource');
}

export function validateRoleBinding(binding: RoleBinding, errors: FieldErrors): void {
  validateBinding(binding, true, ['Role', 'ClusterRole'], errors);
}

export function validateClusterRoleBinding(binding: ClusterRoleBinding, errors: FieldErrors): void {
  validateBinding(binding, false, ['ClusterRole'], errors);
}

function validateBinding(binding: Binding, namespaced: boolean, roles: readonly string[], errors: FieldErrors): void {
  const { apiGroup, kind, name } = binding.roleRef;
  if (apiGroup !== RBAC_GROUP) errors.notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]);
  if (!roles.includes(kind)) errors.notSupported('roleRef.kind', kind, roles);
  if (!name) errors.required('roleRef.name');
  else for (const fault of pathSegmentFaults(name)) errors.invalid('roleRef.name', name, fault);
  binding.subjects?.forEach((subject, index) => validateSubject(subject, namespaced, `subjects[${index}]`, errors));
}

function validateSubject(subject: Subject, namespaced: boolean, path: string, errors: FieldErrors): void {
  const { kind, name = '', namespace = '', apiGroup = '' } = subject;
  if (name === '') errors.required(`${path}.name`);
  if (kind === 'ServiceAccount') {
    if (name !== '') for (const fault of subdomainFaults(name)) errors.invalid(`${path}.name`, name, fault);
    if (apiGroup !== '') errors.notSupported(`${path}.apiGroup`, apiGroup, ['']);
    if (!namespaced && namespace === '') errors.required(`${path}.namespace`);
  } else if (kind === 'User' || kind === 'Group') {
    if (name === '') errors.invalid(`${path}.name`, name, `${kind.toLowerCase()} name cannot be empty`);
    if (apiGroup !== RBAC_GROUP) errors.notSupported(`${path}.apiGroup`, apiGroup, [RBAC_GROUP]);
  } else errors.notSupported(`${path}.kind`, kind, SUBJECT_KINDS);
}

/** A binding stays one to the role that it was made for. `rules` are those of a new binding of its kind. */
export function bindingUpdateRules<T extends Binding>(
  rules: { of(binding: T, errors: FieldErrors): void }['of'],
): { of(next: T, current: T, errors: FieldErrors): void }['of'] {
  return (next, current, errors) => {
    rules(next, errors);
    if (!equalJson(next.roleRef, current.roleRef)) errors.invalid('roleRef', next.roleRef, 'cannot change roleRef');
  };
}
