import { setKey, type JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';

/** JSON as Go reads it: with its error words, and with the keys that are given twice still there. */

/** A number as it was written. */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An object with its keys as they were written, in order. */
export class ObjectLiteral {
  readonly entries: readonly (readonly [key: string, value: Source])[];

  constructor(entries: readonly (readonly [string, Source])[]) {
    this.entries = entries;
  }
}

/** What a decoder reads: parsed text, or JSON that came as values. */
export type Source = null | boolean | string | number | NumberLiteral | ObjectLiteral | Source[] | JsonMap;

/** Thrown for text that is no JSON, with the words of Go's encoding/json. */
export class JsonSyntaxError extends Error {
  override name = 'JsonSyntaxError';
}

/** Deeper bodies are refused; Go's own limit is 10,000, which a browser's stack does not hold. */
const MAX_DEPTH = 2000;
const END = 'unexpected end of JSON input';
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Parses one JSON value. Throws JsonSyntaxError. */
export function parseGoJson(text: string): Source {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
  }

  value(depth: number): Source {
    this.#space();
    if (depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
    const mark = this.#text[this.#at];
    if (mark === undefined) throw new JsonSyntaxError(END);
    if (mark === '{') return this.#object(depth);
    if (mark === '[') return this.#array(depth);
    if (mark === '"') return this.#string();
    if (mark === 't') return this.#literal('true', true);
    if (mark === 'f') return this.#literal('false', false);
    if (mark === 'n') return this.#literal('null', null);
    if (mark === '-' || (mark >= '0' && mark <= '9')) return this.#number();
    return this.#fail('looking for beginning of value');
  }

  #fail(where: string): never {
    const mark = this.#text[this.#at];
    if (mark === undefined) throw new JsonSyntaxError(END);
    throw new JsonSyntaxError(`invalid character ${quotedCharacter(mark)} ${where}`);
  }

  #space(): void {
    for (;;) {
      const mark = this.#text.charCodeAt(this.#at);
      if (mark !== 32 && mark !== 10 && mark !== 13 && mark !== 9) return;
      this.#at += 1;
    }
  }

  #literal<T>(word: string, value: T): T {
    for (let index = 1; index < word.length; index++) {
      this.#at += 1;
      if (this.#text[this.#at] !== word[index]) this.#fail(`in literal ${word} (expecting '${word[index]!}')`);
    }
    this.#at += 1;
    return value;
  }

  #number(): NumberLiteral {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) {
      this.#at += 1;
      return this.#fail('in numeric literal');
    }
    this.#at += match[0].length;
    const next = this.#text[this.#at];
    if (next === '.') {
      this.#at += 1;
      this.#fail('after decimal point in numeric literal');
    }
    if (next === 'e' || next === 'E') {
      this.#at += 1;
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at += 1;
      this.#fail('in exponent of numeric literal');
    }
    return new NumberLiteral(match[0]);
  }

  #object(depth: number): ObjectLiteral {
    const entries: [string, Source][] = [];
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return new ObjectLiteral(entries);
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail('looking for beginning of object key string');
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail('after object key');
      this.#at += 1;
      entries.push([key, this.value(depth + 1)]);
      this.#space();
      const mark = this.#text[this.#at];
      if (mark !== ',' && mark !== '}') this.#fail('after object key:value pair');
      this.#at += 1;
      if (mark === '}') return new ObjectLiteral(entries);
    }
  }

  #array(depth: number): Source[] {
    const items: Source[] = [];
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      this.#space();
      const mark = this.#text[this.#at];
      if (mark !== ',' && mark !== ']') this.#fail('after array element');
      this.#at += 1;
      if (mark === ']') return items;
    }
  }

  #string(): string {
    const text = this.#text;
    let result = '';
    let start = ++this.#at;
    for (;;) {
      const mark = text.charCodeAt(this.#at);
      if (Number.isNaN(mark)) throw new JsonSyntaxError(END);
      if (mark < 32) this.#fail('in string literal');
      if (mark === 34) break;
      if (mark !== 92) {
        this.#at += 1;
        continue;
      }
      result += text.slice(start, this.#at) + this.#escape();
      start = this.#at;
    }
    result += text.slice(start, this.#at);
    this.#at += 1;
    return result;
  }

  #escape(): string {
    this.#at += 1;
    const mark = this.#text[this.#at];
    const plain = mark === undefined ? undefined : ESCAPES[mark];
    if (plain !== undefined) {
      this.#at += 1;
      return plain;
    }
    if (mark !== 'u') return this.#fail('in string escape code');
    this.#at += 1;
    const first = this.#at;
    for (; this.#at < first + 4; this.#at++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
    }
    return String.fromCharCode(parseInt(this.#text.slice(first, this.#at), 16));
  }
}

const ESCAPES: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
});

const NAMED: Record<string, string> = {
  "'": "'\\''",
  '"': `'"'`,
  '\n': "'\\n'",
  '\t': "'\\t'",
  '\r': "'\\r'",
  '\\': "'\\\\'",
};

function quotedCharacter(mark: string): string {
  const code = mark.charCodeAt(0);
  return NAMED[mark] ?? (code < 32 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${mark}'`);
}

/** The keys and values of an object; `undefined` for what is none. */
export function entriesOf(source: Source): readonly (readonly [string, Source])[] | undefined {
  if (source instanceof ObjectLiteral) return source.entries;
  if (typeof source !== 'object' || source === null || Array.isArray(source) || source instanceof NumberLiteral)
    return undefined;
  return Object.entries(source);
}

/** The text of a number; `undefined` for what is none. */
export function numberText(source: Source): string | undefined {
  if (typeof source === 'number') return String(source);
  return source instanceof NumberLiteral ? source.text : undefined;
}

/** The value as plain JSON; of keys given twice the last counts. */
export function plainJson(source: Source): Json {
  if (typeof source !== 'object' || source === null) return source;
  if (source instanceof NumberLiteral) return Number(source.text);
  if (Array.isArray(source)) return source.map(plainJson);
  const plain: JsonMap = {};
  for (const [key, value] of entriesOf(source)!) setKey(plain, key, plainJson(value));
  return plain;
}
