import type { Json } from '../../api/objects';
import { listAt, textAt } from '../format/json';
import type { Info } from './info';
import { pathOf } from './discovery';
import type { Rest } from './rest';

/** What waiting needs: requests, and time that passes. */
export interface Waiting {
  rest: Rest;
  pause(ms: number): Promise<void>;
}

const REWATCH_MS = 200;

/**
 * Shows each state of an object to `settle`, and undefined while it is absent, until `settle` returns true or the
 * deadline (as Date.now counts) has passed. Models watch.UntilWithSync.
 */
export async function followObject(
  context: Waiting,
  info: Info,
  deadline: number,
  settle: (object: Json | undefined) => boolean,
): Promise<'done' | 'timeout'> {
  const { rest } = context;
  const path = pathOf(info.mapping, info.namespace);
  const fieldSelector = `metadata.name=${info.name}`;
  for (;;) {
    if (Date.now() >= deadline) return 'timeout';
    const list = await rest.json('GET', path, { query: { fieldSelector } });
    if (settle(listAt(list, 'items')[0])) return 'done';
    const left = deadline - Date.now();
    if (left <= 0) return 'timeout';
    const outcome = await rest.watch(
      path,
      { fieldSelector, resourceVersion: textAt(list, 'metadata', 'resourceVersion') },
      (type, object) =>
        type === 'ADDED' || type === 'MODIFIED' ? settle(object) : type === 'DELETED' && settle(undefined),
      Number.isFinite(left) ? { timeoutMs: left } : {},
    );
    if (outcome !== 'ended') return outcome;
    await context.pause(Math.min(left, REWATCH_MS));
  }
}
