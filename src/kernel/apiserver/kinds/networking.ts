import type { NetworkPolicy } from '../../../api/objects';
import { networkPolicyTable } from '../columns/networking';
import { defaultNetworkPolicy } from '../defaults/networking';
import type { Kind } from '../kind';
import { networkPolicyWarnings, validateNetworkPolicy, validateNetworkPolicyUpdate } from '../validation/networking';

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
