import type { Command } from '../../command';
import { CliError } from '../../errors';

export const configCurrentContextCommand: Command = {
  name: 'current-context',
  usage: 'current-context [flags]',
  short: 'Display the current-context',
  examples: `  # Which cluster and namespace commands go to
  kubectl config current-context`,
  run: async (session) => {
    const { currentContext } = session.kubeconfig;
    if (currentContext === '') throw new CliError('current-context is not set');
    session.print(`${currentContext}\n`);
  },
};
