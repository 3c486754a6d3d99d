import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';

/** Steps from the top of a document: keys of maps and places in lists. */
export type FieldPath = readonly (string | number)[];

/** A map's pair or a list's item: from its key's first character to its value's last. */
export interface Span {
  from: number;
  to: number;
  value: unknown;
}

/** The spans of a path's steps, as far as the path leads. */
export function spansAlong(root: unknown, path: FieldPath): Span[] {
  const spans: Span[] = [];
  let node = root;
  for (const step of path) {
    const span = isMap(node) ? spanOfPair(node, step) : isSeq(node) ? spanOfItem(node.items[Number(step)]) : undefined;
    if (!span) break;
    spans.push(span);
    node = span.value;
  }
  return spans;
}

/** The span at the end of a path; `undefined` where there is no such path. */
export function spanOf(root: unknown, path: FieldPath): Span | undefined {
  const spans = spansAlong(root, path);
  return spans.length === path.length ? spans.at(-1) : undefined;
}

function spanOfPair(map: YAMLMap, key: string | number): Span | undefined {
  const pair = map.items.find((one: Pair) => isScalar(one.key) && String(one.key.value) === String(key));
  const range = rangeOf(pair?.key);
  return pair && range && { from: range[0], to: rangeOf(pair.value)?.[1] ?? range[1], value: pair.value };
}

function spanOfItem(item: unknown): Span | undefined {
  const range = rangeOf(item);
  return range && { from: range[0], to: range[1], value: item };
}

/** Where a node stands: its first character, the end of its value, and of what belongs to it after that. */
export function rangeOf(node: unknown): [number, number, number] | undefined {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range ?? undefined;
}
