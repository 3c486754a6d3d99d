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

/** What all of some words begin with. */
export function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) {
    while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  }
  return prefix;
}

/** What would follow what is typed: of the line that is asked for, else of the newest line that begins so. */
export function ghostOf(text: string, asked: string, history: readonly string[]): string {
  if (asked !== '' && asked.startsWith(text)) return asked.slice(text.length);
  if (text.trim() === '') return '';
  return history.findLast((line) => line.startsWith(text) && line !== text)?.slice(text.length) ?? '';
}

/** The newest line that holds `wanted`, or, after `older` such lines, the one before them. */
export function searchBack(history: readonly string[], wanted: string, older: number): string | undefined {
  return history.filter((line) => line.includes(wanted)).at(-1 - older);
}
