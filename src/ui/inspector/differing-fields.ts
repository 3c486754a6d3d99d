import type { Json } from '../../api/objects';
import type { Leaf } from '../editor/difference';

/** A field whose value is otherwise in two branches. Undefined where a branch has no such field. */
export interface DifferingField {
  /** `spec.containers[name=train].image` */
  path: string;
  here: string | undefined;
  there: string | undefined;
}

/** What every write changes, and what only says when and by whom: it differs wherever anything else does. */
const NOISE =
  /^metadata\/(uid|resourceVersion|generation|managedFields|creationTimestamp|annotations\/kubectl\.kubernetes\.io\/last-applied-configuration|ownerReferences\/.*\/uid)|\/(lastProbeTime|lastHeartbeatTime|lastTransitionTime|lastUpdateTime|observedGeneration|startedAt|finishedAt|containerID)$|^status\/(observedGeneration|startTime|completionTime)$/;

/** The fields that are otherwise in two states of one object, as they stand in the first, then what only the second has. */
export function differingFields(here: ReadonlyMap<string, Leaf>, there: ReadonlyMap<string, Leaf>): DifferingField[] {
  const fields: DifferingField[] = [];
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    if (NOISE.test(key)) continue;
    const [left, right] = [here.get(key), there.get(key)];
    if (left && right && textOf(left.value) === textOf(right.value)) continue;
    const path = pathText(key, (left ?? right)!.path);
    fields.push({ path, here: left && textOf(left.value), there: right && textOf(right.value) });
  }
  return fields;
}

/** A path as kubectl writes it: list items by what names them, keys of labels and the like in quotes. */
function pathText(key: string, path: Leaf['path']): string {
  let text = '';
  let rest = key;
  for (const step of path) {
    const word = typeof step === 'string' ? step : /^\[[^\]]*\]/.exec(rest)![0];
    rest = rest.slice(word.length + 1);
    if (typeof step === 'number') text += word;
    else if (/[./]/.test(step)) text += `['${step}']`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
