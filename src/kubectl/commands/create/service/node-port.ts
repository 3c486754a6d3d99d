import { SERVICE_FLAGS, makeService } from '../../../cluster/service-spec';
import type { Command } from '../../../command';
import { int } from '../../../flags/flags';

export const createServiceNodePortCommand: Command = {
  name: 'nodeport',
  usage: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a NodePort service',
  examples: `  # Reached at a port of every node
  kubectl create service nodeport infer --tcp=80:8080 --node-port=30080`,
  flags: [...SERVICE_FLAGS, int('node-port', 'The port on each node.')],
  run: (session) => makeService(session, { type: 'NodePort', nodePort: session.flags.number('node-port') }),
};
