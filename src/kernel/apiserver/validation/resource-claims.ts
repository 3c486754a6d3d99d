import { equalJson } from '../../../api/json';
import type { ApiObject, Json, ObjectMeta } from '../../../api/objects';
import {
  validateDriverName,
  validateLabelName,
  validateName,
  validateParts,
  validatePartSet,
  validatePoolName,
  validateRawObject,
  validateTextSet,
  validateTexts,
} from './device-names';
import {
  MOST_CONFIGURATIONS,
  MOST_REQUESTS,
  requestNamesOf,
  validateConfiguration,
  validateDeviceClaim,
  validateRequestName,
  type RequestNames,
} from './device-requests';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { validateImmutable } from './immutable';
import { validateAnnotations, validateLabels } from './metadata';
import { qualifiedNameFaults } from './names';
import { validateNodeSelector } from './scheduling';
import { validateStatusConditions } from './status-conditions';
import { isThere, part, parts, specOf, statusOf, text, texts, type Part } from './untyped';

/** Models pkg/apis/resource/validation of claims and their templates. */

const MOST_CONSUMERS = 256;
const MOST_BINDING_CONDITIONS = 4;
const MOST_DEVICE_CONDITIONS = 8;
const LONGEST_DATA = 10 * 1024;
const MOST_ADDRESSES = 16;
const SOURCES = ['FromClaim', 'FromClass'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function validateResourceClaim(claim: ApiObject, errors: FieldErrors): void {
  validateDeviceClaim(part(specOf(claim)['devices']), 'spec.devices', errors);
}

/** A claim, or a template of claims, stays what it is. */
export const validateSameSpec =
  (typeName: string) =>
  (next: ApiObject, current: ApiObject, errors: FieldErrors): void => {
    const [after, before] = [specOf(next), specOf(current)];
    if (!equalJson(after, before)) validateImmutable(goDump(after, typeName), null, 'spec', errors);
  };

export function validateClaimTemplate(template: ApiObject, errors: FieldErrors): void {
  const { metadata, spec } = specOf(template);
  const { labels, annotations } = part(metadata) as unknown as ObjectMeta;
  validateAnnotations(annotations, 'spec.metadata.annotations', errors);
  validateLabels(labels, 'spec.metadata.labels', errors);
  validateDeviceClaim(part(part(spec)['devices']), 'spec.spec.devices', errors);
}

/** Models validateResourceClaimStatusUpdate. */
export function validateClaimStatus(next: ApiObject, current: ApiObject, errors: FieldErrors): void {
  const [status, before] = [statusOf(next), statusOf(current)];
  const names = requestNamesOf(part(specOf(next)['devices']));
  validatePartSet(status['reservedFor'], MOST_CONSUMERS, validateConsumer, 'uid', 'status.reservedFor', errors);
  validateDeviceStatuses(status, errors);
  validateReservations(next, status, before, errors);
  const allocation = status['allocation'];
  if (isThere(allocation) && isThere(before['allocation'])) {
    if (!equalJson(allocation, before['allocation']))
      validateImmutable(
        goDump(allocation, 'io.k8s.api.resource.v1.AllocationResult'),
        null,
        'status.allocation',
        errors,
      );
  } else if (isThere(allocation)) validateAllocation(part(allocation), names, 'status.allocation', errors);
}

function validateReservations(next: ApiObject, status: Part, before: Part, errors: FieldErrors): void {
  const reserved = parts(status['reservedFor']);
  if (reserved.length === 0) return;
  const known = parts(before['reservedFor']);
  if (!isThere(status['allocation']))
    errors.forbidden('status.reservedFor', 'may not be specified when `allocated` is not set');
  else if (next.metadata.deletionTimestamp && reserved.some((one) => !known.some((other) => equalJson(one, other))))
    errors.forbidden(
      'status.reservedFor',
      'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
    );
}

function validateConsumer(consumer: Part, path: string, errors: FieldErrors): void {
  for (const field of ['resource', 'name', 'uid'])
    if (text(consumer[field]) === '') errors.required(`${path}.${field}`);
}

function validateAllocation(allocation: Part, names: RequestNames, path: string, errors: FieldErrors): void {
  const devices = part(allocation['devices']);
  const result = (one: Part, at: string): void => validateAllocated(one, names, at, errors);
  validateParts(devices['results'], MOST_REQUESTS, result, `${path}.devices.results`, errors);
  const configuration = (one: Part, at: string): void => validateAllocatedConfiguration(one, names, at, errors);
  validateParts(devices['config'], 2 * MOST_CONFIGURATIONS, configuration, `${path}.devices.config`, errors);
  if (isThere(allocation['nodeSelector']))
    validateNodeSelector(part(allocation['nodeSelector']) as never, `${path}.nodeSelector`, errors);
}

function validateAllocated(result: Part, names: RequestNames, path: string, errors: FieldErrors): void {
  validateRequestName(text(result['request']), names, `${path}.request`, errors);
  validateDevice(result, path, errors);
  validateBindingConditions(result, path, errors);
  validateShareId(result['shareID'], `${path}.shareID`, errors);
}

function validateDevice(device: Part, path: string, errors: FieldErrors): void {
  validateDriverName(text(device['driver']), `${path}.driver`, errors);
  validatePoolName(text(device['pool']), `${path}.pool`, errors);
  validateLabelName(text(device['device']), `${path}.device`, errors);
}

function validateShareId(value: Json | undefined, path: string, errors: FieldErrors): void {
  if (!isThere(value) || UUID.test(text(value))) return;
  const form = '`xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`';
  const why = UUID.test(text(value).toLowerCase())
    ? `uid must be in RFC 4122 normalized form, ${form} with lowercase hexadecimal characters`
    : `error validating uid: invalid UUID length: ${text(value).length}`;
  errors.invalid(path, text(value), why);
}

function validateAllocatedConfiguration(one: Part, names: RequestNames, path: string, errors: FieldErrors): void {
  const source = text(one['source']);
  if (source === '') errors.required(`${path}.source`);
  else if (!SOURCES.includes(source)) errors.notSupported(`${path}.source`, source, SOURCES);
  validateConfiguration(one, names, path, errors);
}

/** Conditions that a device waits for, and those that end the waiting. */
export function validateBindingConditions(owner: Part, path: string, errors: FieldErrors): void {
  const [wanted, failing] = [texts(owner['bindingConditions']), texts(owner['bindingFailureConditions'])];
  const named = (name: string, at: string): void => validateName(name, qualifiedNameFaults, at, errors);
  validateTexts(wanted, MOST_BINDING_CONDITIONS, named, `${path}.bindingConditions`, errors);
  validateTexts(failing, MOST_BINDING_CONDITIONS, named, `${path}.bindingFailureConditions`, errors);
  wanted.forEach((name, index) => {
    if (wanted.indexOf(name) < index) errors.duplicate(`${path}.bindingConditions[${index}]`, name);
  });
  failing.forEach((name, index) => {
    const at = `${path}.bindingFailureConditions[${index}]`;
    if (failing.indexOf(name) < index) errors.duplicate(at, name);
    if (wanted.includes(name))
      errors.invalid(at, name, 'bindingFailureConditions must not overlap with bindingConditions');
  });
  const needed = (one: string, other: string): string => `${one} are required to use ${other}`;
  if (wanted.length === 0 && failing.length > 0)
    errors.invalid(
      `${path}.bindingConditions`,
      owner['bindingConditions'] ?? null,
      needed('bindingConditions', 'bindingFailureConditions'),
    );
  if (failing.length === 0 && wanted.length > 0)
    errors.invalid(
      `${path}.bindingFailureConditions`,
      owner['bindingFailureConditions'] ?? null,
      needed('bindingFailureConditions', 'bindingConditions'),
    );
}

const deviceId = (device: Part): string =>
  ['driver', 'pool', 'device', 'shareID'].flatMap((key) => (isThere(device[key]) ? [text(device[key])] : [])).join('/');

function validateDeviceStatuses(status: Part, errors: FieldErrors): void {
  const allocated = parts(part(part(status['allocation'])['devices'])['results']).map(deviceId);
  const devices = parts(status['devices']);
  const ids = devices.map(deviceId);
  devices.forEach((device, index) => {
    const path = `status.devices[${index}]`;
    validateDevice(device, path, errors);
    validateShareId(device['shareID'], `${path}.shareID`, errors);
    if (!allocated.includes(ids[index]!)) errors.invalid(path, ids[index], 'must be an allocated device in the claim');
    const conditions = parts(device['conditions']);
    if (conditions.length > MOST_DEVICE_CONDITIONS)
      errors.tooMany(`${path}.conditions`, conditions.length, MOST_DEVICE_CONDITIONS);
    validateStatusConditions(conditions, `${path}.conditions`, errors);
    if (isThere(device['data'])) validateRawObject(device['data'], LONGEST_DATA, `${path}.data`, errors);
    const addresses = part(device['networkData'])['ips'];
    validateTextSet(addresses, MOST_ADDRESSES, () => undefined, `${path}.networkData.ips`, errors);
  });
  ids.forEach((id, index) => {
    if (ids.indexOf(id) < index) errors.duplicate(`status.devices[${index}]`, id);
  });
}
