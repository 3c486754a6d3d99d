import type { Json } from '../../api/objects';
import { at, listAt, objectAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { valueText } from './description';

/** Models pkg/describe EndpointSliceDescriber. */
export const describeEndpointSlice = describerWithEvents((description, slice) => {
  description.heading(slice, true);
  description.labelsAndAnnotations(slice);
  description.field('AddressType', textAt(slice, 'addressType'));
  const ports = listAt(slice, 'ports');
  description.line(0, ports.length === 0 ? 'Ports: <unset>' : 'Ports:');
  if (ports.length > 0) {
    description.line(1, 'Name\tPort\tProtocol');
    description.line(1, '----\t----\t--------');
  }
  for (const port of ports) {
    const cells = [textAt(port, 'name') || '<unset>', valueText(at(port, 'port'), '<unset>'), textAt(port, 'protocol')];
    description.line(1, cells.join('\t'));
  }
  const endpoints = listAt(slice, 'endpoints');
  description.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:');
  for (const endpoint of endpoints) writeEndpoint(description, endpoint);
});

function writeEndpoint(description: Description, endpoint: Json): void {
  const addresses = listAt(endpoint, 'addresses').map((address) => valueText(address));
  description.field('- Addresses', addresses.join(', ') || '<none>', 1);
  description.line(2, 'Conditions:');
  description.field('Ready', valueText(at(endpoint, 'conditions', 'ready'), '<unset>'), 3);
  description.field('Hostname', valueText(at(endpoint, 'hostname'), '<unset>'), 2);
  const target = objectAt(endpoint, 'targetRef');
  if (target) description.field('TargetRef', `${textAt(target, 'kind')}/${textAt(target, 'name')}`, 2);
  description.field('NodeName', valueText(at(endpoint, 'nodeName'), '<unset>'), 2);
  description.field('Zone', valueText(at(endpoint, 'zone'), '<unset>'), 2);
}
