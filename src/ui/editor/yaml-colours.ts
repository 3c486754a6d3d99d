/** A piece of a line of YAML and what it is. */
export interface Token {
  text: string;
  is: 'key' | 'string' | 'number' | 'comment' | 'plain';
}

const KEY = /^(\s*(?:- +)*)([^\s#'"[\]{},&*!|>%@-][^#:]*?|'[^']*'|"[^"]*")(\s*:)(?=\s|$)/;
const NUMBER = /^([+-]?\d+(\.\d+)?|true|false|null|~)$/;

/** Cuts one line of YAML into coloured pieces. Exact enough for reading; the editor proper knows the grammar. */
export function colourLine(line: string): Token[] {
  const tokens: Token[] = [];
  const add = (text: string, is: Token['is']): void => {
    if (text !== '') tokens.push({ text, is });
  };
  if (line.startsWith('---')) return [{ text: line, is: 'comment' }];
  const comment = commentStart(line);
  const code = line.slice(0, comment);
  const key = KEY.exec(code);
  let rest = code;
  if (key) {
    add(key[1]!, 'plain');
    add(key[2]!, 'key');
    add(key[3]!, 'plain');
    rest = code.slice(key[0].length);
  } else {
    const dashes = /^\s*(?:- +)*/.exec(code)?.[0] ?? '';
    add(dashes, 'plain');
    rest = code.slice(dashes.length);
  }
  for (const piece of rest.match(/"[^"]*"?|'[^']*'?|[[\]{},]|[^[\]{},"']+/g) ?? []) colourPiece(piece, add);
  add(line.slice(comment), 'comment');
  return tokens;
}

function colourPiece(piece: string, add: (text: string, is: Token['is']) => void): void {
  if (/^[[\]{},]$/.test(piece)) {
    add(piece, 'plain');
    return;
  }
  const pair = /^(\s*)([A-Za-z][\w./-]*)(:)(\s.*|$)/.exec(piece);
  if (pair) {
    add(pair[1]!, 'plain');
    add(pair[2]!, 'key');
    add(pair[3]!, 'plain');
    colourValue(pair[4]!, add);
    return;
  }
  colourValue(piece, add);
}

function colourValue(value: string, add: (text: string, is: Token['is']) => void): void {
  const bare = value.trim();
  if (bare === '') add(value, 'plain');
  else add(value, NUMBER.test(bare) ? 'number' : 'string');
}

/** Where a comment begins: a `#` at the start or after a blank, outside quotes. */
function commentStart(line: string): number {
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if ((character === '"' || character === "'") && /[\s[{,:]/.test(line[index - 1] ?? ' ')) {
      quote = character;
    } else if (character === '#' && (index === 0 || /\s/.test(line[index - 1]!))) {
      return index;
    }
  }
  return line.length;
}
