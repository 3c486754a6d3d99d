import type { IngressClass, NetworkPolicy } from '../../../api/objects';
import { each, fill, within } from './fill';

type Rule = { ports?: { protocol?: string }[] };

/** Models pkg/apis/networking/v1 SetDefaults_NetworkPolicy: who names no types means ingress, and egress with rules. */
export function defaultNetworkPolicy(policy: NetworkPolicy): NetworkPolicy {
  return within(policy, 'spec', (spec) => {
    const types: NetworkPolicy['spec']['policyTypes'] = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    const typed = spec.policyTypes?.length ? spec : { ...spec, policyTypes: types };
    const entered = within(typed, 'ingress', (rules) => each(rules, defaultRule));
    return within(entered, 'egress', (rules) => each(rules, defaultRule));
  });
}

function defaultRule<R extends Rule>(rule: R): R {
  return within(
    rule,
    'ports',
    (ports) => each(ports, (port) => fill(port, { protocol: 'TCP' })) as NonNullable<R['ports']>,
  );
}

/** Models SetDefaults_IngressClass: who names no scope means the cluster's. */
export function defaultIngressClass(ingressClass: IngressClass): IngressClass {
  return within(ingressClass, 'spec', (spec) =>
    within(spec, 'parameters', (parameters) => fill(parameters, { scope: 'Cluster' })),
  );
}
