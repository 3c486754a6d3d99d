import { ShellSyntaxError, type Word, type WordPart } from './syntax';

export type Token = { kind: 'word'; word: Word; bare: string | null } | { kind: 'operator'; text: string };

/** Longest first: the first that fits is taken. */
const OPERATORS = [
  '&&',
  '||',
  ';;',
  '2>&1',
  '2>>',
  '2>',
  '1>',
  '>>',
  '>&2',
  '&>',
  '>',
  '<',
  '&',
  ';',
  '|',
  '(',
  ')',
  '\n',
];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const END_OF_WORD = /[\s;&|<>()]/;

/** Splits a script into words and operators. Comments and escaped line ends are left out. */
export function tokenize(script: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < script.length) {
    const rest = script[at]!;
    if (rest === '\\' && script[at + 1] === '\n') at += 2;
    else if (rest === ' ' || rest === '\t' || rest === '\r') at += 1;
    else if (rest === '#') at = endOfLine(script, at);
    else {
      const operator = OPERATORS.find((one) => script.startsWith(one, at));
      if (operator) {
        tokens.push({ kind: 'operator', text: operator });
        at += operator.length;
      } else {
        const reader = new WordReader(script, at);
        tokens.push(reader.read());
        at = reader.at;
      }
    }
  }
  return tokens;
}

function endOfLine(script: string, at: number): number {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end;
}

class WordReader {
  readonly #parts: WordPart[] = [];
  #bare: string | null = '';

  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  read(): Token {
    while (this.at < this.text.length) {
      const char = this.text[this.at]!;
      if (END_OF_WORD.test(char)) break;
      if (char === "'") this.#single();
      else if (char === '"') this.#double();
      else if (char === '$') this.#dollar(false);
      else if (char === '`') this.#backquote(false);
      else if (char === '\\') this.#escape();
      else this.#plain(char);
    }
    return { kind: 'word', word: this.#parts, bare: this.#bare };
  }

  #add(text: string, quoted: boolean): void {
    const last = this.#parts.at(-1);
    if (last?.kind === 'text' && last.quoted === quoted) last.text += text;
    else this.#parts.push({ kind: 'text', text, quoted });
  }

  #plain(char: string): void {
    this.#add(char, false);
    if (this.#bare !== null) this.#bare += char;
    this.at += 1;
  }

  #escape(): void {
    this.#bare = null;
    const next = this.text[this.at + 1];
    if (next !== undefined && next !== '\n') this.#add(next, true);
    this.at += 2;
  }

  #single(): void {
    this.#bare = null;
    const end = this.text.indexOf("'", this.at + 1);
    if (end < 0) throw new ShellSyntaxError('syntax error: unterminated quoted string');
    this.#add(this.text.slice(this.at + 1, end), true);
    this.at = end + 1;
  }

  #double(): void {
    this.#bare = null;
    const end = this.#endOfDouble();
    this.at += 1;
    this.#add('', true);
    this.#quoted(end);
    this.at = end + 1;
  }

  #endOfDouble(): number {
    for (let end = this.at + 1; end < this.text.length; end++) {
      if (this.text[end] === '\\') end += 1;
      else if (this.text[end] === '$' && this.text[end + 1] === '(') end = closing(this.text, end + 1);
      else if (this.text[end] === '"') return end;
    }
    throw new ShellSyntaxError('syntax error: unterminated quoted string');
  }

  #quoted(end: number): void {
    while (this.at < end) {
      const char = this.text[this.at]!;
      if (char === '$') this.#dollar(true);
      else if (char === '`') this.#backquote(true);
      else if (char === '\\' && '$`"\\\n'.includes(this.text[this.at + 1] ?? ' ')) {
        if (this.text[this.at + 1] !== '\n') this.#add(this.text[this.at + 1]!, true);
        this.at += 2;
      } else {
        this.#add(char, true);
        this.at += 1;
      }
    }
  }

  #backquote(quoted: boolean): void {
    this.#bare = null;
    const end = this.text.indexOf('`', this.at + 1);
    if (end < 0) throw new ShellSyntaxError('syntax error: EOF in backquote substitution');
    this.#parts.push({ kind: 'command', script: this.text.slice(this.at + 1, end), quoted });
    this.at = end + 1;
  }

  #dollar(quoted: boolean): void {
    this.#bare = null;
    const rest = this.text.slice(this.at + 1);
    const name = NAME.exec(rest)?.[0];
    if (rest.startsWith('((')) this.#arithmetic();
    else if (rest.startsWith('(')) {
      const end = closing(this.text, this.at + 1);
      this.#parts.push({ kind: 'command', script: this.text.slice(this.at + 2, end), quoted });
      this.at = end + 1;
    } else if (rest.startsWith('{')) this.#braces(quoted);
    else if (rest.startsWith('?')) {
      this.#parts.push({ kind: 'status' });
      this.at += 2;
    } else if (name) {
      this.#parts.push({ kind: 'variable', name, fallback: null, quoted });
      this.at += 1 + name.length;
    } else {
      this.#add('$', quoted);
      this.at += 1;
    }
  }

  #arithmetic(): void {
    const end = closing(this.text, this.at + 1);
    if (this.text[end - 1] !== ')') throw new ShellSyntaxError("syntax error: missing '))'");
    this.#parts.push({ kind: 'arithmetic', text: this.text.slice(this.at + 3, end - 1) });
    this.at = end + 1;
  }

  #braces(quoted: boolean): void {
    const end = this.text.indexOf('}', this.at);
    const inside = end < 0 ? '' : this.text.slice(this.at + 2, end);
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::?-(.*))?$/s.exec(inside);
    if (!match) throw new ShellSyntaxError('syntax error: bad substitution');
    this.#parts.push({ kind: 'variable', name: match[1]!, fallback: match[2] ?? null, quoted });
    this.at = end + 1;
  }
}

/** The index of the parenthesis that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  throw new ShellSyntaxError("syntax error: unexpected end of file (expecting ')')");
}
