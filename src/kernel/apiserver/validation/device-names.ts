import type { Json } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { labelFaults, subdomainFaults, type NameFaults } from './names';
import { isThere, parts, text, texts, type Part } from './untyped';

/** Models pkg/apis/resource/validation: names, lists and maps of what devices are described with. */

const DRIVER_MAX = 63;
const POOL_MAX = 253;
const ID_MAX = 32;
const KEY_MAX = 63 + 1 + ID_MAX;
const IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const IDENTIFIER_RULE = `a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '${IDENTIFIER}')`;

/** Checks an item, or a map's value, at its path. */
export type Check<T> = (item: T, path: string, errors: FieldErrors) => void;

export function validateName(
  name: string,
  faultsOf: (name: string) => NameFaults,
  path: string,
  errors: FieldErrors,
): void {
  for (const fault of faultsOf(name)) errors.invalid(path, name, fault);
}

export const validateLabelName = (name: string, path: string, errors: FieldErrors): void =>
  validateName(name, labelFaults, path, errors);

/** Models ValidateCSIDriverName. */
export function validateDriverName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') errors.required(path);
  if (name.length > DRIVER_MAX) errors.tooLong(path, DRIVER_MAX);
  for (const fault of subdomainFaults(name.toLowerCase())) errors.invalid(path, name, fault);
}

export function validatePoolName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') return errors.required(path);
  if (name.length > POOL_MAX) errors.tooLong(path, POOL_MAX);
  for (const segment of name.split('/')) validateName(segment, subdomainFaults, path, errors);
}

/** An identifier, in a domain or in that of its driver. */
export function validateQualifiedName(name: string, path: string, errors: FieldErrors): void {
  const segments = name.split('/');
  if (segments.length === 1) return validateIdentifier(name, path, errors);
  if (segments.length !== 2) return;
  const [domain, id] = segments as [string, string];
  if (domain === '') errors.invalid(path, '', 'the domain must not be empty');
  else validateDriverName(domain, path, errors);
  if (id === '') errors.invalid(path, '', 'the name must not be empty');
  else validateIdentifier(id, path, errors);
}

export function validateFullyQualifiedName(name: string, path: string, errors: FieldErrors): void {
  validateQualifiedName(name, path, errors);
  if (!name.includes('/'))
    errors.invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash');
}

function validateIdentifier(id: string, path: string, errors: FieldErrors): void {
  if (id.length > ID_MAX) errors.tooLong(path, ID_MAX);
  if (!new RegExp(`^${IDENTIFIER}$`).test(id)) errors.invalid(path, id, IDENTIFIER_RULE);
}

/** A list that is not too long, of items that are right; more than `most` are not looked at. */
export function validateParts(
  value: Json | undefined,
  most: number,
  check: Check<Part>,
  path: string,
  errors: FieldErrors,
): void {
  validateItems(parts(value), most, check, path, errors);
}

export function validateTexts(
  value: Json | undefined,
  most: number,
  check: Check<string>,
  path: string,
  errors: FieldErrors,
): void {
  validateItems(texts(value), most, check, path, errors);
}

function validateItems<T>(items: readonly T[], most: number, check: Check<T>, path: string, errors: FieldErrors): void {
  if (items.length > most) return errors.tooMany(path, items.length, most);
  items.forEach((item, index) => check(item, `${path}[${index}]`, errors));
}

/** The same, where no two may have the same key. */
export function validatePartSet(
  value: Json | undefined,
  most: number,
  check: Check<Part>,
  key: string,
  path: string,
  errors: FieldErrors,
): void {
  validateParts(value, most, check, path, errors);
  const keys = parts(value).map((item) => text(item[key]));
  if (keys.length <= most) validateUnique(keys, path, errors);
}

export function validateTextSet(
  value: Json | undefined,
  most: number,
  check: Check<string>,
  path: string,
  errors: FieldErrors,
): void {
  validateTexts(value, most, check, path, errors);
  if (texts(value).length <= most) validateUnique(texts(value), path, errors);
}

export function validateUnique(keys: readonly string[], path: string, errors: FieldErrors): void {
  keys.forEach((key, index) => {
    if (keys.indexOf(key) < index) errors.duplicate(`${path}[${index}]`, key);
  });
}

/** A map of keys and values that are right. Keys in refusals are shortened in their middle. */
export function validateMap(
  map: Part,
  most: number,
  checks: { readonly key: Check<string>; readonly value?: Check<Json>; readonly longestKey?: number },
  path: string,
  errors: FieldErrors,
): void {
  const keys = Object.keys(map).sort();
  if (keys.length > most) return errors.tooMany(path, keys.length, most);
  for (const key of keys) {
    const at = `${path}[${shortened(key, checks.longestKey ?? KEY_MAX)}]`;
    checks.key(key, at, errors);
    checks.value?.(map[key]!, at, errors);
  }
}

function shortened(key: string, most: number): string {
  if (key.length <= most) return key;
  const left = most - 3;
  return `${key.slice(0, Math.floor((left + 1) / 2))}...${key.slice(key.length - Math.floor(left / 2))}`;
}

/** JSON that somebody else reads: an object, and not too long. */
export function validateRawObject(value: Json | undefined, most: number, path: string, errors: FieldErrors): void {
  if (!isThere(value)) errors.required(path);
  else if (JSON.stringify(value).length > most) errors.tooLong(path, most);
  else if (typeof value !== 'object' || Array.isArray(value))
    errors.invalid(path, '<value omitted>', 'must be a valid JSON object');
}
