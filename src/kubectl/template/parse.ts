import type { Json } from '../../api/objects';
import type { Token } from './tokens';
import { TemplateError, tokenize } from './tokens';

/** An operand of a command, with its text and its place in the template, which is what complaints name. */
export type Operand = { text: string; at: number } & (
  | { type: 'value'; value: Json }
  | { type: 'dot' }
  | { type: 'fields'; names: string[] }
  | { type: 'variable'; name: string; names: string[] }
  | { type: 'function'; name: string }
  | { type: 'pipe'; pipe: Pipe; names: string[] }
);

type Inner = Exclude<Token, { type: 'text' | 'open' | 'close' }>;

export type Command = Operand[];

export interface Pipe {
  declare: string[];
  assign: boolean;
  commands: Command[];
  text: string;
}

export type TemplateNode =
  | { type: 'text'; text: string }
  | { type: 'action'; pipe: Pipe }
  | { type: 'if'; pipe: Pipe; body: TemplateNode[]; otherwise: TemplateNode[] }
  | { type: 'with'; pipe: Pipe; body: TemplateNode[]; otherwise: TemplateNode[] }
  | { type: 'range'; pipe: Pipe; body: TemplateNode[]; otherwise: TemplateNode[] }
  | { type: 'break' | 'continue' };

/** Parses a Go template. `functions` are the names that may be called. Throws a TemplateError. */
export function parseTemplate(name: string, source: string, functions: ReadonlySet<string>): TemplateNode[] {
  return new Parser(name, tokenize(name, source), functions).parse();
}

class Parser {
  private readonly name: string;
  private readonly tokens: Token[];
  private readonly functions: ReadonlySet<string>;
  private readonly variables = new Set(['$']);
  private position = 0;

  constructor(name: string, tokens: Token[], functions: ReadonlySet<string>) {
    this.name = name;
    this.tokens = tokens;
    this.functions = functions;
  }

  parse(): TemplateNode[] {
    const { nodes, end } = this.list();
    if (end !== '') throw this.fail(`unexpected {{${end}}}`);
    return nodes;
  }

  private fail(words: string): TemplateError {
    const line = (this.tokens[this.position] ?? this.tokens.at(-1))?.line ?? 1;
    return new TemplateError(`template: ${this.name}:${line}: ${words}`);
  }

  /** Nodes up to `{{end}}`, `{{else…}}` or the end of the text; says which. */
  private list(): { nodes: TemplateNode[]; end: string } {
    const nodes: TemplateNode[] = [];
    while (this.position < this.tokens.length) {
      const token = this.tokens[this.position++] as Token;
      if (token.type === 'text') {
        nodes.push({ type: 'text', text: token.text });
        continue;
      }
      const word = this.peekWord();
      if (word === 'end' || word === 'else') {
        this.skipWord();
        if (word === 'end') this.expectClose('end');
        return { nodes, end: word };
      }
      nodes.push(this.action(word));
    }
    return { nodes, end: '' };
  }

  private action(word: string): TemplateNode {
    if (word === 'if' || word === 'with' || word === 'range') {
      this.skipWord();
      return this.control(word);
    }
    if (word === 'break' || word === 'continue') {
      this.skipWord();
      this.expectClose(word);
      return { type: word };
    }
    const pipe = this.pipe('command');
    this.expectClose('command');
    return { type: 'action', pipe };
  }

  private control(type: 'if' | 'with' | 'range'): TemplateNode {
    const known = new Set(this.variables);
    const pipe = this.pipe(type);
    this.expectClose(type);
    const { nodes: body, end } = this.list();
    let otherwise: TemplateNode[] = [];
    if (end === '') throw this.fail('unexpected EOF');
    if (end === 'else') {
      const next = this.peekWord();
      if ((next === 'if' && type === 'if') || (next === 'with' && type === 'with')) {
        this.skipWord();
        otherwise = [this.control(next)];
      } else {
        this.expectClose('else');
        const rest = this.list();
        if (rest.end === '') throw this.fail('unexpected EOF');
        if (rest.end !== 'end') throw this.fail('expected end; found {{else}}');
        otherwise = rest.nodes;
      }
    }
    for (const name of [...this.variables]) if (!known.has(name)) this.variables.delete(name);
    return { type, pipe, body, otherwise };
  }

  private pipe(context: string): Pipe {
    const start = this.position;
    const { declare, assign } = this.declarations(context);
    const commands: Command[] = [];
    for (;;) {
      commands.push(this.command(context));
      this.skipSpace();
      if (this.tokens[this.position]?.text !== '|') break;
      this.position++;
    }
    const text = this.textFrom(start).trim();
    if (commands[0]?.length === 0)
      throw this.fail(context === 'command' ? 'missing value for command' : `missing value for ${context}`);
    return { declare, assign, commands, text };
  }

  private declarations(context: string): { declare: string[]; assign: boolean } {
    const start = this.position;
    this.skipSpace();
    const names: string[] = [];
    while (this.tokens[this.position]?.type === 'variable') {
      names.push((this.tokens[this.position++] as Token).text);
      this.skipSpace();
      const symbol = this.tokens[this.position]?.text;
      if (symbol === ':=' || symbol === '=') {
        this.position++;
        if (symbol === ':=') for (const name of names) this.variables.add(name);
        return { declare: names, assign: symbol === '=' };
      }
      if (symbol !== ',' || context !== 'range') break;
      this.position++;
      this.skipSpace();
    }
    this.position = start;
    return { declare: [], assign: false };
  }

  private command(context: string): Command {
    const operands: Command = [];
    for (;;) {
      this.skipSpace();
      const token = this.tokens[this.position];
      if (!token || token.type === 'close' || token.text === '|' || token.text === ')') break;
      operands.push(this.operand(context));
    }
    return operands;
  }

  private operand(context: string): Operand {
    const token = this.tokens[this.position++] as Inner;
    const { text, at } = token;
    switch (token.type) {
      case 'string':
        return { type: 'value', value: unquote(text), text, at };
      case 'number':
        return { type: 'value', value: Number(text.replaceAll('_', '')), text, at };
      case 'field': {
        const chain = this.chainedAt(at);
        const names = [text.slice(1), ...this.fields()];
        return { type: 'fields', names, text: `.${names.join('.')}`, at: chain };
      }
      case 'variable': {
        if (!this.variables.has(text)) throw this.fail(`undefined variable "${text}"`);
        const chain = this.chainedAt(at);
        const names = this.fields();
        return { type: 'variable', name: text, names, text: [text, ...names].join('.'), at: chain };
      }
      case 'word':
        return this.word(text, at);
      default:
        return this.symbol(token, context);
    }
  }

  /** Where fields follow one another, the whole is said to stand where the second one does. */
  private chainedAt(at: number): number {
    const next = this.tokens[this.position];
    return next?.type === 'field' ? next.at : at;
  }

  private symbol(token: Inner, context: string): Operand {
    const { at } = token;
    if (token.text === '.') return { type: 'dot', text: '.', at };
    if (token.text !== '(')
      throw this.fail(`unexpected ${JSON.stringify(token.text)} in ${context === 'command' ? 'operand' : context}`);
    const pipe = this.pipe('parenthesized pipeline');
    this.skipSpace();
    if (this.tokens[this.position]?.text !== ')') throw this.fail('unclosed left paren');
    this.position++;
    return { type: 'pipe', pipe, names: this.fields(), text: `(${pipe.text})`, at };
  }

  private word(word: string, at: number): Operand {
    if (word === 'true' || word === 'false') return { type: 'value', value: word === 'true', text: word, at };
    if (word === 'nil') return { type: 'value', value: null, text: word, at };
    if (!this.functions.has(word)) throw this.fail(`function "${word}" not defined`);
    return { type: 'function', name: word, text: word, at };
  }

  private fields(): string[] {
    const names: string[] = [];
    while (this.tokens[this.position]?.type === 'field')
      names.push((this.tokens[this.position++] as Token).text.slice(1));
    return names;
  }

  private peekWord(): string {
    let index = this.position;
    while (this.tokens[index]?.type === 'space') index++;
    const token = this.tokens[index];
    return token?.type === 'word' ? token.text : '';
  }

  private skipWord(): void {
    this.skipSpace();
    this.position++;
  }

  private skipSpace(): void {
    while (this.tokens[this.position]?.type === 'space') this.position++;
  }

  private expectClose(context: string): void {
    this.skipSpace();
    const token = this.tokens[this.position];
    if (token?.type !== 'close') throw this.fail(`unexpected ${token ? `<${token.text}>` : 'EOF'} in ${context}`);
    this.position++;
  }

  private textFrom(start: number): string {
    return this.tokens
      .slice(start, this.position)
      .map((token) => (token.type === 'space' ? ' ' : token.text))
      .join('');
  }
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

function unquote(text: string): Json {
  if (text.startsWith('`')) return text.slice(1, -1);
  const plain = text
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (_whole, escape: string) =>
      escape.length > 1 ? String.fromCodePoint(Number.parseInt(escape.slice(1), 16)) : (ESCAPES[escape] ?? escape),
    );
  return text.startsWith("'") ? (plain.codePointAt(0) ?? 0) : plain;
}
