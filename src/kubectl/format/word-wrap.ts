/** Breaks lines at blanks so that none is longer than `limit`, if words allow. Line breaks stay. Models go-wordwrap WrapString. */
export function wordWrap(text: string, limit: number): string {
  let out = '';
  let line = 0;
  let blanks = '';
  let word = '';
  const settle = (): void => {
    line += blanks.length + word.length;
    out += blanks + word;
    blanks = '';
    word = '';
  };
  for (const character of text) {
    if (character === '\n') {
      if (word === '' && line + blanks.length > limit) blanks = '';
      settle();
      out += '\n';
      line = 0;
    } else if (/\s/.test(character) && character !== '\u00a0') {
      if (blanks === '' || word !== '') settle();
      blanks += character;
    } else {
      word += character;
      if (line + blanks.length + word.length > limit && word.length < limit) {
        out += '\n';
        line = 0;
        blanks = '';
      }
    }
  }
  if (word !== '' || line + blanks.length <= limit) settle();
  return out;
}

/** The text with blanks before each of its lines. */
export function indentLines(text: string, amount: number): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}
