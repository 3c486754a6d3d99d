import type { Endpoints, EndpointSlice, Service } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, labelsCell, NONE, shortened, UNSET } from './cells';

/** Models pkg/printers/internalversion printService, printEndpoints and printEndpointSlice. */

export const serviceTable: TableColumns<Service> = {
  columns: [
    { name: 'Type', doc: 'core.v1.ServiceSpec.type' },
    { name: 'Cluster-IP', doc: 'core.v1.ServiceSpec.clusterIP' },
    { name: 'External-IP', doc: 'core.v1.ServiceSpec.externalIPs' },
    { name: 'Port(s)', doc: 'core.v1.ServiceSpec.ports' },
    AGE,
    { name: 'Selector', priority: 1, doc: 'core.v1.ServiceSpec.selector' },
  ],
  cells: (service, nowMs) => [
    service.spec.type ?? '',
    service.spec.clusterIPs?.[0] || NONE,
    externalOf(service),
    portsOf(service),
    ageOf(service, nowMs),
    labelsCell(service.spec.selector),
  ],
};

function externalOf({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  const balancers =
    spec.type === 'LoadBalancer' ? (status.loadBalancer?.ingress ?? []).map((one) => one.ip || one.hostname || '') : [];
  const all = [...balancers, ...(spec.externalIPs ?? [])];
  if (all.length > 0) return all.join(',');
  return spec.type === 'LoadBalancer' ? '<pending>' : NONE;
}

function portsOf({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(
    (port) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol ?? ''}`,
  );
  return ports.length === 0 ? NONE : ports.join(',');
}

export const endpointSliceTable: TableColumns<EndpointSlice> = {
  columns: [
    { name: 'AddressType', doc: 'discovery.v1.EndpointSlice.addressType' },
    { name: 'Ports', doc: 'discovery.v1.EndpointSlice.ports' },
    { name: 'Endpoints', doc: 'discovery.v1.EndpointSlice.endpoints' },
    AGE,
  ],
  cells(slice, nowMs) {
    const ports = (slice.ports ?? []).map((port) => (port.port === undefined ? '' : String(port.port)));
    const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
    return [slice.addressType, shortened(ports) || UNSET, shortened(addresses) || UNSET, ageOf(slice, nowMs)];
  },
};

export const endpointsTable: TableColumns<Endpoints> = {
  columns: [{ name: 'Endpoints', doc: 'core.v1.Endpoints.subsets' }, AGE],
  cells: (endpoints, nowMs) => [pairsOf(endpoints) || NONE, ageOf(endpoints, nowMs)],
};

/** Ready addresses with each of their ports. Models formatEndpoints. */
function pairsOf({ subsets = [] }: Endpoints): string {
  const pairs = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const hosts = addresses.map(({ ip }) => ip);
    return ports.length === 0 ? hosts : ports.flatMap(({ port }) => hosts.map((ip) => hostPort(ip, port)));
  });
  return shortened(pairs);
}

const hostPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
