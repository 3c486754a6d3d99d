import { equalJson } from '../../../api/json';
import type { CSIDriver, CSIStorageCapacity, LabelSelector, VolumeAttributesClass } from '../../../api/objects';
import { canonicalQuantity, quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { IMMUTABLE, validateImmutable } from './immutable';
import { validateLabelSelector } from './label-selectors';
import { subdomainFaults } from './names';
import { NON_NEGATIVE } from './numbers';
import { validateParameters, validateProvisioner } from './storage-classes';

/** Models pkg/apis/storage/validation: drivers, what they have left, and the classes of what they can change. */

type Spec = CSIDriver['spec'];

const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLES = ['Persistent', 'Ephemeral'];
const PERIOD_MIN_SECONDS = 10;
const TOKEN_MIN_SECONDS = 600;
const TOKEN_MAX_SECONDS = 2 ** 32;

/** Fields that defaults fill in, by what refusals call them. */
const FILLED: readonly (readonly [field: keyof Spec, shown: string])[] = [
  ['attachRequired', 'attachedRequired'],
  ['podInfoOnMount', 'podInfoOnMount'],
  ['storageCapacity', 'storageCapacity'],
];

export function validateCsiDriver({ spec }: CSIDriver, errors: FieldErrors): void {
  for (const [field, shown] of FILLED) if (spec[field] === undefined) errors.required(`spec.${shown}`);
  const { fsGroupPolicy, nodeAllocatableUpdatePeriodSeconds: period } = spec;
  if (fsGroupPolicy !== undefined && !FS_GROUP_POLICIES.includes(fsGroupPolicy)) {
    errors.notSupported('spec.fsGroupPolicy', fsGroupPolicy, FS_GROUP_POLICIES);
  }
  validateTokenRequests(spec.tokenRequests ?? [], 'spec.tokenRequests', errors);
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!LIFECYCLES.includes(mode)) errors.notSupported('spec.volumeLifecycleModes', mode, LIFECYCLES);
  }
  if (spec.seLinuxMount === undefined) errors.required('spec.seLinuxMount');
  if (period !== undefined && period < PERIOD_MIN_SECONDS) {
    const why = `must be greater than or equal to ${PERIOD_MIN_SECONDS} seconds`;
    errors.invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, why);
  }
}

function validateTokenRequests(requests: NonNullable<Spec['tokenRequests']>, path: string, errors: FieldErrors): void {
  const audiences = new Set<string>();
  requests.forEach(({ audience = '', expirationSeconds }, index) => {
    if (audiences.has(audience)) return errors.duplicate(`${path}[${index}].audience`, audience);
    audiences.add(audience);
    if (expirationSeconds !== undefined)
      validateTokenSeconds(expirationSeconds, `${path}[${index}].expirationSeconds`, errors);
  });
}

/** For how long a token may be asked. */
export function validateTokenSeconds(seconds: number, path: string, errors: FieldErrors): void {
  if (seconds < TOKEN_MIN_SECONDS) errors.invalid(path, seconds, 'may not specify a duration less than 10 minutes');
  if (seconds > TOKEN_MAX_SECONDS) errors.invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds');
}

export function validateCsiDriverUpdate(next: CSIDriver, current: CSIDriver, errors: FieldErrors): void {
  validateCsiDriver(next, errors);
  validateImmutable(next.spec.attachRequired, current.spec.attachRequired, 'spec.attachedRequired', errors);
  validateImmutable(
    next.spec.volumeLifecycleModes,
    current.spec.volumeLifecycleModes,
    'spec.volumeLifecycleModes',
    errors,
  );
}

export function validateStorageCapacity(capacity: CSIStorageCapacity, errors: FieldErrors): void {
  validateLabelSelector(capacity.nodeTopology as LabelSelector | undefined, 'nodeTopology', errors);
  const { storageClassName = '', capacity: amount } = capacity;
  for (const fault of subdomainFaults(storageClassName)) errors.invalid('storageClassName', storageClassName, fault);
  if (amount !== undefined && quantityOf(amount).nano < 0n) {
    errors.invalid('capacity', canonicalQuantity(amount), NON_NEGATIVE);
  }
}

export function validateStorageCapacityUpdate(
  next: CSIStorageCapacity,
  current: CSIStorageCapacity,
  errors: FieldErrors,
): void {
  for (const key of ['nodeTopology', 'storageClassName'] as const) {
    if (!equalJson(next[key], current[key])) errors.invalid(key, next[key], IMMUTABLE);
  }
}

export function validateVolumeAttributesClass(one: VolumeAttributesClass, errors: FieldErrors): void {
  validateProvisioner(one.driverName, 'driverName', errors);
  validateParameters(one.parameters, 'parameters', errors);
  if (Object.keys(one.parameters ?? {}).length === 0) {
    errors.required('parameters', 'must contain at least one key/value pair');
  }
}

export function validateVolumeAttributesClassUpdate(
  next: VolumeAttributesClass,
  current: VolumeAttributesClass,
  errors: FieldErrors,
): void {
  for (const key of ['driverName', 'parameters'] as const) {
    if (!equalJson(next[key], current[key])) errors.forbidden(key, `updates to ${key} are forbidden.`);
  }
  validateVolumeAttributesClass(next, errors);
}
