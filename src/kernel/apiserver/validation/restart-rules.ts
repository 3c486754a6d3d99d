import type { Container } from '../../../api/objects';
import type { FieldErrors } from './field-errors';

/** Models pkg/apis/core/validation validateContainerRestartPolicy. */

const POLICIES = ['Always', 'Never', 'OnFailure'];
const ACTIONS = ['Restart', 'RestartAllContainers'];
const OPERATORS = ['In', 'NotIn'];
const MOST_RULES = 20;
const MOST_CODES = 255;

/** Whether a container is started again, and the exit codes by which that is decided otherwise. */
export function validateRestartRules(container: Container, path: string, errors: FieldErrors): void {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  if (restartPolicy !== undefined) {
    if (!POLICIES.includes(restartPolicy)) errors.notSupported(`${path}.restartPolicy`, restartPolicy, POLICIES);
  } else if (rules.length > 0)
    errors.required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used');
  // Without a policy an init container's rules are not looked at.
  if (restartPolicy === undefined && path.includes('.initContainers[')) return;
  if (rules.length > MOST_RULES) errors.tooMany(`${path}.restartPolicyRules`, rules.length, MOST_RULES);
  rules.forEach(({ action, exitCodes }, index) => {
    const at = `${path}.restartPolicyRules[${index}]`;
    if (!ACTIONS.includes(action)) errors.notSupported(`${at}.action`, action ?? '', ACTIONS);
    if (!exitCodes) return errors.required(`${at}.exitCodes`, 'must be specified');
    const { operator, values = [] } = exitCodes;
    if (!OPERATORS.includes(operator)) errors.notSupported(`${at}.exitCodes.operator`, operator ?? '', OPERATORS);
    if (values.length > MOST_CODES) errors.tooMany(`${at}.exitCodes.values`, values.length, MOST_CODES);
  });
}
