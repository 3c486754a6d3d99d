import type { FieldErrors } from './field-errors';
import { percentFaults, portNameFaults } from './names';

/** Rules for numbers, and for what may be a number or text. */

export const NON_NEGATIVE = 'must be greater than or equal to 0';
export const PORT_RANGE = 'must be between 1 and 65535, inclusive';
const HUNDRED = 'must not be greater than 100%';

export function validateNonNegative(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, NON_NEGATIVE);
}

export function validatePort(port: number, path: string, errors: FieldErrors): void {
  if (port < 1 || port > 65535) errors.invalid(path, port, PORT_RANGE);
}

/** A port's number or its name. */
export function validatePortOrName(port: number | string, path: string, errors: FieldErrors): void {
  if (typeof port === 'number') validatePort(port, path, errors);
  else for (const fault of portNameFaults(port)) errors.invalid(path, port, fault);
}

/** A number that is not negative, or a percentage. */
export function validateIntOrPercent(value: number | string | undefined, path: string, errors: FieldErrors): void {
  if (typeof value === 'string') for (const fault of percentFaults(value)) errors.invalid(path, value, fault);
  else validateNonNegative(value, path, errors);
}

export function validateAtMostHundredPercent(
  value: number | string | undefined,
  path: string,
  errors: FieldErrors,
): void {
  if (percentOf(value) > 100) errors.invalid(path, value, HUNDRED);
}

function percentOf(value: number | string | undefined): number {
  return typeof value === 'string' && /^\d+%$/.test(value) ? Number(value.slice(0, -1)) : 0;
}

/** The number, or the number of percent. */
export function amountOf(value: number | string | undefined): number {
  return typeof value === 'number' ? value : percentOf(value);
}
