import type { Command } from '../command';
import { CliError } from '../errors';
import { bool } from '../flags/flags';

export const pluginCommand: Command = {
  name: 'plugin',
  usage: 'plugin [flags]',
  short: 'Provides utilities for interacting with plugins',
  examples: `  # What is named kubectl-… in your PATH
  kubectl plugin list`,
  commands: [
    {
      name: 'list',
      usage: 'list [flags]',
      short: "List all visible plugin executables on a user's PATH",
      examples: `  # What is named kubectl-… in your PATH
  kubectl plugin list`,
      flags: [bool('name-only', 'Only the names.')],
      run: async () => {
        throw new CliError('unable to find any kubectl plugins in your PATH');
      },
    },
  ],
};
