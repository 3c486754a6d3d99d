import { nextBelow } from '../../../base/random';
import type { Service } from '../../../api/objects';
import { ApiError } from '../../../api/status';
import type { Core } from '../core';
import { each } from '../defaults/fill';
import { FieldErrors, invalidObject } from '../validation/field-errors';

/** Models pkg/registry/core/service alloc.go: cluster addresses from 10.96.0.0/16, node ports from 30000 to 32767. */

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

const ADDRESSES = 1 << 16;
const RANGE = '10.96.0.0/16';
const FIRST_NODE_PORT = 30_000;
const NODE_PORTS = 2768;
const LAST_NODE_PORT = FIRST_NODE_PORT + NODE_PORTS - 1;
const HEADLESS = 'None';

/** The cluster address with this number, counted from 10.96.0.0. */
const addressAt = (index: number): string => `10.96.${index >> 8}.${index & 255}`;

export function allocateService(service: Service, core: Core): Service {
  const spec = withNodePorts({ ...service, spec: withAddresses(service, undefined, core) }, undefined, core);
  return { ...service, spec: withHealthPort(spec, undefined, core), status: { loadBalancer: {} } };
}

/** What the client left out of an update is taken from what stands. Models patchAllocatedValues. */
export function reallocateService(next: Service, current: Service, core: Core): Service {
  let spec = dropTypeDependent(next.spec, current.spec);
  if (spec.type !== 'ExternalName' && current.spec.type !== 'ExternalName') {
    if (spec.clusterIP === undefined) spec = copied(spec, current.spec, ['clusterIP', 'clusterIPs']);
    spec = copied(spec, current.spec, ['ipFamilies', 'ipFamilyPolicy']);
  }
  if (needsHealthPort(spec)) spec = copied(spec, current.spec, ['healthCheckNodePort']);
  spec = withAddresses({ ...next, spec }, current, core);
  spec = withNodePorts({ ...next, spec }, current, core);
  return { ...next, spec: withHealthPort(spec, current, core) };
}

/** What only the old type has goes with it, unless the client changes it too. Models dropTypeDependentFields. */
function dropTypeDependent(next: Spec, current: Spec): Spec {
  const dropped: (keyof Spec)[] = [];
  const drop = (field: keyof Spec, needs: (spec: Spec) => boolean): void => {
    if (needs(current) && !needs(next) && next[field] === current[field]) dropped.push(field);
  };
  drop('healthCheckNodePort', needsHealthPort);
  drop('allocateLoadBalancerNodePorts', isBalanced);
  drop('loadBalancerClass', isBalanced);
  drop('externalTrafficPolicy', isExternal);
  const kept = Object.entries(next).filter(([field]) => !dropped.includes(field as keyof Spec));
  const spec = dropped.length === 0 ? next : (Object.fromEntries(kept) as Spec);
  if (!needsNodePorts(current) || needsNodePorts(next) || !spec.ports) return spec;
  const known = new Set((current.ports ?? []).map((port) => port.nodePort ?? 0));
  if (spec.ports.some((port) => !known.has(port.nodePort ?? 0))) return spec;
  return { ...spec, ports: each(spec.ports, withoutNodePort) };
}

function withoutNodePort(port: Port): Port {
  const { nodePort: _, ...others } = port;
  return others;
}

const isBalanced = (spec: Spec): boolean => spec.type === 'LoadBalancer';
const isExternal = (spec: Spec): boolean =>
  spec.type === 'NodePort' || isBalanced(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
const needsNodePorts = (spec: Spec): boolean =>
  spec.type === 'NodePort' || (isBalanced(spec) && spec.allocateLoadBalancerNodePorts !== false);

function copied(spec: Spec, from: Spec, keys: readonly (keyof Spec)[]): Spec {
  const copy = { ...spec };
  for (const key of keys)
    if (copy[key] === undefined && from[key] !== undefined) Object.assign(copy, { [key]: from[key] });
  return copy;
}

/** The refusal of a Service for what allocation found. */
function refusal(service: Service, add: (errors: FieldErrors) => void): ApiError {
  const errors = new FieldErrors();
  add(errors);
  return invalidObject('', 'Service', service.metadata.name, errors);
}

function withAddresses(service: Service, current: Service | undefined, core: Core): Spec {
  const { spec } = service;
  if (spec.type === 'ExternalName') return withoutAddresses(spec, current);
  checkFamilies(service);
  const asked = spec.clusterIP || spec.clusterIPs?.[0];
  if (asked && asked !== HEADLESS && asked !== current?.spec.clusterIP) claimAddress(service, asked, core);
  const clusterIP = asked ?? freeAddress(core);
  const bare = clusterIP === HEADLESS && !spec.selector;
  return {
    ...spec,
    clusterIP,
    clusterIPs: spec.clusterIPs ?? [clusterIP],
    ipFamilies: spec.ipFamilies ?? (bare ? ['IPv4', 'IPv6'] : ['IPv4']),
    ipFamilyPolicy: spec.ipFamilyPolicy ?? (bare ? 'RequireDualStack' : 'SingleStack'),
  };
}

/** What becomes an alias gives its addresses back. */
function withoutAddresses(spec: Spec, current: Service | undefined): Spec {
  if (!current || spec.clusterIP === undefined || spec.clusterIP !== current.spec.clusterIP) return spec;
  const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...others } = spec;
  return others;
}

/** This cluster has IPv4 only. */
function checkFamilies(service: Service): void {
  const { ipFamilies, ipFamilyPolicy, clusterIP, selector } = service.spec;
  if (clusterIP === HEADLESS && !selector) return;
  if (ipFamilyPolicy === 'RequireDualStack') {
    const why = 'this cluster is not configured for dual-stack services';
    throw refusal(service, (errors) => errors.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, why));
  }
  const at = ipFamilies?.indexOf('IPv6') ?? -1;
  if (at >= 0)
    throw refusal(service, (errors) =>
      errors.invalid(`spec.ipFamilies[${at}]`, 'IPv6', 'not configured on this cluster'),
    );
}

function usedAddresses(core: Core): Set<string> {
  const used = new Set<string>();
  for (const service of core.store.all('services').values()) used.add((service as Service).spec.clusterIP ?? '');
  return used;
}

function claimAddress(service: Service, address: string, core: Core): void {
  const refuse = (why: string): ApiError =>
    refusal(service, (errors) =>
      errors.invalid('spec.clusterIPs', [address], `failed to allocate IP ${address}: ${why}`),
    );
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return;
  if (!address.startsWith('10.96.')) {
    throw refuse(`the provided IP (${address}) is not in the valid range. The range of valid IPs is ${RANGE}`);
  }
  if (usedAddresses(core).has(address)) throw refuse('provided IP is already allocated');
}

function freeAddress(core: Core): string {
  const used = usedAddresses(core);
  const start = nextBelow(core.state.random, ADDRESSES - 2);
  for (let step = 0; step < ADDRESSES - 2; step++) {
    const address = addressAt(1 + ((start + step) % (ADDRESSES - 2)));
    if (!used.has(address)) return address;
  }
  throw new ApiError(500, 'InternalError', 'failed to allocate a serviceIP: range is full');
}

function withNodePorts(service: Service, current: Service | undefined, core: Core): Spec {
  const { spec } = service;
  if (!needsNodePorts(spec) || !spec.ports) return spec;
  const used = usedPorts(core, current);
  const known = (port: Port): number | undefined =>
    current?.spec.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)?.nodePort;
  spec.ports.forEach((port, index) => {
    if (port.nodePort) claimPort(service, port.nodePort, `spec.ports[${index}].nodePort`, used);
  });
  const ports = each(spec.ports, (port) => {
    const nodePort = port.nodePort ?? known(port) ?? freeNodePort(core, used);
    used.add(nodePort);
    return nodePort === port.nodePort ? port : { ...port, nodePort };
  });
  return ports === spec.ports ? spec : { ...spec, ports };
}

function usedPorts(core: Core, except: Service | undefined): Set<number> {
  const used = new Set<number>();
  for (const service of core.store.all('services').values() as Iterable<Service>) {
    if (service.metadata.uid === except?.metadata.uid) continue;
    for (const port of service.spec.ports ?? []) if (port.nodePort) used.add(port.nodePort);
    if (service.spec.healthCheckNodePort) used.add(service.spec.healthCheckNodePort);
  }
  return used;
}

function claimPort(service: Service, port: number, path: string, used: ReadonlySet<number>): void {
  const outside = port < FIRST_NODE_PORT || port > LAST_NODE_PORT;
  if (!outside && !used.has(port)) return;
  const why = outside
    ? `provided port is not in the valid range. The range of valid ports is ${FIRST_NODE_PORT}-${LAST_NODE_PORT}`
    : 'provided port is already allocated';
  throw refusal(service, (errors) => errors.invalid(path, port, why));
}

function freeNodePort(core: Core, used: ReadonlySet<number>): number {
  const start = nextBelow(core.state.random, NODE_PORTS);
  for (let step = 0; step < NODE_PORTS; step++) {
    const port = FIRST_NODE_PORT + ((start + step) % NODE_PORTS);
    if (!used.has(port)) return port;
  }
  throw new ApiError(500, 'InternalError', 'failed to allocate a nodePort: range is full');
}

const needsHealthPort = (spec: Spec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** A balancer that must know which nodes have endpoints asks them at a port of their own. */
function withHealthPort(spec: Spec, current: Service | undefined, core: Core): Spec {
  if (!needsHealthPort(spec) || spec.healthCheckNodePort) return spec;
  return { ...spec, healthCheckNodePort: freeNodePort(core, usedPorts(core, current)) };
}
