import type { Json } from '../../../api/objects';
import { evaluate } from '../custom/cel';
import { CelSyntaxError, parseCel, type CelValue, type Expression } from '../custom/cel-parser';
import { CelError, celOf } from '../custom/cel-values';

/** Expressions of policies: texts of the Common Expression Language over what is asked. */

const parsed = new Map<string, Expression | CelSyntaxError>();
const PARSED_LIMIT = 512;

function expressionOf(text: string): Expression {
  let expression = parsed.get(text);
  if (!expression) {
    try {
      expression = parseCel(text);
    } catch (error) {
      if (!(error instanceof CelSyntaxError)) throw error;
      expression = error;
    }
    if (parsed.size >= PARSED_LIMIT) parsed.clear();
    parsed.set(text, expression);
  }
  if (expression instanceof CelSyntaxError) throw new CelError(expression.message);
  return expression;
}

/** What names mean in the expressions of one policy; its variables are worked out in their order. */
export class PolicyScope {
  readonly #names = new Map<string, CelValue>();
  readonly #variables = new Map<CelValue, CelValue>();

  constructor(names: Readonly<Record<string, Json>>) {
    for (const [name, value] of Object.entries(names)) this.#names.set(name, celOf(value));
    this.#names.set('variables', this.#variables);
  }

  /** A variable that has no value is none: who uses it fails. */
  define(name: string, text: string): void {
    const value = this.evaluate(text);
    if (!('problem' in value)) this.#variables.set(name, value.value);
  }

  evaluate(text: string): { value: CelValue } | { problem: string } {
    try {
      return { value: evaluate(expressionOf(text), this.#names) };
    } catch (error) {
      if (error instanceof CelError) return { problem: error.message };
      throw error;
    }
  }
}
