import type { Command } from '../../command';
import { CliError } from '../../errors';
import { helpText } from '../../help';
import { removeNamed } from '../../kubeconfig';

export const configDeleteClusterCommand: Command = {
  name: 'delete-cluster',
  usage: 'delete-cluster NAME',
  short: 'Delete the specified cluster from the kubeconfig',
  examples: `  # Forget a cluster
  kubectl config delete-cluster old-gpus`,
  run: async (session) => {
    const { args, kubeconfig } = session;
    const [name = ''] = args;
    if (args.length !== 1) return session.print(helpText(configDeleteClusterCommand, session.commandPath.split(' ')));
    if (!removeNamed(kubeconfig.clusters, name))
      throw new CliError(`cannot delete cluster ${name}, not in ${session.kubeconfigFile}`);
    session.print(`deleted cluster ${name} from ${session.kubeconfigFile}\n`);
  },
};
