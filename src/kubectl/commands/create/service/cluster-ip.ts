import { SERVICE_FLAGS, makeService } from '../../../cluster/service-spec';
import type { Command } from '../../../command';
import { text } from '../../../flags/flags';

export const createServiceClusterIpCommand: Command = {
  name: 'clusterip',
  usage: 'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
  short: 'Create a ClusterIP service',
  examples: `  # A Service for Pods labelled app=infer
  kubectl create service clusterip infer --tcp=80:8080`,
  flags: [...SERVICE_FLAGS, text('clusterip', "An address, or 'None' for a headless Service.")],
  run: (session) => makeService(session, { type: 'ClusterIP', clusterIp: session.flags.text('clusterip') }),
};
