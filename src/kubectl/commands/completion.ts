import type { Command } from '../command';
import { usageError } from '../errors';

/** The script for each shell; a chunk of its own, since a page reads it only where somebody asks for it. */
const SCRIPTS: Readonly<Record<string, () => Promise<{ default: string }>>> = {
  bash: () => import('../completion/scripts/kubectl.bash?raw'),
  zsh: () => import('../completion/scripts/kubectl.zsh?raw'),
  fish: () => import('../completion/scripts/kubectl.fish?raw'),
  powershell: () => import('../completion/scripts/kubectl.ps1?raw'),
};

export const completionCommand: Command = {
  name: 'completion',
  usage: 'completion SHELL',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  long: 'Prints code that completes kubectl lines in a shell. The terminal of a page completes with Tab by itself.',
  examples: `  # For this shell
  source <(kubectl completion bash)

  # For every zsh that is started
  kubectl completion zsh > "\${fpath[1]}/_kubectl"`,
  run: async (session) => {
    const { args, commandPath } = session;
    const [shell] = args;
    if (shell === undefined) throw usageError(commandPath, 'Shell not specified.');
    if (args.length > 1) throw usageError(commandPath, 'Too many arguments. Expected only the shell type.');
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (!script) throw usageError(commandPath, `Unsupported shell type "${shell}".`);
    session.print((await script()).default);
  },
};
