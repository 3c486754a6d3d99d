import { asError } from '../errors';
import { at } from '../format/json';
import { describerWithEvents } from './describer';
import { controllerText, formatSelector, writePodTemplate } from './pod-parts';
import { count, podsStatus, selectorOf, writeReasons } from './workload';

/** Models pkg/describe ReplicaSetDescriber. */
export const describeReplicaSet = describerWithEvents(async (description, set, session) => {
  description.heading(set, true);
  description.field('Selector', formatSelector(at(set, 'spec', 'selector')));
  description.labelsAndAnnotations(set);
  const controller = controllerText(set);
  if (controller) description.field('Controlled By', controller);
  description.field(
    'Replicas',
    `${count(set, 'status', 'replicas')} current / ${count(set, 'spec', 'replicas')} desired`,
  );
  description.field('Pods Status', await podsStatus(session, set, selectorOf(set)).catch(fetchProblem));
  writePodTemplate(description, at(set, 'spec', 'template'));
  writeReasons(description, set);
});

const fetchProblem = (thrown: unknown): string => `error in fetching pods: ${asError(thrown).message}`;
