import type { Command } from '../../command';
import { byName } from '../../kubeconfig';

export const configGetClustersCommand: Command = {
  name: 'get-clusters',
  usage: 'get-clusters [flags]',
  short: 'Display clusters defined in the kubeconfig',
  examples: `  # The clusters that are known here
  kubectl config get-clusters`,
  run: async (session) => {
    session.print('NAME\n');
    for (const { name } of [...session.kubeconfig.clusters].sort(byName)) session.print(`${name}\n`);
  },
};
