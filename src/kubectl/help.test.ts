import { expect, test } from 'vitest';
import type { Command } from './command';
import { COMMANDS } from './commands/registry';
import { GLOBAL_FLAGS } from './flags/standard';

/** Every command that does something, by its path. */
function runnable(commands: readonly Command[], path = 'kubectl'): [path: string, command: Command][] {
  return commands
    .filter((command) => !command.hidden)
    .flatMap((command) => {
      const own = `${path} ${command.name}`;
      const below = runnable(command.commands ?? [], own);
      return command.run && below.length === 0 ? [[own, command] as [string, Command], ...below] : below;
    });
}

const ALL = runnable(COMMANDS);

test('there are commands', () => expect(ALL.length).toBeGreaterThan(60));

test.each(ALL)('the help of %s has an example, each a line that begins with it', (path, { examples = '' }) => {
  const lines = examples.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('  #'));
  expect(lines.some((line) => line.includes(path))).toBe(true);
  for (const line of examples.split('\n')) expect(line === '' || line.startsWith('  ')).toBe(true);
});

test.each(ALL)('the examples of %s use flags that it has', (path, { examples = '', flags = [], ...command }) => {
  const outputs = command.outputs === undefined ? [] : ['output'];
  const known = new Set([...flags, ...GLOBAL_FLAGS].map((flag) => flag.name).concat(outputs));
  const own = examples.split('\n').filter((line) => line.trimStart().startsWith(`${path} `));
  const used = own.flatMap((line) => [...line.split(' -- ')[0]!.matchAll(/ --([a-z-]+)/g)].map((found) => found[1]!));
  expect(used.filter((name) => !known.has(name))).toEqual([]);
});
