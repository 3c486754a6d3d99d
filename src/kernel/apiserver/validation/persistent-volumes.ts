import { equalJson, type JsonMap } from '../../../api/json';
import type { Json, PersistentVolume } from '../../../api/objects';
import { canonicalQuantity, quantityOf } from '../../../api/quantity';
import { typeByName } from '../../../api/schema/tables';
import { validateAccessModes, validateVolumeMode } from './claims';
import type { FieldErrors } from './field-errors';
import { goDiff } from './go-dump';
import { subdomainFaults } from './names';
import { validateNodeSelector } from './scheduling';
import { validateHostPath } from './volumes';
import { validateImmutable } from './immutable';

/** Models pkg/apis/core/validation ValidatePersistentVolume and its update. */

type Spec = PersistentVolume['spec'];

const VOLUME_SPEC = 'io.k8s.api.core.v1.PersistentVolumeSpec';
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

/** The fields that say where a volume is, one of which is set. */
function sourceKeys(): string[] {
  const fields = typeByName(VOLUME_SPEC)!.fields!;
  return Object.keys(fields).filter((key) => fields[key]!.ref?.endsWith('Source'));
}

export function validateVolume(volume: PersistentVolume, errors: FieldErrors): void {
  const { spec } = volume;
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.required('spec.accessModes');
  validateAccessModes(modes, 'spec.accessModes', errors);
  validateCapacity(spec, errors);
  const policy = spec.persistentVolumeReclaimPolicy;
  if (policy && !RECLAIM_POLICIES.includes(policy))
    errors.notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES);
  if (spec.nodeAffinity?.required)
    validateNodeSelector(spec.nodeAffinity.required, 'spec.nodeAffinity.required', errors);
  validateSource(spec, errors);
  if (spec.storageClassName) {
    for (const fault of subdomainFaults(spec.storageClassName))
      errors.invalid('spec.storageClassName', spec.storageClassName, fault);
  }
  validateVolumeMode(spec.volumeMode, 'spec.volumeMode', errors);
}

function validateCapacity(spec: Spec, errors: FieldErrors): void {
  const capacity = spec.capacity ?? {};
  const names = Object.keys(capacity);
  if (names.length === 0) errors.required('spec.capacity');
  if (names.length !== 1 || names[0] !== 'storage') errors.notSupported('spec.capacity', spec.capacity, ['storage']);
  for (const [name, amount] of Object.entries(capacity)) {
    if (quantityOf(amount).nano <= 0n)
      errors.invalid(`spec.capacity[${name}]`, canonicalQuantity(amount), 'must be greater than zero');
  }
}

function validateSource(spec: Spec, errors: FieldErrors): void {
  const set = sourceKeys().filter((key) => (spec as Record<string, unknown>)[key] !== undefined);
  for (const key of set.slice(1)) errors.forbidden(`spec.${key}`, 'may not specify more than 1 volume type');
  if (spec.hostPath) validateHostPath(spec.hostPath, 'spec.hostPath', errors);
  if (spec.local && !spec.local.path) errors.required('spec.local.path');
  if (spec.local && !spec.nodeAffinity) errors.required('spec.nodeAffinity', 'Local volume requires node affinity');
  if (spec.csi && !spec.csi.driver) errors.required('spec.csi.driver');
  if (spec.csi && !spec.csi.volumeHandle) errors.required('spec.csi.volumeHandle');
  if (set.length === 0) errors.required('spec', 'must specify a volume type');
  if (spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    errors.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'");
  }
}

export function validateVolumeUpdate(next: PersistentVolume, current: PersistentVolume, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validateVolume(next, errors);
  const [after, before] = [sourceOf(next.spec), sourceOf(current.spec)];
  if (!equalJson(after, before)) {
    const why = 'spec.persistentvolumesource is immutable after creation';
    errors.forbidden('spec.persistentvolumesource', `${why}\n${goDiff(before, after, VOLUME_SPEC)}`);
  }
  validateImmutable(next.spec.volumeMode, current.spec.volumeMode, 'volumeMode', errors);
}

function sourceOf(spec: Spec): Json {
  const source: JsonMap = {};
  for (const key of sourceKeys()) {
    const value = (spec as unknown as JsonMap)[key];
    if (value !== undefined) source[key] = value;
  }
  return source;
}
