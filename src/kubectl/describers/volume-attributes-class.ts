import { at, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import { labelsLine } from './description';

/** Models pkg/describe VolumeAttributesClassDescriber. */
export const describeVolumeAttributesClass = describerWithEvents((description, attributes) => {
  description.heading(attributes, false);
  description.field('Annotations', labelsLine(at(attributes, 'metadata', 'annotations')));
  description.field('DriverName', textAt(attributes, 'driverName'));
  description.field('Parameters', labelsLine(at(attributes, 'parameters')));
});
