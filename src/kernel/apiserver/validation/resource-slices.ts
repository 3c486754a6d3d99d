import { equalJson } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import { addQuantities, compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../../api/quantity';
import {
  validateDriverName,
  validateLabelName,
  validateMap,
  validateName,
  validateParts,
  validatePartSet,
  validatePoolName,
  validateQualifiedName,
  validateUnique,
} from './device-names';
import { TAINT_EFFECTS } from './device-requests';
import type { FieldErrors } from './field-errors';
import { validateImmutable } from './immutable';
import { labelValueFaults, qualifiedNameFaults, subdomainFaults } from './names';
import { validateBindingConditions } from './resource-claims';
import { validateNodeSelector } from './scheduling';
import { count, isThere, part, parts, specOf, text, type Part } from './untyped';

/** Models pkg/apis/resource/validation of ResourceSlices: the devices that drivers publish. */

const MOST_DEVICES = 128;
const MOST_ADVANCED_DEVICES = 64;
const MOST_COUNTER_SETS = 8;
const MOST_COUNTERS = 32;
const MOST_CONSUMPTIONS = 2;
const MOST_PROPERTIES = 32;
const MOST_TAINTS = 16;
const MOST_VALUES = 10;
const LONGEST_VALUE = 64;
const LABEL_MAX = 63;
const VALUES = ['bool', 'int', 'string', 'version'];
const NUMBER = '(0|[1-9]\\d*)';
const PRERELEASE = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${PRERELEASE}(\\.${PRERELEASE})*)?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$`,
);

export function validateResourceSlice(slice: ApiObject, errors: FieldErrors): void {
  validateSlice(specOf(slice), undefined, errors);
}

export function validateSliceUpdate(next: ApiObject, current: ApiObject, errors: FieldErrors): void {
  validateSlice(specOf(next), specOf(current), errors);
}

function validateSlice(spec: Part, before: Part | undefined, errors: FieldErrors): void {
  validateDriverName(text(spec['driver']), 'spec.driver', errors);
  validatePool(part(spec['pool']), errors);
  if (before) {
    validateImmutable(part(spec['pool'])['name'], part(before['pool'])['name'], 'spec.pool.name', errors);
    for (const key of ['driver', 'nodeName']) validateImmutable(spec[key], before[key], `spec.${key}`, errors);
  }
  validatePlaces(spec, errors);
  const devices = parts(spec['devices']);
  if (isThere(spec['sharedCounters']) && isThere(spec['devices']))
    errors.invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed');
  const advanced = devices.some((one) => parts(one['taints']).length > 0 || parts(one['consumesCounters']).length > 0);
  const old = parts(before?.['devices']);
  const device = (one: Part, path: string): void =>
    validateDevice(
      one,
      old.find((other) => other['name'] === one['name']),
      spec,
      path,
      errors,
    );
  const most = advanced ? MOST_ADVANCED_DEVICES : MOST_DEVICES;
  validatePartSet(spec['devices'], most, device, 'name', 'spec.devices', errors);
  validatePartSet(spec['sharedCounters'], MOST_COUNTER_SETS, validateCounterSet, 'name', 'spec.sharedCounters', errors);
}

function validatePool(pool: Part, errors: FieldErrors): void {
  validatePoolName(text(pool['name']), 'spec.pool.name', errors);
  const [slices, generation] = [count(pool['resourceSliceCount']), count(pool['generation'])];
  if (slices <= 0) errors.invalid('spec.pool.resourceSliceCount', slices, 'must be greater than zero');
  if (generation < 0) errors.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero');
}

/** Which nodes have the devices: said in exactly one of these ways. */
function validatePlaces(spec: Part, errors: FieldErrors): void {
  const ways = [
    ...nodeWays(spec, 'spec', 'must be either unset or set to a non-empty string', errors),
    ...flagWay(spec, 'perDeviceNodeSelection', 'spec', errors),
  ];
  const terms = part(spec['nodeSelector'])['nodeSelectorTerms'];
  if (isThere(spec['nodeSelector']) && parts(terms).length !== 1)
    errors.invalid('spec.nodeSelector.nodeSelectorTerms', terms ?? null, 'must have exactly one node selector term');
  const one = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (ways.length === 0) errors.required('spec', one);
  if (ways.length > 1) errors.invalid('spec', `{${ways.join(', ')}}`, `${one}, but multiple fields are set`);
}

function nodeWays(owner: Part, path: string, noName: string, errors: FieldErrors): string[] {
  const { nodeName, nodeSelector } = owner;
  const ways: string[] = [];
  if (nodeName === '') errors.invalid(`${path}.nodeName`, '', noName);
  else if (isThere(nodeName)) {
    ways.push('`nodeName`');
    validateName(text(nodeName), subdomainFaults, `${path}.nodeName`, errors);
  }
  if (isThere(nodeSelector)) {
    ways.push('`nodeSelector`');
    validateNodeSelector(part(nodeSelector) as never, `${path}.nodeSelector`, errors);
  }
  return [...ways, ...flagWay(owner, 'allNodes', path, errors)];
}

/** A flag is true or absent. */
function flagWay(owner: Part, key: string, path: string, errors: FieldErrors): string[] {
  if (owner[key] === false) errors.invalid(`${path}.${key}`, false, 'must be either unset or set to true');
  return owner[key] === true ? [`\`${key}\``] : [];
}

const counterNames = { key: validateLabelName, longestKey: LABEL_MAX };

function validateCounterSet(set: Part, path: string, errors: FieldErrors): void {
  if (text(set['name']) === '') errors.required(`${path}.name`);
  else validateLabelName(text(set['name']), `${path}.name`, errors);
  validateCounters(set, path, errors);
}

function validateCounters(owner: Part, path: string, errors: FieldErrors): void {
  const counters = part(owner['counters']);
  if (Object.keys(counters).length === 0) errors.required(`${path}.counters`);
  else validateMap(counters, MOST_COUNTERS, counterNames, `${path}.counters`, errors);
}

function validateConsumption(consumption: Part, path: string, errors: FieldErrors): void {
  const name = text(consumption['counterSet']);
  if (name === '') errors.required(`${path}.counterSet`);
  else validateLabelName(name, `${path}.counterSet`, errors);
  validateCounters(consumption, path, errors);
}

function validateDevice(device: Part, old: Part | undefined, spec: Part, path: string, errors: FieldErrors): void {
  validateLabelName(text(device['name']), `${path}.name`, errors);
  const [attributes, capacity] = [part(device['attributes']), part(device['capacity'])];
  const properties = Object.keys(attributes).length + Object.keys(capacity).length;
  if (properties > MOST_PROPERTIES)
    errors.invalid(
      path,
      properties,
      `the total number of attributes and capacities must not exceed ${MOST_PROPERTIES}`,
    );
  const all = Number.POSITIVE_INFINITY;
  validateMap(attributes, all, { key: validateQualifiedName, value: validateAttribute }, `${path}.attributes`, errors);
  const shared = device['allowMultipleAllocations'] === true;
  const checks = { key: validateQualifiedName, value: shared ? validateSharedCapacity : validateWholeCapacity };
  validateMap(capacity, all, checks, `${path}.capacity`, errors);
  if (!old || !equalJson(old['taints'] ?? [], device['taints'] ?? []))
    validateParts(device['taints'], MOST_TAINTS, validateTaint, `${path}.taints`, errors);
  const consumptions = `${path}.consumesCounters`;
  validatePartSet(
    device['consumesCounters'],
    MOST_CONSUMPTIONS,
    validateConsumption,
    'counterSet',
    consumptions,
    errors,
  );
  validateOwnPlaces(device, spec['perDeviceNodeSelection'] === true, path, errors);
  validateBindingConditions(device, path, errors);
}

function validateOwnPlaces(device: Part, each: boolean, path: string, errors: FieldErrors): void {
  if (!each) {
    if (!['nodeName', 'nodeSelector', 'allNodes'].some((key) => isThere(device[key]))) return;
    const fields = '`nodeName`, `nodeSelector` and `allNodes`';
    const only = 'can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    return errors.invalid(path, null, `${fields} ${only}`);
  }
  const ways = nodeWays(device, path, 'must not be empty', errors);
  const one =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (ways.length === 0) errors.required(path, one);
  if (ways.length > 1) errors.invalid(path, `{${ways.join(', ')}}`, one);
}

function validateAttribute(value: Json, path: string, errors: FieldErrors): void {
  const attribute = part(value);
  const said = VALUES.filter((key) => isThere(attribute[key]));
  const long = (key: string): void => {
    if (text(attribute[key]).length > LONGEST_VALUE) errors.tooLong(`${path}.${key}`, LONGEST_VALUE);
  };
  long('string');
  if (isThere(attribute['version']) && !SEMVER.test(text(attribute['version'])))
    errors.invalid(
      `${path}.version`,
      text(attribute['version']),
      'must be a string compatible with semver.org spec 2.0.0',
    );
  long('version');
  if (said.length !== 1)
    errors.invalid(path, said.length === 0 ? '' : attribute, 'exactly one value must be specified');
}

function validateTaint(taint: Part, path: string, errors: FieldErrors): void {
  const [key, value, effect] = ['key', 'value', 'effect'].map((field) => text(taint[field])) as [
    string,
    string,
    string,
  ];
  validateName(key, qualifiedNameFaults, `${path}.key`, errors);
  validateName(value, labelValueFaults, `${path}.value`, errors);
  if (effect === '') errors.required(`${path}.effect`);
  else if (!TAINT_EFFECTS.includes(effect)) errors.notSupported(`${path}.effect`, effect, TAINT_EFFECTS);
}

function validateWholeCapacity(value: Json, path: string, errors: FieldErrors): void {
  if (isThere(part(value)['requestPolicy']))
    errors.forbidden(`${path}.requestPolicy`, 'allowMultipleAllocations must be true');
}

const amountOf = (value: Json | undefined): Quantity | undefined =>
  typeof value === 'string' || typeof value === 'number' ? quantityOf(value) : undefined;

/** How much of what is shared may be asked for. Models validateRequestPolicy. */
function validateSharedCapacity(value: Json, path: string, errors: FieldErrors): void {
  const capacity = part(value);
  if (!isThere(capacity['requestPolicy'])) return;
  const policy = part(capacity['requestPolicy']);
  const at = `${path}.requestPolicy`;
  const values = Array.isArray(policy['validValues']) ? policy['validValues'] : [];
  const way = values.length > 0 ? 'validValues' : 'validRange';
  const [most, usual] = [amountOf(capacity['value']) ?? quantityOf('0'), amountOf(policy['default'])];
  if (values.length > 0 && isThere(policy['validRange']))
    errors.forbidden(
      at,
      'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time',
    );
  else if (values.length === 0 && !isThere(policy['validRange'])) return;
  else if (!usual) errors.required(`${at}.default`, `required when ${way} is defined`);
  else if (values.length > 0)
    validateValues(
      values.map((one) => amountOf(one)!),
      usual,
      most,
      `${at}.${way}`,
      errors,
    );
  else validateRange(part(policy['validRange']), usual, most, `${at}.${way}`, errors);
}

const exceeds = (left: Quantity, right: Quantity): boolean => compareQuantities(left, right) > 0;

function validateValues(
  values: readonly Quantity[],
  usual: Quantity,
  most: Quantity,
  path: string,
  errors: FieldErrors,
): void {
  const shown = values.map(formatQuantity);
  values.slice(1).forEach((value, index) => {
    if (exceeds(values[index]!, value))
      errors.invalid(`${path}[${index + 1}]`, shown[index + 1], 'values must be sorted in ascending order');
  });
  if (values.length > MOST_VALUES) errors.tooMany(path, values.length, MOST_VALUES);
  else {
    values.forEach((value, index) => {
      if (exceeds(value, most))
        errors.invalid(
          `${path}[${index}]`,
          shown[index],
          `option is larger than capacity value: ${formatQuantity(most)}`,
        );
    });
    validateUnique(shown, path, errors);
  }
  if (!values.some((value) => compareQuantities(value, usual) === 0))
    errors.invalid(path, formatQuantity(usual), 'default value is not valid according to the requestPolicy');
}

function validateRange(range: Part, usual: Quantity, most: Quantity, path: string, errors: FieldErrors): void {
  const [low, high, step] = [amountOf(range['min']), amountOf(range['max']), amountOf(range['step'])];
  if (!low) return errors.required(`${path}.min`, 'required when validRange is defined');
  const refuse = (key: string, shown: Quantity, why: string, limit: Quantity): void =>
    errors.invalid(`${path}.${key}`, formatQuantity(shown), `${why}: ${formatQuantity(limit)}`);
  if (exceeds(low, most)) refuse('min', low, 'min is larger than capacity value', most);
  if (exceeds(low, usual)) refuse('min', usual, 'default is less than min', low);
  if (high && exceeds(low, high)) refuse('max', low, 'min is larger than max', high);
  if (high && exceeds(high, most)) refuse('max', high, 'max is larger than capacity value', most);
  if (high && exceeds(usual, high)) refuse('max', usual, 'default is more than max', high);
  if (!step) return;
  const next = addQuantities(low, step);
  if (exceeds(next, most)) refuse('step', step, `one step ${formatQuantity(next)} is larger than capacity value`, most);
  for (const value of [usual, ...(high ? [high] : [])])
    if (step.nano === 0n || (value.nano - low.nano) % step.nano !== 0n)
      errors.invalid(
        `${path}.step`,
        formatQuantity(value),
        `value is not a multiple of a given step (${formatQuantity(step)}) from (${formatQuantity(low)})`,
      );
}
