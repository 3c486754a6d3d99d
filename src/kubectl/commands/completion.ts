import type { Command } from '../command';
import { CliError, usageError } from '../errors';

export const completionCommand: Command = {
  name: 'completion',
  usage: 'completion SHELL',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  long: 'Prints code that completes kubectl lines in a shell. The terminal here completes with Tab by itself.',
  examples: `  # For this shell
  source <(kubectl completion bash)`,
  run: async ({ args, commandPath }) => {
    const [shell] = args;
    if (shell === undefined) throw usageError(commandPath, 'Shell not specified.');
    if (args.length > 1) throw usageError(commandPath, 'Too many arguments. Expected only the shell type.');
    if (!['bash', 'zsh', 'fish', 'powershell'].includes(shell))
      throw usageError(commandPath, `Unsupported shell type "${shell}".`);
    throw new CliError('there is no shell here to complete in: press Tab in the terminal instead');
  },
};
