import { GENERATE_FLAGS, nameAndCommand } from '../../../cluster/generated';
import { SecretData } from '../../../cluster/secret-data';
import type { Command } from '../../../command';
import { CliError } from '../../../errors';
import { bool, text } from '../../../flags/flags';
import type { Session } from '../../../session';

export const createSecretTlsCommand: Command = {
  name: 'tls',
  usage: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  examples: `  # A certificate and its key, of files
  kubectl create secret tls model-server --cert=tls.crt --key=tls.key`,
  flags: [
    ...GENERATE_FLAGS,
    text('cert', 'File with the certificate (PEM).'),
    text('key', 'File with the private key (PEM).'),
    bool('append-hash', 'Add a hash of the data to the name.'),
  ],
  run: createTls,
};

async function createTls(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  if (flags.text('key') === '' || flags.text('cert') === '') throw new CliError('key and cert must be specified');
  const certificate = read(session, flags.text('cert'));
  const key = read(session, flags.text('key'));
  if (!/-----BEGIN CERTIFICATE-----/.test(certificate))
    throw new CliError('tls: failed to find any PEM data in certificate input');
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key))
    throw new CliError('tls: failed to find any PEM data in key input');
  const data = new SecretData();
  data.add('tls.crt', certificate);
  data.add('tls.key', key);
  await data.make(session, name, 'kubernetes.io/tls');
}

function read({ io }: Session, name: string): string {
  const text = io.readFile(name);
  if (text === undefined) throw new CliError(`Cannot read file ${name}, open ${name}: no such file or directory`);
  return text;
}
