/** The part of the Common Expression Language that rules of schemas are written in: text to tree. Models google/cel-spec. */

export type Expression =
  | { readonly kind: 'literal'; readonly value: CelValue }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'select'; readonly of: Expression; readonly field: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly on?: Expression; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

/** Whole numbers are bigints, as CEL's int; others are doubles. */
export type CelValue =
  null | boolean | string | bigint | number | readonly CelValue[] | ReadonlyMap<CelValue, CelValue>;

/** Thrown for text that is no expression. */
export class CelSyntaxError extends Error {
  override name = 'CelSyntaxError';
}

const TOKEN =
  /\s*(?:(\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(0x[0-9a-fA-F]+|\d+)u?|(r?"(?:[^"\\]|\\.)*"|r?'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]))/y;

interface Token {
  readonly kind: 'double' | 'int' | 'text' | 'name' | 'mark' | 'end';
  readonly text: string;
}

const KINDS = ['double', 'int', 'text', 'name', 'mark'] as const;

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) throw new CelSyntaxError(`unexpected text at ${at}`);
    const index = KINDS.findIndex((_, group) => match[group + 1] !== undefined);
    tokens.push({ kind: KINDS[index]!, text: match[index + 1]! });
    at = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '' }];
}

/** Binary operators by how tightly they bind, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Reads an expression. Throws CelSyntaxError. */
export function parseCel(source: string): Expression {
  const parser = new Parser(tokensOf(source));
  const expression = parser.expression();
  parser.end();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  end(): void {
    if (this.#next.kind !== 'end') throw new CelSyntaxError(`unexpected ${this.#next.text}`);
  }

  expression(): Expression {
    const test = this.#binary(0);
    if (!this.#take('?')) return test;
    const yes = this.#binary(0);
    this.#expect(':');
    return { kind: 'choice', test, yes, no: this.expression() };
  }

  #take(text: string): boolean {
    const { kind, text: found } = this.#next;
    if (found !== text || kind === 'text') return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new CelSyntaxError(`expected ${text}, found ${this.#next.text}`);
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#take(one));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    const operator = ['!', '-'].find((one) => this.#take(one));
    return operator === undefined ? this.#member() : { kind: 'unary', operator, of: this.#unary() };
  }

  #member(): Expression {
    let of = this.#primary();
    for (;;) {
      if (this.#take('.')) {
        const field = this.#name();
        of = this.#take('(')
          ? { kind: 'call', name: field, on: of, args: this.#list(')') }
          : { kind: 'select', of, field };
      } else if (this.#take('[')) {
        const at = this.expression();
        this.#expect(']');
        of = { kind: 'index', of, at };
      } else return of;
    }
  }

  #name(): string {
    const { kind, text } = this.#next;
    if (kind !== 'name') throw new CelSyntaxError(`expected a name, found ${text}`);
    this.#at++;
    return text;
  }

  #list(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.#take(close)) {
      if (items.length > 0) this.#expect(',');
      if (items.length > 0 && this.#take(close)) break;
      items.push(this.expression());
    }
    return items;
  }

  #primary(): Expression {
    const token = this.#next;
    if (this.#take('(')) {
      const inner = this.expression();
      this.#expect(')');
      return inner;
    }
    if (this.#take('[')) return { kind: 'list', items: this.#list(']') };
    if (this.#take('{')) return this.#map();
    this.#at++;
    switch (token.kind) {
      case 'double':
        return { kind: 'literal', value: Number(token.text) };
      case 'int':
        return { kind: 'literal', value: BigInt(token.text) };
      case 'text':
        return { kind: 'literal', value: textOf(token.text) };
      case 'name':
        return this.#named(token.text);
      default:
        throw new CelSyntaxError(`unexpected ${token.text || 'end'}`);
    }
  }

  #named(name: string): Expression {
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
    if (name === 'null') return { kind: 'literal', value: null };
    return this.#take('(') ? { kind: 'call', name, args: this.#list(')') } : { kind: 'name', name };
  }

  #map(): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.#take('}')) {
      if (entries.length > 0) this.#expect(',');
      const key = this.expression();
      this.#expect(':');
      entries.push([key, this.expression()]);
    }
    return { kind: 'map', entries };
  }
}

function textOf(quoted: string): string {
  const raw = quoted.startsWith('r');
  const inner = quoted.slice(raw ? 2 : 1, -1);
  return raw ? inner : inner.replace(/\\(.)/g, (_, mark: string) => ESCAPES[mark] ?? mark);
}

/** Whether an expression speaks of a name. */
export function mentions(expression: Expression, name: string): boolean {
  if (expression.kind === 'name') return expression.name === name;
  return Object.values(expression).some((part: unknown) => anyMentions(part, name));
}

function anyMentions(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((one) => anyMentions(one, name));
  return typeof part === 'object' && part !== null && 'kind' in part && mentions(part as Expression, name);
}
