import type { Json } from '../../../../api/objects';

/** A filter of jq as a tree. */
export type Filter =
  | { op: 'identity' }
  | { op: 'recurse' }
  | { op: 'literal'; value: Json }
  | { op: 'text'; parts: (string | Filter)[] }
  | { op: 'index'; of: Filter; by: Filter }
  | { op: 'slice'; of: Filter; from: Filter | undefined; to: Filter | undefined }
  | { op: 'each'; of: Filter }
  | { op: 'try'; body: Filter }
  | { op: 'pipe'; left: Filter; right: Filter }
  | { op: 'comma'; left: Filter; right: Filter }
  | { op: 'array'; body: Filter | undefined }
  | { op: 'object'; entries: { key: Filter; value: Filter }[] }
  | { op: 'negate'; body: Filter }
  | { op: 'binary'; sign: string; left: Filter; right: Filter }
  | { op: 'if'; condition: Filter; then: Filter; otherwise: Filter }
  | { op: 'as'; source: Filter; name: string; body: Filter }
  | { op: 'variable'; name: string }
  | { op: 'call'; name: string; args: Filter[] };

export class JqSyntaxError extends Error {
  override name = 'JqSyntaxError';
}

const TOKEN =
  /\s*(?:(#[^\n]*)|("(?:[^"\\]|\\[\s\S])*")|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|(\.[A-Za-z_]\w*)|(\$[A-Za-z_]\w*)|(@[a-z0-9]+)|([A-Za-z_]\w*)|(\.\.|\/\/|==|!=|<=|>=|[.[\](){}|,:;=<>+\-*/%?]))/y;

interface Token {
  kind: 'string' | 'number' | 'field' | 'variable' | 'format' | 'word' | 'sign';
  text: string;
}

function tokensOf(program: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (program.slice(at).trim() !== '') {
    if (/^\s*"/.test(program.slice(at))) {
      const from = program.indexOf('"', at);
      const end = stringEnd(program, from);
      tokens.push({ kind: 'string', text: program.slice(from + 1, end) });
      at = end + 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(program);
    if (!match) throw new JqSyntaxError(`syntax error, unexpected ${program.slice(at).trim()[0] ?? ''}`);
    at = TOKEN.lastIndex;
    const kinds = ['', 'string', 'number', 'field', 'variable', 'format', 'word', 'sign'] as const;
    const index = match.findIndex((text, group) => group > 0 && text !== undefined);
    if (index > 1) tokens.push({ kind: kinds[index - 1] as Token['kind'], text: match[index]! });
  }
  return tokens;
}

/** Where a string ends; what stands in `\( … )` may hold strings itself. */
function stringEnd(program: string, from: number): number {
  for (let at = from + 1; at < program.length; at++) {
    if (program[at] === '"') return at;
    if (program[at] !== '\\') continue;
    at += 1;
    if (program[at] === '(') at = interpolationEnd(program, at);
  }
  throw new JqSyntaxError('a string is not closed');
}

function interpolationEnd(program: string, from: number): number {
  let depth = 0;
  for (let at = from; at < program.length; at++) {
    if (program[at] === '"') at = stringEnd(program, at);
    else if (program[at] === '(') depth += 1;
    else if (program[at] === ')' && --depth === 0) return at;
  }
  throw new JqSyntaxError('\\( is not closed');
}

/** Reads a program of jq. Throws JqSyntaxError. */
export function parseJq(program: string): Filter {
  const parser = new Parser(tokensOf(program));
  return parser.whole();
}

/** Binary operators that bind alike, weakest first. */
const LEVELS: string[][] = [['//'], ['or'], ['and'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Filter {
    if (this.tokens.length === 0) return { op: 'identity' };
    const filter = this.pipe();
    if (this.at < this.tokens.length) this.unexpected();
    return filter;
  }

  private pipe(): Filter {
    let left = this.comma();
    if (this.take('as')) {
      const name = this.next('variable').slice(1);
      this.expect('|');
      return { op: 'as', source: left, name, body: this.pipe() };
    }
    if (this.take('|')) left = { op: 'pipe', left, right: this.pipe() };
    return left;
  }

  private comma(): Filter {
    let left = this.binary(0);
    while (this.take(',')) left = { op: 'comma', left, right: this.binary(0) };
    return left;
  }

  private binary(level: number): Filter {
    const signs = LEVELS[level];
    if (!signs) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const sign = signs.find((one) => this.peek(one));
      if (sign === undefined) return left;
      this.at += 1;
      left = { op: 'binary', sign, left, right: this.binary(sign === '//' ? level : level + 1) };
    }
  }

  private unary(): Filter {
    return this.take('-') ? { op: 'negate', body: this.postfix() } : this.postfix();
  }

  private postfix(): Filter {
    let filter = this.term();
    for (;;) {
      const token = this.tokens[this.at];
      if (token?.kind === 'field') {
        this.at += 1;
        filter = { op: 'index', of: filter, by: { op: 'literal', value: token.text.slice(1) } };
      } else if (this.peek('.') && ['string', 'sign'].includes(this.tokens[this.at + 1]?.kind ?? '')) {
        if (
          !/^(string|\[)$/.test(this.tokens[this.at + 1]!.kind === 'string' ? 'string' : this.tokens[this.at + 1]!.text)
        )
          return filter;
        this.at += 1;
        if (this.tokens[this.at]?.kind === 'string') filter = { op: 'index', of: filter, by: this.term() };
      } else if (this.take('[')) filter = this.bracket(filter);
      else if (this.take('?')) filter = { op: 'try', body: filter };
      else return filter;
    }
  }

  private bracket(of: Filter): Filter {
    if (this.take(']')) return { op: 'each', of };
    if (this.take(':')) return this.closed({ op: 'slice', of, from: undefined, to: this.pipe() });
    const by = this.pipe();
    if (!this.take(':')) return this.closed({ op: 'index', of, by });
    return this.closed({ op: 'slice', of, from: by, to: this.peek(']') ? undefined : this.pipe() });
  }

  private closed(filter: Filter): Filter {
    this.expect(']');
    return filter;
  }

  private term(): Filter {
    const token = this.tokens[this.at++];
    if (!token) throw new JqSyntaxError('syntax error, unexpected end of the filter');
    if (token.kind === 'number') return { op: 'literal', value: Number(token.text) };
    if (token.kind === 'string') return textFilter(token.text);
    if (token.kind === 'variable') return { op: 'variable', name: token.text.slice(1) };
    if (token.kind === 'format') return { op: 'call', name: token.text, args: [] };
    if (token.kind === 'field')
      return { op: 'index', of: { op: 'identity' }, by: { op: 'literal', value: token.text.slice(1) } };
    if (token.kind === 'word') return this.word(token.text);
    if (token.text === '..') return { op: 'recurse' };
    if (token.text === '.') return this.dot();
    if (token.text === '(') {
      const inner = this.pipe();
      this.expect(')');
      return inner;
    }
    if (token.text === '[') {
      if (this.take(']')) return { op: 'array', body: undefined };
      return this.closed({ op: 'array', body: this.pipe() });
    }
    if (token.text === '{') return this.object();
    this.at -= 1;
    this.unexpected();
  }

  private dot(): Filter {
    const next = this.tokens[this.at];
    return next?.kind === 'string' ? { op: 'index', of: { op: 'identity' }, by: this.term() } : { op: 'identity' };
  }

  private word(name: string): Filter {
    if (name === 'true' || name === 'false') return { op: 'literal', value: name === 'true' };
    if (name === 'null') return { op: 'literal', value: null };
    if (name === 'if') return this.condition();
    const args: Filter[] = [];
    if (this.take('(')) {
      do args.push(this.pipe());
      while (this.take(';'));
      this.expect(')');
    }
    return { op: 'call', name, args };
  }

  private condition(): Filter {
    const condition = this.pipe();
    this.expect('then');
    const then = this.pipe();
    let otherwise: Filter = { op: 'identity' };
    if (this.take('elif')) return { op: 'if', condition, then, otherwise: this.condition() };
    if (this.take('else')) otherwise = this.pipe();
    this.expect('end');
    return { op: 'if', condition, then, otherwise };
  }

  private object(): Filter {
    const entries: { key: Filter; value: Filter }[] = [];
    while (!this.take('}')) {
      if (entries.length > 0) this.expect(',');
      const token = this.tokens[this.at];
      if (token?.kind === 'variable') {
        this.at += 1;
        const name = token.text.slice(1);
        entries.push({ key: { op: 'literal', value: name }, value: { op: 'variable', name } });
        continue;
      }
      const key: Filter = token?.kind === 'word' ? { op: 'literal', value: (this.at++, token.text) } : this.term();
      const value: Filter = this.take(':') ? this.objectValue() : { op: 'index', of: { op: 'identity' }, by: key };
      entries.push({ key, value });
    }
    return { op: 'object', entries };
  }

  private objectValue(): Filter {
    let left = this.binary(0);
    while (this.take('|')) left = { op: 'pipe', left, right: this.binary(0) };
    return left;
  }

  private peek(text: string): boolean {
    const token = this.tokens[this.at];
    return (token?.kind === 'sign' || token?.kind === 'word') && token.text === text;
  }

  private take(text: string): boolean {
    const here = this.peek(text);
    if (here) this.at += 1;
    return here;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.unexpected();
  }

  private next(kind: Token['kind']): string {
    const token = this.tokens[this.at++];
    if (token?.kind !== kind) throw new JqSyntaxError(`syntax error, a ${kind} should follow`);
    return token.text;
  }

  private unexpected(): never {
    throw new JqSyntaxError(`syntax error, unexpected ${this.tokens[this.at]?.text ?? 'end of the filter'}`);
  }
}

/** A string with what it takes in by `\( … )`. */
function textFilter(raw: string): Filter {
  const parts: (string | Filter)[] = [];
  let text = '';
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] !== '\\') {
      text += raw[at];
      continue;
    }
    at += 1;
    if (raw[at] === '(') {
      const end = interpolationEnd(raw, at);
      parts.push(text, parseJq(raw.slice(at + 1, end)));
      text = '';
      at = end;
    } else if (raw[at] === 'u') {
      text += String.fromCharCode(parseInt(raw.slice(at + 1, at + 5), 16));
      at += 4;
    } else text += ESCAPES[raw[at] ?? ''] ?? raw[at] ?? '';
  }
  if (parts.length === 0) return { op: 'literal', value: text };
  return { op: 'text', parts: [...parts, text] };
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
