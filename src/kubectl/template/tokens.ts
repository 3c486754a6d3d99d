/** A template that cannot be read or executed, in the words of Go's text/template. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

export type Token =
  | { type: 'text'; text: string; line: number }
  | { type: 'open' | 'close'; text: string; line: number }
  | {
      type: 'word' | 'field' | 'variable' | 'string' | 'number' | 'symbol' | 'space';
      text: string;
      line: number;
      /** Its place in the template. */
      at: number;
    };

const ACTION_TOKEN =
  /(?<space>\s+)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*')|(?<number>[+-]?(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?))|(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*)|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)|(?<symbol>:=|\||\(|\)|,|=|\.)/uy;

/** Splits a template into text and actions. Throws a TemplateError. */
export function tokenize(name: string, source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let line = 1;
  const fail = (words: string): TemplateError => new TemplateError(`template: ${name}:${line}: ${words}`);
  while (position < source.length) {
    const start = source.indexOf('{{', position);
    let text = source.slice(position, start < 0 ? undefined : start);
    const trimLeft = tokens.at(-1)?.text === '-}}';
    const trimRight = start >= 0 && /^\{\{-\s/.test(source.slice(start, start + 4));
    const lines = text.split('\n').length - 1;
    if (trimLeft) text = text.trimStart();
    if (trimRight) text = text.trimEnd();
    if (text !== '') tokens.push({ type: 'text', text, line });
    line += lines;
    if (start < 0) break;
    position = start + (trimRight ? 3 : 2);
    const comment = /^\s*\/\*[^]*?\*\/(\s-)?\}\}/.exec(source.slice(position));
    if (comment) {
      line += comment[0].split('\n').length - 1;
      position += comment[0].length;
      if (comment[1]) tokens.push({ type: 'text', text: '-}}', line });
      if (comment[1]) tokens.pop();
      continue;
    }
    tokens.push({ type: 'open', text: '{{', line });
    for (;;) {
      const close = /^(\s-)?\}\}/.exec(source.slice(position, position + 4));
      if (close) {
        tokens.push({ type: 'close', text: close[1] ? '-}}' : '}}', line });
        position += close[0].length;
        break;
      }
      if (position >= source.length) throw fail('unclosed action');
      ACTION_TOKEN.lastIndex = position;
      const match = ACTION_TOKEN.exec(source);
      if (!match?.groups) {
        const character = source[position] ?? '';
        if (character === '"') throw fail('unterminated quoted string');
        throw fail(
          `unexpected ${JSON.stringify(character)} in ${tokens.at(-1)?.type === 'open' ? 'command' : 'operand'}`,
        );
      }
      const type = Object.keys(match.groups).find((key) => match.groups?.[key] !== undefined) as 'word';
      tokens.push({ type, text: match[0], line, at: position });
      line += match[0].split('\n').length - 1;
      position += match[0].length;
    }
  }
  return tokens;
}
