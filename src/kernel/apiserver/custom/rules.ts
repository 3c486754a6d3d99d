import { isMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import type { FieldErrors } from '../validation/field-errors';
import { evaluate } from './cel';
import { CelSyntaxError, mentions, parseCel, type CelValue, type Expression } from './cel-parser';
import { CelError, celOf, type Scope } from './cel-values';
import { schemaOf, type Rule, type Schema } from './schema';
import { typeOf } from './schema-validation';

/** Models apiextensions-apiserver/pkg/apiserver/schema/cel: the rules of a schema. */

const parsed = new WeakMap<Rule, Expression | CelSyntaxError>();

function expressionOf(rule: Rule): Expression | CelSyntaxError {
  let expression = parsed.get(rule);
  if (!expression) {
    try {
      expression = parseCel(rule.rule);
    } catch (error) {
      if (!(error instanceof CelSyntaxError)) throw error;
      expression = error;
    }
    parsed.set(rule, expression);
  }
  return expression;
}

/** Whether any rule stands in a schema. */
export function hasRules(schema: Schema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true;
  const { properties = {}, items, additionalProperties } = schema;
  const below = [...Object.values(properties), items, additionalProperties];
  return below.some((one) => typeof one === 'object' && hasRules(one));
}

/** Tests a value by the rules of its schema; rules that compare with what was are for changes alone. */
export function validateRules(
  value: Json,
  before: Json | undefined,
  schema: Schema,
  path: string,
  errors: FieldErrors,
): void {
  for (const rule of schema['x-kubernetes-validations'] ?? []) validateRule(rule, value, before, path, errors);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items)
      value.forEach((item, index) =>
        validateRules(item, itemBefore(item, before, schema), items, `${path}[${index}]`, errors),
      );
    return;
  }
  if (!isMap(value)) return;
  for (const [key, part] of Object.entries(value)) {
    const known = schemaOf(schema, key);
    const old = isMap(before) && Object.hasOwn(before, key) ? before[key] : undefined;
    if (known) validateRules(part, old, known, path === '' ? key : `${path}.${key}`, errors);
  }
}

/** Items of a list only have a past where their keys tell which they are. */
function itemBefore(item: Json, before: Json | undefined, schema: Schema): Json | undefined {
  const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined;
  if (!keys || !Array.isArray(before) || !isMap(item)) return undefined;
  return before.find((old) => isMap(old) && keys.every((key) => old[key] === item[key]));
}

function validateRule(rule: Rule, value: Json, before: Json | undefined, path: string, errors: FieldErrors): void {
  const expression = expressionOf(rule);
  if (expression instanceof CelSyntaxError) return;
  if (before === undefined && mentions(expression, 'oldSelf')) return;
  const scope: Scope = new Map<string, CelValue>([
    ['self', celOf(value)],
    ...(before === undefined ? [] : ([['oldSelf', celOf(before)]] as const)),
  ]);
  try {
    if (evaluate(expression, scope) === true) return;
    errors.unkept(`${path}${rule.fieldPath ?? ''}`, messageOf(rule, scope));
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    errors.invalid(path, typeOf(value), `${error.message} evaluating rule: ${rule.message ?? rule.rule}`);
  }
}

function messageOf(rule: Rule, scope: Scope): string {
  if (rule.messageExpression) {
    try {
      const message = evaluate(parseCel(rule.messageExpression), scope);
      if (typeof message === 'string' && message.trim() !== '') return message;
    } catch (error) {
      if (!(error instanceof CelError) && !(error instanceof CelSyntaxError)) throw error;
    }
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}
