import type { Command } from '../../command';
import { byName } from '../../kubeconfig';

export const configGetUsersCommand: Command = {
  name: 'get-users',
  usage: 'get-users [flags]',
  short: 'Display users defined in the kubeconfig',
  examples: `  # The users that are known here
  kubectl config get-users`,
  run: async (session) => {
    session.print('NAME\n');
    for (const { name } of [...session.kubeconfig.users].sort(byName)) session.print(`${name}\n`);
  },
};
