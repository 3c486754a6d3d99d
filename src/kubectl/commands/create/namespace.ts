import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';

export const createNamespaceCommand: Command = {
  name: 'namespace',
  usage: 'namespace NAME [--dry-run=server|client|none]',
  short: 'Create a namespace with the specified name',
  aliases: ['ns'],
  examples: `  kubectl create namespace training`,
  flags: GENERATE_FLAGS,
  run: async (session) => {
    const { name } = nameAndCommand(session);
    await makeGenerated(session, { kind: 'Namespace', apiVersion: 'v1', metadata: { name } }, '', false);
  },
};
