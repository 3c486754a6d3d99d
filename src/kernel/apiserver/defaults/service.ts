import type { Service } from '../../../api/objects';
import { each, fill, within } from './fill';

type Port = NonNullable<Service['spec']['ports']>[number];

const CLIENT_IP_SECONDS = 10_800;

/** Models pkg/apis/core/v1 SetDefaults_Service. */
export function defaultService(service: Service): Service {
  const named = within(service, 'status', (status) => within(status, 'loadBalancer', defaultBalancer));
  return within(named, 'spec', (spec) => {
    let next = fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
    if (next.sessionAffinity === 'None') {
      if (next.sessionAffinityConfig) next = without(next, 'sessionAffinityConfig');
    } else if (
      next.sessionAffinity === 'ClientIP' &&
      next.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
    ) {
      next = { ...next, sessionAffinityConfig: { clientIP: { timeoutSeconds: CLIENT_IP_SECONDS } } };
    }
    next = within(next, 'ports', (ports) => each(ports, defaultPort));
    const external =
      next.type === 'NodePort' ||
      next.type === 'LoadBalancer' ||
      (next.type === 'ClusterIP' && next.externalIPs?.length);
    if (external) next = fill(next, { externalTrafficPolicy: 'Cluster' });
    if (next.type !== 'ExternalName') next = fill(next, { internalTrafficPolicy: 'Cluster' });
    return next.type === 'LoadBalancer' ? fill(next, { allocateLoadBalancerNodePorts: true }) : next;
  });
}

type Balancer = NonNullable<Service['status']['loadBalancer']>;

function defaultBalancer(balancer: Balancer): Balancer {
  return within(balancer, 'ingress', (ingress) =>
    each(ingress, (one) => (one.ip ? fill(one, { ipMode: 'VIP' }) : one)),
  );
}

function defaultPort(port: Port): Port {
  const next = fill(port, { protocol: 'TCP' });
  const { targetPort } = next;
  return targetPort === undefined || targetPort === 0 || targetPort === '' ? { ...next, targetPort: next.port } : next;
}

function without<T extends object, K extends keyof T>(object: T, key: K): T {
  const copy = { ...object };
  delete copy[key];
  return copy;
}
