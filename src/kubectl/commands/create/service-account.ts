import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';

export const createServiceAccountCommand: Command = {
  name: 'serviceaccount',
  usage: 'serviceaccount NAME [--dry-run=server|client|none]',
  short: 'Create a service account with the specified name',
  examples: `  # An identity for the Pods of a training
  kubectl create serviceaccount trainer`,
  aliases: ['sa'],
  flags: GENERATE_FLAGS,
  run: async (session) => {
    const { name } = nameAndCommand(session);
    await makeGenerated(
      session,
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } },
      'failed to create serviceaccount:',
    );
  },
};
