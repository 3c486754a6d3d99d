import { SERVICE_FLAGS, makeService } from '../../../cluster/service-spec';
import type { Command } from '../../../command';
import { int } from '../../../flags/flags';

export const createServiceNodePortCommand: Command = {
  name: 'nodeport',
  usage: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a NodePort service',
  flags: [...SERVICE_FLAGS, int('node-port', 'The port on each node.')],
  run: (session) => makeService(session, { type: 'NodePort', nodePort: session.flags.number('node-port') }),
};
