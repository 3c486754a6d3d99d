import { DATA_FLAGS, readDataSources } from '../../../cluster/data-sources';
import { GENERATE_FLAGS, nameAndCommand } from '../../../cluster/generated';
import { SecretData } from '../../../cluster/secret-data';
import type { Command } from '../../../command';
import { CliError } from '../../../errors';
import { text } from '../../../flags/flags';

export const createSecretGenericCommand: Command = {
  name: 'generic',
  usage:
    'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from a local file, directory, or literal value',
  examples: `  kubectl create secret generic registry-password --from-literal=password=s3cret`,
  flags: [...GENERATE_FLAGS, ...DATA_FLAGS, text('type', 'The type of the Secret.')],
  run: async (session) => {
    const { name } = nameAndCommand(session);
    if (name === '') throw new CliError('name must be specified');
    const data = new SecretData();
    const take = (key: string, value: string): void => data.add(key, value);
    readDataSources(session, 'secret', { literal: take, file: take }, true);
    await data.make(session, name, session.flags.text('type'));
  },
};
