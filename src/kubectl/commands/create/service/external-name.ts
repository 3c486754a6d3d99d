import { SERVICE_FLAGS, makeService } from '../../../cluster/service-spec';
import type { Command } from '../../../command';
import { text } from '../../../flags/flags';

export const createServiceExternalNameCommand: Command = {
  name: 'externalname',
  usage: 'externalname NAME --external-name external.name [--dry-run=server|client|none]',
  short: 'Create an ExternalName service',
  examples: `  # Another name for a host elsewhere
  kubectl create service externalname features --external-name=features.example.com`,
  flags: [...SERVICE_FLAGS, text('external-name', 'The name to send clients to.', { required: true })],
  run: (session) => makeService(session, { type: 'ExternalName', externalName: session.flags.text('external-name') }),
};
