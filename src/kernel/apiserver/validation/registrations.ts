import { isMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import { CelSyntaxError } from '../../../api/cel/values';
import { policyExpression } from '../admission/policy-expressions';
import type { FieldErrors } from './field-errors';
import { subdomainFaults } from './names';

/** Models pkg/apis/admissionregistration/validation and kube-aggregator's, as far as what is checked has a meaning here. */

type Part = Record<string, Json>;

const part = (value: unknown): Part => (isMap(value as Json) ? (value as Part) : {});
const parts = (value: unknown): Part[] => (Array.isArray(value) ? value.map(part) : []);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

function oneOf(value: string, known: readonly string[], path: string, errors: FieldErrors): void {
  if (known.includes(value)) return;
  errors.notSupported(path, value, known);
}

export function validateWebhooks(object: ApiObject, errors: FieldErrors): void {
  const names = new Set<string>();
  parts((object as unknown as Part)['webhooks']).forEach((hook, index) => {
    const path = `webhooks[${index}]`;
    const name = text(hook['name']);
    if (name === '') errors.required(`${path}.name`);
    else if (name.split('.').length < 3)
      errors.invalid(`${path}.name`, name, 'should be a domain with at least three segments separated by dots');
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
    if (parts(hook['admissionReviewVersions']).length === 0)
      errors.required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1');
    oneOf(text(hook['sideEffects']), ['None', 'NoneOnDryRun'], `${path}.sideEffects`, errors);
    oneOf(text(hook['failurePolicy']), ['Fail', 'Ignore'], `${path}.failurePolicy`, errors);
    const seconds = Number(hook['timeoutSeconds']);
    if (seconds < 1 || seconds > 30)
      errors.invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds');
    const config = part(hook['clientConfig']);
    if ((config['url'] === undefined) === (config['service'] === undefined))
      errors.required(`${path}.clientConfig`, 'exactly one of url or service is required');
    validateRules(parts(hook['rules']), `${path}.rules`, errors);
  });
}

function validateRules(rules: readonly Part[], path: string, errors: FieldErrors): void {
  rules.forEach((rule, index) => {
    const at = `${path}[${index}]`;
    for (const field of ['operations', 'apiGroups', 'apiVersions', 'resources'])
      if (!Array.isArray(rule[field]) || rule[field].length === 0) errors.required(`${at}.${field}`);
    for (const operation of Array.isArray(rule['operations']) ? rule['operations'] : [])
      oneOf(text(operation), OPERATIONS, `${at}.operations`, errors);
  });
}

export function validatePolicy(object: ApiObject, errors: FieldErrors): void {
  const spec = part((object as unknown as Part)['spec']);
  const constraints = part(spec['matchConstraints']);
  if (!isMap(spec['matchConstraints'] ?? null)) errors.required('spec.matchConstraints');
  else if (parts(constraints['resourceRules']).length === 0) errors.required('spec.matchConstraints.resourceRules');
  validateRules(parts(constraints['resourceRules']), 'spec.matchConstraints.resourceRules', errors);
  oneOf(text(spec['failurePolicy']), ['Fail', 'Ignore'], 'spec.failurePolicy', errors);
  const validations = parts(spec['validations']);
  if (validations.length === 0 && parts(spec['auditAnnotations']).length === 0)
    errors.required('spec.validations', 'validations or auditAnnotations must contain at least one item');
  validations.forEach((one, index) => validateExpression(one, `spec.validations[${index}]`, errors));
  parts(spec['variables']).forEach((one, index) => validateExpression(one, `spec.variables[${index}]`, errors));
  parts(spec['matchConditions']).forEach((one, index) =>
    validateExpression(one, `spec.matchConditions[${index}]`, errors),
  );
}

function validateExpression(owner: Part, path: string, errors: FieldErrors): void {
  const expression = text(owner['expression']);
  if (expression.trim() === '') return errors.required(`${path}.expression`, 'expression is not specified');
  const compiled = policyExpression(expression);
  if (compiled instanceof CelSyntaxError)
    errors.invalid(`${path}.expression`, expression, `compilation failed: ${compiled.message}`);
}

export function validatePolicyBinding(object: ApiObject, errors: FieldErrors): void {
  const spec = part((object as unknown as Part)['spec']);
  const name = text(spec['policyName']);
  if (name === '') errors.required('spec.policyName');
  else for (const fault of subdomainFaults(name)) errors.invalid('spec.policyName', name, fault);
  const actions = Array.isArray(spec['validationActions']) ? spec['validationActions'].map(text) : [];
  if (actions.length === 0) errors.required('spec.validationActions', 'at least one validation action is required');
  for (const action of actions) oneOf(action, ACTIONS, 'spec.validationActions', errors);
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.invalid(
      'spec.validationActions',
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
}

export function validateApiService(object: ApiObject, errors: FieldErrors): void {
  const spec = part((object as unknown as Part)['spec']);
  const { name } = object.metadata;
  const wanted = `${text(spec['version'])}.${text(spec['group'])}`;
  if (name !== wanted)
    errors.invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`);
}
