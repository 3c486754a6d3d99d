import type { LabelSelector } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { validateLabels } from './metadata';
import { labelValueFaults, qualifiedNameFaults } from './names';

/** Models apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector. */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string, errors: FieldErrors): void {
  if (!selector) return;
  validateLabels(selector.matchLabels, `${path}.matchLabels`, errors);
  (selector.matchExpressions ?? []).forEach((requirement, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    validateOperator(requirement, at, errors);
    for (const fault of qualifiedNameFaults(requirement.key)) errors.invalid(`${at}.key`, requirement.key, fault);
    (requirement.values ?? []).forEach((value, at2) => {
      for (const fault of labelValueFaults(value)) errors.invalid(`${at}.values[${at2}]`, value, fault);
    });
  });
}

export const NEEDS_VALUES = "must be specified when `operator` is 'In' or 'NotIn'";
export const NEEDS_NO_VALUES = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
export const NO_OPERATOR = 'not a valid selector operator';

function validateOperator(
  requirement: { operator: string; values?: string[] },
  path: string,
  errors: FieldErrors,
): void {
  const count = requirement.values?.length ?? 0;
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (count === 0) errors.required(`${path}.values`, NEEDS_VALUES);
      return;
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) errors.forbidden(`${path}.values`, NEEDS_NO_VALUES);
      return;
    default:
      errors.invalid(`${path}.operator`, requirement.operator, NO_OPERATOR);
  }
}

/** Whether a selector can be used at all. Models LabelSelectorAsSelector. */
export function isUsable(selector: LabelSelector | undefined): boolean {
  return (selector?.matchExpressions ?? []).every(({ operator, values, key }) => {
    const count = values?.length ?? 0;
    if (qualifiedNameFaults(key).length > 0) return false;
    if (operator === 'In' || operator === 'NotIn') return count > 0;
    return (operator === 'Exists' || operator === 'DoesNotExist') && count === 0;
  });
}

/** Whether a selector has no requirement. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}
