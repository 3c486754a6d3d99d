import { tokenize, type Token } from './lexer';
import { ShellSyntaxError, type Redirect, type ShellNode, type ShellScript, type Word } from './syntax';

const parsed = new Map<string, ShellScript | ShellSyntaxError>();
const PARSED_LIMIT = 512;
/** Deeper scripts are refused, so that no manifest can exhaust the stack. */
const DEPTH_LIMIT = 64;

/** Parses a script; a bounded memo makes it cheap. Throws ShellSyntaxError. */
export function parseScript(text: string): ShellScript {
  let script = parsed.get(text);
  if (!script) {
    script = tryParse(text);
    if (parsed.size >= PARSED_LIMIT) parsed.clear();
    parsed.set(text, script);
  }
  if (script instanceof ShellSyntaxError) throw script;
  return script;
}

/** Whether a text is the beginning of a script that goes on in the next line. */
export function isUnfinished(text: string): boolean {
  const error = tryParse(text);
  return error instanceof ShellSyntaxError && UNFINISHED.test(error.message);
}

const UNFINISHED = /unexpected end of file|unterminated|EOF in|missing '\)\)'/;

function tryParse(text: string): ShellScript | ShellSyntaxError {
  try {
    return new Parser(tokenize(text)).parse();
  } catch (error) {
    if (error instanceof ShellSyntaxError) return error;
    throw error;
  }
}

/** A script of one command whose words are taken as they stand: what a container runs without a shell. */
export function scriptOfCommand(words: readonly string[]): ShellScript {
  const nodes: ShellNode[] = [
    {
      kind: 'simple',
      assignments: [],
      words: words.map((text) => [{ kind: 'text', text, quoted: true }]),
      redirects: [],
      background: false,
    },
  ];
  return { nodes, root: 0 };
}

const SEPARATORS = new Set([';', '\n', '&']);
const ENDS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', '}']);

class Parser {
  readonly #nodes: ShellNode[] = [];
  #at = 0;
  #depth = 0;

  constructor(private readonly tokens: Token[]) {}

  parse(): ShellScript {
    const root = this.#list();
    const left = this.tokens[this.#at];
    if (left) throw unexpected(left);
    return { nodes: this.#nodes, root };
  }

  #add(node: ShellNode): number {
    this.#nodes.push(node);
    return this.#nodes.length - 1;
  }

  #operator(): string | undefined {
    const token = this.tokens[this.#at];
    return token?.kind === 'operator' ? token.text : undefined;
  }

  #bare(): string | undefined {
    const token = this.tokens[this.#at];
    return token?.kind === 'word' ? (token.bare ?? undefined) : undefined;
  }

  #take(word: string): void {
    this.#newlines();
    if (this.#bare() !== word) throw unexpected(this.tokens[this.#at], word);
    this.#at += 1;
  }

  #newlines(): void {
    while (this.#operator() === '\n' || this.#operator() === ';') this.#at += 1;
  }

  #list(): number {
    if (++this.#depth > DEPTH_LIMIT) throw new ShellSyntaxError('syntax error: nested too deeply');
    const items: number[] = [];
    for (;;) {
      this.#newlines();
      const bare = this.#bare();
      if (this.#at >= this.tokens.length || this.#operator() === ')' || (bare !== undefined && ENDS.has(bare))) break;
      items.push(this.#andOr());
      const operator = this.#operator();
      if (operator === '&') this.#toBackground(items.at(-1)!);
      if (operator !== undefined && SEPARATORS.has(operator)) this.#at += 1;
      else break;
    }
    this.#depth -= 1;
    return this.#add({ kind: 'list', items });
  }

  #toBackground(index: number): void {
    const node = this.#nodes[index]!;
    if (node.kind === 'simple') node.background = true;
  }

  #andOr(): number {
    let left = this.#pipeline();
    for (;;) {
      const operator = this.#operator();
      if (operator !== '&&' && operator !== '||') return left;
      this.#at += 1;
      while (this.#operator() === '\n') this.#at += 1;
      const right = this.#pipeline();
      left = this.#add({ kind: operator === '&&' ? 'and' : 'or', left, right });
    }
  }

  #pipeline(): number {
    if (this.#bare() === '!') {
      this.#at += 1;
      return this.#add({ kind: 'not', command: this.#pipeline() });
    }
    let left = this.#command();
    while (this.#operator() === '|') {
      this.#at += 1;
      left = this.#add({ kind: 'pipe', left, right: this.#command() });
    }
    return left;
  }

  #command(): number {
    if (this.#operator() === '(') {
      this.#at += 1;
      const inner = this.#list();
      if (this.#operator() !== ')') throw unexpected(this.tokens[this.#at], ')');
      this.#at += 1;
      return inner;
    }
    switch (this.#bare()) {
      case 'if':
        this.#at += 1;
        return this.#if();
      case 'while':
      case 'until':
        return this.#while();
      case 'for':
        this.#at += 1;
        return this.#for();
      case '{': {
        this.#at += 1;
        const inner = this.#list();
        this.#take('}');
        return inner;
      }
      default:
        return this.#simple();
    }
  }

  #if(): number {
    const condition = this.#list();
    this.#take('then');
    const then = this.#list();
    if (this.#bare() === 'elif') {
      this.#at += 1;
      return this.#add({ kind: 'if', condition, then, else: this.#if() });
    }
    let otherwise: number | null = null;
    if (this.#bare() === 'else') {
      this.#at += 1;
      otherwise = this.#list();
    }
    this.#take('fi');
    return this.#add({ kind: 'if', condition, then, else: otherwise });
  }

  #while(): number {
    const until = this.#bare() === 'until';
    this.#at += 1;
    const condition = this.#list();
    this.#take('do');
    const body = this.#list();
    this.#take('done');
    return this.#add({ kind: 'while', condition, body, until });
  }

  #for(): number {
    const name = this.#bare();
    if (!name) throw unexpected(this.tokens[this.#at]);
    this.#at += 1;
    const words: Word[] = [];
    if (this.#bare() === 'in') {
      this.#at += 1;
      for (let token = this.tokens[this.#at]; token?.kind === 'word'; token = this.tokens[++this.#at])
        words.push(token.word);
    }
    this.#take('do');
    const body = this.#list();
    this.#take('done');
    return this.#add({ kind: 'for', name, words, body });
  }

  #simple(): number {
    const node: ShellNode & { kind: 'simple' } = {
      kind: 'simple',
      assignments: [],
      words: [],
      redirects: [],
      background: false,
    };
    for (let token = this.tokens[this.#at]; token; token = this.tokens[this.#at]) {
      if (token.kind === 'operator') {
        const redirect = this.#redirect(token.text);
        if (redirect === undefined) break;
        node.redirects.push(redirect);
      } else {
        this.#at += 1;
        const assignment = node.words.length === 0 ? assignmentOf(token.word) : undefined;
        if (assignment) node.assignments.push(assignment);
        else node.words.push(token.word);
      }
    }
    if (node.words.length === 0 && node.assignments.length === 0 && node.redirects.length === 0) {
      throw unexpected(this.tokens[this.#at]);
    }
    return this.#add(node);
  }

  #redirect(operator: string): Redirect | undefined {
    if (operator === '2>&1' || operator === '>&2') {
      this.#at += 1;
      return { operator: '&', stream: operator === '2>&1' ? 2 : 1, target: [] };
    }
    const kind = { '>': '>', '1>': '>', '&>': '>', '2>': '>', '>>': '>>', '2>>': '>>', '<': '<' }[operator] as
      Redirect['operator'] | undefined;
    if (!kind) return undefined;
    this.#at += 1;
    const target = this.tokens[this.#at];
    if (target?.kind !== 'word') throw unexpected(target);
    this.#at += 1;
    return { operator: kind, stream: kind === '<' ? 0 : operator.startsWith('2') ? 2 : 1, target: target.word };
  }
}

function assignmentOf(word: Word): { name: string; value: Word } | undefined {
  const first = word[0];
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.text);
  if (!match) return undefined;
  const rest = first.text.slice(match[0].length);
  const value: Word = rest ? [{ kind: 'text', text: rest, quoted: false }, ...word.slice(1)] : word.slice(1);
  return { name: match[1]!, value };
}

function unexpected(token: Token | undefined, expecting?: string): ShellSyntaxError {
  const hint = expecting ? ` (expecting "${expecting}")` : '';
  if (!token) return new ShellSyntaxError(`syntax error: unexpected end of file${hint}`);
  const name =
    token.kind === 'operator' ? (token.text === '\n' ? 'newline' : `"${token.text}"`) : `"${token.bare ?? 'word'}"`;
  return new ShellSyntaxError(`syntax error: unexpected ${name}${hint}`);
}
