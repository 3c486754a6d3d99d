import { isMap, ownValue, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import { parseQuantity, compareQuantities } from '../../api/quantity';
import type { ManifestDocument } from './manifest';

/** A value at a path: lists are walked by what names their items, so that a new item is not a change of all that follow. */
export interface Leaf {
  path: readonly (string | number)[];
  value: Json;
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const QUANTITIES = /^(limits|requests|capacity|hard|overhead|sizeLimit|storage)$/;
/** What names an item of a list, in this order. */
const ITEM_NAMES = ['name', 'mountPath', 'containerPort', 'port', 'key', 'ip', 'type'];

/**
 * The lines of the file on which a document says something else than the object in the cluster, and, as the line of the
 * nearest thing above, what an earlier Apply said and the document no longer says. Empty when Apply would change nothing.
 */
export function differingLines(document: ManifestDocument, live: JsonMap): number[] {
  const lines = new Set<number>();
  const wanted = leavesOf(document.value);
  const actual = leavesOf(live);
  for (const [key, leaf] of wanted) {
    if (ignored(key)) continue;
    const found = actual.get(key);
    if (isNothing(leaf.value) ? found !== undefined && !isNothing(found.value) : !found || !same(leaf, found)) {
      lines.add(document.lineOf(leaf.path));
    }
  }
  for (const [key, leaf] of leavesOf(lastApplied(live))) {
    if (ignored(key) || wanted.has(key) || !actual.has(key)) continue;
    lines.add(document.lineOf(leaf.path));
  }
  return [...lines].sort((left, right) => left - right);
}

function ignored(key: string): boolean {
  return (
    key.startsWith('status') ||
    key.startsWith('metadata/namespace') ||
    key.includes(LAST_APPLIED) ||
    key.startsWith('metadata/creationTimestamp')
  );
}

/** What an earlier Apply said of an object; empty where nobody has applied it. */
export function lastApplied(live: JsonMap): JsonMap {
  const metadata = ownValue(live, 'metadata');
  const annotations = isMap(metadata) ? ownValue(metadata, 'annotations') : undefined;
  const text = isMap(annotations) ? ownValue(annotations, LAST_APPLIED) : undefined;
  if (typeof text !== 'string') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : {};
  } catch {
    /* Somebody wrote the annotation by hand: nothing is known to have been applied. */
    return {};
  }
}

/** Every value that holds no other, by what names it. */
export function leavesOf(value: Json): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (at: Json, key: string, path: readonly (string | number)[]): void => {
    if (Array.isArray(at) && at.length > 0) {
      at.forEach((item, index) => walk(item, `${key}/${itemName(item, index)}`, [...path, index]));
    } else if (isMap(at) && Object.keys(at).length > 0) {
      for (const [name, child] of Object.entries(at))
        walk(child, key === '' ? name : `${key}/${name}`, [...path, name]);
    } else {
      leaves.set(key, { path, value: at });
    }
  };
  walk(value, '', []);
  return leaves;
}

function itemName(item: Json, index: number): string {
  if (!isMap(item)) return typeof item === 'string' ? `[${item}]` : `[${index}]`;
  const field = ITEM_NAMES.find((name) => ownValue(item, name) !== undefined);
  return field ? `[${field}=${String(item[field])}]` : `[${index}]`;
}

/** Nothing, as Kubernetes stores it: null, and empty lists and maps, are left out. */
export function isNothing(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** Whether two values say the same, as Kubernetes reads them: 1 and 1000m are one quantity. */
export function same(wanted: Leaf, actual: Leaf): boolean {
  if (isMap(wanted.value)) return isMap(actual.value);
  if (wanted.value === actual.value) return true;
  if (isMap(actual.value) || Array.isArray(actual.value)) return false;
  if (String(wanted.value) === String(actual.value)) return true;
  if (!wanted.path.some((step) => QUANTITIES.test(String(step)))) return false;
  const [left, right] = [parseQuantity(String(wanted.value)), parseQuantity(String(actual.value))];
  return left !== undefined && right !== undefined && compareQuantities(left, right) === 0;
}
