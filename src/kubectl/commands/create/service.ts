import type { Command } from '../../command';
import { createServiceClusterIpCommand } from './service/cluster-ip';
import { createServiceExternalNameCommand } from './service/external-name';
import { createServiceLoadBalancerCommand } from './service/load-balancer';
import { createServiceNodePortCommand } from './service/node-port';

export const createServiceCommand: Command = {
  name: 'service',
  usage: 'service',
  short: 'Create a service using a specified subcommand',
  aliases: ['svc'],
  commands: [
    createServiceClusterIpCommand,
    createServiceExternalNameCommand,
    createServiceLoadBalancerCommand,
    createServiceNodePortCommand,
  ],
};
