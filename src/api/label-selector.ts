import type { LabelRequirement } from './selectors';

/** Models k8s.io/apimachinery/pkg/labels Parse: the text after `-l` and in `labelSelector=`. */

type Token = { kind: 'identifier' | 'operator' | '!' | '(' | ')' | ',' | 'end'; text: string };

const OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const SYMBOLS = ['==', '!=', '=', '>', '<', '!', '(', ')', ','];
const WORD_END = /[=!(),<>\s]/;

/** What a refused selector is refused with. */
export class SelectorError extends Error {
  override name = 'SelectorError';
}

/** Parses a label selector; an empty one has no requirements. Throws SelectorError with the API server's words. */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const parser = new Parser(text);
  const requirements: LabelRequirement[] = [];
  for (;;) {
    const next = parser.look();
    if (next.kind === 'end') return requirements;
    if (next.kind !== 'identifier' && next.kind !== '!') {
      throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parser.requirement());
    const after = parser.take();
    if (after.kind === 'end') return requirements;
    if (after.kind !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
    const following = parser.look();
    if (following.kind !== 'identifier' && following.kind !== '!') {
      throw new SelectorError(`found '${following.text}', expected: identifier after ','`);
    }
  }
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = [...tokens(text)];
  }

  look(): Token {
    return this.#tokens[this.#at]!;
  }

  take(): Token {
    const token = this.look();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  requirement(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #requirement(): LabelRequirement {
    const absent = this.look().kind === '!';
    if (absent) this.take();
    const key = this.take();
    if (key.kind !== 'identifier') throw new SelectorError(`found '${key.text}', expected: identifier`);
    if (absent) return { key: key.text, operator: 'DoesNotExist', values: [] };
    const next = this.look().kind;
    if (next === 'end' || next === ',') return { key: key.text, operator: 'Exists', values: [] };
    const operator = this.take();
    if (operator.text === 'in') return { key: key.text, operator: 'In', values: this.#values() };
    if (operator.text === 'notin') return { key: key.text, operator: 'NotIn', values: this.#values() };
    if (operator.kind !== 'operator') throw new SelectorError(`found '${operator.text}', expected: ${OPERATORS}`);
    const values = [this.#value()];
    if (operator.text === '>' || operator.text === '<') {
      if (!/^[+-]?\d+$/.test(values[0]!)) {
        throw new SelectorError(
          `values[0]: Invalid value: "${values[0]!}": for 'Gt', 'Lt' operators, the value must be an integer`,
        );
      }
      return { key: key.text, operator: operator.text === '>' ? 'Gt' : 'Lt', values };
    }
    return { key: key.text, operator: operator.text === '!=' ? 'NotIn' : 'In', values };
  }

  #value(): string {
    const next = this.look();
    if (next.kind === 'end' || next.kind === ',') return '';
    this.take();
    if (next.kind !== 'identifier') throw new SelectorError(`found '${next.text}', expected: identifier`);
    return next.text;
  }

  #values(): string[] {
    const open = this.take();
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      if (token.kind === 'identifier') values.push(token.text);
      else if (token.kind === ',' || token.kind === ')') values.push('');
      else throw new SelectorError(`found '${token.text}', expected: ',', ')' or identifier`);
      const after = token.kind === 'identifier' ? this.take() : token;
      if (after.kind === ')') return values;
      if (after.kind !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or ')'`);
    }
  }
}

function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at += 1;
      continue;
    }
    const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
    if (symbol) {
      at += symbol.length;
      const kind = symbol === '!' || symbol === '(' || symbol === ')' || symbol === ',' ? symbol : 'operator';
      yield { kind, text: symbol };
      continue;
    }
    const start = at;
    while (at < text.length && !WORD_END.test(text[at]!)) at += 1;
    yield { kind: 'identifier', text: text.slice(start, at) };
  }
  yield { kind: 'end', text: '' };
}
