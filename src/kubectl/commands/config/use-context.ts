import type { Command } from '../../command';
import { CliError } from '../../errors';
import { refuseArguments } from '../../kubeconfig';

export const configUseContextCommand: Command = {
  name: 'use-context',
  usage: 'use-context CONTEXT_NAME',
  short: 'Set the current-context in a kubeconfig file',
  examples: `  # Commands go to another cluster from now on
  kubectl config use-context training`,
  aliases: ['use'],
  run: async (session) => {
    const { args, kubeconfig } = session;
    const [name] = args;
    if (name === undefined || args.length !== 1) throw refuseArguments(session, configUseContextCommand);
    if (name === '') throw new CliError('empty context names are not allowed');
    if (!kubeconfig.contexts.some((one) => one.name === name))
      throw new CliError(`no context exists with the name: "${name}"`);
    kubeconfig.currentContext = name;
    session.print(`Switched to context "${name}".\n`);
  },
};
