import {
  controllerOf,
  objectKey,
  type ApiObject,
  type LabelSelector,
  type Pod,
  type ResourceTypes,
} from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import type { Informers } from '../machinery/informers';
import type { StoreEvent } from '../store/event';

/** What owns by a selector, and so may adopt. */
type Adopter = 'deployments' | 'replicasets' | 'replicationcontrollers' | 'statefulsets' | 'daemonsets';

/** A ReplicationController selects by labels alone. */
export function selectorOf(resource: Adopter, owner: ResourceTypes[Adopter]): LabelSelector | undefined {
  const { selector } = owner.spec;
  return resource === 'replicationcontrollers'
    ? { matchLabels: selector as Record<string, string> }
    : (selector as LabelSelector);
}

/** The keys of those that may adopt an orphan. */
export function adoptersOf(informers: Informers, resource: Adopter, { metadata }: ApiObject): string[] {
  const { namespace = '', labels } = metadata;
  return informers
    .by(resource, 'namespace', namespace)
    .filter((owner) => selectorMatches(selectorOf(resource, owner), labels))
    .map(objectKey);
}

/** The keys that news of a Pod wakes: its owner of a kind, the one it had before, or those that may adopt it. */
export function wokenBy(informers: Informers, resource: Adopter, kind: string, event: StoreEvent<Pod>): string[] {
  const { object: pod, previous } = event;
  const { namespace = '', labels } = pod.metadata;
  const owner = controllerOf(pod);
  const before = previous && controllerOf(previous);
  const left = before?.kind === kind && before.uid !== owner?.uid ? [`${namespace}/${before.name}`] : [];
  if (owner) return owner.kind === kind ? [...left, `${namespace}/${owner.name}`] : left;
  const isNew = previous?.metadata.labels !== labels || before !== undefined;
  return event.type === 'DELETED' || !isNew ? left : [...left, ...adoptersOf(informers, resource, pod)];
}
