import type { Command } from '../command';
import { configCurrentContextCommand } from './config/current-context';
import { configDeleteClusterCommand } from './config/delete-cluster';
import { configDeleteContextCommand } from './config/delete-context';
import { configDeleteUserCommand } from './config/delete-user';
import { configGetClustersCommand } from './config/get-clusters';
import { configGetContextsCommand } from './config/get-contexts';
import { configGetUsersCommand } from './config/get-users';
import { configRenameContextCommand } from './config/rename-context';
import { configSetCommand } from './config/set';
import { configSetClusterCommand } from './config/set-cluster';
import { configSetContextCommand } from './config/set-context';
import { configSetCredentialsCommand } from './config/set-credentials';
import { configUnsetCommand } from './config/unset';
import { configUseContextCommand } from './config/use-context';
import { configViewCommand } from './config/view';

export const configCommand: Command = {
  name: 'config',
  usage: 'config SUBCOMMAND',
  short: 'Modify kubeconfig files',
  long: `Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".

 The loading order follows these rules:

  1.  If the --kubeconfig flag is set, then only that file is loaded. The flag may only be set once and no merging takes place.
  2.  If $KUBECONFIG environment variable is set, then it is used as a list of paths (normal path delimiting rules for your system). These paths are merged. When a value is modified, it is modified in the file that defines the stanza. When a value is created, it is created in the first file that exists. If no files in the chain exist, then it creates the last file in the list.
  3.  Otherwise, \${HOME}/.kube/config is used and no merging takes place.`,
  commands: [
    configCurrentContextCommand,
    configDeleteClusterCommand,
    configDeleteContextCommand,
    configDeleteUserCommand,
    configGetClustersCommand,
    configGetContextsCommand,
    configGetUsersCommand,
    configRenameContextCommand,
    configSetCommand,
    configSetClusterCommand,
    configSetContextCommand,
    configSetCredentialsCommand,
    configUnsetCommand,
    configUseContextCommand,
    configViewCommand,
  ],
};
