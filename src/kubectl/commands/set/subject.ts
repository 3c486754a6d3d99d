import { SET_FLAGS, checkEditFlags, editObjects, selectForEdit } from '../../cluster/template-edit';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { array } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { compareBytes, equalJson, listAt, textAt } from '../../format/json';
import type { Session } from '../../session';

export const setSubjectCommand: Command = {
  name: 'subject',
  completes: 'resources',
  usage:
    'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  examples: `  # A binding holds for one more user
  kubectl set subject rolebinding trainer --user=ana`,
  flags: [
    ...SET_FLAGS,
    array('user', 'Users to bind to the role.'),
    array('group', 'Groups to bind to the role.'),
    array('serviceaccount', 'Service accounts to bind to the role, as NAMESPACE:NAME.'),
  ],
  run: setSubject,
};

async function setSubject(session: Session): Promise<void> {
  const infos = await selectForEdit(session, session.args);
  checkEditFlags(session);
  const subjects = subjectsOf(session);
  const needsNamespace = infos.some((info) => info.mapping.kind === 'ClusterRoleBinding');
  if (needsNamespace && session.flags.list('serviceaccount').some((account) => account.startsWith(':'))) {
    throw new CliError('serviceaccount must be <namespace>:<name>, namespace must be specified');
  }
  await editObjects(session, infos, {
    word: 'subjects updated',
    failure: 'failed to patch subjects to rolebinding:',
    change: (object) => {
      if (!['RoleBinding', 'ClusterRoleBinding'].includes(textAt(object, 'kind'))) {
        throw new CliError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
      }
      const present = listAt(object, 'subjects');
      object['subjects'] = [
        ...present,
        ...subjects.filter((subject) => !present.some((one) => equalJson(one, subject))),
      ];
    },
  });
}

function subjectsOf({ flags, namespace }: Session): JsonObject[] {
  const sorted = (name: string): string[] => [...new Set(flags.list(name))].sort(compareBytes);
  const named = (kind: string, names: string[]): JsonObject[] =>
    names.map((name) => ({ kind, apiGroup: 'rbac.authorization.k8s.io', name }));
  const accounts = sorted('serviceaccount').map((account): JsonObject => {
    const parts = account.split(':');
    const [space = '', name = ''] = parts;
    if (parts.length !== 2 || name === '') throw new CliError('serviceaccount must be <namespace>:<name>');
    return { kind: 'ServiceAccount', name, namespace: space || namespace };
  });
  const subjects = [...named('User', sorted('user')), ...named('Group', sorted('group')), ...accounts];
  if (subjects.length === 0) throw new CliError('you must specify at least one value of user, group or serviceaccount');
  return subjects;
}
