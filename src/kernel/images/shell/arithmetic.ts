/**
 * Evaluates what stands between `$((` and `))`: whole numbers, variables, `+ - * / %`, comparisons, parentheses.
 * `undefined` for what is no such expression, and for a division by zero.
 */
export function evaluate(text: string, valueOf: (name: string) => string): number | undefined {
  const tokens = text.match(/\d+|\$?[A-Za-z_]\w*|[=!<>]=|\S/g) ?? [];
  const reader = { tokens, at: 0, valueOf };
  const value = level(reader, 0);
  return reader.at === tokens.length ? value : undefined;
}

interface Reader {
  tokens: string[];
  at: number;
  valueOf: (name: string) => string;
}

const LEVELS: Record<string, (a: number, b: number) => number>[] = [
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  {
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.trunc(a / b), '%': (a, b) => a % b },
];

function level(reader: Reader, depth: number): number | undefined {
  const operators = LEVELS[depth];
  if (!operators) return operand(reader);
  let value = level(reader, depth + 1);
  for (;;) {
    const operator = operators[reader.tokens[reader.at] ?? ''];
    if (!operator || value === undefined) return value;
    reader.at += 1;
    const right = level(reader, depth + 1);
    const result = right === undefined ? undefined : operator(value, right);
    value = result !== undefined && Number.isFinite(result) ? result : undefined;
  }
}

function operand(reader: Reader): number | undefined {
  const token = reader.tokens[reader.at++];
  if (token === undefined) return undefined;
  if (token === '-') {
    const value = operand(reader);
    return value === undefined ? undefined : -value;
  }
  if (token === '(') {
    const value = level(reader, 0);
    return reader.tokens[reader.at++] === ')' ? value : undefined;
  }
  if (/^\d+$/.test(token)) return Number(token);
  if (!/^\$?[A-Za-z_]/.test(token)) return undefined;
  const value = Number(reader.valueOf(token.replace('$', '')) || '0');
  return Number.isInteger(value) ? value : undefined;
}
