import type { Command } from '../command';

/** Where commands stand that are tried out; v1.36 has none of them, so that nobody is told of it. */
export const alphaCommand: Command = {
  name: 'alpha',
  usage: 'alpha',
  short: 'Commands for features in alpha',
  hidden: true,
  run: async (session) => session.printError('No alpha commands are available in this version of kubectl\n'),
};
