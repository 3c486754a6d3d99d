import type { Json } from '../../api/objects';

/** A text that is no JSON, in the words of Go's encoding/json. */
export class JsonTrouble extends Error {
  override name = 'JsonTrouble';
  /** How many characters were read; undefined where the text ended too early. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/** One JSON text, nothing after it. Throws a JsonTrouble as json.Unmarshal would. */
export function parseGoJson(text: string): Json {
  const end = scanValue(text, skipSpace(text, 0), 'unexpected end of JSON input');
  const rest = skipSpace(text, end);
  if (rest < text.length) {
    throw new JsonTrouble(`invalid character ${quoteCharacter(text, rest)} after top-level value`, rest + 1);
  }
  return JSON.parse(text) as Json;
}

/** The JSON value at the start of a stream and where it ends; undefined at the end of the stream. */
export function readGoJson(text: string, from: number): { value: Json; end: number } | undefined {
  const start = skipSpace(text, from);
  if (start >= text.length) return undefined;
  const end = scanValue(text, start, 'unexpected EOF');
  return { value: JSON.parse(text.slice(start, end)) as Json, end };
}

const MAX_DEPTH = 10_000;
type Expectation = 'value' | 'first key' | 'key' | 'colon' | 'after pair' | 'first element' | 'after element';

const LOOKING: Record<Expectation, string> = {
  value: 'looking for beginning of value',
  'first key': 'looking for beginning of object key string',
  key: 'looking for beginning of object key string',
  colon: 'after object key',
  'after pair': 'after object key:value pair',
  'first element': 'looking for beginning of value',
  'after element': 'after array element',
};

/** Where the value that begins at `start` ends. */
function scanValue(text: string, start: number, early: string): number {
  const scan = new Scan(text, early);
  return scan.run(start);
}

class Scan {
  private readonly text: string;
  private readonly early: string;
  private readonly closers: ('}' | ']')[] = [];

  constructor(text: string, early: string) {
    this.text = text;
    this.early = early;
  }

  run(start: number): number {
    let position = start;
    let expected: Expectation = 'value';
    for (;;) {
      position = skipSpace(this.text, position);
      if (position >= this.text.length) throw new JsonTrouble(this.early);
      const character = this.text[position] ?? '';
      const closes =
        character === this.closers.at(-1) && expected !== 'key' && expected !== 'colon' && expected !== 'value';
      if (closes) {
        this.closers.pop();
        position++;
      } else if (expected === 'after pair' || expected === 'after element') {
        if (character !== ',') throw this.unexpected(position, expected);
        expected = expected === 'after pair' ? 'key' : 'value';
        position++;
        continue;
      } else if (expected === 'colon') {
        if (character !== ':') throw this.unexpected(position, expected);
        expected = 'value';
        position++;
        continue;
      } else if (expected === 'first key' || expected === 'key') {
        if (character !== '"') throw this.unexpected(position, expected);
        position = this.string(position);
        expected = 'colon';
        continue;
      } else if (character === '{' || character === '[') {
        this.closers.push(character === '{' ? '}' : ']');
        if (this.closers.length > MAX_DEPTH) throw new JsonTrouble('exceeded max depth', position + 1);
        expected = character === '{' ? 'first key' : 'first element';
        position++;
        continue;
      } else position = this.atom(position, expected);
      if (this.closers.length === 0) return position;
      expected = this.closers.at(-1) === '}' ? 'after pair' : 'after element';
    }
  }

  private atom(position: number, expected: Expectation): number {
    const character = this.text[position] ?? '';
    if (character === '"') return this.string(position);
    if (character === '-' || isDigit(character)) return this.number(position);
    for (const word of ['true', 'false', 'null']) if (word[0] === character) return this.word(position, word);
    throw this.unexpected(position, expected);
  }

  private word(start: number, word: string): number {
    for (let index = 1; index < word.length; index++) {
      const position = start + index;
      if (position >= this.text.length) throw new JsonTrouble(this.early);
      if (this.text[position] !== word[index]) {
        throw this.invalid(position, `in literal ${word} (expecting '${word[index] ?? ''}')`);
      }
    }
    return start + word.length;
  }

  private number(start: number): number {
    let position = start;
    if (this.text[position] === '-') position = this.digit(position + 1, 'in numeric literal') - 1;
    if (this.text[position] === '0') position++;
    else position = this.digits(position);
    if (this.text[position] === '.')
      position = this.digits(this.digit(position + 1, 'after decimal point in numeric literal'));
    if (this.text[position] === 'e' || this.text[position] === 'E') {
      const sign = this.text[position + 1] === '+' || this.text[position + 1] === '-' ? 1 : 0;
      position = this.digits(this.digit(position + 1 + sign, 'in exponent of numeric literal'));
    }
    return position;
  }

  private digit(position: number, where: string): number {
    if (position >= this.text.length) throw new JsonTrouble(this.early);
    if (!isDigit(this.text[position] ?? '')) throw this.invalid(position, where);
    return position + 1;
  }

  private digits(from: number): number {
    let position = from;
    while (isDigit(this.text[position] ?? '')) position++;
    return position;
  }

  private string(start: number): number {
    for (let position = start + 1; position < this.text.length; position++) {
      const character = this.text[position] ?? '';
      if (character === '"') return position + 1;
      if (character < ' ') throw this.invalid(position, 'in string literal');
      if (character !== '\\') continue;
      position++;
      const escape = this.text[position];
      if (escape === undefined) break;
      if (!'"\\/bfnrtu'.includes(escape)) throw this.invalid(position, 'in string escape code');
      if (escape !== 'u') continue;
      for (let count = 0; count < 4; count++) {
        position++;
        if (position < this.text.length && !/[0-9a-fA-F]/.test(this.text[position] ?? '')) {
          throw this.invalid(position, 'in \\u hexadecimal character escape');
        }
      }
    }
    throw new JsonTrouble(this.early);
  }

  private unexpected(position: number, expected: Expectation): JsonTrouble {
    return this.invalid(position, LOOKING[expected]);
  }

  private invalid(position: number, where: string): JsonTrouble {
    return new JsonTrouble(`invalid character ${quoteCharacter(this.text, position)} ${where}`, position + 1);
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9' && character.length === 1;

function skipSpace(text: string, from: number): number {
  let position = from;
  while (position < text.length && ' \t\r\n'.includes(text[position] ?? '')) position++;
  return position;
}

const NAMED: Record<string, string> = {
  "'": `'\\''`,
  '"': `'"'`,
  '\n': `'\\n'`,
  '\t': `'\\t'`,
  '\r': `'\\r'`,
  '\\': `'\\\\'`,
};

function quoteCharacter(text: string, position: number): string {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  if (NAMED[character]) return NAMED[character];
  return character < ' ' ? `'\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}'` : `'${character}'`;
}
