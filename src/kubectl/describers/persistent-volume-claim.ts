import type { Json } from '../../api/objects';
import { listAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';
import { writeClaim } from './claim';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { longTime } from './description';

/** Models pkg/describe PersistentVolumeClaimDescriber. */
export const describePersistentVolumeClaim = describerWithEvents(async (description, claim, session) => {
  writeClaim(description, claim, true, 0, session.io.nowMs());
  description.list('Used By', await usersOf(session, claim));
  writeConditions(description, claim);
});

/** The names of the Pods that mount a claim, or own it. */
async function usersOf(session: Session, claim: JsonObject): Promise<string[]> {
  const namespace = textAt(claim, 'metadata', 'namespace');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const pods = listAt(await session.rest.json('GET', path, { query: { limit: '500' } }), 'items');
  const name = textAt(claim, 'metadata', 'name');
  const owners = listAt(claim, 'metadata', 'ownerReferences')
    .filter((owner) => textAt(owner, 'kind') === 'Pod')
    .map((owner) => textAt(owner, 'uid'));
  const mounts = (pod: Json): boolean =>
    listAt(pod, 'spec', 'volumes').some((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === name);
  return pods
    .filter((pod) => mounts(pod) || owners.includes(textAt(pod, 'metadata', 'uid')))
    .map((pod) => textAt(pod, 'metadata', 'name'))
    .sort();
}

function writeConditions(description: Description, claim: JsonObject): void {
  const conditions = listAt(claim, 'status', 'conditions');
  if (conditions.length === 0) return;
  description.line(0, 'Conditions:');
  description.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
  description.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const condition of conditions) {
    const cells = [
      textAt(condition, 'type'),
      textAt(condition, 'status'),
      longTime(textAt(condition, 'lastProbeTime')),
      longTime(textAt(condition, 'lastTransitionTime')),
      textAt(condition, 'reason'),
      textAt(condition, 'message'),
    ];
    description.line(1, cells.join(' \t'));
  }
}
