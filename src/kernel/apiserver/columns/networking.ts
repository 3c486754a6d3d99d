import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, NONE, selectorCell, shortened } from './cells';

/** Models pkg/printers/internalversion: the kinds of networking.k8s.io. */

export const networkPolicyTable: TableColumns<NetworkPolicy> = {
  columns: [{ name: 'Pod-Selector', doc: 'networking.v1.NetworkPolicySpec.podSelector' }, AGE],
  cells: (policy, nowMs) => [selectorCell(policy.spec.podSelector), ageOf(policy, nowMs)],
};

const CLASS_COLUMN = 'The name of the IngressClass resource that should be used for additional configuration';

export const ingressTable: TableColumns<Ingress> = {
  columns: [
    { name: 'Class', description: CLASS_COLUMN },
    { name: 'Hosts', description: 'Hosts that incoming requests are matched against before the ingress rule' },
    { name: 'Address', description: 'Address is a list containing ingress points for the load-balancer' },
    { name: 'Ports', description: 'Ports of TLS configurations that open' },
    AGE,
  ],
  cells: (ingress, nowMs) => [
    ingress.spec.ingressClassName ?? NONE,
    hostsOf(ingress),
    addressesOf(ingress),
    ingress.spec.tls?.length ? '80, 443' : '80',
    ageOf(ingress, nowMs),
  ],
};

function hostsOf({ spec }: Ingress): string {
  const hosts = (spec.rules ?? []).map((rule) => rule.host ?? '').filter((host) => host !== '');
  return shortened(hosts) || '*';
}

/** Models ingressLoadBalancerStatusStringer in its wide form, the only one that the server asks for. */
function addressesOf({ status }: Ingress): string {
  const points = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(points.filter((point) => point !== ''))].sort().join(',');
}

const IS_DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

export const ingressClassTable: TableColumns<IngressClass> = {
  columns: [
    { name: 'Controller', description: 'Controller that is responsible for handling this class' },
    { name: 'Parameters', description: 'A reference to a resource with additional parameters' },
    AGE,
  ],
  nameOf: ({ metadata }) =>
    metadata.annotations?.[IS_DEFAULT_CLASS] === 'true' ? `${metadata.name} (default)` : metadata.name,
  cells: (one, nowMs) => [one.spec.controller ?? '', parametersOf(one), ageOf(one, nowMs)],
};

function parametersOf({ spec: { parameters } }: IngressClass): string {
  if (!parameters) return NONE;
  const { apiGroup, kind, name } = parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}

export const ipAddressTable: TableColumns<IPAddress> = {
  columns: [{ name: 'ParentRef', doc: 'networking.v1.IPAddressSpec.parentRef' }, AGE],
  cells: (address, nowMs) => [parentOf(address), ageOf(address, nowMs)],
};

/** Such as `services/default/kubernetes`. */
function parentOf({ spec }: IPAddress): string {
  const { group = '', resource = '', namespace = '', name = '' } = spec?.parentRef ?? {};
  const owner = (group === '' ? resource : `${resource}.${group}`).toLowerCase();
  return [owner, namespace, name].filter((part) => part !== '').join('/') || NONE;
}

export const serviceCidrTable: TableColumns<ServiceCIDR> = {
  columns: [{ name: 'CIDRs', doc: 'networking.v1.ServiceCIDRSpec.cidrs' }, AGE],
  cells: (range, nowMs) => [(range.spec?.cidrs ?? []).join(','), ageOf(range, nowMs)],
};
