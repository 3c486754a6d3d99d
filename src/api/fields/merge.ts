import { setKey, type JsonMap } from '../json';
import type { Json } from '../objects';
import type { FieldSchema } from '../schema/types';
import {
  asList,
  asMap,
  itemElement,
  itemsByElement,
  schemaOfKey,
  shapeOf,
  ANY,
  type ListShape,
  type MapShape,
} from './shapes';

/** Models structured-merge-diff/typed/merge.go. */

/** The live value with what is applied laid over it; what has parts is merged part by part. Shares what stays. */
export function merge(live: Json | undefined, applied: Json | undefined, schema: FieldSchema): Json | undefined {
  if (applied === undefined) return live;
  const shape = shapeOf(schema, applied ?? live);
  if (shape.is === 'scalar' || shape.atomic) return applied;
  if (shape.is === 'map') return mergeMaps(asMap(live) ?? {}, asMap(applied), shape, applied);
  return mergeLists(asList(live) ?? [], asList(applied), shape, applied);
}

function mergeMaps(live: JsonMap, applied: JsonMap | undefined, shape: MapShape, asGiven: Json): Json {
  const keys = [...new Set([...Object.keys(live), ...Object.keys(applied ?? {})])];
  if (keys.length === 0) return asGiven;
  const out: JsonMap = {};
  for (const key of keys) {
    const mine = applied && Object.hasOwn(applied, key) ? applied[key] : undefined;
    const merged = merge(Object.hasOwn(live, key) ? live[key] : undefined, mine, schemaOfKey(shape, key) ?? ANY);
    if (merged !== undefined) setKey(out, key, merged);
  }
  return out;
}

/**
 * Items that are applied keep the order in which they are applied, and those that are not keep their place among them.
 */
function mergeLists(
  live: readonly Json[],
  applied: readonly Json[] | undefined,
  shape: ListShape,
  asGiven: Json,
): Json {
  if (live.length === 0 && (applied ?? []).length === 0) return asGiven;
  const mine = new Map((applied ?? []).map((item): [string, Json] => [itemElement(shape, item), item]));
  const theirs = itemsByElement(shape, live);
  const out: Json[] = [];
  const take = (element: string): void => {
    const known = theirs.get(element);
    const merged = merge(known?.length === 1 ? known[0] : undefined, mine.get(element), shape.items);
    if (merged !== undefined) out.push(merged);
  };
  const order = live.map((item) => itemElement(shape, item));
  const appliedOrder = [...mine.keys()];
  const shared = appliedOrder.filter((element) => theirs.has(element));
  const done = new Set<string>();
  let next = 0;
  let [left, right] = [0, 0];
  while (left < order.length || right < appliedOrder.length) {
    const element = order[left];
    const other = appliedOrder[right];
    if (element !== undefined && other !== undefined && element !== other) {
      if (mine.has(element) && next < shared.length && shared[next] !== element) {
        left += 1;
        continue;
      }
    }
    if (element !== undefined && element !== other) {
      if (!mine.has(element)) {
        out.push(live[left]!);
        left += 1;
        continue;
      }
      if (done.has(element)) left += 1;
    }
    if (other === undefined) continue;
    take(other);
    done.add(other);
    if (shared[next] === other) next += 1;
    if (element === other) left += 1;
    right += 1;
  }
  return out;
}
