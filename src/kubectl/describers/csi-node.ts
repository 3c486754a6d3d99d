import { goList } from '../format/go-text';
import { at, listAt, numberAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import { longTime, valueText } from './description';

/** Models pkg/describe CSINodeDescriber. */
export const describeCsiNode = describerWithEvents((description, node) => {
  description.heading(node, false);
  description.labelsAndAnnotations(node);
  description.field('CreationTimestamp', longTime(textAt(node, 'metadata', 'creationTimestamp')));
  description.line(0, 'Spec:');
  const drivers = at(node, 'spec', 'drivers');
  if (!Array.isArray(drivers)) return;
  description.line(1, 'Drivers:');
  for (const driver of drivers) {
    description.line(2, `${textAt(driver, 'name')}:`);
    description.field('Node ID', textAt(driver, 'nodeID'), 3);
    const limit = numberAt(driver, 'allocatable', 'count');
    if (limit !== undefined) {
      description.line(3, 'Allocatables:');
      description.field('Count', limit, 4);
    }
    const keys = at(driver, 'topologyKeys');
    if (Array.isArray(keys)) description.field('Topology Keys', goList(listAt(keys).map((key) => valueText(key))), 3);
  }
});
