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
