/** A step of a JSONPath. Models k8s.io/client-go/util/jsonpath nodes. */
export type PathNode =
  | { type: 'list'; nodes: PathNode[] }
  | { type: 'text'; text: string }
  | { type: 'field'; name: string }
  | { type: 'array'; params: [ArrayParam, ArrayParam, ArrayParam] }
  | { type: 'filter'; left: ListNode; right: ListNode; operator: string }
  | { type: 'number'; value: number }
  | { type: 'boolean'; value: boolean }
  | { type: 'wildcard' }
  | { type: 'recursive' }
  | { type: 'union'; nodes: ListNode[] }
  | { type: 'identifier'; name: string };

export interface ArrayParam {
  known: boolean;
  value: number;
  derived: boolean;
}

export type ListNode = Extract<PathNode, { type: 'list' }>;

/** A JSONPath that cannot be read or evaluated. The message has kubectl's words. */
export class JsonPathError extends Error {
  override name = 'JsonPathError';
}

/** Parses a template such as `{range .items[*]}{.metadata.name}{"\n"}{end}`. Throws a JsonPathError. */
export function parseJsonPath(text: string): ListNode {
  const parser = new Parser(text);
  parser.parseText(parser.root);
  return parser.root;
}

const TERMINATORS = new Set([' ', '\t', '\r', '\n', '', '.', ',', '[', ']', '$', '@', '{', '}']);
const isDigit = (character: string): boolean => /^[0-9]$/.test(character);
const isWord = (character: string): boolean => /^[\p{L}\p{Nd}_]$/u.test(character);

class Parser {
  readonly root: ListNode = { type: 'list', nodes: [] };
  private readonly input: string;
  private position = 0;
  private start = 0;

  constructor(input: string) {
    this.input = input;
  }

  parseText(list: ListNode): void {
    for (;;) {
      if (this.rest().startsWith('{')) {
        if (this.position > this.start) list.nodes.push({ type: 'text', text: this.consume() });
        return this.parseAction();
      }
      if (this.next() === '') break;
    }
    if (this.position > this.start) list.nodes.push({ type: 'text', text: this.consume() });
  }

  private parseAction(): void {
    this.position += 1;
    this.consume();
    const list: ListNode = { type: 'list', nodes: [] };
    this.root.nodes.push(list);
    this.parseInside(list);
  }

  /** Reads one step after the other up to the closing brace, and the text after it. */
  private parseInside(list: ListNode): void {
    for (;;) {
      const rest = this.rest();
      if (rest.startsWith('}')) {
        this.position += 1;
        this.consume();
        return this.parseText(this.root);
      }
      if (rest.startsWith('[?(')) this.parseFilter(list);
      else if (rest.startsWith('..')) this.parseRecursive(list);
      else this.parseStep(list);
    }
  }

  private parseStep(list: ListNode): void {
    const character = this.next();
    if (character === '' || character === '\n' || character === '\r') throw new JsonPathError('unclosed action');
    if (character === ' ' || character === '@' || character === '$') this.consume();
    else if (character === '[') this.parseArray(list);
    else if (character === '"' || character === "'") this.parseQuote(list, character);
    else if (character === '.') this.parseField(list);
    else if (character === '+' || character === '-' || isDigit(character)) this.parseNumber(list);
    else if (isWord(character)) this.parseIdentifier(list);
    else throw new JsonPathError(`unrecognized character in action: ${unicodeName(character)}`);
  }

  private parseIdentifier(list: ListNode): void {
    while (!TERMINATORS.has(this.peek())) this.next();
    const name = this.consume();
    if (name === 'true' || name === 'false') list.nodes.push({ type: 'boolean', value: name === 'true' });
    else list.nodes.push({ type: 'identifier', name });
  }

  private parseRecursive(list: ListNode): void {
    if (list.nodes.at(-1)?.type === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
    this.position += 2;
    this.consume();
    list.nodes.push({ type: 'recursive' });
    if (isWord(this.peek())) this.parseField(list);
  }

  private parseNumber(list: ListNode): void {
    while (this.peek() === '.' || isDigit(this.peek())) this.next();
    const text = this.consume();
    const value = Number(text);
    if (text === '+' || text === '-' || Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${text}`);
    list.nodes.push({ type: 'number', value });
  }

  private parseArray(list: ListNode): void {
    for (let character = this.next(); character !== ']'; character = this.next()) {
      if (character === '' || character === '\n') throw new JsonPathError('unterminated array');
    }
    const text = this.consume().slice(1, -1);
    const parts = text.split(',');
    if (parts.length > 1) {
      const nodes = parts.map((part) => parseAction(`[${part.trim()}]`));
      list.nodes.push({ type: 'union', nodes });
      return;
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key) list.nodes.push(...parseAction(`.${key[1] ?? ''}`).nodes);
    else list.nodes.push({ type: 'array', params: arrayParams(text === '*' ? ':' : text) });
  }

  private parseFilter(list: ListNode): void {
    this.position += 3;
    this.consume();
    this.skipFilter();
    if (this.next() !== ']') throw new JsonPathError('unclosed array expect ]');
    const text = this.consume().slice(0, -2);
    const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text);
    const empty: ListNode = { type: 'list', nodes: [] };
    if (!comparison) list.nodes.push({ type: 'filter', left: parseAction(text), right: empty, operator: 'exists' });
    else {
      const [, left = '', operator = '', right = ''] = comparison;
      list.nodes.push({ type: 'filter', left: parseAction(left), right: parseAction(right), operator });
    }
  }

  /** Moves behind the closing parenthesis; one inside quotes does not count. */
  private skipFilter(): void {
    let begun = false;
    let ended = false;
    let quote = '';
    for (;;) {
      const character = this.next();
      if (character === '' || character === '\n') throw new JsonPathError('unterminated filter');
      if (character === '"' || character === "'") {
        if (!begun) {
          begun = true;
          quote = character;
        } else if (this.input[this.position - 2] !== '\\' && character === quote) ended = true;
      } else if (character === ')' && begun === ended) return;
    }
  }

  private parseQuote(list: ListNode, quote: string): void {
    for (;;) {
      const character = this.next();
      if (character === '' || character === '\n') throw new JsonPathError('unterminated quoted string');
      if (character === quote && this.input[this.position - 2] !== '\\') break;
    }
    list.nodes.push({ type: 'text', text: unquote(this.consume()) });
  }

  private parseField(list: ListNode): void {
    this.consume();
    for (;;) {
      if (this.peek() === '\\') {
        this.next();
        this.next();
      } else if (TERMINATORS.has(this.peek())) break;
      else this.next();
    }
    const name = this.consume();
    list.nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') });
  }

  private rest(): string {
    return this.input.slice(this.position, this.position + 3);
  }

  private peek(): string {
    const code = this.input.codePointAt(this.position);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  private next(): string {
    const character = this.peek();
    this.position += character.length;
    return character;
  }

  private consume(): string {
    const text = this.input.slice(this.start, this.position);
    this.start = this.position;
    return text;
  }
}

function parseAction(text: string): ListNode {
  const inner = parseJsonPath(`{${text}}`).nodes[0];
  return inner?.type === 'list' ? inner : { type: 'list', nodes: [] };
}

function arrayParams(text: string): [ArrayParam, ArrayParam, ArrayParam] {
  const match = /^(-?[\d]*)(:-?[\d]*)?(:-?[\d]*)?$/.exec(text);
  if (!match) throw new JsonPathError(`invalid array index ${text}`);
  const params = [0, 1, 2].map((index): ArrayParam => {
    const part = match[index + 1] ?? '';
    const digits = index > 0 ? part.slice(1) : part;
    if (part === '' || digits === '') return { known: false, value: 0, derived: false };
    if (digits === '-') throw new JsonPathError(`array index ${digits} is not a number`);
    return { known: true, value: Number(digits), derived: false };
  }) as [ArrayParam, ArrayParam, ArrayParam];
  if ((match[2] ?? '') === '') params[1] = { known: true, value: params[0].value + 1, derived: true };
  return params;
}

const QUOTED_ESCAPES: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

function unquote(text: string): string {
  const quote = text[0] ?? '';
  const body = text.slice(1, -1);
  const invalid = new JsonPathError(`unquote string ${text} error invalid syntax`);
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^])/g, (_whole, escape: string) => {
    if (/^[xuU]./.test(escape)) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    if (/^[0-7]{3}$/.test(escape)) return String.fromCodePoint(Number.parseInt(escape, 8));
    const plain = QUOTED_ESCAPES[escape] ?? (escape === quote ? quote : undefined);
    if (plain === undefined) throw invalid;
    return plain;
  });
}

function unicodeName(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} '${character}'`;
}
