import { SUBJECT_FLAGS, bindingOf, subjectsOf } from '../../cluster/binding-subjects';
import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { text } from '../../flags/flags';

export const createClusterRoleBindingCommand: Command = {
  name: 'clusterrolebinding',
  usage:
    'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a particular cluster role',
  examples: `  # Everybody of a group may look at nodes
  kubectl create clusterrolebinding researchers --clusterrole=node-reader --group=researchers`,
  flags: [...GENERATE_FLAGS, ...SUBJECT_FLAGS, text('clusterrole', 'The ClusterRole to bind.', { required: true })],
  run: async (session) => {
    const { name } = nameAndCommand(session);
    const binding = bindingOf(
      'ClusterRoleBinding',
      name,
      'ClusterRole',
      session.flags.text('clusterrole'),
      subjectsOf(session),
    );
    await makeGenerated(session, binding, 'failed to create clusterrolebinding:', false);
  },
};
