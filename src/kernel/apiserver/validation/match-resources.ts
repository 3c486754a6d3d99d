import { isMap } from '../../../api/json';
import type { Json, LabelSelector } from '../../../api/objects';
import { expressionFault, type PolicyNames } from '../admission/policy-expressions';
import type { FieldErrors } from './field-errors';
import { validateLabelSelector } from './label-selectors';
import { label1035Faults, pathSegmentFaults, qualifiedNameFaults, subdomainFaults } from './names';
import { isThere, part, parts, text, texts, type Part } from './untyped';

/** Models pkg/apis/admissionregistration/validation: which requests somebody wants to see. */

export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const MOST_CONDITIONS = 64;

/** A value that is there is one of those known. */
export function validateChoice(
  value: Json | undefined,
  known: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  if (isThere(value) && !known.includes(text(value))) errors.notSupported(path, text(value), known);
}

export function validateRequiredChoice(
  value: Json | undefined,
  known: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  if (!isThere(value)) errors.required(path);
  else validateChoice(value, known, path, errors);
}

export const validateMatchPolicy = (value: Json | undefined, path: string, errors: FieldErrors): void =>
  validateChoice(value, MATCH_POLICIES, path, errors);

export const validateSelector = (value: Json | undefined, path: string, errors: FieldErrors): void =>
  validateLabelSelector((value ?? undefined) as LabelSelector | undefined, path, errors);

/** Models validateRuleWithOperations. */
export function validateRule(rule: Part, path: string, errors: FieldErrors): void {
  const operations = texts(rule['operations']);
  validateList(operations, `${path}.operations`, 'operations', errors);
  operations.forEach((operation, index) => {
    if (!OPERATIONS.includes(operation)) errors.notSupported(`${path}.operations[${index}]`, operation, OPERATIONS);
  });
  validateList(texts(rule['apiGroups']), `${path}.apiGroups`, 'API groups', errors);
  const versions = texts(rule['apiVersions']);
  validateList(versions, `${path}.apiVersions`, 'API versions', errors);
  versions.forEach((version, index) => {
    if (version === '') errors.required(`${path}.apiVersions[${index}]`);
  });
  validateResources(texts(rule['resources']), `${path}.resources`, errors);
  validateChoice(rule['scope'], SCOPES, `${path}.scope`, errors);
}

/** Something, and nothing beside a '*'. */
function validateList(list: readonly string[], path: string, others: string, errors: FieldErrors): void {
  if (list.length === 0) errors.required(path);
  if (list.length > 1 && list.includes('*'))
    errors.invalid(path, list, `if '*' is present, must not specify other ${others}`);
}

/** Resources and their subresources, without one that another says already. */
function validateResources(resources: readonly string[], path: string, errors: FieldErrors): void {
  if (resources.length === 0) errors.required(path);
  const wholes = new Set<string>();
  const everywhere = new Set<string>();
  resources.forEach((resource, index) => {
    if (resource === '') return errors.required(`${path}[${index}]`);
    const slash = resource.indexOf('/');
    if (slash < 0) return;
    const [name, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    const refuse = (by: string): void =>
      errors.invalid(`${path}[${index}]`, resource, `if '${by}' is present, must not specify ${resource}`);
    if (wholes.has(name)) refuse(`${name}/*`);
    if (everywhere.has(sub)) refuse(`*/${sub}`);
    if (sub === '*') wholes.add(name);
    if (name === '*') everywhere.add(sub);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources");
  const lastWhole = resources.filter((one) => one !== '' && !one.includes('/')).at(-1);
  if (resources.includes('*') && lastWhole !== undefined && lastWhole !== '*')
    errors.invalid(path, resources, "if '*' is present, must not specify other resources without subresources");
}

/** Models validateMatchResources. */
export function validateMatchResources(value: Json | undefined, path: string, errors: FieldErrors): void {
  if (!isThere(value)) return;
  const match = part(value);
  validateRequiredChoice(match['matchPolicy'], MATCH_POLICIES, `${path}.matchPolicy`, errors);
  for (const key of ['namespaceSelector', 'objectSelector'])
    if (isThere(match[key])) validateSelector(match[key], `${path}.${key}`, errors);
    else errors.required(`${path}.${key}`);
  for (const key of ['resourceRules', 'excludeResourceRules'])
    parts(match[key]).forEach((rule, index) => validateNamedRule(rule, `${path}.${key}[${index}]`, errors));
}

function validateNamedRule(rule: Part, path: string, errors: FieldErrors): void {
  const names = texts(rule['resourceNames']);
  names.forEach((name, index) => {
    const at = `${path}.resourceNames[${index}]`;
    for (const fault of pathSegmentFaults(name)) errors.invalid(at, name, fault);
    if (names.indexOf(name) < index) errors.duplicate(at, name);
  });
  validateRule(rule, path, errors);
}

export function validateMatchConditions(
  value: Json | undefined,
  names: PolicyNames,
  path: string,
  errors: FieldErrors,
): void {
  const conditions = parts(value);
  if (conditions.length > MOST_CONDITIONS) errors.tooMany(path, conditions.length, MOST_CONDITIONS);
  const known = conditions.map((condition) => text(condition['name']));
  conditions.forEach((condition, index) => {
    const at = `${path}[${index}]`;
    const [expression, name] = [text(condition['expression']).trim(), known[index]!];
    if (expression === '') errors.required(`${at}.expression`);
    else validateExpression(expression, names, ['bool'], `${at}.expression`, errors);
    if (name === '') errors.required(`${at}.name`);
    else for (const fault of qualifiedNameFaults(name)) errors.invalid(`${at}.name`, name, fault);
    if (name !== '' && known.indexOf(name) < index) errors.duplicate(`${at}.name`, name);
  });
}

export function validateExpression(
  expression: string,
  names: PolicyNames,
  types: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  const fault = expressionFault(expression, names, types);
  if (fault !== undefined) errors.invalid(path, expression, fault);
}

export function validateParamKind(value: Json | undefined, path: string, errors: FieldErrors): void {
  if (!isThere(value)) return;
  const [apiVersion, kind] = [text(part(value)['apiVersion']), text(part(value)['kind'])];
  if (apiVersion === '') errors.required(`${path}.apiVersion`);
  else validateGroupVersion(apiVersion, `${path}.apiVersion`, errors);
  const faults = label1035Faults(kind.toLowerCase());
  if (kind === '') errors.required(`${path}.kind`);
  else if (faults.length > 0)
    errors.invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${faults.join(',')}`);
}

function validateGroupVersion(apiVersion: string, path: string, errors: FieldErrors): void {
  const segments = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (segments.length > 2) return errors.invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  const [group, version] = segments.length === 1 ? ['', segments[0]!] : (segments as [string, string]);
  const groupFaults = group === '' ? [] : subdomainFaults(group);
  if (groupFaults.length > 0) errors.invalid(path, group, groupFaults.join(','));
  const versionFaults = label1035Faults(version);
  if (version === '') errors.invalid(path, apiVersion, 'version must be specified');
  else if (versionFaults.length > 0) errors.invalid(path, version, versionFaults.join(','));
}

const EXCLUSIVE = 'name and selector are mutually exclusive';

export function validateParamRef(value: Json | undefined, path: string, errors: FieldErrors): void {
  if (!isThere(value)) return;
  const { selector, parameterNotFoundAction: action, ...ref } = part(value);
  const name = text(ref['name']);
  for (const fault of pathSegmentFaults(name)) errors.invalid(`${path}.name`, name, fault);
  if (name !== '' && isMap(selector)) errors.forbidden(`${path}.name`, EXCLUSIVE);
  if (isMap(selector)) {
    validateSelector(selector, `${path}.selector`, errors);
    if (name !== '') errors.forbidden(`${path}.selector`, EXCLUSIVE);
  } else if (name === '') errors.required(path, 'one of name or selector must be specified');
  if (text(action) === '') errors.required(`${path}.parameterNotFoundAction`);
  else validateChoice(action, ['Deny', 'Allow'], `${path}.parameterNotFoundAction`, errors);
}
