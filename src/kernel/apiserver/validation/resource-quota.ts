import type { ResourceQuota } from '../../../api/objects';
import { scopeRules, type ScopeRule } from '../quota/scopes';
import type { FieldErrors } from './field-errors';
import { validateImmutable } from './immutable';
import { qualifiedNameFaults } from './names';
import { isHugePages, isQuotaResource, validateQuantityOf, type Amounts } from './resources';

/** Models pkg/apis/core/validation ValidateResourceQuota. */

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
];
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const COMPUTE = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const ONLY_EXISTS =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

export function validateQuota({ spec }: ResourceQuota, errors: FieldErrors): void {
  validateAmounts(spec.hard as Amounts | undefined, 'spec.hard', errors);
  const names = Object.keys(spec.hard ?? {});
  for (const scope of spec.scopes ?? []) validateScope(scope, names, 'spec.scopes', spec.scopes, errors);
  refuseConflicts(spec.scopes ?? [], 'spec.scopes', spec.scopes, errors);
  const { scopeSelector } = spec;
  if (!scopeSelector) return;
  const path = 'spec.scopeSelector.matchExpressions';
  const rules = scopeRules({ scopeSelector });
  for (const rule of rules) {
    validateScope(rule.scopeName, names, `${path}.scopeName`, rule.scopeName, errors);
    validateRule(rule, path, errors);
  }
  refuseConflicts(
    rules.map((rule) => rule.scopeName),
    'spec.scopeSelector',
    scopeSelector,
    errors,
  );
}

function validateAmounts(amounts: Amounts | undefined, path: string, errors: FieldErrors): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    const at = `${path}[${name}]`;
    const faults = qualifiedNameFaults(name);
    for (const fault of faults) errors.invalid(at, name, fault);
    const known = name.includes('/') || isQuotaResource(name) || isHugePages(name.replace('requests.', ''));
    if (faults.length === 0 && !known) errors.invalid(at, name, 'must be a standard resource for quota');
    validateQuantityOf(name, amount, at, errors);
  }
}

function validateScope(
  scope: string,
  names: readonly string[],
  path: string,
  shown: unknown,
  errors: FieldErrors,
): void {
  if (!SCOPES.includes(scope)) errors.invalid(path, shown, 'unsupported scope');
  const fits = (name: string): boolean => name === 'pods' || (scope !== 'BestEffort' && COMPUTE.includes(name));
  for (const name of names) {
    if (isQuotaResource(name) && !fits(name)) errors.invalid(path, shown, 'unsupported scope applied to resource');
  }
}

function refuseConflicts(scopes: readonly string[], path: string, shown: unknown, errors: FieldErrors): void {
  for (const [one, other] of CONFLICTS) {
    if (scopes.includes(one) && scopes.includes(other)) errors.invalid(path, shown, 'conflicting scopes');
  }
}

function validateRule({ scopeName, operator, values = [] }: ScopeRule, path: string, errors: FieldErrors): void {
  if (scopeName !== 'PriorityClass' && SCOPES.includes(scopeName) && operator !== 'Exists') {
    errors.invalid(`${path}.operator`, operator, ONLY_EXISTS);
  }
  const given = values.length > 0;
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (!given) errors.required(`${path}.values`, why);
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (given) errors.invalid(`${path}.values`, values, why);
  } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
}

export function validateQuotaUpdate(next: ResourceQuota, current: ResourceQuota, errors: FieldErrors): void {
  validateQuota(next, errors);
  const sorted = ({ spec }: ResourceQuota): string[] => [...(spec.scopes ?? [])].sort();
  validateImmutable(sorted(next), sorted(current), 'spec.scopes', errors);
}

export function validateQuotaStatus({ status }: ResourceQuota, _current: ResourceQuota, errors: FieldErrors): void {
  validateAmounts(status.hard as Amounts | undefined, 'status.hard', errors);
  validateAmounts(status.used as Amounts | undefined, 'status.used', errors);
}
