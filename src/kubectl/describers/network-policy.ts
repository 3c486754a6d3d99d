import type { Json } from '../../api/objects';
import { labelSelectorText } from '../cluster/pods';
import { at, listAt, numberAt, objectAt, textAt } from '../format/json';
import { describerWithoutEvents } from './describer';
import type { Description } from './description';
import { valueText } from './description';
import { formatSelector } from './pod-parts';

/** Models pkg/describe NetworkPolicyDescriber. */
export const describeNetworkPolicy = describerWithoutEvents((description, policy) => {
  description.heading(policy, true);
  const created = textAt(policy, 'metadata', 'creationTimestamp');
  description.field('Created on', `${created.replace('T', ' ').replace('Z', '')} +0000 UTC`);
  description.labelsAndAnnotations(policy);
  description.line(0, 'Spec:');
  const selector = labelSelectorText(at(policy, 'spec', 'podSelector'));
  const all = '<none> (Allowing the specific traffic to all pods in this namespace)';
  description.line(1, `PodSelector:     ${selector || all}`);
  const types = listAt(policy, 'spec', 'policyTypes').map((type) => valueText(type));
  for (const [type, field, peers] of [
    ['Ingress', 'ingress', 'from'],
    ['Egress', 'egress', 'to'],
  ] as const) {
    if (!types.includes(type)) description.line(1, `Not affecting ${field} traffic`);
    else {
      description.line(1, `Allowing ${field} traffic:`);
      writeRules(description, field, listAt(policy, 'spec', field), peers);
    }
  }
  description.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
});

function writeRules(description: Description, direction: string, rules: Json[], peers: 'from' | 'to'): void {
  if (rules.length === 0) description.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`);
  rules.forEach((rule, index) => {
    writePorts(description, listAt(rule, 'ports'));
    const title = peers === 'from' ? 'From' : 'To';
    const others = listAt(rule, peers);
    const end = peers === 'from' ? 'source' : 'destination';
    if (others.length === 0) description.line(2, `${title}: <any> (traffic not restricted by ${end})`);
    for (const peer of others) writePeer(description, title, peer);
    if (index !== rules.length - 1) description.line(2, '----------');
  });
}

function writePorts(description: Description, ports: Json[]): void {
  if (ports.length === 0) description.line(2, 'To Port: <any> (traffic allowed to all ports)');
  for (const port of ports) {
    const protocol = textAt(port, 'protocol') || 'TCP';
    const last = numberAt(port, 'endPort');
    const number = valueText(at(port, 'port'), '<nil>');
    description.line(
      2,
      last === undefined ? `To Port: ${number}/${protocol}` : `To Port Range: ${number}-${last}/${protocol}`,
    );
  }
}

function writePeer(description: Description, title: string, peer: Json): void {
  description.line(2, `${title}:`);
  const pods = at(peer, 'podSelector');
  const namespaces = at(peer, 'namespaceSelector');
  const block = objectAt(peer, 'ipBlock');
  if (namespaces !== undefined) description.line(3, `NamespaceSelector: ${formatSelector(namespaces)}`);
  if (pods !== undefined) description.line(3, `PodSelector: ${formatSelector(pods)}`);
  if (pods !== undefined || namespaces !== undefined || !block) return;
  description.line(3, 'IPBlock:');
  description.line(4, `CIDR: ${textAt(block, 'cidr')}`);
  description.line(
    4,
    `Except: ${listAt(block, 'except')
      .map((range) => valueText(range))
      .join(', ')}`,
  );
}
