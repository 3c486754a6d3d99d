import type { Json } from '../../api/objects';
import { at, listAt, numberAt, objectAt, textAt } from '../format/json';
import { goList } from '../format/go-text';
import { storageClassOf } from './claim';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { longTime, valueText } from './description';
import { writePodTemplate } from './pod-parts';
import { count, podsStatus, selectorOf } from './workload';

/** Models pkg/describe StatefulSetDescriber. */
export const describeStatefulSet = describerWithEvents(async (description, set, session) => {
  description.heading(set, true);
  description.field('CreationTimestamp', longTime(textAt(set, 'metadata', 'creationTimestamp')));
  description.field('Selector', selectorOf(set));
  description.labelsAndAnnotations(set);
  description.field(
    'Replicas',
    `${count(set, 'spec', 'replicas')} desired | ${count(set, 'status', 'replicas')} total`,
  );
  description.field('Update Strategy', textAt(set, 'spec', 'updateStrategy', 'type'));
  const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  if (partition !== undefined) {
    description.field('Partition', partition, 1);
    const unavailable = at(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable');
    if (unavailable !== undefined) description.field('MaxUnavailable', valueText(unavailable), 1);
  }
  description.field('Pods Status', await podsStatus(session, set, selectorOf(set)));
  writePodTemplate(description, at(set, 'spec', 'template'));
  writeClaimTemplates(description, listAt(set, 'spec', 'volumeClaimTemplates'));
});

function writeClaimTemplates(description: Description, templates: Json[]): void {
  description.line(0, templates.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:');
  for (const claim of templates) {
    description.field('Name', textAt(claim, 'metadata', 'name'), 1);
    description.field('StorageClass', storageClassOf(claim), 1);
    description.labels('Labels', at(claim, 'metadata', 'labels'), '  ');
    description.labels('Annotations', at(claim, 'metadata', 'annotations'), '  ');
    const requests = objectAt(claim, 'spec', 'resources', 'requests');
    description.field('Capacity', valueText(requests?.['storage'], '<default>'), 1);
    description.field('Access Modes', goList(listAt(claim, 'spec', 'accessModes').map((mode) => valueText(mode))), 1);
  }
}
