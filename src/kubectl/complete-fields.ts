import type { Mapping } from './cluster/discovery';
import { explainedFields } from './cluster/fields';

/** Fields that the server selects by, of all kinds and of some. */
const SELECTABLE: Record<string, string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
};
const OF_ALL = ['metadata.name', 'metadata.namespace'];
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

/** What stands before a field path at the end of what is typed, and the path: `jsonpath={.items[*].spec.no`. */
const PATH = /^([\s\S]*?[{=:, ]?)((?:\.[\w-]*(?:\[[^\]]*\])?)+)$/;

/**
 * The field paths that may go on from one at the end of `typed`. `listed` says that the command prints a list, so that
 * the path begins with `.items`.
 */
export function pathWords(typed: string, mapping: Mapping, listed: boolean): string[] {
  const match = PATH.exec(typed);
  if (!match) return [];
  const [, lead = '', path = ''] = match;
  const segments = path.slice(1).split(/\.(?![^[]*\])/);
  const begun = segments.pop() ?? '';
  const before = lead + segments.map((segment) => `.${segment}`).join('');
  const names = segments.map((segment) => segment.replace(/\[.*$/, ''));
  if (names.length === 0 && listed) return 'items'.startsWith(begun) ? [`${before}.items`] : [];
  const steps = listed && names[0] === 'items' ? names.slice(1) : names;
  return explainedFields(mapping, steps)
    .filter((name) => name.startsWith(begun))
    .map((name) => `${before}.${name}`);
}

/** What `--field-selector` may hold: after a comma the next field, after an equals sign a value where the values are few. */
export function fieldSelectorWords(typed: string, mapping: Mapping, nodes: readonly string[]): string[] {
  const from = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, from);
  const begun = typed.slice(from);
  const valued = /^([\w.]+)(!?==?)/.exec(begun);
  if (!valued) return [...OF_ALL, ...(SELECTABLE[mapping.resource] ?? [])].sort().map((field) => `${before}${field}=`);
  const [lead, field] = valued;
  const values = field === 'status.phase' ? PHASES : field === 'spec.nodeName' ? nodes : [];
  return values.map((value) => before + lead + value);
}

/** Labels that objects have: keys with an equals sign, and, once a key is there, its values. */
export function labelWords(typed: string, labels: readonly Record<string, string>[]): string[] {
  const from = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, from);
  const key = /^([^=!]+)(!?==?)/.exec(typed.slice(from));
  const known = new Set<string>();
  for (const one of labels) {
    if (!key) for (const name of Object.keys(one)) known.add(`${before}${name}=`);
    else if (Object.hasOwn(one, key[1]!)) known.add(before + key[0] + one[key[1]!]!);
  }
  return [...known].sort();
}
