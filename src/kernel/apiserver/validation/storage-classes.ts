import { equalJson } from '../../../api/json';
import type { StorageClass, VolumeAttachment } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults, subdomainFaults } from './names';
import { validateImmutable } from './immutable';

/** Models pkg/apis/storage/validation. */

const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const RECLAIM_POLICIES = ['Delete', 'Retain'];
const PARAMETERS_MAX = 512;
const PARAMETERS_MAX_BYTES = 256 * 1024;

export function validateStorageClass(storageClass: StorageClass, errors: FieldErrors): void {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode } = storageClass;
  validateProvisioner(provisioner, 'provisioner', errors);
  validateParameters(parameters, 'parameters', errors);
  if (reclaimPolicy && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES);
  if (!volumeBindingMode) errors.required('volumeBindingMode');
  else if (!BINDING_MODES.includes(volumeBindingMode))
    errors.notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES);
  storageClass.allowedTopologies?.forEach((term, index) => {
    term.matchLabelExpressions?.forEach((expression, at) => {
      const path = `allowedTopologies[${index}].matchLabelExpressions[${at}]`;
      if (!expression.values?.length) errors.required(`${path}.values`);
      for (const fault of qualifiedNameFaults(expression.key)) errors.invalid(`${path}.key`, expression.key, fault);
    });
  });
}

export function validateProvisioner(provisioner: string, path: string, errors: FieldErrors): void {
  if (!provisioner) return errors.required(path);
  for (const fault of qualifiedNameFaults(provisioner.toLowerCase())) errors.invalid(path, provisioner, fault);
}

/** What a class hands on to its driver. */
export function validateParameters(
  parameters: Record<string, string> | undefined,
  path: string,
  errors: FieldErrors,
): void {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > PARAMETERS_MAX) return errors.tooLong(path, PARAMETERS_MAX);
  for (const [key] of entries) if (key === '') errors.invalid(path, key, 'field can not be empty.');
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (bytes > PARAMETERS_MAX_BYTES) errors.tooLong(path, PARAMETERS_MAX_BYTES);
}

export function validateStorageClassUpdate(next: StorageClass, current: StorageClass, errors: FieldErrors): void {
  for (const key of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!equalJson(next[key], current[key])) errors.forbidden(key, `updates to ${key} are forbidden.`);
  }
  validateImmutable(next.volumeBindingMode, current.volumeBindingMode, 'volumeBindingMode', errors);
}

export function validateAttachment(attachment: VolumeAttachment, errors: FieldErrors): void {
  const { attacher, nodeName, source } = attachment.spec;
  if (!attacher) errors.required('spec.attacher');
  else for (const fault of subdomainFaults(attacher.toLowerCase())) errors.invalid('spec.attacher', attacher, fault);
  if (!nodeName) errors.required('spec.nodeName');
  else for (const fault of subdomainFaults(nodeName)) errors.invalid('spec.nodeName', nodeName, fault);
  if (source?.persistentVolumeName === undefined && source?.inlineVolumeSpec === undefined) {
    errors.required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName');
  }
}

export function validateAttachmentUpdate(next: VolumeAttachment, current: VolumeAttachment, errors: FieldErrors): void {
  validateImmutable(next.spec, current.spec, 'spec', errors);
}
