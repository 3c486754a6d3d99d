import { equalJson } from '../../../api/json';
import type { Json, LabelSelector, PersistentVolumeClaim } from '../../../api/objects';
import { canonicalQuantity, compareQuantities, quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { goDiff } from './go-dump';
import { validateLabelSelector } from './label-selectors';
import { subdomainFaults } from './names';
import { validateImmutable } from './immutable';

/** Models pkg/apis/core/validation ValidatePersistentVolumeClaim and its update. */

type Spec = PersistentVolumeClaim['spec'];

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const CLAIM_SPEC = 'io.k8s.api.core.v1.PersistentVolumeClaimSpec';

export function validateClaim(claim: PersistentVolumeClaim, errors: FieldErrors): void {
  validateClaimSpec(claim.spec, 'spec', errors);
}

/** The spec of a claim; also of the one that a Pod's ephemeral volume makes. */
export function validateClaimSpec(spec: Spec, path: string, errors: FieldErrors): void {
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.required(`${path}.accessModes`, 'at least 1 access mode is required');
  validateLabelSelector(spec.selector as LabelSelector | undefined, `${path}.selector`, errors);
  validateAccessModes(modes, `${path}.accessModes`, errors);
  const storage = spec.resources?.requests?.['storage'];
  const storagePath = `${path}.resources[storage]`;
  if (storage === undefined) errors.required(storagePath);
  else if (quantityOf(storage).nano <= 0n)
    errors.invalid(storagePath, canonicalQuantity(storage), 'must be greater than zero');
  if (spec.storageClassName) {
    for (const fault of subdomainFaults(spec.storageClassName))
      errors.invalid(`${path}.storageClassName`, spec.storageClassName, fault);
  }
  validateVolumeMode(spec.volumeMode, `${path}.volumeMode`, errors);
}

export function validateAccessModes(modes: readonly string[], path: string, errors: FieldErrors): void {
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) errors.notSupported(path, mode, ACCESS_MODES);
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes');
  }
}

export function validateVolumeMode(mode: string | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) errors.notSupported(path, mode, VOLUME_MODES);
}

export function validateClaimUpdate(
  next: PersistentVolumeClaim,
  current: PersistentVolumeClaim,
  errors: FieldErrors,
): void {
  if (next.spec === current.spec) return;
  validateClaimSpec(next.spec, 'spec', errors);
  const [after, before] = comparable(next, current);
  if (!equalJson(after, before)) {
    const why =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.forbidden('spec', `${why}\n${goDiff(before as unknown as Json, after as unknown as Json, CLAIM_SPEC)}`);
  }
  const [size, oldSize] = [next.spec.resources?.requests?.['storage'], current.spec.resources?.requests?.['storage']];
  if (size !== undefined && oldSize !== undefined && compareQuantities(quantityOf(size), quantityOf(oldSize)) < 0) {
    const capacity = current.status.capacity?.['storage'];
    if (capacity === undefined || compareQuantities(quantityOf(size), quantityOf(capacity)) <= 0) {
      errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
    }
  }
  validateImmutable(next.spec.volumeMode, current.spec.volumeMode, 'volumeMode', errors);
}

/** Both specs without what may change: the volume's name once, the size of a bound claim. */
function comparable(next: PersistentVolumeClaim, current: PersistentVolumeClaim): [Spec, Spec] {
  let [after, before] = [next.spec, current.spec];
  if (!before.volumeName && after.volumeName) before = { ...before, volumeName: after.volumeName };
  const size = before.resources?.requests?.['storage'];
  if (current.status.phase === 'Bound' && after.resources?.requests && size !== undefined) {
    after = { ...after, resources: { ...after.resources, requests: { ...after.resources.requests, storage: size } } };
  }
  return [after, before];
}
