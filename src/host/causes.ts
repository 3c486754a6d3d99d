import type { Json, Pod } from '../api/objects';
import type { StoreEvent } from '../kernel/store/event';
import type { Store } from '../kernel/store/store';
import type { CauseLink } from '../protocol/control';
import { changesBetween } from './changes';

/** What every write changes, or only says when: nobody asks why it is so. */
const NOISE = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'observedGeneration',
  'uid',
  'lastProbeTime',
  'lastHeartbeatTime',
  'lastTransitionTime',
  'lastUpdateTime',
  'kubectl.kubernetes.io/last-applied-configuration',
]);
const CHANGES_TOLD = 24;

/** The chain of causes from a revision back to the first, newest first, each with what it changed while etcd knows it. */
export function causesOf(store: Store, revision: number): CauseLink[] {
  const chain = store.causes.chain(revision);
  const oldest = chain.at(-1)?.revision ?? 0;
  const asked = new Set(chain.map((row) => row.revision));
  const kept = store.eventsAfter(Math.max(oldest - 1, store.state.compactedRevision)) ?? [];
  const events = new Map(kept.filter((event) => asked.has(event.revision)).map((event) => [event.revision, event]));
  return chain.map(({ revision, atMs, verb, resource, key, actor, input }) => ({
    revision,
    atMs,
    verb,
    resource,
    key,
    actor,
    ...(input === undefined ? {} : { input }),
    ...told(events.get(revision)),
  }));
}

function told(event: StoreEvent | undefined): Pick<CauseLink, 'node' | 'changes'> {
  if (!event) return {};
  const [before, after] = [event.previous, event.object] as unknown as Json[];
  const node = event.resource === 'pods' ? (event.object as Pod).spec.nodeName : undefined;
  return {
    ...(node ? { node } : {}),
    ...(event.type === 'MODIFIED' ? { changes: changesBetween(before, after, NOISE).slice(0, CHANGES_TOLD) } : {}),
  };
}
