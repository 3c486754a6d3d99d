import { readFileSources } from '../../../cluster/data-sources';
import { GENERATE_FLAGS, nameAndCommand } from '../../../cluster/generated';
import { SecretData } from '../../../cluster/secret-data';
import type { Command } from '../../../command';
import { CliError } from '../../../errors';
import { bool, slice, text } from '../../../flags/flags';
import { toBase64 } from '../../../format/base64';
import { structJson } from '../../../format/go-json';
import type { Session } from '../../../session';

export const createSecretDockerRegistryCommand: Command = {
  name: 'docker-registry',
  usage:
    'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for use with a Docker registry',
  examples: `  # For images that not everybody may pull
  kubectl create secret docker-registry company --docker-server=registry.example.com --docker-username=me --docker-password=PASSWORD`,
  flags: [
    ...GENERATE_FLAGS,
    text('docker-username', 'User of the registry.'),
    text('docker-password', 'Password of the registry.'),
    text('docker-email', 'Mail address for the registry.'),
    text('docker-server', 'Address of the registry.', { default: 'https://index.docker.io/v1/' }),
    bool('append-hash', 'Add a hash of the data to the name.'),
    slice('from-file', 'A file whose name is the key, KEY=FILE, or a folder.'),
  ],
  run: createDockerRegistry,
};

async function createDockerRegistry(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  const [username, password, email, server] = ['username', 'password', 'email', 'server'].map((field) =>
    flags.text(`docker-${field}`),
  );
  const files = flags.list('from-file');
  if (files.length === 0 && (!username || !password || !server)) {
    throw new CliError(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  }
  const data = new SecretData();
  if (files.length > 0) readFileSources(session, files, (key, value) => data.add(key, value));
  else {
    const entry = {
      username: username ?? '',
      password: password ?? '',
      ...(email ? { email } : {}),
      auth: toBase64(`${username}:${password}`),
    };
    data.add('.dockerconfigjson', structJson({ auths: { [server ?? '']: entry } }));
  }
  await data.make(session, name, 'kubernetes.io/dockerconfigjson');
}
