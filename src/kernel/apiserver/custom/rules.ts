import { Cel, type CelExpression } from '../../../api/cel/cel';
import { CelError, CelSyntaxError, celOf, type CelValue } from '../../../api/cel/values';
import { isMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import type { FieldErrors } from '../validation/field-errors';
import { schemaOf, type Rule, type Schema } from './schema';
import { typeOf } from './schema-validation';

/** Models apiextensions-apiserver/pkg/apiserver/schema/cel: the rules of a schema. */

type Scope = Readonly<Record<string, CelValue>>;

const cel = new Cel({ variables: ['self', 'oldSelf'] });

/** Derived from rules, which are immutable. */
const compiled = new WeakMap<Rule, Map<string, CelExpression | CelSyntaxError>>();

function expressionOf(rule: Rule, source: string): CelExpression | CelSyntaxError {
  let known = compiled.get(rule);
  if (!known) compiled.set(rule, (known = new Map()));
  let expression = known.get(source);
  if (!expression) known.set(source, (expression = compile(source)));
  return expression;
}

function compile(source: string): CelExpression | CelSyntaxError {
  try {
    return cel.compile(source);
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    return error;
  }
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
  const expression = expressionOf(rule, rule.rule);
  if (expression instanceof CelSyntaxError) return;
  if (before === undefined && expression.names.has('oldSelf')) return;
  const scope: Scope = { self: celOf(value), ...(before === undefined ? {} : { oldSelf: celOf(before) }) };
  try {
    if (expression.evaluate(scope) === true) return;
    errors.unkept(`${path}${rule.fieldPath ?? ''}`, messageOf(rule, scope));
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    errors.invalid(path, typeOf(value), `${error.message} evaluating rule: ${rule.message ?? rule.rule}`);
  }
}

function messageOf(rule: Rule, scope: Scope): string {
  const expression = rule.messageExpression ? expressionOf(rule, rule.messageExpression) : undefined;
  if (expression && !(expression instanceof CelSyntaxError)) {
    try {
      const message = expression.evaluate(scope);
      if (typeof message === 'string' && message.trim() !== '') return message;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
    }
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}
