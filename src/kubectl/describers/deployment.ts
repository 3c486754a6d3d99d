import type { Json } from '../../api/objects';
import { replicaSetsOf } from '../cluster/replica-sets';
import { at, objectAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';
import { longTime, valueText } from './description';
import { writePodTemplate } from './pod-parts';
import { count, selectorOf, writeReasons } from './workload';

/** Models pkg/describe DeploymentDescriber. */
export const describeDeployment = describerWithEvents(async (description, deployment, session) => {
  description.heading(deployment, true);
  description.field('CreationTimestamp', longTime(textAt(deployment, 'metadata', 'creationTimestamp')));
  description.labelsAndAnnotations(deployment);
  description.field('Selector', selectorOf(deployment));
  const status = (field: string): number => count(deployment, 'status', field);
  description.field(
    'Replicas',
    `${count(deployment, 'spec', 'replicas')} desired | ${status('updatedReplicas')} updated | ${status('replicas')} total | ${status('availableReplicas')} available | ${status('unavailableReplicas')} unavailable`,
  );
  description.field('StrategyType', textAt(deployment, 'spec', 'strategy', 'type'));
  description.field('MinReadySeconds', count(deployment, 'spec', 'minReadySeconds'));
  const rolling = objectAt(deployment, 'spec', 'strategy', 'rollingUpdate');
  if (rolling) {
    const unavailable = valueText(rolling['maxUnavailable']);
    description.field(
      'RollingUpdateStrategy',
      `${unavailable} max unavailable, ${valueText(rolling['maxSurge'])} max surge`,
    );
  }
  writePodTemplate(description, at(deployment, 'spec', 'template'));
  writeReasons(description, deployment);
  const { old, current } = await replicaSetsOf(session, deployment);
  if (old.length === 0 && !current) return;
  description.field('OldReplicaSets', replicaSetsText(old));
  description.field('NewReplicaSet', replicaSetsText(current ? [current] : []));
});

function replicaSetsText(sets: Json[]): string {
  const texts = sets.map(
    (set) =>
      `${textAt(set, 'metadata', 'name')} (${count(set, 'status', 'replicas')}/${count(set, 'spec', 'replicas')} replicas created)`,
  );
  return texts.join(', ') || '<none>';
}
