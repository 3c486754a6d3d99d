import type { Command } from './command';
import { COMMANDS } from './commands/registry';
import type { FlagSpec } from './flags/flags';
import { GLOBAL_FLAGS } from './flags/standard';

/** The command that a line names, the words that led to it, and the rest of the line. */
export function findCommand(line: readonly string[]): { command: Command | undefined; path: string[]; rest: string[] } {
  let rest = [...line];
  let command: Command | undefined;
  const path = ['kubectl'];
  for (;;) {
    const candidates: readonly Command[] = command ? (command.commands ?? []) : COMMANDS;
    const index = firstArgument(rest, [...(command?.flags ?? []), ...GLOBAL_FLAGS]);
    const word = rest[index];
    const next =
      word === undefined ? undefined : candidates.find((one) => one.name === word || one.aliases?.includes(word));
    if (!next) return { command, path, rest };
    rest = rest.filter((_word, position) => position !== index);
    command = next;
    path.push(next.name);
  }
}

/** Where the first word stands that is neither a flag nor a flag's value; -1 without one. */
export function firstArgument(line: readonly string[], flags: readonly FlagSpec[]): number {
  for (let index = 0; index < line.length; index++) {
    const word = line[index] ?? '';
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return index;
    const flag = word.startsWith('--')
      ? flags.find((one) => one.name === word.slice(2))
      : word.length === 2
        ? flags.find((one) => one.short === word[1])
        : undefined;
    if (flag && flag.bare === undefined) index++;
  }
  return -1;
}
