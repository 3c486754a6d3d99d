import { Cel } from '../../../api/cel/cel';
import { CelSyntaxError } from '../../../api/cel/values';
import type { ApiObject, Json } from '../../../api/objects';
import {
  validateDriverName,
  validateFullyQualifiedName,
  validateLabelName,
  validateName,
  validateParts,
  validatePartSet,
  validateRawObject,
  validateTextSet,
} from './device-names';
import type { FieldErrors } from './field-errors';
import { labelValueFaults, qualifiedNameFaults, subdomainFaults } from './names';
import { isExtended } from './resources';
import { count, isThere, part, parts, specOf, text, type Part } from './untyped';

/** Models pkg/apis/resource/validation: what devices are asked for, and the classes of them. */

export const MOST_REQUESTS = 32;
const MOST_SUBREQUESTS = 8;
const MOST_SELECTORS = 32;
export const MOST_CONFIGURATIONS = 32;
const LONGEST_EXPRESSION = 10 * 1024;
const LONGEST_PARAMETERS = 10 * 1024;
const ALLOCATION_MODES = ['All', 'ExactCount'];
const OPERATORS = ['Equal', 'Exists'];
export const TAINT_EFFECTS = ['NoExecute', 'NoSchedule', 'None'];
const NOT_A_REQUEST =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** Names of requests as they are referred to, with those of their alternatives: `gpu`, `gpu/small`. */
export type RequestNames = ReadonlySet<string>;

export function requestNamesOf(devices: Part): RequestNames {
  return new Set(
    parts(devices['requests']).flatMap((request) => {
      const name = text(request['name']);
      return [name, ...parts(request['firstAvailable']).map((one) => `${name}/${text(one['name'])}`)];
    }),
  );
}

/** Models validateDeviceClaim. */
export function validateDeviceClaim(devices: Part, path: string, errors: FieldErrors): void {
  const names = requestNamesOf(devices);
  validatePartSet(devices['requests'], MOST_REQUESTS, validateRequest, 'name', `${path}.requests`, errors);
  const constraint = (one: Part, at: string): void => validateConstraint(one, names, at, errors);
  validateParts(devices['constraints'], MOST_CONFIGURATIONS, constraint, `${path}.constraints`, errors);
  const configuration = (one: Part, at: string): void => validateConfiguration(one, names, at, errors);
  validateParts(devices['config'], MOST_CONFIGURATIONS, configuration, `${path}.config`, errors);
}

function validateRequest(request: Part, path: string, errors: FieldErrors): void {
  validateLabelName(text(request['name']), `${path}.name`, errors);
  const either = 'exactly one of `exactly` or `firstAvailable` is required';
  const alternatives = parts(request['firstAvailable']).length > 0;
  if (!alternatives && !isThere(request['exactly'])) errors.required(path, either);
  else if (alternatives && isThere(request['exactly']))
    errors.invalid(path, null, `${either}, but multiple fields are set`);
  else if (alternatives)
    validatePartSet(
      request['firstAvailable'],
      MOST_SUBREQUESTS,
      validateSubRequest,
      'name',
      `${path}.firstAvailable`,
      errors,
    );
  else validateWanted(part(request['exactly']), `${path}.exactly`, errors);
}

function validateSubRequest(request: Part, path: string, errors: FieldErrors): void {
  validateLabelName(text(request['name']), `${path}.name`, errors);
  validateWanted(request, path, errors);
}

function validateWanted(request: Part, path: string, errors: FieldErrors): void {
  const deviceClass = text(request['deviceClassName']);
  if (deviceClass === '') errors.required(`${path}.deviceClassName`);
  else validateName(deviceClass, subdomainFaults, `${path}.deviceClassName`, errors);
  validateSelectors(request['selectors'], `${path}.selectors`, errors);
  const [mode, number] = [text(request['allocationMode']), count(request['count'])];
  if (mode === 'All' && number !== 0)
    errors.invalid(`${path}.count`, number, "must not be specified when allocationMode is 'All'");
  if (mode === 'ExactCount' && number <= 0) errors.invalid(`${path}.count`, number, 'must be greater than zero');
  if (!ALLOCATION_MODES.includes(mode)) errors.notSupported(`${path}.allocationMode`, mode, ALLOCATION_MODES);
  parts(request['tolerations']).forEach((one, index) =>
    validateToleration(one, `${path}.tolerations[${index}]`, errors),
  );
}

function validateToleration(toleration: Part, path: string, errors: FieldErrors): void {
  const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((field) =>
    text(toleration[field]),
  ) as [string, string, string, string];
  if (key !== '') validateName(key, qualifiedNameFaults, `${path}.key`, errors);
  if (operator === 'Equal') validateName(value, labelValueFaults, `${path}.value`, errors);
  else if (operator === '') errors.required(`${path}.operator`);
  else if (operator !== 'Exists') errors.notSupported(`${path}.operator`, operator, OPERATORS);
  else if (value !== '') errors.invalid(`${path}.value`, value, 'must be empty for operator `Exists`');
  if (effect !== '' && !TAINT_EFFECTS.includes(effect)) errors.notSupported(`${path}.effect`, effect, TAINT_EFFECTS);
}

const selectors = new Cel({ variables: ['device'] });

function validateSelectors(value: Json | undefined, path: string, errors: FieldErrors): void {
  validateParts(value, MOST_SELECTORS, validateSelector, path, errors);
}

function validateSelector(selector: Part, path: string, errors: FieldErrors): void {
  if (!isThere(selector['cel'])) return errors.required(`${path}.cel`);
  const at = `${path}.cel.expression`;
  const expression = text(part(selector['cel'])['expression']);
  if (expression.length > LONGEST_EXPRESSION) return errors.tooLong(at, LONGEST_EXPRESSION);
  try {
    const { type } = selectors.compile(expression);
    const given = type.replaceAll('<', '(').replaceAll('>', ')');
    if (given !== 'bool' && given !== 'dyn')
      errors.invalid(at, expression, `must evaluate to bool or the unknown type, not ${given}`);
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    errors.invalid(at, expression, `compilation failed: ${error.report}`);
  }
}

function validateConstraint(constraint: Part, names: RequestNames, path: string, errors: FieldErrors): void {
  validateRequestNames(constraint['requests'], names, `${path}.requests`, errors);
  const { matchAttribute, distinctAttribute } = constraint;
  if (isThere(matchAttribute)) validateFullyQualifiedName(text(matchAttribute), `${path}.matchAttribute`, errors);
  else if (isThere(distinctAttribute))
    validateFullyQualifiedName(text(distinctAttribute), `${path}.distinctAttribute`, errors);
  else
    errors.required(
      path,
      'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
    );
}

export function validateRequestNames(
  value: Json | undefined,
  names: RequestNames,
  path: string,
  errors: FieldErrors,
): void {
  validateTextSet(value, MOST_REQUESTS, (name, at) => validateRequestName(name, names, at, errors), path, errors);
}

export function validateRequestName(name: string, names: RequestNames, path: string, errors: FieldErrors): void {
  const segments = name.split('/');
  if (segments.length > 2) return errors.invalid(path, name, NOT_A_REQUEST);
  for (const segment of segments) validateLabelName(segment, path, errors);
  if (!names.has(name)) errors.invalid(path, name, NOT_A_REQUEST);
}

export function validateConfiguration(
  configuration: Part,
  names: RequestNames,
  path: string,
  errors: FieldErrors,
): void {
  validateRequestNames(configuration['requests'], names, `${path}.requests`, errors);
  validateOpaque(configuration, path, errors);
}

function validateOpaque(configuration: Part, path: string, errors: FieldErrors): void {
  if (!isThere(configuration['opaque'])) return errors.required(`${path}.opaque`);
  const { driver, parameters } = part(configuration['opaque']);
  validateDriverName(text(driver), `${path}.opaque.driver`, errors);
  validateRawObject(parameters, LONGEST_PARAMETERS, `${path}.opaque.parameters`, errors);
}

export function validateDeviceClass(object: ApiObject, errors: FieldErrors): void {
  const spec = specOf(object);
  validateSelectors(spec['selectors'], 'spec.selectors', errors);
  validateParts(spec['config'], MOST_CONFIGURATIONS, validateOpaque, 'spec.config', errors);
  const name = spec['extendedResourceName'];
  if (isThere(name) && !isExtended(text(name)))
    errors.invalid('spec.extendedResourceName', text(name), 'must be a valid extended resource name');
}
