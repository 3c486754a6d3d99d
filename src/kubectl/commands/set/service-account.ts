import { SET_FLAGS, checkEditFlags, editObjects, podSpecOf, selectForEdit } from '../../cluster/template-edit';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import type { Session } from '../../session';

export const setServiceAccountCommand: Command = {
  name: 'serviceaccount',
  completes: 'resources',
  usage: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: 'Update the service account of a resource',
  examples: `  # The Pods of a Deployment get another identity
  kubectl set serviceaccount deployment/infer model-server`,
  aliases: ['sa'],
  flags: SET_FLAGS.filter((flag) => flag.name !== 'selector'),
  run: setServiceAccount,
};

async function setServiceAccount(session: Session): Promise<void> {
  checkEditFlags(session);
  const name = session.args.at(-1);
  if (name === undefined) throw new CliError('serviceaccount is required');
  const infos = await selectForEdit(session, session.args.slice(0, -1));
  await editObjects(session, infos, {
    word: 'serviceaccount updated',
    failure: 'failed to patch ServiceAccountName',
    always: true,
    change: (object) => {
      podSpecOf(object)['serviceAccountName'] = name;
    },
  });
}
