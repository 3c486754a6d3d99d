import { FUNCTIONS, MACROS } from './cel-functions';
import type { CelValue, Expression } from './cel-parser';
import { CelError, equalCel, isCelList, isCelMap, isNumber, truth, type Scope } from './cel-values';

/** Evaluates expressions of the Common Expression Language. Models google/cel-go's interpreter. */

/** The value of an expression. Throws CelError. */
export function evaluate(expression: Expression, scope: Scope): CelValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name': {
      const value = scope.get(expression.name);
      if (value === undefined) throw new CelError(`undeclared reference to '${expression.name}'`);
      return value;
    }
    case 'list':
      return expression.items.map((item) => evaluate(item, scope));
    case 'map':
      return new Map(expression.entries.map(([key, value]) => [evaluate(key, scope), evaluate(value, scope)]));
    case 'select':
      return member(evaluate(expression.of, scope), expression.field);
    case 'index':
      return member(evaluate(expression.of, scope), evaluate(expression.at, scope));
    case 'call':
      return call(expression, scope);
    case 'unary':
      return unary(expression.operator, evaluate(expression.of, scope));
    case 'choice':
      return evaluate(truth(evaluate(expression.test, scope)) ? expression.yes : expression.no, scope);
    case 'binary':
      return expression.operator === '&&' || expression.operator === '||'
        ? logical(expression.operator === '&&', expression.left, expression.right, scope)
        : binary(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
  }
}

function member(of: CelValue, key: CelValue): CelValue {
  if (isCelMap(of)) {
    const value = of.get(key);
    if (value === undefined) throw new CelError(`no such key: ${String(key)}`);
    return value;
  }
  if (isCelList(of) && typeof key === 'bigint') {
    const value = of[Number(key)];
    if (value === undefined) throw new CelError(`index out of bounds: ${key}`);
    return value;
  }
  throw new CelError('no such overload');
}

function call({ name, on, args }: Expression & { kind: 'call' }, scope: Scope): CelValue {
  const macro = MACROS[name];
  if (macro && macro.arity.includes(args.length) && macro.receives === (on !== undefined)) {
    return macro.run(on, args, scope, evaluate);
  }
  const values = [...(on ? [on] : []), ...args].map((one) => evaluate(one, scope));
  const run = FUNCTIONS[name];
  if (!run) throw new CelError(`undeclared reference to '${name}'`);
  return run(...values);
}

function unary(operator: string, value: CelValue): CelValue {
  if (operator === '!') return !truth(value);
  if (typeof value === 'bigint' || typeof value === 'number') return -value;
  throw new CelError('no such overload');
}

/** One side is enough where it decides, even if the other fails. */
function logical(all: boolean, left: Expression, right: Expression, scope: Scope): boolean {
  let failure: CelError | undefined;
  for (const side of [left, right]) {
    try {
      if (truth(evaluate(side, scope)) !== all) return !all;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return all;
}

function binary(operator: string, left: CelValue, right: CelValue): CelValue {
  if (operator === '==') return equalCel(left, right);
  if (operator === '!=') return !equalCel(left, right);
  if (operator === 'in') return contains(right, left);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (operator === '+' && isCelList(left) && isCelList(right)) return [...left, ...right];
  if (typeof left === 'bigint' && typeof right === 'bigint') return integers(operator, left, right);
  if (typeof left === 'number' && typeof right === 'number') return doubles(operator, left, right);
  const comparable = (isNumber(left) && isNumber(right)) || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) throw new CelError('no such overload');
  return ordered(operator, left, right);
}

function contains(all: CelValue, one: CelValue): boolean {
  if (isCelMap(all)) return all.has(one);
  if (isCelList(all)) return all.some((item) => equalCel(item, one));
  throw new CelError('no such overload');
}

function ordered(operator: string, left: string | bigint | number, right: string | bigint | number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      throw new CelError('no such overload');
  }
}

function integers(operator: string, left: bigint, right: bigint): CelValue {
  if ((operator === '/' || operator === '%') && right === 0n) {
    throw new CelError(operator === '/' ? 'division by zero' : 'modulus by zero');
  }
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    default:
      return ordered(operator, left, right);
  }
}

function doubles(operator: string, left: number, right: number): CelValue {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return ordered(operator, left, right);
  }
}
