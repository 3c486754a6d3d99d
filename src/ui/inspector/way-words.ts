import type { TrialChange, WayOut } from '../../api/scheduling';
import { textAt } from './reading';

/** What to do, in words; `field` is where in the Pod's manifest. */
export interface WayWords {
  text: string;
  /** The field in dotted form, such as `spec.tolerations`; empty for a change to the cluster. */
  field: string;
}

/** What each change says. The value stands where the reader needs it. */
const WORDS: Record<TrialChange['kind'], (change: TrialChange) => string> = {
  Tolerate: ({ value }) => `tolerate the taint ${textAt(value, 'key')}:${textAt(value, 'effect')}`,
  DropSelector: ({ path, was }) => `do without the selector ${lastOf(path)}=${String(was)}`,
  DropNodeAffinity: () => 'do without the required node affinity',
  DropPodAffinity: ({ was }) => `do without the required Pod affinity by ${textAt(was, 'topologyKey')}`,
  DropPodAntiAffinity: ({ was }) => `do without the required Pod anti-affinity by ${textAt(was, 'topologyKey')}`,
  RelaxSpread: () => 'let the spread be uneven (ScheduleAnyway)',
  LowerRequest: ({ path, was, value }) =>
    value === '0'
      ? `ask for no ${lastOf(path)}`
      : `ask for ${String(value)} of ${lastOf(path)} in place of ${String(was)}`,
  DropHostPort: ({ was }) => `do without the host port ${String(was)}`,
  DropVolume: ({ was }) => `do without the volume ${textAt(was, 'name')}`,
  DropGate: ({ was }) => `take the scheduling gate ${textAt(was, 'name')} away`,
  Uncordon: ({ object }) => `uncordon ${object?.split('/').at(-1) ?? ''}`,
  RemovePod: ({ object }) => `let the Pod ${object?.split('/').at(-1) ?? ''} end`,
};

const lastOf = (path: TrialChange['path']): string => String(path?.at(-1) ?? '');

export function wordsOfChange(change: TrialChange): WayWords {
  return { text: WORDS[change.kind](change), field: fieldOf(change.path ?? []) };
}

/** A path as Kubernetes writes it; an item that is yet to come is shown as its list. */
function fieldOf(path: readonly (string | number)[]): string {
  const shown = typeof path.at(-1) === 'number' ? path.slice(0, -1) : path;
  return shown.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (/[./]/.test(step)) return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** Where the Pod would fit then. */
export function placesOf({ fits, nodes }: WayOut): string {
  const sorted = [...nodes].sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
  const named = sorted.slice(0, 3).join(', ');
  return fits > 3 ? `${named} and ${fits - 3} more would fit` : `${named} would fit`;
}
