import type { Command } from '../../command';
import { CliError, usageError } from '../../errors';
import { removeNamed } from '../../kubeconfig';

export const configDeleteUserCommand: Command = {
  name: 'delete-user',
  usage: 'delete-user NAME',
  short: 'Delete the specified user from the kubeconfig',
  examples: `  # Forget a user
  kubectl config delete-user trainee`,
  run: async (session) => {
    const { args, kubeconfig } = session;
    const [name = ''] = args;
    if (args.length !== 1) throw usageError(session.commandPath, 'user to delete is required');
    if (!removeNamed(kubeconfig.users, name))
      throw new CliError(`cannot delete user ${name}, not in ${session.kubeconfigFile}`);
    session.print(`deleted user ${name} from ${session.kubeconfigFile}\n`);
  },
};
