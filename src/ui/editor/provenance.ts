import type { JsonMap } from '../../api/json';
import { isNothing, leavesOf, same, type Leaf } from './difference';
import type { ManifestDocument } from './manifest';

/**
 * Where a line of an object comes from: somebody declared it, Kubernetes filled it in, or it is no longer what was
 * declared; `declared` is what was then, in words.
 */
export interface LineOrigin {
  is: 'declared' | 'filled' | 'drift';
  declared?: string;
}

const RANK = { filled: 0, declared: 1, drift: 2 };

/** The origin of each line of a live object, by the line's number in the text of the document. */
export function lineOrigins(live: ManifestDocument, declared: JsonMap): Map<number, LineOrigin> {
  const origins = new Map<number, LineOrigin>();
  const note = (line: number, origin: LineOrigin): void => {
    const known = origins.get(line);
    if (!known || RANK[origin.is] > RANK[known.is]) origins.set(line, origin);
  };
  const wanted = leavesOf(declared);
  const actual = leavesOf(live.value);
  for (const [key, leaf] of actual) {
    const found = wanted.get(key) ?? ancestorIn(wanted, key);
    const origin = originOf(leaf, found);
    const lines = live.linesAlong(leaf.path);
    const above = origin.is === 'filled' ? origin : ({ is: 'declared' } as const);
    lines.forEach((line, depth) => note(line, depth === lines.length - 1 ? origin : above));
  }
  for (const [key, leaf] of wanted) {
    if (actual.has(key) || isNothing(leaf.value) || isEmptyMap(leaf)) continue;
    const name = leaf.path.map(String).join('.');
    note(live.lineOf(leaf.path), { is: 'drift', declared: `${name}: ${textOf(leaf)}` });
  }
  return origins;
}

function originOf(leaf: Leaf, found: Leaf | undefined): LineOrigin {
  if (!found) return { is: 'filled' };
  return same(found, leaf) || isEmptyMap(found) ? { is: 'declared' } : { is: 'drift', declared: textOf(found) };
}

/** `emptyDir: {}` is declared, whatever Kubernetes puts inside. */
function ancestorIn(wanted: ReadonlyMap<string, Leaf>, key: string): Leaf | undefined {
  const above = wanted.get(key.slice(0, Math.max(0, key.lastIndexOf('/'))));
  return above && isEmptyMap(above) ? above : undefined;
}

const isEmptyMap = ({ value }: Leaf): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const textOf = ({ value }: Leaf): string => (typeof value === 'string' ? value : JSON.stringify(value));
