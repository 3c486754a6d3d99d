import { podSelectorOf } from '../cluster/pods';
import { at } from '../format/json';
import { describerWithEvents } from './describer';
import { labelsLine } from './description';
import { writePodTemplate } from './pod-parts';
import { count, podsStatus, writeReasons } from './workload';

/** Models pkg/describe ReplicationControllerDescriber. */
export const describeReplicationController = describerWithEvents(async (description, controller, session) => {
  description.heading(controller, true);
  description.field('Selector', labelsLine(at(controller, 'spec', 'selector')));
  description.labelsAndAnnotations(controller);
  description.field(
    'Replicas',
    `${count(controller, 'status', 'replicas')} current / ${count(controller, 'spec', 'replicas')} desired`,
  );
  description.field('Pods Status', await podsStatus(session, controller, podSelectorOf(controller)));
  writePodTemplate(description, at(controller, 'spec', 'template'));
  writeReasons(description, controller);
});
