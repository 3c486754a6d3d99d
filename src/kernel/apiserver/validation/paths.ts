import type { FieldErrors } from './field-errors';

/** A path below the volume's root. Models validateLocalDescendingPath. */
export function validateDescendingPath(target: string, path: string, errors: FieldErrors): void {
  if (target.startsWith('/')) errors.invalid(path, target, 'must be a relative path');
  validateNoBacksteps(target, path, errors);
}

/** The same, where names that begin with two dots are taken. Models ValidateLocalNonReservedPath. */
export function validateNonReservedPath(target: string, path: string, errors: FieldErrors): void {
  validateDescendingPath(target, path, errors);
  if (target.startsWith('..') && !target.startsWith('../')) errors.invalid(path, target, "must not start with '..'");
}

export function validateNoBacksteps(target: string, path: string, errors: FieldErrors): void {
  if (target.split('/').includes('..')) errors.invalid(path, target, "must not contain '..'");
}
