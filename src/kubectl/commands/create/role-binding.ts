import { SUBJECT_FLAGS, bindingOf, subjectsOf } from '../../cluster/binding-subjects';
import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { text } from '../../flags/flags';

export const createRoleBindingCommand: Command = {
  name: 'rolebinding',
  usage:
    'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a particular role or cluster role',
  examples: `  # A program may do in its namespace what a role says
  kubectl create rolebinding trainer --role=job-maker --serviceaccount=default:trainer`,
  flags: [
    ...GENERATE_FLAGS,
    ...SUBJECT_FLAGS,
    text('clusterrole', 'The ClusterRole to bind.'),
    text('role', 'The Role to bind.'),
  ],
  run: async (session) => {
    const { name } = nameAndCommand(session);
    const clusterRole = session.flags.text('clusterrole');
    const role = session.flags.text('role');
    if (name === '') throw new CliError('name must be specified');
    if ((clusterRole === '') === (role === ''))
      throw new CliError('exactly one of clusterrole or role must be specified');
    const binding = bindingOf(
      'RoleBinding',
      name,
      role ? 'Role' : 'ClusterRole',
      role || clusterRole,
      subjectsOf(session),
    );
    await makeGenerated(session, binding, 'failed to create rolebinding:');
  },
};
