import type { Command } from '../../command';
import { CliError } from '../../errors';
import { refuseArguments } from '../../kubeconfig';

export const configRenameContextCommand: Command = {
  name: 'rename-context',
  usage: 'rename-context CONTEXT_NAME NEW_NAME',
  short: 'Rename a context from the kubeconfig file',
  examples: `  # Call a context by another name
  kubectl config rename-context podium training`,
  run: async (session) => {
    const { args, kubeconfig } = session;
    const [name = '', wanted = ''] = args;
    if (args.length !== 2) throw refuseArguments(session, configRenameContextCommand);
    if (wanted === '') throw new CliError('You must specify a new non-empty context name');
    const context = kubeconfig.contexts.find((one) => one.name === name);
    if (!context) throw new CliError(`cannot rename the context "${name}", it's not in ${session.kubeconfigFile}`);
    if (kubeconfig.contexts.some((one) => one.name === wanted)) {
      throw new CliError(
        `cannot rename the context "${name}", the context "${wanted}" already exists in ${session.kubeconfigFile}`,
      );
    }
    context.name = wanted;
    if (kubeconfig.currentContext === name) kubeconfig.currentContext = wanted;
    session.print(`Context "${name}" renamed to "${wanted}".\n`);
  },
};
