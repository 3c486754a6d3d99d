import { Cel, type CelExpression } from '../../../api/cel/cel';
import { CelError, CelSyntaxError, celOf, type CelValue } from '../../../api/cel/values';
import type { Json } from '../../../api/objects';

/** Expressions of policies: texts of the Common Expression Language over what is asked. */

/** Which names an expression may use beside those of every request. */
export interface PolicyNames {
  readonly params?: boolean;
  readonly variables?: boolean;
  /** Whether it may make objects and patches. */
  readonly objects?: boolean;
}

const REQUEST = ['object', 'oldObject', 'request', 'namespaceObject'];
/** What is known of these beforehand upstream is more than here: what an expression over them gives is not refused. */
const TYPED = ['request', 'namespaceObject', 'variables'];
const EVERYTHING: PolicyNames = { params: true, variables: true, objects: true };

const languages = new Map<string, Cel>();
const compiled = new Map<string, CelExpression | CelSyntaxError>();
const COMPILED_LIMIT = 512;

/** An expression that can be evaluated, or what is wrong with it. */
export function policyExpression(text: string, names: PolicyNames): CelExpression | CelSyntaxError {
  const language = [names.params, names.variables, names.objects].map((one) => (one ? 'y' : 'n')).join('');
  const key = `${language} ${text}`;
  let expression = compiled.get(key);
  if (expression) return expression;
  try {
    expression = languageOf(language, names).compile(text);
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    expression = error;
  }
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  compiled.set(key, expression);
  return expression;
}

function languageOf(key: string, { params, variables, objects = false }: PolicyNames): Cel {
  let language = languages.get(key);
  if (!language) {
    const names = [...REQUEST, ...(params ? ['params'] : []), ...(variables ? ['variables'] : [])];
    language = new Cel({ variables: names, objects });
    languages.set(key, language);
  }
  return language;
}

/** What is wrong with an expression that must give one of these types; undefined where nothing is. */
export function expressionFault(text: string, names: PolicyNames, types: readonly string[]): string | undefined {
  const expression = policyExpression(text, names);
  if (expression instanceof CelSyntaxError) return `compilation failed: ${expression.report}`;
  const given = expression.type
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .replace(/^null$/, 'null_type');
  if (types.length === 0 || types.includes(given)) return undefined;
  if (given === 'dyn' && TYPED.some((name) => expression.names.has(name))) return undefined;
  const wanted = types.length === 1 ? types[0]! : `one of [${types.join(' ')}]`;
  return `must evaluate to ${wanted} but got ${given}`;
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

  set(name: string, value: Json): void {
    this.#names[name] = celOf(value);
  }

  evaluate(text: string): { value: CelValue } | { problem: string } {
    const expression = policyExpression(text, EVERYTHING);
    if (expression instanceof CelSyntaxError) return { problem: expression.message };
    try {
      return { value: expression.evaluate(this.#names) };
    } catch (error) {
      if (error instanceof CelError) return { problem: error.message };
      throw error;
    }
  }
}
