import { equalJson } from '../../../api/json';
import type { ObjectMeta, OwnerReference } from '../../../api/objects';
import type { Resource } from '../kind';
import type { FieldErrors } from './field-errors';
import {
  addressNameFaults,
  labelFaults,
  labelValueFaults,
  maskTrailingDash,
  pathSegmentFaults,
  qualifiedNameFaults,
  subdomainFaults,
  type NameFaults,
} from './names';

/** Models apimachinery/pkg/api/validation ValidateObjectMeta and ValidateObjectMetaUpdate. */

const ANNOTATIONS_MAX_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** The kinds whose names are not subdomains. */
const NAME_RULES: Record<string, (name: string) => NameFaults> = {
  namespaces: labelFaults,
  services: labelFaults,
  ipaddresses: addressNameFaults,
  roles: pathSegmentFaults,
  clusterroles: pathSegmentFaults,
  rolebindings: pathSegmentFaults,
  clusterrolebindings: pathSegmentFaults,
  apiservices: pathSegmentFaults,
  certificatesigningrequests: pathSegmentFaults,
};

export function nameFaults(resource: string, name: string): NameFaults {
  return (NAME_RULES[resource] ?? subdomainFaults)(name);
}

export function validateObjectMeta(metadata: ObjectMeta, resource: Resource, errors: FieldErrors): void {
  const plural = resource.kind.resource;
  if (metadata.generateName) {
    const masked = maskTrailingDash(metadata.generateName);
    for (const fault of nameFaults(plural, masked))
      errors.invalid('metadata.generateName', metadata.generateName, fault);
  }
  if (!metadata.name) errors.required('metadata.name', 'name or generateName is required');
  else for (const fault of nameFaults(plural, metadata.name)) errors.invalid('metadata.name', metadata.name, fault);
  if (resource.row.namespaced) {
    if (!metadata.namespace) errors.required('metadata.namespace');
    else
      for (const fault of labelFaults(metadata.namespace))
        errors.invalid('metadata.namespace', metadata.namespace, fault);
  } else if (metadata.namespace) errors.forbidden('metadata.namespace', 'not allowed on this type');
  validateShared(metadata, errors);
}

function validateShared(metadata: ObjectMeta, errors: FieldErrors): void {
  validateLabels(metadata.labels, 'metadata.labels', errors);
  validateAnnotations(metadata.annotations, 'metadata.annotations', errors);
  if (metadata.ownerReferences) validateOwners(metadata.ownerReferences, errors);
  if (metadata.finalizers) validateFinalizers(metadata.finalizers, errors);
}

export function validateLabels(labels: Record<string, string> | undefined, path: string, errors: FieldErrors): void {
  for (const key in labels) {
    for (const fault of qualifiedNameFaults(key)) errors.invalid(path, key, fault);
    for (const fault of labelValueFaults(labels[key]!)) errors.invalid(path, labels[key], fault);
  }
}

export function validateAnnotations(
  annotations: Record<string, string> | undefined,
  path: string,
  errors: FieldErrors,
): void {
  let bytes = 0;
  for (const key in annotations) {
    for (const fault of qualifiedNameFaults(key.toLowerCase())) errors.invalid(path, key, fault);
    bytes += key.length + annotations[key]!.length;
  }
  if (bytes > ANNOTATIONS_MAX_BYTES) errors.tooLong(path, ANNOTATIONS_MAX_BYTES);
}

function validateOwners(owners: readonly OwnerReference[], errors: FieldErrors): void {
  const path = 'metadata.ownerReferences';
  let controller: string | undefined;
  for (const owner of owners) {
    if (!owner.apiVersion) errors.invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty');
    if (!owner.kind) errors.invalid(`${path}.kind`, owner.kind ?? '', 'must not be empty');
    if (!owner.name) errors.invalid(`${path}.name`, owner.name ?? '', 'must not be empty');
    if (!owner.uid) errors.invalid(`${path}.uid`, owner.uid ?? '', 'must not be empty');
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner');
    }
    if (owner.controller === true && controller !== undefined) {
      const found = `Found "true" in references for ${controller} and ${owner.name}`;
      errors.invalid(path, owners, `Only one reference can have Controller set to true. ${found}`);
    }
    if (owner.controller === true) controller = owner.name;
  }
}

function validateFinalizers(finalizers: readonly string[], errors: FieldErrors): void {
  const path = 'metadata.finalizers';
  for (const finalizer of finalizers) {
    for (const fault of qualifiedNameFaults(finalizer)) errors.invalid(path, finalizer, fault);
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  }
  finalizers.forEach((finalizer, index) => {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return;
    errors.invalid(
      `${path}[${index}]`,
      finalizer,
      'name is neither a standard finalizer name nor is it fully qualified',
    );
  });
}

/** Checks changed metadata. Upstream does it twice, in the registry and in the kind's own rules, and so reports it twice. */
export function validateObjectMetaUpdate(next: ObjectMeta, current: ObjectMeta, errors: FieldErrors): void {
  if (next === current) return;
  validateMetaChange(next, current, errors);
  if (!errors.empty) validateMetaChange(next, current, errors);
}

function validateMetaChange(next: ObjectMeta, current: ObjectMeta, errors: FieldErrors): void {
  if (current.deletionTimestamp) {
    const added = (next.finalizers ?? []).filter((one) => !current.finalizers?.includes(one));
    if (added.length > 0) {
      const shown = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
      errors.forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`,
      );
    }
  }
  if (next.uid !== current.uid) errors.invalid('metadata.uid', next.uid, 'field is immutable');
  if (next.labels !== current.labels) validateLabels(next.labels, 'metadata.labels', errors);
  if (next.annotations !== current.annotations) validateAnnotations(next.annotations, 'metadata.annotations', errors);
  if (next.ownerReferences && next.ownerReferences !== current.ownerReferences)
    validateOwners(next.ownerReferences, errors);
  if (next.finalizers && !equalJson(next.finalizers, current.finalizers)) validateFinalizers(next.finalizers, errors);
}
