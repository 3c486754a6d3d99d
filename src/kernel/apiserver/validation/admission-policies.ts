import type { ApiObject, Json } from '../../../api/objects';
import type { PolicyNames } from '../admission/policy-expressions';
import type { FieldErrors } from './field-errors';
import {
  FAILURE_POLICIES,
  REINVOCATION_POLICIES,
  validateChoice,
  validateExpression,
  validateMatchConditions,
  validateMatchResources,
  validateParamKind,
  validateParamRef,
  validateRequiredChoice,
} from './match-resources';
import { qualifiedNameFaults, subdomainFaults } from './names';
import { isThere, part, parts, specOf, text, texts, type Part } from './untyped';

/** Models pkg/apis/admissionregistration/validation of policies and their bindings. */

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const MUTABLE_OPERATIONS = ['CREATE', 'UPDATE'];
const MOST_ANNOTATIONS = 20;
const LONGEST_VALUE_EXPRESSION = 5 * 1024;
const NO_EXPRESSION = 'expression is not specified';
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED =
  /^(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;

/** What both kinds of policies have. Returns the names that their expressions may use. */
function validateShared(spec: Part, composed: boolean, errors: FieldErrors): PolicyNames {
  validateRequiredChoice(spec['failurePolicy'], FAILURE_POLICIES, 'spec.failurePolicy', errors);
  validateParamKind(spec['paramKind'], 'spec.paramKind', errors);
  const params = isThere(spec['paramKind']);
  const constraints = spec['matchConstraints'];
  if (!isThere(constraints)) errors.required('spec.matchConstraints');
  else {
    validateMatchResources(constraints, 'spec.matchConstraints', errors);
    if (parts(part(constraints)['resourceRules']).length === 0) errors.required('spec.matchConstraints.resourceRules');
  }
  const names = { params, variables: composed };
  if (composed) validateMutableOperations(constraints, 'spec.matchConstraints', errors);
  validateMatchConditions(spec['matchConditions'], { params }, 'spec.matchConditions', errors);
  const variables = parts(spec['variables']);
  variables.forEach((variable, index) =>
    validateVariable(variable, { params, variables: true }, `spec.variables[${index}]`, errors),
  );
  return variables.length > 0 ? { params, variables: true } : names;
}

function validateVariable(variable: Part, names: PolicyNames, path: string, errors: FieldErrors): void {
  const [name, expression] = [text(variable['name']), text(variable['expression'])];
  if (name.trim() === '') errors.required(`${path}.name`, 'name is not specified');
  else if (!IDENTIFIER.test(name) || RESERVED.test(name))
    errors.invalid(`${path}.name`, name, 'must be a valid CEL identifier');
  if (expression.trim() === '') errors.required(`${path}.expression`, NO_EXPRESSION);
  else validateExpression(expression, names, [], `${path}.expression`, errors);
}

export function validateValidatingPolicy(policy: ApiObject, errors: FieldErrors): void {
  const spec = specOf(policy);
  const names = validateShared(spec, false, errors);
  const [validations, annotations] = [parts(spec['validations']), parts(spec['auditAnnotations'])];
  if (validations.length === 0 && annotations.length === 0) {
    const why = 'validations or auditAnnotations must contain at least one item';
    errors.required('spec.validations', why);
    return errors.required('spec.auditAnnotations', why);
  }
  validations.forEach((one, index) => validateValidation(one, names, `spec.validations[${index}]`, errors));
  const path = 'spec.auditAnnotations';
  if (annotations.length > MOST_ANNOTATIONS)
    errors.invalid(path, annotations, `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`);
  const keys = annotations.map((annotation) => text(annotation['key']));
  annotations.forEach((annotation, index) => {
    validateAuditAnnotation(annotation, policy.metadata.name, names, `${path}[${index}]`, errors);
    if (keys.indexOf(keys[index]!) < index) errors.duplicate(`${path}[${index}].key`, keys[index]);
  });
}

function validateValidation(validation: Part, names: PolicyNames, path: string, errors: FieldErrors): void {
  const [expression, message, made] = ['expression', 'message', 'messageExpression'].map((key) =>
    text(validation[key]),
  ) as [string, string, string];
  if (expression.trim() === '') errors.required(`${path}.expression`, NO_EXPRESSION);
  else validateExpression(expression, names, ['bool'], `${path}.expression`, errors);
  const empty = 'must be non-empty if specified';
  if (made !== '' && made.trim() === '') errors.invalid(`${path}.messageExpression`, made, empty);
  else if (made !== '') validateExpression(made, names, ['string'], `${path}.messageExpression`, errors);
  if (message !== '' && message.trim() === '') errors.invalid(`${path}.message`, message, empty);
  else if (/[\n\r]/.test(message.trim())) errors.invalid(`${path}.message`, message, 'must not contain line breaks');
  validateChoice(validation['reason'], REASONS, `${path}.reason`, errors);
}

function validateAuditAnnotation(
  annotation: Part,
  policyName: string,
  names: PolicyNames,
  path: string,
  errors: FieldErrors,
): void {
  const [key, value] = [text(annotation['key']), text(annotation['valueExpression'])];
  if (policyName === '') errors.invalid(`${path}.key`, key, 'requires metadata.name be non-empty');
  else
    for (const fault of qualifiedNameFaults(`${policyName}/${key}`))
      errors.invalid(`${path}.key`, `${policyName}/${key}`, fault);
  const at = `${path}.valueExpression`;
  if (value.trim() === '') errors.required(at, 'valueExpression is not specified');
  else if (value.trim().length > LONGEST_VALUE_EXPRESSION)
    errors.required(at, `must not exceed ${LONGEST_VALUE_EXPRESSION} bytes in length`);
  else validateExpression(value, names, ['string', 'null_type'], at, errors);
}

export function validateMutatingPolicy(policy: ApiObject, errors: FieldErrors): void {
  const spec = specOf(policy);
  const names = { ...validateShared(spec, true, errors), objects: true };
  const mutations = parts(spec['mutations']);
  if (mutations.length === 0) errors.required('spec.mutations', 'mutations must contain at least one item');
  mutations.forEach((mutation, index) => validateMutation(mutation, names, `spec.mutations[${index}]`, errors));
  const policyPath = 'spec.reinvocationPolicy';
  if (text(spec['reinvocationPolicy']) === '') errors.required(policyPath);
  else validateChoice(spec['reinvocationPolicy'], REINVOCATION_POLICIES, policyPath, errors);
}

/** What each type of patch is written in, and what that gives. */
const PATCHES: Readonly<Record<string, readonly [field: string, type: string]>> = {
  ApplyConfiguration: ['applyConfiguration', 'Object'],
  JSONPatch: ['jsonPatch', 'list(JSONPatch)'],
};

function validateMutation(mutation: Part, names: PolicyNames, path: string, errors: FieldErrors): void {
  const type = text(mutation['patchType']);
  if (type === '') return errors.required(`${path}.patchType`);
  const patch = PATCHES[type];
  if (!patch) return errors.notSupported(`${path}.patchType`, type, Object.keys(PATCHES));
  const [field, result] = patch;
  const expression = text(part(mutation[field])['expression']).trim();
  const at = `${path}.${field}`;
  if (!isThere(mutation[field])) errors.required(at, `must be specified when patchType is ${type}`);
  else if (expression === '') errors.required(`${at}.expression`);
  else validateExpression(expression, names, [result], `${at}.expression`, errors);
  for (const [other] of Object.values(PATCHES))
    if (other !== field && isThere(mutation[other]))
      errors.invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`);
}

function validateMutableOperations(match: Json | undefined, path: string, errors: FieldErrors): void {
  for (const rule of parts(part(match)['resourceRules']))
    for (const operation of texts(rule['operations']))
      if (!MUTABLE_OPERATIONS.includes(operation))
        errors.notSupported(`${path}.resourceRules.operations`, operation, MUTABLE_OPERATIONS);
}

export function validateValidatingBinding(binding: ApiObject, errors: FieldErrors): void {
  const spec = specOf(binding);
  validateBinding(spec, errors);
  const path = 'spec.validationActions';
  const actions = texts(spec['validationActions']);
  actions.forEach((action, index) => {
    if (!ACTIONS.includes(action)) errors.notSupported(`${path}[${index}]`, action, ACTIONS);
    if (actions.indexOf(action) < index) errors.duplicate(`${path}[${index}]`, action);
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.invalid(
      path,
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  if (actions.length === 0) errors.required(path, 'at least one validation action is required');
}

export function validateMutatingBinding(binding: ApiObject, errors: FieldErrors): void {
  const spec = specOf(binding);
  validateBinding(spec, errors);
  validateMutableOperations(spec['matchResources'], 'spec.matchResources', errors);
}

function validateBinding(spec: Part, errors: FieldErrors): void {
  const name = text(spec['policyName']);
  if (name === '') errors.required('spec.policyName');
  else for (const fault of subdomainFaults(name)) errors.invalid('spec.policyName', name, fault);
  validateParamRef(spec['paramRef'], 'spec.paramRef', errors);
  validateMatchResources(spec['matchResources'], 'spec.matchResources', errors);
}
