import { SERVICE_FLAGS, makeService } from '../../../cluster/service-spec';
import type { Command } from '../../../command';

export const createServiceLoadBalancerCommand: Command = {
  name: 'loadbalancer',
  usage: 'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a LoadBalancer service',
  examples: `  # Reached from outside through a load balancer
  kubectl create service loadbalancer infer --tcp=80:8080`,
  flags: SERVICE_FLAGS,
  run: (session) => makeService(session, { type: 'LoadBalancer' }),
};
