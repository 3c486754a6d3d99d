/** A piece of a word: text, a variable's value, or what a command prints. */
export type Part =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'variable'; name: string; quoted: boolean }
  | { kind: 'output'; script: string; quoted: boolean };

export type Word = readonly Part[];

export type Redirect =
  | { kind: 'read'; word: Word }
  | { kind: 'write' | 'append'; from: 'stdout' | 'stderr' | 'both'; word: Word }
  | { kind: 'errors to output' }
  | { kind: 'text'; body: Word };

export interface SimpleCommand {
  assignments: { name: string; value: Word }[];
  words: Word[];
  redirects: Redirect[];
}

/** Commands of which each reads what the one before prints, and when they run: always, after success, after failure. */
export interface Pipeline {
  when: 'always' | 'success' | 'failure';
  commands: SimpleCommand[];
}

/** What is wrong with a script; `incomplete` says that more lines may put it right. */
export class SyntaxProblem extends Error {
  override name = 'SyntaxProblem';

  constructor(
    message: string,
    readonly incomplete: boolean,
  ) {
    super(message);
  }
}

/** Reads a script as a POSIX shell does, without loops, functions and arithmetic. Throws SyntaxProblem. */
export function parseScript(script: string): Pipeline[] {
  return new Reader(script).script();
}

/** Whether a script goes on in the next line: a quote, a pipe or a here-document is open, or a backslash ends the line. */
export function isIncomplete(script: string): boolean {
  try {
    parseScript(script);
    return false;
  } catch (thrown) {
    return thrown instanceof SyntaxProblem && thrown.incomplete;
  }
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const UNSUPPORTED = /^(for|while|until|if|case|function|select)$/;

interface OpenDocument {
  redirect: { kind: 'text'; body: Word };
  end: string;
  literal: boolean;
  tabs: boolean;
}

class Reader {
  private at = 0;
  private documents: OpenDocument[] = [];

  constructor(private readonly text: string) {}

  script(): Pipeline[] {
    const pipelines: Pipeline[] = [];
    let when: Pipeline['when'] = 'always';
    for (;;) {
      this.blanks(true);
      if (this.at >= this.text.length) break;
      const commands = this.pipeline();
      if (commands.length > 0) pipelines.push({ when, commands });
      this.blanks(false);
      when = 'always';
      if (this.take('&&')) when = 'success';
      else if (this.take('||')) when = 'failure';
      else if (this.peek('&')) throw new SyntaxProblem('nothing runs in the background here: leave the & out', false);
      else if (!this.take(';') && !this.newline() && this.at < this.text.length) this.unexpected();
      if (when !== 'always') this.needMore();
    }
    if (this.documents.length > 0) throw new SyntaxProblem('the here-document has no end', true);
    return pipelines;
  }

  private pipeline(): SimpleCommand[] {
    const commands: SimpleCommand[] = [];
    for (;;) {
      const command = this.command();
      const empty = command.words.length + command.assignments.length + command.redirects.length === 0;
      if (empty) {
        if (this.at >= this.text.length && commands.length === 0) return commands;
        this.unexpected();
      }
      commands.push(command);
      this.blanks(false);
      if (this.peek('||') || !this.take('|')) return commands;
      this.needMore();
    }
  }

  /** After an operator that joins, a command must follow, perhaps in the next line. */
  private needMore(): void {
    this.blanks(true);
    if (this.at >= this.text.length) throw new SyntaxProblem('the line ends where a command should follow', true);
  }

  private command(): SimpleCommand {
    const command: SimpleCommand = { assignments: [], words: [], redirects: [] };
    for (;;) {
      this.blanks(false);
      if (this.redirect(command)) continue;
      const assigned = command.words.length === 0 ? this.assignment() : undefined;
      if (assigned !== undefined) command.assignments.push({ name: assigned, value: this.word() ?? [] });
      else {
        const word = this.word();
        if (!word) return command;
        const [only] = word;
        if (command.words.length === 0 && only?.kind === 'text' && !only.quoted && UNSUPPORTED.test(only.text))
          throw new SyntaxProblem(`${only.text}: this terminal has no loops and no conditions`, false);
        command.words.push(word);
      }
    }
  }

  private assignment(): string | undefined {
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0];
    if (name === undefined || this.text[this.at + name.length] !== '=') return undefined;
    this.at += name.length + 1;
    return name;
  }

  private redirect(command: SimpleCommand): boolean {
    if (this.take('2>&1')) return this.add(command, { kind: 'errors to output' });
    if (this.take('<<<')) return this.add(command, { kind: 'text', body: [...this.target(), plain('\n')] });
    if (this.peek('<<')) return this.hereDocument(command);
    if (this.take('<')) return this.add(command, { kind: 'read', word: this.target() });
    for (const [sign, from, kind] of WRITES)
      if (this.take(sign)) return this.add(command, { kind, from, word: this.target() });
    return false;
  }

  private add(command: SimpleCommand, redirect: Redirect): true {
    command.redirects.push(redirect);
    return true;
  }

  private target(): Word {
    this.blanks(false);
    const word = this.word();
    if (!word) this.unexpected();
    return word;
  }

  private hereDocument(command: SimpleCommand): true {
    this.take('<<');
    const tabs = this.take('-');
    const word = this.target();
    const redirect = { kind: 'text' as const, body: [] };
    const end = word.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    const literal = word.some((part) => part.quoted);
    this.documents.push({ redirect, end, literal, tabs });
    return this.add(command, redirect);
  }

  private newline(): boolean {
    if (!this.take('\n')) return false;
    for (const document of this.documents.splice(0)) this.body(document);
    return true;
  }

  private body({ redirect, end, literal, tabs }: OpenDocument): void {
    const lines: string[] = [];
    for (;;) {
      if (this.at >= this.text.length) throw new SyntaxProblem(`the here-document ends with a line ${end}`, true);
      const stop = this.text.indexOf('\n', this.at);
      const raw = this.text.slice(this.at, stop < 0 ? undefined : stop);
      this.at = stop < 0 ? this.text.length : stop + 1;
      const line = tabs ? raw.replace(/^\t+/, '') : raw;
      if (line === end) break;
      lines.push(`${line}\n`);
    }
    const body = lines.join('');
    redirect.body = literal ? [plain(body)] : new Reader(body).expanded();
  }

  /** Text in which only variables and commands are replaced, as in a here-document. */
  private expanded(): Part[] {
    const parts: Part[] = [];
    while (this.at < this.text.length) this.doubleQuoted(parts, /[$`\\]/);
    return parts;
  }

  private word(): Word | undefined {
    const parts: Part[] = [];
    const from = this.at;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || /[\s|;&<>]/.test(character)) break;
      if (character === "'") parts.push(this.singleQuoted());
      else if (character === '"') this.quotedString(parts);
      else if (character === '$' || character === '`') parts.push(this.dollar(false));
      else if (character === '(' || character === ')')
        throw new SyntaxProblem(`unexpected ${character}: put it between quotes`, false);
      else if (character === '\\') this.escaped(parts);
      else parts.push({ kind: 'text', text: this.run(/[^\s|;&<>'"$`\\()]+/y), quoted: false });
    }
    return this.at === from ? undefined : parts;
  }

  private escaped(parts: Part[]): void {
    const next = this.text[this.at + 1];
    if (next === undefined) throw new SyntaxProblem('the line goes on after its backslash', true);
    this.at += 2;
    if (next !== '\n') parts.push({ kind: 'text', text: next, quoted: true });
  }

  private singleQuoted(): Part {
    const end = this.text.indexOf("'", this.at + 1);
    if (end < 0) throw new SyntaxProblem("The quote ' is not closed.", true);
    const part = plain(this.text.slice(this.at + 1, end));
    this.at = end + 1;
    return part;
  }

  private quotedString(parts: Part[]): void {
    this.at += 1;
    parts.push(plain(''));
    while (this.text[this.at] !== '"') {
      if (this.at >= this.text.length) throw new SyntaxProblem('The quote " is not closed.', true);
      this.doubleQuoted(parts, /["$`\\]/);
    }
    this.at += 1;
  }

  private doubleQuoted(parts: Part[], special: RegExp): void {
    const character = this.text[this.at] ?? '';
    if (character === '$' || character === '`') parts.push(this.dollar(true));
    else if (character === '\\') {
      const next = this.text[this.at + 1] ?? '';
      this.at += next === '' ? 1 : 2;
      if (next !== '\n') parts.push(plain(/["$`\\]/.test(next) && next !== '' ? next : `\\${next}`));
    } else {
      const rest = this.text.slice(this.at);
      const length = rest.search(special);
      const text = length < 0 ? rest : rest.slice(0, length);
      parts.push(plain(text));
      this.at += text.length;
    }
  }

  /** `$NAME`, `${NAME}`, `$?`, `$(COMMAND)` and backquotes; a lone `$` is itself. */
  private dollar(quoted: boolean): Part {
    if (this.text[this.at] === '`') return this.output('`', quoted);
    if (this.peek('$(')) return this.output('$(', quoted);
    const match = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*|\?))/.exec(this.text.slice(this.at, this.at + 200));
    if (!match) {
      this.at += 1;
      return { kind: 'text', text: '$', quoted: true };
    }
    this.at += match[0].length;
    return { kind: 'variable', name: match[1] ?? match[2] ?? '', quoted };
  }

  private output(opening: '`' | '$(', quoted: boolean): Part {
    const from = this.at + opening.length;
    const end = opening === '`' ? this.text.indexOf('`', from) : closingParenthesis(this.text, from);
    if (end < 0) throw new SyntaxProblem(`${opening} is not closed`, true);
    this.at = end + 1;
    return { kind: 'output', script: this.text.slice(from, end), quoted };
  }

  /** Blanks, comments and joined lines; with `lines`, line breaks as well. */
  private blanks(lines: boolean): void {
    for (;;) {
      if (this.run(/[ \t\r]+/y) !== '') continue;
      if (this.take('\\\n')) continue;
      if (this.text[this.at] === '#' && /(^|\s)$/.test(this.text.slice(Math.max(0, this.at - 1), this.at))) {
        this.run(/[^\n]*/y);
        continue;
      }
      if (!lines || !this.newline()) return;
    }
  }

  private run(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private peek(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  private take(token: string): boolean {
    const here = this.peek(token);
    if (here) this.at += token.length;
    return here;
  }

  private unexpected(): never {
    const token = this.text[this.at] ?? 'end of the line';
    throw new SyntaxProblem(`syntax error near unexpected ${token === '\n' ? 'end of the line' : token}`, false);
  }
}

const WRITES: [string, 'stdout' | 'stderr' | 'both', 'write' | 'append'][] = [
  ['&>>', 'both', 'append'],
  ['&>', 'both', 'write'],
  ['2>>', 'stderr', 'append'],
  ['2>', 'stderr', 'write'],
  ['1>', 'stdout', 'write'],
  ['>>', 'stdout', 'append'],
  ['>', 'stdout', 'write'],
];

function plain(text: string): Part {
  return { kind: 'text', text, quoted: true };
}

/** Where the parenthesis ends that was opened before `from`; quotes hide parentheses. */
function closingParenthesis(text: string, from: number): number {
  let depth = 1;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')' && --depth === 0) return at;
  }
  return -1;
}
