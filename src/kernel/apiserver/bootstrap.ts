import type { DraftObject } from '../../api/objects';
import { bootstrapFlow } from './bootstrap-flow';
import { bootstrapRoles } from './bootstrap-roles';
import { bootstrapServices } from './bootstrap-services';
import type { TypedClient } from './typed-client';

/** Models pkg/controlplane: what the API server itself makes when it starts. */

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const PRIORITIES = [
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
];
/** The address of the API server's own Service: the first of the range. */
const KUBERNETES_IP = '10.96.0.1';
const API_PORT = 6443;
/** Where the API server listens, outside of the cluster's networks. */
const API_ADDRESS = '172.16.0.2';

/** creates the namespaces, priority classes and the Service that every cluster has, and says where that leads. */
export function bootstrap(client: TypedClient): void {
  for (const name of NAMESPACES) client.create('namespaces', { ...draft('v1', 'Namespace', name), spec: {} });
  for (const { name, ...rest } of PRIORITIES) {
    client.create('priorityclasses', { ...draft('scheduling.k8s.io/v1', 'PriorityClass', name), ...rest });
  }
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  const service = draft('v1', 'Service', 'kubernetes');
  client.create('services', {
    ...service,
    metadata: { ...service.metadata, namespace: 'default', labels },
    spec: { clusterIP: KUBERNETES_IP, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: API_PORT }] },
  });
  advertise(client);
  bootstrapRoles(client);
  bootstrapFlow(client);
  bootstrapServices(client);
}

/** Says where the Service `kubernetes` leads. Models pkg/controlplane/reconcilers EndpointsAdapter. */
function advertise(client: TypedClient): void {
  const ports = [{ name: 'https', port: API_PORT, protocol: 'TCP' as const }];
  const placed = (labels: Record<string, string>): object => ({ name: 'kubernetes', namespace: 'default', labels });
  client.create('endpoints', {
    ...draft('v1', 'Endpoints', 'kubernetes'),
    metadata: placed({ 'endpointslice.kubernetes.io/skip-mirror': 'true' }),
    subsets: [{ addresses: [{ ip: API_ADDRESS }], ports }],
  });
  client.create('endpointslices', {
    ...draft('discovery.k8s.io/v1', 'EndpointSlice', 'kubernetes'),
    metadata: placed({ 'kubernetes.io/service-name': 'kubernetes' }),
    addressType: 'IPv4',
    endpoints: [{ addresses: [API_ADDRESS], conditions: { ready: true } }],
    ports,
  });
}

function draft<V extends string, K extends string>(
  apiVersion: V,
  kind: K,
  name: string,
): DraftObject & { apiVersion: V; kind: K } {
  return { apiVersion, kind, metadata: { name } };
}
