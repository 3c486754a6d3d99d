import type { Json } from '../../api/objects';
import type { Leaf } from '../editor/difference';

/** A field whose value is otherwise in two branches. Undefined where a branch has no such field. */
export interface DifferingField {
  /** `spec.containers[name=train].image`; of what only one of them has, the highest of it. */
  path: string;
  here: string | undefined;
  there: string | undefined;
}

/** What every write changes, and what only says when and by whom: it differs wherever anything else does. */
const NOISE =
  /^metadata\/(uid|resourceVersion|generation|managedFields|creationTimestamp|annotations\/kubectl\.kubernetes\.io\/last-applied-configuration|ownerReferences\/.*\/uid)|\/(lastProbeTime|lastHeartbeatTime|lastTransitionTime|lastUpdateTime|observedGeneration|startedAt|finishedAt|containerID)$|^status\/(observedGeneration|startTime|completionTime)$/;
/** Of a part that only one of them has, so many fields are told. */
const TOLD = 3;

/** The fields that are otherwise in two states of one object, as they stand in the first, then what only the second has. */
export function differingFields(here: ReadonlyMap<string, Leaf>, there: ReadonlyMap<string, Leaf>): DifferingField[] {
  const [left, right] = [new Fields(here), new Fields(there)];
  const fields = new Map<string, DifferingField>();
  for (const [key, { words, value }] of left.leaves) {
    const other = right.leaves.get(key)?.value;
    if (other === value) continue;
    const path = other === undefined ? textOf(right.missing(words)) : textOf(words);
    if (!fields.has(path))
      fields.set(path, { path, here: other === undefined ? left.under(path) : value, there: other });
  }
  for (const [key, { words }] of right.leaves) {
    if (left.leaves.has(key)) continue;
    const path = textOf(left.missing(words));
    if (!fields.has(path)) fields.set(path, { path, here: undefined, there: right.under(path) });
  }
  return [...fields.values()];
}

/** The fields of one state, each by the words of its path. */
class Fields {
  readonly leaves = new Map<string, { words: string[]; value: string }>();
  readonly #parts = new Set<string>();

  constructor(leaves: ReadonlyMap<string, Leaf>) {
    for (const [key, { path, value }] of leaves) {
      if (NOISE.test(key)) continue;
      const words = wordsOf(key, path);
      this.leaves.set(key, { words, value: valueText(value) });
      words.forEach((_, index) => this.#parts.add(textOf(words.slice(0, index + 1))));
    }
  }

  /** The highest part of a path that there is nothing of here. */
  missing(words: readonly string[]): string[] {
    const known = words.findIndex((_, index) => !this.#parts.has(textOf(words.slice(0, index + 1))));
    return words.slice(0, known < 0 ? words.length : known + 1);
  }

  /** All that stands below a path, in one line. */
  under(path: string): string {
    const found = [...this.leaves.values()].map(({ words, value }) => ({ text: textOf(words), value }));
    const own = found.find(({ text }) => text === path);
    if (own) return own.value;
    const below = found.filter(({ text }) => text.startsWith(path) && /[.[]/.test(text[path.length]!));
    const told = below
      .slice(0, TOLD)
      .map(({ text, value }) => `${text.slice(path.length).replace(/^\./, '')}: ${value}`);
    return [...told, ...(below.length > TOLD ? [`and ${below.length - TOLD} more`] : [])].join(', ');
  }
}

/** A path as kubectl writes it: list items by what names them, keys of labels and the like in quotes. */
function wordsOf(key: string, path: Leaf['path']): string[] {
  let rest = key;
  return path.map((step) => {
    const word = typeof step === 'string' ? step : /^\[[^\]]*\]/.exec(rest)![0];
    rest = rest.slice(word.length + 1);
    return typeof step === 'string' && /[./]/.test(step) ? `['${step}']` : word;
  });
}

const textOf = (words: readonly string[]): string => words.join('.').replaceAll('.[', '[');

const valueText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
