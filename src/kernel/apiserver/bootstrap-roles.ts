import type { DraftObject, Json } from '../../api/objects';
import { freezeDeep } from '../../base/state';
import table from './bootstrap-roles.json';
import type { TypedClient } from './typed-client';

/**
 * Models plugin/pkg/auth/authorizer/rbac/bootstrappolicy: the roles that every cluster has, and who has them. A rule is a
 * line: verbs, groups, resources, names, paths.
 */

interface RoleTable {
  clusterRoles: Record<string, { rules: string[]; aggregates?: string; aggregatesTo?: string }>;
  clusterRoleBindings: Record<string, { role: string; subjects: string[] }>;
  roles: Record<string, string[]>;
  roleBindings: Record<string, { kind: string; role: string; subjects: string[] }>;
}

const { clusterRoles, clusterRoleBindings, roles, roleBindings } = table as unknown as RoleTable;
const RBAC = 'rbac.authorization.k8s.io';
const AGGREGATE = `${RBAC}/aggregate-to-`;
const RULE_FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'];

/** Makes the roles, and binds them. Roles that gather others have their rules from the start. */
export function bootstrapRoles(client: TypedClient): void {
  /* Many roles have a rule in common. */
  const read = new Map<string, Record<string, Json>>();
  const asRule = (line: string): Record<string, Json> => {
    const rule = read.get(line) ?? freezeDeep(ruleOf(line));
    read.set(line, rule);
    return rule;
  };
  const make = (resource: string, kind: string, key: string, rest: object, labels: object = {}): void => {
    const [name = '', namespace] = key.split('/').reverse();
    const metadata = {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    };
    const draft = { apiVersion: `${RBAC}/v1`, kind, metadata, ...rest } as DraftObject;
    client.find(resource as 'clusterroles', draft as never);
  };
  for (const [name, { aggregates, aggregatesTo }] of Object.entries(clusterRoles)) {
    const selector = { matchLabels: { [AGGREGATE + aggregates]: 'true' } };
    const rest = aggregates === undefined ? {} : { aggregationRule: { clusterRoleSelectors: [selector] } };
    const labels = aggregatesTo === undefined ? {} : { [AGGREGATE + aggregatesTo]: 'true' };
    make('clusterroles', 'ClusterRole', name, { ...rest, rules: rulesOf(name).map(asRule) }, labels);
  }
  for (const [key, rules] of Object.entries(roles)) make('roles', 'Role', key, { rules: rules.map(asRule) });
  for (const [name, { role, subjects }] of Object.entries(clusterRoleBindings))
    make('clusterrolebindings', 'ClusterRoleBinding', name, bindingOf('ClusterRole', role, subjects));
  for (const [key, { kind, role, subjects }] of Object.entries(roleBindings))
    make('rolebindings', 'RoleBinding', key, bindingOf(kind, role, subjects));
}

/** A role's own rules, and those that it gathers, each once. */
function rulesOf(name: string): string[] {
  const { rules, aggregates } = clusterRoles[name]!;
  const gathered = Object.keys(clusterRoles).filter(
    (other) => aggregates !== undefined && clusterRoles[other]!.aggregatesTo === aggregates,
  );
  return [...new Set([...rules, ...gathered.sort().flatMap(rulesOf)])];
}

function ruleOf(line: string): Record<string, Json> {
  const parts = line.split('; ').map((part) => part.split(',').filter((word) => word !== ''));
  const entries = RULE_FIELDS.map((field, index): [string, string[]] => [
    field,
    (parts[index] ?? []).map((word) => (word === '""' ? '' : word)),
  ]);
  return Object.fromEntries(entries.filter(([field, words]) => words.length > 0 || field === 'verbs'));
}

function bindingOf(kind: string, name: string, subjects: readonly string[]): object {
  return { roleRef: { apiGroup: RBAC, kind, name }, subjects: subjects.map(subjectOf) };
}

function subjectOf(text: string): Record<string, Json> {
  const [kind = '', who = ''] = text.split(' ');
  if (kind !== 'ServiceAccount') return { apiGroup: RBAC, kind, name: who };
  const [namespace = '', name = ''] = who.split('/');
  return { kind, name, namespace };
}
