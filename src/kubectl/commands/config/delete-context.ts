import type { Command } from '../../command';
import { CliError } from '../../errors';
import { helpText } from '../../help';
import { removeNamed } from '../../kubeconfig';

export const configDeleteContextCommand: Command = {
  name: 'delete-context',
  usage: 'delete-context NAME',
  short: 'Delete the specified context from the kubeconfig',
  examples: `  # Forget a context
  kubectl config delete-context old-gpus`,
  run: async (session) => {
    const { args, kubeconfig } = session;
    const [name = ''] = args;
    if (args.length !== 1) return session.print(helpText(configDeleteContextCommand, session.commandPath.split(' ')));
    if (!removeNamed(kubeconfig.contexts, name))
      throw new CliError(`cannot delete context ${name}, not in ${session.kubeconfigFile}`);
    if (kubeconfig.currentContext === name) {
      session.printError(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      );
    }
    session.print(`deleted context ${name} from ${session.kubeconfigFile}\n`);
  },
};
