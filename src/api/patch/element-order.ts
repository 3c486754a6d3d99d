import { isMap, ownValue } from '../json';
import type { Json } from '../objects';

/** What identifies an item of a list: the value of its merge key, or the item itself. */
function identity(item: Json, mergeKey: string | undefined): Json | undefined {
  return mergeKey === undefined ? item : isMap(item) ? ownValue(item, mergeKey) : undefined;
}

function ranks(list: Json[], mergeKey: string | undefined): Map<Json | undefined, number> {
  const found = new Map<Json | undefined, number>();
  list.forEach((item, index) => {
    const id = identity(item, mergeKey);
    if (!found.has(id)) found.set(id, index);
  });
  return found;
}

/** Whether all of `items` occur in `order`, in that order. */
export function orderedAs(items: Json[], order: Json[], mergeKey: string | undefined): boolean {
  let next = 0;
  for (const item of order) {
    const id = identity(item, mergeKey);
    if (next < items.length && identity(items[next]!, mergeKey) === id) next += 1;
  }
  return next === items.length;
}

/**
 * Puts a merged list into order: the patch's items as the patch has them, the server's own items where they stood.
 * Models strategicpatch normalizeElementOrder.
 */
export function withOrder(
  merged: Json[],
  patchOrder: Json[],
  serverOrder: Json[],
  mergeKey: string | undefined,
): Json[] {
  const wanted = ranks(patchOrder, mergeKey);
  const stood = ranks(serverOrder, mergeKey);
  const by = (rank: Map<Json | undefined, number>) => (left: Json, right: Json) =>
    (rank.get(identity(left, mergeKey)) ?? Infinity) - (rank.get(identity(right, mergeKey)) ?? Infinity) || 0;
  const inPatch = merged.filter((item) => wanted.has(identity(item, mergeKey))).sort(by(wanted));
  const serverOnly = merged.filter((item) => !wanted.has(identity(item, mergeKey))).sort(by(stood));
  return interleaved(serverOnly, inPatch, (item) => stood.get(identity(item, mergeKey)));
}

/** Inserts each of `left` before the first of `right` that stood behind it; both keep their own order. */
function interleaved(left: Json[], right: Json[], rankOf: (item: Json) => number | undefined): Json[] {
  const result: Json[] = [];
  let index = 0;
  for (const item of right) {
    const rank = rankOf(item);
    while (index < left.length && rank !== undefined && (rankOf(left[index]!) ?? Infinity) < rank)
      result.push(left[index++]!);
    result.push(item);
  }
  return [...result, ...left.slice(index)];
}
