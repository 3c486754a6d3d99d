import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from '../../../api/objects';
import {
  ingressClassTable,
  ingressTable,
  ipAddressTable,
  networkPolicyTable,
  serviceCidrTable,
} from '../columns/networking';
import { defaultIngressClass, defaultNetworkPolicy } from '../defaults/networking';
import type { Kind } from '../kind';
import {
  ingressWarnings,
  validateIngress,
  validateIngressClass,
  validateIngressClassUpdate,
  validateIngressStatus,
  validateIngressUpdate,
} from '../validation/ingress';
import { networkPolicyWarnings, validateNetworkPolicy, validateNetworkPolicyUpdate } from '../validation/networking';
import {
  validateIPAddress,
  validateIPAddressUpdate,
  validateServiceCidr,
  validateServiceCidrUpdate,
} from '../validation/service-cidrs';

/** Models pkg/registry/networking/networkpolicy strategy.go. */
export const networkpolicies: Kind<NetworkPolicy> = {
  resource: 'networkpolicies',
  table: networkPolicyTable,
  generation: true,
  defaults: defaultNetworkPolicy,
  validate: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicyUpdate,
  warnings: (policy, current) => (policy.spec === current?.spec ? [] : networkPolicyWarnings(policy)),
};

/** Models pkg/registry/networking/ingress strategy.go. */
export const ingresses: Kind<Ingress> = {
  resource: 'ingresses',
  table: ingressTable,
  generation: true,
  validate: validateIngress,
  validateUpdate: validateIngressUpdate,
  validateStatus: validateIngressStatus,
  warnings: ingressWarnings,
};

/** Models pkg/registry/networking/ingressclass strategy.go. */
export const ingressclasses: Kind<IngressClass> = {
  resource: 'ingressclasses',
  table: ingressClassTable,
  generation: true,
  defaults: defaultIngressClass,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
};

/** Models pkg/registry/networking/ipaddress strategy.go. */
export const ipaddresses: Kind<IPAddress> = {
  resource: 'ipaddresses',
  table: ipAddressTable,
  validate: validateIPAddress,
  validateUpdate: validateIPAddressUpdate,
};

/** Models pkg/registry/networking/servicecidr strategy.go. */
export const servicecidrs: Kind<ServiceCIDR> = {
  resource: 'servicecidrs',
  table: serviceCidrTable,
  validate: validateServiceCidr,
  validateUpdate: validateServiceCidrUpdate,
};
