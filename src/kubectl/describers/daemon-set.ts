import { at } from '../format/json';
import { describerWithEvents } from './describer';
import { labelsLine } from './description';
import { writePodTemplate } from './pod-parts';
import { count, podsStatus, selectorOf } from './workload';

const COUNTS = [
  ['Desired Number of Nodes Scheduled', 'desiredNumberScheduled'],
  ['Current Number of Nodes Scheduled', 'currentNumberScheduled'],
  ['Number of Nodes Scheduled with Up-to-date Pods', 'updatedNumberScheduled'],
  ['Number of Nodes Scheduled with Available Pods', 'numberAvailable'],
  ['Number of Nodes Misscheduled', 'numberMisscheduled'],
] as const;

/** Models pkg/describe DaemonSetDescriber. */
export const describeDaemonSet = describerWithEvents(async (description, set, session) => {
  description.heading(set, true);
  description.field('Selector', selectorOf(set));
  description.field('Node-Selector', labelsLine(at(set, 'spec', 'template', 'spec', 'nodeSelector')));
  description.labelsAndAnnotations(set);
  for (const [title, field] of COUNTS) description.line(0, `${title}: ${count(set, 'status', field)}`);
  description.field('Pods Status', await podsStatus(session, set, selectorOf(set)));
  writePodTemplate(description, at(set, 'spec', 'template'));
});
