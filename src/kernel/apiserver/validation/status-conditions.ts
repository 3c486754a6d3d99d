import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults } from './names';
import { count, isThere, text, type Part } from './untyped';

/** Models apimachinery/pkg/apis/meta/v1/validation ValidateConditions. */

const STATUSES = ['False', 'True', 'Unknown'];
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON_EXAMPLES = ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'];
const REASON_RULE = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. ${REASON_EXAMPLES.map((one) => `'${one}'`).join(',  or ')}, regex used for validation is '${REASON}')`;
const REASON_MAX = 1024;
const MESSAGE_MAX = 32 * 1024;

export function validateStatusConditions(conditions: readonly Part[], path: string, errors: FieldErrors): void {
  const types = conditions.map((condition) => text(condition['type']));
  conditions.forEach((condition, index) => {
    if (types.indexOf(types[index]!) < index) errors.duplicate(`${path}[${index}].type`, types[index]);
    validateCondition(condition, `${path}[${index}]`, errors);
  });
}

function validateCondition(condition: Part, path: string, errors: FieldErrors): void {
  const [type, status, reason] = ['type', 'status', 'reason'].map((key) => text(condition[key])) as [
    string,
    string,
    string,
  ];
  for (const fault of qualifiedNameFaults(type)) errors.invalid(`${path}.type`, type, fault);
  if (!STATUSES.includes(status)) errors.notSupported(`${path}.status`, status, STATUSES);
  const observed = count(condition['observedGeneration']);
  if (observed < 0) errors.invalid(`${path}.observedGeneration`, observed, 'must be greater than or equal to zero');
  if (!isThere(condition['lastTransitionTime'])) errors.required(`${path}.lastTransitionTime`);
  if (reason === '') errors.required(`${path}.reason`);
  else if (!new RegExp(`^${REASON}$`).test(reason)) errors.invalid(`${path}.reason`, reason, REASON_RULE);
  if (reason.length > REASON_MAX) errors.tooLong(`${path}.reason`, REASON_MAX);
  if (text(condition['message']).length > MESSAGE_MAX) errors.tooLong(`${path}.message`, MESSAGE_MAX);
}
