import { isMap, ownValue } from '../../api/json';
import type { Json } from '../../api/objects';
import type { FieldChange } from '../../protocol/control';

/** The same field before and after a write; `names` are those that stood where the pattern has `*`. */
interface Found {
  names: string[];
  before: Json | undefined;
  after: Json | undefined;
}

/** What a write did, from one field: words that go on after who did it; undefined where that field says nothing. */
interface Deed {
  /** With `*` for the name of any element. */
  path: string;
  words: (found: Found, what: string, write: readonly FieldChange[]) => string | undefined;
}

const WAITS_LIKE_ANY = new Set(['ContainerCreating', 'PodInitializing']);

const text = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const inside = (value: Json | undefined, ...path: string[]): Json | undefined =>
  path.reduce<Json | undefined>((found, step) => (isMap(found) ? ownValue(found, step) : undefined), value);

const came = ({ before, after }: Found, what: string): string | undefined =>
  before === undefined && after !== undefined ? what : undefined;

/** Deeds by what they are done to, those that say most first. */
const DEEDS: Record<string, Deed[]> = {
  pods: [
    { path: 'spec.nodeName', words: (found, what) => came(found, `bound ${what} to ${text(found.after)}`) },
    {
      path: 'status.conditions.DisruptionTarget.reason',
      words: (found, what) => came(found, `noted why ${what} has to go: ${text(found.after)}`),
    },
    { path: 'status.phase', words: ({ after }, what, write) => phaseWords(text(after), what, write) },
    {
      path: 'status.containerStatuses.*.restartCount',
      words: ({ names, before, after }, what) =>
        Number(after) > Number(before ?? 0)
          ? `started container ${names[0]} of ${what} again, restarts: ${text(after)}`
          : undefined,
    },
    { path: 'status.containerStatuses.*.state', words: stateWords },
    { path: 'status.initContainerStatuses.*.state', words: stateWords },
    {
      path: 'status.conditions.Ready.status',
      words: ({ before, after }, what) =>
        after === 'True' ? `found ${what} Ready` : before === 'True' ? `set ${what} to not Ready` : undefined,
    },
    {
      path: 'status.conditions.PodScheduled.status',
      words: ({ after }, what) => (after === 'False' ? `noted that no node fits ${what}` : undefined),
    },
    {
      path: 'status.conditions.PodReadyToStartContainers.status',
      words: ({ after }, what) => (after === 'True' ? `gave ${what} its sandbox and its address` : undefined),
    },
    { path: 'status.startTime', words: (found, what) => came(found, `accepted ${what}`) },
  ],
  nodes: [
    {
      path: 'status.conditions.Ready.status',
      words: ({ after }, what) =>
        after === 'Unknown'
          ? `heard nothing from ${what} for 50 s, so its Ready became Unknown`
          : after === 'True'
            ? `found ${what} Ready`
            : `found ${what} not Ready`,
    },
    {
      path: 'spec.taints',
      words: ({ before, after }, what) => {
        const [was, is] = [taintsOf(before), taintsOf(after)];
        const more = is.filter((one) => !was.includes(one));
        const less = was.filter((one) => !is.includes(one));
        if (more.length > 0) return `tainted ${what}: ${more.join(', ')}`;
        return less.length > 0 ? `took a taint off ${what}: ${less.join(', ')}` : undefined;
      },
    },
    {
      path: 'spec.taints.*',
      words: ({ before, after }, what) =>
        before === undefined
          ? `tainted ${what}: ${taintText(after)}`
          : after === undefined
            ? `took a taint off ${what}: ${taintText(before)}`
            : undefined,
    },
    {
      path: 'spec.unschedulable',
      words: ({ after }, what) => (after === true ? `cordoned ${what}` : `uncordoned ${what}`),
    },
    {
      path: 'status.conditions.*.status',
      words: ({ names, before, after }, what) =>
        before === undefined ? undefined : `set ${names[0]} of ${what} to ${text(after)}`,
    },
  ],
  persistentvolumeclaims: [
    { path: 'status.phase', words: ({ after }, what) => `set ${what} to ${text(after)}` },
    { path: 'spec.volumeName', words: (found, what) => came(found, `gave ${what} the volume ${text(found.after)}`) },
  ],
  persistentvolumes: [
    { path: 'status.phase', words: ({ after }, what) => `set ${what} to ${text(after)}` },
    {
      path: 'spec.claimRef.name',
      words: (found, what) => came(found, `set ${what} aside for claim ${text(found.after)}`),
    },
  ],
  volumeattachments: [
    {
      path: 'status.attached',
      words: ({ after }, what) => (after === true ? `attached the disk of ${what}` : `detached the disk of ${what}`),
    },
  ],
};

/** What may be done to an object of any kind; after what is done to its own. */
const FIRST: Deed[] = [
  {
    path: 'metadata.deletionTimestamp',
    words: (found, what, write) => {
      const grace = one(write, 'metadata.deletionGracePeriodSeconds')?.after;
      return came(found, `marked ${what} for deletion${Number(grace) > 0 ? `, with ${text(grace)} s to stop in` : ''}`);
    },
  },
];
const ANY: Deed[] = [
  {
    path: 'spec.replicas',
    words: ({ before, after }, what) => `scaled ${what} from ${text(before)} to ${text(after)}`,
  },
  {
    path: 'spec.suspend',
    words: ({ after }, what) => (after === true ? `suspended ${what}` : `let ${what} go on`),
  },
  {
    path: 'status.conditions.*.status',
    words: ({ names, after }, what) => `set ${names[0]} of ${what} to ${text(after)}`,
  },
  {
    path: 'status.readyReplicas',
    words: ({ after }, what) => `counted ${text(after) || '0'} Ready of ${what}`,
  },
  { path: 'status.active', words: ({ after }, what) => `counted ${text(after) || '0'} active of ${what}` },
  { path: 'status.replicas', words: ({ after }, what) => `counted ${text(after) || '0'} of ${what}` },
  {
    path: 'metadata.finalizers',
    words: ({ before, after }, what) => {
      const [was, is] = [namesIn(before), namesIn(after)];
      const less = was.filter((name) => !is.includes(name));
      return less.length > 0 ? `let go of ${what}: ${less.join(', ')}` : `will see to something before ${what} may go`;
    },
  },
];

/** `bound Pod train-1 to gpu-1`: what a write did, as far as its changes tell. `what` names its object. */
export function deedOf(resource: string, what: string, write: readonly FieldChange[]): string | undefined {
  for (const { path, words } of [...FIRST, ...(DEEDS[resource] ?? []), ...ANY]) {
    for (const found of foundIn(write, path)) {
      const said = words(found, what, write);
      if (said !== undefined) return said;
    }
  }
  return plainDeed(what, write);
}

/** `changed spec.template.spec.containers.web.image of Deployment web`; nothing where nothing that counts changed. */
function plainDeed(what: string, write: readonly FieldChange[]): string | undefined {
  const told = write.find(({ path }) => path[0] === 'spec') ?? write[0];
  if (!told) return undefined;
  const more = write.length > 1 ? ` and ${write.length - 1} more` : '';
  const values = [told.before, told.after].map(text);
  const short = values.every((value) => value !== '' && value.length <= 24 && !value.startsWith('{'));
  return `changed ${told.path.join('.')}${short ? ` from ${values.join(' to ')}` : ''}${more} of ${what}`;
}

function phaseWords(phase: string, what: string, write: readonly FieldChange[]): string | undefined {
  if (phase === 'Running') return `started the containers of ${what}`;
  if (phase === 'Succeeded') return `saw ${what} succeed`;
  if (phase !== 'Failed') return undefined;
  const reason = text(one(write, 'status.reason')?.after);
  return `saw ${what} fail${reason === '' ? '' : `: ${reason}`}`;
}

function stateWords({ names, after }: Found, what: string): string | undefined {
  const container = `container ${names[0]} of ${what}`;
  const waiting = text(inside(after, 'waiting', 'reason'));
  if (waiting.endsWith('BackOff')) return `waits before it tries ${container} again: ${waiting}`;
  if (waiting !== '' && !WAITS_LIKE_ANY.has(waiting)) return `cannot start ${container}: ${waiting}`;
  const code = inside(after, 'terminated', 'exitCode');
  if (code === undefined) return undefined;
  const reason = text(inside(after, 'terminated', 'reason'));
  return `saw ${container} end with exit code ${text(code)}${reason === '' ? '' : ` (${reason})`}`;
}

const taintText = (taint: Json | undefined): string => `${text(inside(taint, 'key'))}:${text(inside(taint, 'effect'))}`;
const taintsOf = (taints: Json | undefined): string[] => (Array.isArray(taints) ? taints.map(taintText) : []);
const namesIn = (names: Json | undefined): string[] => (Array.isArray(names) ? names.map(text) : []);

const one = (write: readonly FieldChange[], path: string): Found | undefined => foundIn(write, path)[0];

/** The changes of the fields of a pattern, also where a part that holds the field came or went as a whole. */
function foundIn(write: readonly FieldChange[], pattern: string): Found[] {
  const steps = pattern.split('.');
  const found: Found[] = [];
  for (const { path, before, after } of write) {
    const shared = Math.min(path.length, steps.length);
    if (!steps.slice(0, shared).every((step, index) => step === '*' || step === path[index])) continue;
    const names = path.slice(0, shared).filter((_, index) => steps[index] === '*');
    if (path.length <= steps.length) found.push(...below(steps.slice(shared), { names, before, after }));
    else if (pattern.endsWith('.state')) found.push(stateOf(path.slice(shared), { names, before, after }));
  }
  return found.filter(({ before, after }) => before !== undefined || after !== undefined);
}

/** A change within a state, as if the state came with nothing but that in it. */
function stateOf(rest: readonly string[], found: Found): Found {
  const wrapped = (value: Json | undefined): Json | undefined =>
    value === undefined ? undefined : rest.reduceRight<Json>((held, step) => ({ [step]: held }), value);
  return { names: found.names, before: wrapped(found.before), after: wrapped(found.after) };
}

/** What stands at the rest of a pattern below a value that changed as a whole. */
function below(steps: readonly string[], found: Found): Found[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [found];
  const [was, is] = [partsOf(found.before), partsOf(found.after)];
  const names = step === '*' ? [...new Set([...is.keys(), ...was.keys()])] : [step];
  return names.flatMap((name) =>
    below(rest, {
      names: step === '*' ? [...found.names, name] : found.names,
      before: was.get(name),
      after: is.get(name),
    }),
  );
}

/** The parts of a map or a list by their names. */
function partsOf(value: Json | undefined): Map<string, Json> {
  if (isMap(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return new Map();
  return new Map(value.map((item, index) => [text(inside(item, 'name') ?? inside(item, 'type')) || `${index}`, item]));
}
