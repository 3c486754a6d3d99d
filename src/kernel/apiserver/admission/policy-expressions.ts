import { Cel, type CelExpression } from '../../../api/cel/cel';
import { CelError, CelSyntaxError, celOf, type CelValue } from '../../../api/cel/values';
import type { Json } from '../../../api/objects';

/** Expressions of policies: texts of the Common Expression Language over what is asked. */

const cel = new Cel({ variables: ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'] });

const compiled = new Map<string, CelExpression | CelSyntaxError>();
const COMPILED_LIMIT = 512;

/** An expression that can be evaluated, or what is wrong with it. */
export function policyExpression(text: string): CelExpression | CelSyntaxError {
  let expression = compiled.get(text);
  if (expression) return expression;
  try {
    expression = cel.compile(text);
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    expression = error;
  }
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  compiled.set(text, expression);
  return expression;
}

/** What names mean in the expressions of one policy; its variables are worked out in their order. */
export class PolicyScope {
  readonly #names: Record<string, CelValue> = {};
  readonly #variables = Object.create(null) as Record<string, CelValue>;

  constructor(names: Readonly<Record<string, Json>>) {
    for (const [name, value] of Object.entries(names)) this.#names[name] = celOf(value);
    this.#names['variables'] = this.#variables;
  }

  /** A variable that has no value is none: who uses it fails. */
  define(name: string, text: string): void {
    const value = this.evaluate(text);
    if (!('problem' in value)) this.#variables[name] = value.value;
  }

  evaluate(text: string): { value: CelValue } | { problem: string } {
    const expression = policyExpression(text);
    if (expression instanceof CelSyntaxError) return { problem: expression.message };
    try {
      return { value: expression.evaluate(this.#names) };
    } catch (error) {
      if (error instanceof CelError) return { problem: error.message };
      throw error;
    }
  }
}
