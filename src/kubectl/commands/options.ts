import type { Command } from '../command';
import { GLOBAL_FLAGS } from '../flags/standard';
import { flagLines } from '../help';

export const optionsCommand: Command = {
  name: 'options',
  usage: 'options',
  short: 'Print the list of flags inherited by all commands',
  examples: `  # What every command takes
  kubectl options`,
  run: async (session) => {
    session.print(`The following options can be passed to any command:\n\n${GLOBAL_FLAGS.map(flagLines).join('\n')}`);
  },
};
