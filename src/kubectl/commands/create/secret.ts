import type { Command } from '../../command';
import { createSecretDockerRegistryCommand } from './secret/docker-registry';
import { createSecretGenericCommand } from './secret/generic';
import { createSecretTlsCommand } from './secret/tls';

export const createSecretCommand: Command = {
  name: 'secret',
  usage: 'secret (docker-registry | generic | tls)',
  short: 'Create a secret using a specified subcommand',
  commands: [createSecretDockerRegistryCommand, createSecretGenericCommand, createSecretTlsCommand],
};
