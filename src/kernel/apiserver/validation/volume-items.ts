import type { Volume } from '../../../api/objects';
import { validateResourceField, validateVolumeFieldRef } from './environment';
import type { FieldErrors } from './field-errors';
import { validateNonReservedPath } from './paths';

/** Models pkg/apis/core/validation validateKeyToPath and validateDownwardAPIVolumeFile: the files that a volume is made of. */

export type KeyPath = { key: string; path: string; mode?: number };
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

const MODE_RANGE = 'must be a number between 0 and 0777 (octal), both inclusive';

export function validateMode(mode: number | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.invalid(path, mode, MODE_RANGE);
}

export function validateKeyPaths(items: readonly KeyPath[] | undefined, path: string, errors: FieldErrors): void {
  items?.forEach((item, index) => validateKeyPath(item, `${path}[${index}]`, errors));
}

export function validateKeyPath(item: KeyPath, path: string, errors: FieldErrors): void {
  if (!item.key) errors.required(`${path}.key`);
  if (!item.path) errors.required(`${path}.path`);
  validateNonReservedPath(item.path ?? '', `${path}.path`, errors);
  validateMode(item.mode, `${path}.mode`, errors);
}

export function validateDownwardItem(item: DownwardItem, path: string, errors: FieldErrors): void {
  if (!item.path) errors.required(`${path}.path`);
  validateNonReservedPath(item.path ?? '', `${path}.path`, errors);
  if (item.fieldRef) {
    validateVolumeFieldRef(item.fieldRef, `${path}.fieldRef`, errors);
    if (item.resourceFieldRef)
      errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (item.resourceFieldRef)
    validateResourceField(item.resourceFieldRef, false, `${path}.resourceFieldRef`, errors);
  else errors.required(path, 'one of fieldRef and resourceFieldRef is required');
  validateMode(item.mode, `${path}.mode`, errors);
}
