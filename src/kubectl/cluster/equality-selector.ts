import { parseLabelSelector, SelectorError } from '../../api/label-selector';
import type { LabelRequirement } from '../../api/selectors';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { setOwn } from '../format/json';

/** A selector on the command line as a metav1.LabelSelector. Throws where it cannot be read. Models ParseToLabelSelector. */
export function labelSelectorOf(text: string): JsonObject {
  const labels: JsonObject = {};
  const expressions: JsonObject[] = [];
  for (const { key, operator, values } of parsed(text)) {
    const [value = ''] = values;
    if (operator === 'In' && values.length === 1) setOwn(labels, key, value);
    else expressions.push({ key, operator, ...(values.length > 0 ? { values: [...values] } : {}) });
  }
  return {
    ...(Object.keys(labels).length > 0 ? { matchLabels: labels } : {}),
    ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
  };
}

function parsed(text: string): LabelRequirement[] {
  try {
    return parseLabelSelector(text);
  } catch (thrown) {
    if (!(thrown instanceof SelectorError)) throw thrown;
    throw new CliError(`couldn't parse the selector string "${text}": ${thrown.message}`);
  }
}
