import { equalJson } from '../../api/json';
import type { EndpointSlice, Node, Pod, Service } from '../../api/objects';
import { isPodReady, isPodTerminal } from './pods';

export type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];
export type EndpointPort = NonNullable<EndpointSlice['ports']>[number];

/** Endpoints that have the same ports. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** Whether a Pod belongs into slices: it has an address and has not ended. Models ShouldPodBeInEndpoints. */
function hasPlace(pod: Pod): boolean {
  return !isPodTerminal(pod) && (pod.status.podIPs?.length ?? 0) > 0;
}

/** What was made of a version of a Pod last, for which Service and in which zone. */
interface Made {
  readonly service: Service;
  readonly zone: string | undefined;
  readonly endpoint: Endpoint;
}

const made = new WeakMap<Pod, Made>();

/** The Pod's endpoint; the same one again while Pod, Service and zone are the same. */
function endpointOf(pod: Pod, service: Service, node: Node | undefined): Endpoint {
  const zone = node?.metadata.labels?.[ZONE_LABEL];
  const last = made.get(pod);
  if (last?.service === service && last.zone === zone) return last.endpoint;
  const endpoint = newEndpoint(pod, service, zone);
  made.set(pod, { service, zone, endpoint });
  return endpoint;
}

/** Models endpointslice/utils.go podToEndpoint. */
function newEndpoint(pod: Pod, service: Service, zone: string | undefined): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { hostname, subdomain, nodeName } = pod.spec;
  const named = hostname && subdomain === service.metadata.name;
  return {
    addresses: pod.status.podIPs!.slice(0, 1).map((one) => one.ip),
    conditions: { ready, serving, terminating },
    ...(named ? { hostname } : {}),
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace ?? '',
      name: pod.metadata.name,
      uid: pod.metadata.uid,
    },
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
    ...(ready ? hintsOf(service.spec.trafficDistribution, nodeName, zone) : {}),
  };
}

/** For whom an endpoint is best, where the Service wants its traffic near. Models endpointslice/trafficdist. */
function hintsOf(
  wish: string | undefined,
  node: string | undefined,
  zone: string | undefined,
): Pick<Endpoint, 'hints'> {
  if (wish === undefined) return {};
  const forNodes = wish === 'PreferSameNode' && node ? [{ name: node }] : [];
  const forZones = zone ? [{ name: zone }] : [];
  if (forNodes.length + forZones.length === 0) return {};
  return {
    hints: {
      ...(forNodes.length > 0 ? { forNodes } : {}),
      ...(forZones.length > 0 ? { forZones } : {}),
    } as NonNullable<Endpoint['hints']>,
  };
}

/** A Service's ports as this Pod has them; a named target that the Pod lacks is left out. Models getEndpointPorts. */
function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const { name = '', port, protocol = 'TCP', targetPort, appProtocol } of service.spec.ports ?? []) {
    const target = targetPort === undefined || targetPort === '' || targetPort === 0 ? port : targetPort;
    const number = typeof target === 'number' ? target : namedPort(pod, target, protocol);
    if (number === undefined) continue;
    ports.push({ name, protocol, port: number, ...(appProtocol ? { appProtocol } : {}) });
  }
  return ports;
}

function namedPort(pod: Pod, name: string, protocol: string): number | undefined {
  for (const container of pod.spec.containers) {
    const match = container.ports?.find((one) => one.name === name && (one.protocol ?? 'TCP') === protocol);
    if (match) return match.containerPort;
  }
  return undefined;
}

/** Equal for equal ports. */
export function portsKey(ports: readonly EndpointPort[] | null | undefined): string {
  return (ports ?? []).map((one) => `${one.name}/${one.port}/${one.protocol}/${one.appProtocol ?? ''}`).join(',');
}

function groupFor(groups: Map<string, PortGroup>, ports: readonly EndpointPort[]): PortGroup {
  const key = portsKey(ports);
  let group = groups.get(key);
  if (!group) groups.set(key, (group = { ports, endpoints: [] }));
  return group;
}

/** What a Service's slices should hold, by ports. `nodeOf` finds a Node by name. */
export function wantedEndpoints(
  service: Service,
  pods: Iterable<Pod>,
  nodeOf: (name: string) => Node | undefined,
): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>();
  const named = service.spec.ports?.some(({ targetPort }) => typeof targetPort === 'string') ?? false;
  let group: PortGroup | undefined;
  for (const pod of pods) {
    if (!hasPlace(pod)) continue;
    if (named || !group) group = groupFor(groups, portsOf(service, pod));
    group.endpoints.push(endpointOf(pod, service, nodeOf(pod.spec.nodeName ?? '')));
  }
  return groups;
}

/** Whether two endpoints of the same Pod say the same. */
export function sameEndpoint(left: Endpoint, right: Endpoint): boolean {
  if (left === right) return true;
  return (
    left.targetRef?.uid === right.targetRef?.uid &&
    left.conditions?.ready === right.conditions?.ready &&
    left.conditions?.serving === right.conditions?.serving &&
    left.conditions?.terminating === right.conditions?.terminating &&
    left.addresses[0] === right.addresses[0] &&
    left.nodeName === right.nodeName &&
    left.zone === right.zone &&
    left.hostname === right.hostname &&
    equalJson(left.hints, right.hints)
  );
}

/** Whether what slices say of a Pod may differ between two states of it. Models podEndpointsChanged. */
export function endpointChanged(before: Pod, after: Pod): boolean {
  return (
    before.metadata.labels !== after.metadata.labels ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
    before.status.podIPs !== after.status.podIPs ||
    before.spec.nodeName !== after.spec.nodeName ||
    isPodReady(before) !== isPodReady(after) ||
    isPodTerminal(before) !== isPodTerminal(after)
  );
}
