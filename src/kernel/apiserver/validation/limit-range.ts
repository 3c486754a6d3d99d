import type { LimitRange } from '../../../api/objects';
import { compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults } from './names';
import { isOvercommitAllowed, validateContainerResourceName } from './resources';

/** Models pkg/apis/core/validation ValidateLimitRange. */

type Item = LimitRange['spec']['limits'][number];
type Field = 'min' | 'max' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const FIELDS: readonly Field[] = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'];

export function validateLimitRange(range: LimitRange, errors: FieldErrors): void {
  const seen = new Set<string>();
  (range.spec.limits ?? []).forEach((item, index) => {
    const path = `spec.limits[${index}]`;
    validateType(item.type, `${path}.type`, errors);
    if (seen.has(item.type)) errors.duplicate(`${path}.type`, item.type);
    seen.add(item.type);
    validateItem(item, path, errors);
  });
}

function validateType(type: string, path: string, errors: FieldErrors): void {
  const faults = qualifiedNameFaults(type);
  for (const fault of faults) errors.invalid(path, type, fault);
  if (faults.length === 0 && !type.includes('/') && !TYPES.includes(type)) {
    errors.invalid(path, type, 'must be a standard limit type or fully qualified');
  }
}

function validateItem(item: Item, path: string, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const field of FIELDS) {
    const listed = Object.keys(item[field] ?? {});
    if (item.type === 'Pod' && (field === 'default' || field === 'defaultRequest')) {
      if (listed.length > 0) errors.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'");
      continue;
    }
    for (const name of listed) {
      names.add(name);
      if (item.type === 'Pod' || item.type === 'Container') {
        validateContainerResourceName(name, `${path}.${field}[${name}]`, errors);
      }
    }
  }
  const bounded = item.min?.['storage'] !== undefined || item.max?.['storage'] !== undefined;
  if (item.type === 'PersistentVolumeClaim' && !bounded) {
    const why = 'either minimum or maximum storage value is required, but neither was provided';
    errors.required(`${path}.limits`, why);
  }
  for (const name of [...names].sort()) validateAmounts(item, name, path, errors);
}

/** Pairs of fields of which the first may not be larger, the one at fault, whose value is shown, and the words. */
const ORDER: readonly (readonly [low: Field, high: Field, at: Field, shown: Field, words: [string, string]])[] = [
  ['min', 'max', 'min', 'min', ['min value', 'max value']],
  ['min', 'defaultRequest', 'defaultRequest', 'defaultRequest', ['min value', 'default request value']],
  ['defaultRequest', 'max', 'defaultRequest', 'defaultRequest', ['default request value', 'max value']],
  ['defaultRequest', 'default', 'defaultRequest', 'defaultRequest', ['default request value', 'default limit value']],
  ['min', 'default', 'default', 'min', ['min value', 'default value']],
  ['default', 'max', 'default', 'max', ['default value', 'max value']],
];

function validateAmounts(item: Item, name: string, path: string, errors: FieldErrors): void {
  const amount = (field: Field): Quantity | undefined => {
    const text = item[field]?.[name] as string | undefined;
    return text === undefined ? undefined : quantityOf(text);
  };
  for (const [low, high, at, shown, [lowWords, highWords]] of ORDER) {
    const [least, most] = [amount(low), amount(high)];
    if (!least || !most || compareQuantities(least, most) <= 0) continue;
    const why = `${lowWords} ${formatQuantity(least)} is greater than ${highWords} ${formatQuantity(most)}`;
    errors.invalid(`${path}.${at}[${name}]`, formatQuantity(amount(shown)!), why);
  }
  validateRatio(
    amount('maxLimitRequestRatio'),
    amount('min'),
    amount('max'),
    `${path}.maxLimitRequestRatio[${name}]`,
    errors,
  );
  const [limit, request] = [amount('default'), amount('defaultRequest')];
  if (isOvercommitAllowed(name) || !limit || !request || compareQuantities(limit, request) === 0) return;
  const [shown, wanted] = [formatQuantity(request), formatQuantity(limit)];
  errors.invalid(
    `${path}.defaultRequest[${name}]`,
    shown,
    `default value ${wanted} must equal to defaultRequest value ${shown} in ${name}`,
  );
}

function validateRatio(
  ratio: Quantity | undefined,
  min: Quantity | undefined,
  max: Quantity | undefined,
  path: string,
  errors: FieldErrors,
): void {
  if (!ratio) return;
  const shown = formatQuantity(ratio);
  if (compareQuantities(ratio, quantityOf('1')) < 0) errors.invalid(path, shown, `ratio ${shown} is less than 1`);
  if (!min?.nano || !max) return;
  const widest = Number(max.nano) / Number(min.nano);
  if (Number(ratio.nano) / 1e9 > widest) {
    errors.invalid(path, shown, `ratio ${shown} is greater than max/min = ${widest.toFixed(6)}`);
  }
}
