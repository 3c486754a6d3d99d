import { equalJson, isMap, ownValue, type JsonMap } from '../api/json';
import type { Json } from '../api/objects';
import type { FieldChange } from '../protocol/control';

/** What the elements of a list are told apart by; the first one that they have. */
const ELEMENT_KEYS = ['name', 'key', 'type', 'mountPath', 'containerPort', 'port', 'topologyKey', 'ip'];

/** The fields that are otherwise in two states of one object; fields of `ignored` names are not looked at. */
export function changesBetween(
  before: Json | undefined,
  after: Json | undefined,
  ignored: ReadonlySet<string>,
): FieldChange[] {
  const changes: FieldChange[] = [];
  compare([], before, after, ignored, changes);
  return changes;
}

function compare(
  path: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
  ignored: ReadonlySet<string>,
  changes: FieldChange[],
): void {
  if (before === after) return;
  if (isMap(before) && isMap(after)) {
    for (const field of new Set([...Object.keys(after), ...Object.keys(before)])) {
      if (ignored.has(field)) continue;
      compare([...path, field], ownValue(before, field), ownValue(after, field), ignored, changes);
    }
    return;
  }
  const [was, is] = [elementsOf(before), elementsOf(after)];
  if (was && is) compareElements(path, was, is, ignored, changes);
  else if (!equalJson(before, after)) changes.push(changeAt(path, before, after));
}

function compareElements(
  path: readonly string[],
  was: ReadonlyMap<string, JsonMap>,
  is: ReadonlyMap<string, JsonMap>,
  ignored: ReadonlySet<string>,
  changes: FieldChange[],
): void {
  for (const [key, value] of is) {
    if (was.has(key)) compare([...path, key], was.get(key), value, ignored, changes);
    else changes.push({ ...changeAt([...path, key], undefined, value), element: true });
  }
  for (const [key, value] of was)
    if (!is.has(key)) changes.push({ ...changeAt([...path, key], value, undefined), element: true });
}

/** A list's elements by what tells them apart; undefined for anything else than a list of objects that differ in it. */
function elementsOf(list: Json | undefined): Map<string, JsonMap> | undefined {
  if (!Array.isArray(list)) return undefined;
  const elements = new Map<string, JsonMap>();
  for (const [index, element] of list.entries()) {
    if (!isMap(element)) return undefined;
    const key = ELEMENT_KEYS.find((one) => element[one] !== undefined);
    const text = key === undefined ? String(index) : String(element[key]);
    /* A node is tainted with one key for several effects. */
    elements.set(
      key === 'key' && element['effect'] !== undefined ? `${text}:${String(element['effect'])}` : text,
      element,
    );
  }
  return elements.size === list.length ? elements : undefined;
}

const changeAt = (path: readonly string[], before: Json | undefined, after: Json | undefined): FieldChange => ({
  path,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});
