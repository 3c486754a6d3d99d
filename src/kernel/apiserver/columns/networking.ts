import type { NetworkPolicy } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, selectorCell } from './cells';

/** Models pkg/printers/internalversion printNetworkPolicy. */
export const networkPolicyTable: TableColumns<NetworkPolicy> = {
  columns: [{ name: 'Pod-Selector', doc: 'networking.v1.NetworkPolicySpec.podSelector' }, AGE],
  cells: (policy, nowMs) => [selectorCell(policy.spec.podSelector), ageOf(policy, nowMs)],
};
