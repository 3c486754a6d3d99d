import type { Json } from '../../api/objects';
import { listAt, textAt } from '../format/json';
import type { Deadline } from './deadline';
import type { Info } from './info';
import { pathOf } from './discovery';
import type { Rest } from './rest';

/** What waiting needs: requests, and time that passes. */
export interface Waiting {
  rest: Rest;
  pause(ms: number): Promise<void>;
}

const REWATCH_MS = 200;
/** So often the deadline is looked at. */
const SLICE_MS = 500;

/**
 * Shows each state of an object to `settle`, and undefined while it is absent, until `settle` returns true or the
 * deadline has passed. Models watch.UntilWithSync.
 */
export async function followObject(
  context: Waiting,
  info: Info,
  deadline: Deadline,
  settle: (object: Json | undefined) => boolean,
): Promise<'done' | 'timeout'> {
  const { rest } = context;
  const path = pathOf(info.mapping, info.namespace);
  const fieldSelector = `metadata.name=${info.name}`;
  for (;;) {
    if (deadline.hasPassed) return 'timeout';
    const list = await rest.json('GET', path, { query: { fieldSelector } });
    if (settle(listAt(list, 'items')[0])) return 'done';
    const outcome = await rest.watch(
      path,
      { fieldSelector, resourceVersion: textAt(list, 'metadata', 'resourceVersion') },
      (type, object) =>
        type === 'ADDED' || type === 'MODIFIED' ? settle(object) : type === 'DELETED' && settle(undefined),
      { timeoutMs: SLICE_MS },
    );
    if (outcome === 'done') return outcome;
    if (outcome === 'ended') await context.pause(REWATCH_MS);
  }
}
