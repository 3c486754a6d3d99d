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

/** Where the command begins that stands at the end of a text: after the last `|`, `;`, `&`, `$(` or line break outside quotes. */
export function lastCommandStart(text: string): number {
  let start = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (/[|;&\n(]/.test(character)) start = at + 1;
  }
  return start;
}

/** The lines that were typed, as they are kept; earlier visits kept one command a line. */
export function storedHistory(text: string | undefined): string[] {
  if (text === undefined) return [];
  try {
    const lines = JSON.parse(text) as unknown;
    if (Array.isArray(lines)) return lines.filter((line) => typeof line === 'string');
  } catch {
    /* From an earlier visit. */
  }
  return text.split('\n').filter((line) => line !== '');
}
