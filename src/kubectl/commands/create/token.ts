import type { Json } from '../../../api/objects';
import { nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { CliError, asError } from '../../errors';
import { array, duration, text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { isObject, textAt } from '../../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../../printers/output';
import type { Session } from '../../session';

export const createTokenCommand: Command = {
  name: 'token',
  usage: 'token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token',
  examples: `  # A token that says it is the trainer, for an hour
  kubectl create token trainer --duration=1h`,
  flags: [
    ...PRINT_FLAGS,
    array('audience', 'Whom the token is for; may be repeated.'),
    duration('duration', 'How long it lives; 0 leaves it to the server.'),
    text('bound-object-kind', 'Kind of the object that the token is bound to: Node, Pod or Secret.', {
      values: ['Node', 'Pod', 'Secret'],
    }),
    text('bound-object-name', 'Name of that object.'),
    text('bound-object-uid', 'UID of that object.'),
  ],
  run: createToken,
};

async function createToken(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  const spec = requestSpec(session);
  const path = `/api/v1/namespaces/${encodeURIComponent(session.namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`;
  const body = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec, status: {} };
  let answer: Json;
  try {
    answer = await session.rest.json('POST', path, { body });
  } catch (thrown) {
    throw new CliError(`failed to create token: ${asError(thrown).message}`);
  }
  const token = textAt(answer, 'status', 'token');
  if (token === '') throw new CliError('failed to create token: no token in server response');
  if (flags.changed('output'))
    structPrinterFor(flags, session.io, '').print(isObject(answer) ? answer : {}, session.out);
  else session.print(`${token}\n`);
}

function requestSpec({ flags }: Session): JsonObject {
  const lifetime = flags.duration('duration');
  const [kind, name, uid] = ['kind', 'name', 'uid'].map((field) => flags.text(`bound-object-${field}`));
  if (lifetime < 0) throw new CliError('--duration must be greater than or equal to 0');
  if (lifetime % 1000 !== 0) throw new CliError('--duration cannot be expressed in units less than seconds');
  if (flags.list('audience').includes('')) throw new CliError('--audience must not be an empty string');
  if (!kind) {
    if (name) throw new CliError('--bound-object-name can only be set if --bound-object-kind is provided');
    if (uid) throw new CliError('--bound-object-uid can only be set if --bound-object-kind is provided');
  } else {
    if (!['Node', 'Pod', 'Secret'].includes(kind))
      throw new CliError('supported --bound-object-kind values are Node, Pod, Secret');
    if (!name) throw new CliError('--bound-object-name is required if --bound-object-kind is provided');
  }
  return {
    audiences: flags.list('audience').length > 0 ? flags.list('audience') : null,
    expirationSeconds: lifetime > 0 ? lifetime / 1000 : null,
    boundObjectRef: kind ? { kind, apiVersion: 'v1', name: name ?? '', ...(uid ? { uid } : {}) } : null,
  };
}
