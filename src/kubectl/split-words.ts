/** Splits a line into words as a POSIX shell does: blanks part, quotes and backslashes hold together. */
export function splitWords(line: string): string[] | { problem: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && /["\\$`]/.test(line[index + 1] ?? '')) word += line[++index]!;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      word = (word ?? '') + (line[++index] ?? '');
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[|><;&]/.test(character)) {
      return { problem: `This terminal runs one command a line; it knows no ${character}.` };
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') return { problem: `The quote ${quote} is not closed.` };
  if (word !== undefined) words.push(word);
  return words;
}
