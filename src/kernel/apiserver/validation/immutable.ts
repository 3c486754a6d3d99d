import { equalJson } from '../../../api/json';
import type { FieldErrors } from './field-errors';

export const IMMUTABLE = 'field is immutable';

/** A field that stays as it is. Models apimachinery/pkg/api/validation ValidateImmutableField. */
export function validateImmutable(next: unknown, current: unknown, path: string, errors: FieldErrors): void {
  if (!equalJson(next, current)) errors.invalid(path, next ?? null, IMMUTABLE);
}
