import { equalJson } from '../../../api/json';
import type { StorageClass, VolumeAttachment } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults, subdomainFaults } from './names';
import { validateImmutable } from './immutable';

/** Models pkg/apis/storage/validation. */

const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const RECLAIM_POLICIES = ['Delete', 'Retain'];

export function validateStorageClass(storageClass: StorageClass, errors: FieldErrors): void {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode } = storageClass;
  if (!provisioner) errors.required('provisioner');
  else
    for (const fault of qualifiedNameFaults(provisioner.toLowerCase()))
      errors.invalid('provisioner', provisioner, fault);
  for (const key in parameters) if (key === '') errors.invalid('parameters', key, 'field can not be empty.');
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
