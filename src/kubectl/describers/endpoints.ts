import { listAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import { count } from './workload';

/** Models pkg/describe EndpointsDescriber. */
export const describeEndpoints = describerWithEvents((description, endpoints) => {
  description.heading(endpoints, true);
  description.labelsAndAnnotations(endpoints);
  description.line(0, 'Subsets:');
  for (const subset of listAt(endpoints, 'subsets')) {
    for (const [title, field] of [
      ['Addresses', 'addresses'],
      ['NotReadyAddresses', 'notReadyAddresses'],
    ] as const) {
      const addresses = listAt(subset, field).map((address) => textAt(address, 'ip'));
      description.field(title, addresses.join(',') || '<none>', 1);
    }
    const ports = listAt(subset, 'ports');
    if (ports.length > 0) {
      description.line(1, 'Ports:');
      description.line(2, 'Name\tPort\tProtocol');
      description.line(2, '----\t----\t--------');
    }
    for (const port of ports) {
      description.line(2, `${textAt(port, 'name') || '<unset>'}\t${count(port, 'port')}\t${textAt(port, 'protocol')}`);
    }
    description.write(0, '\n');
  }
});
