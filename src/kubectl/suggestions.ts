import type { Command } from './command';

/** Commands that a mistyped word may have meant. Models cobra's SuggestionsFor. */
export function suggestions(word: string, commands: readonly Command[]): string[] {
  const lower = word.toLowerCase();
  return commands
    .filter(
      (command) =>
        !command.hidden &&
        (distance(lower, command.name) <= 2 ||
          command.name.startsWith(lower) ||
          command.suggestFor?.some((other) => other.toLowerCase() === lower)),
    )
    .map((command) => command.name);
}

/** How many letters must be changed, added or removed. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_cell, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
