import type { Command } from '../../command';
import { CliError, isNotFound } from '../../errors';
import { goList } from '../../format/go-text';
import { isObject, listAt, objectAt, sortedKeys, textAt } from '../../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../../printers/output';
import { tableWriter } from '../../printers/tab-writer';
import type { Session } from '../../session';

export const authWhoamiCommand: Command = {
  name: 'whoami',
  usage: 'whoami',
  short: 'Experimental: Check self subject attributes',
  long: 'Says who the cluster takes you for.',
  examples: `  # Who the API server takes you for
  kubectl auth whoami`,
  flags: PRINT_FLAGS,
  run: whoami,
};

const PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

async function whoami(session: Session): Promise<void> {
  const review = await ask(session);
  if (session.flags.changed('output')) {
    structPrinterFor(session.flags, session.io, '').print(isObject(review) ? review : {}, session.out);
    return;
  }
  const user = objectAt(review, 'status', 'userInfo') ?? {};
  const groups = listAt(user, 'groups').map(String);
  const extra = objectAt(user, 'extra') ?? {};
  const writer = tableWriter((output) => session.print(output));
  writer.write('ATTRIBUTE\tVALUE\n');
  if (textAt(user, 'username')) writer.write(`Username\t${textAt(user, 'username')}\n`);
  if (textAt(user, 'uid')) writer.write(`UID\t${textAt(user, 'uid')}\n`);
  if (groups.length > 0) writer.write(`Groups\t${goList(groups)}\n`);
  for (const key of sortedKeys(extra)) writer.write(`Extra: ${key}\t${goList(listAt(extra, key).map(String))}\n`);
  writer.flush();
}

async function ask(session: Session): ReturnType<Session['rest']['json']> {
  const body = {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    status: { userInfo: {} },
  };
  try {
    return await session.rest.json('POST', PATH, { body });
  } catch (thrown) {
    if (isNotFound(thrown)) throw new CliError('the selfsubjectreviews API is not enabled in the cluster');
    throw thrown;
  }
}
