import { byName } from '../kubeconfig';
import { PLAIN_FORMATS } from '../printers/output';
import type { Session } from '../session';
import { containersOf, namesOf, portsOf, typesOf } from './names';

/** What a shell is told beside the words; bits, as cobra numbers them. */
export const DIRECTIVES = {
  Default: 0,
  NoSpace: 2,
  NoFileComp: 4,
  FilterFileExt: 8,
} as const;

export interface Completion {
  words: string[];
  directive: number;
}

/** The line before the cursor, with its flags read. */
export interface Line {
  session: Session;
  args: readonly string[];
  typed: string;
}

export type Completer = (line: Line) => Completion | Promise<Completion>;

const { NoFileComp, NoSpace, FilterFileExt } = DIRECTIVES;

const nothingElse = (words: string[]): Completion => ({ words, directive: NoFileComp });

/** A first argument out of these, and none after it. */
const first =
  (words: (session: Session) => string[] | Promise<string[]>): Completer =>
  async ({ session, args }) =>
    nothingElse(args.length === 0 ? await words(session) : []);

const named = (type: string): Completer => first((session) => namesOf(session, type));
const sorted = (list: readonly { name: string }[]): string[] => [...list].sort(byName).map(({ name }) => name);
const contexts: Completer = first(({ kubeconfig }) => sorted(kubeconfig.contexts));
const clusters: Completer = first(({ kubeconfig }) => sorted(kubeconfig.clusters));
const users: Completer = first(({ kubeconfig }) => sorted(kubeconfig.users));

const slashed = async (session: Session, typed: string): Promise<string[]> => {
  const type = typed.slice(0, typed.indexOf('/'));
  return (await namesOf(session, type)).map((name) => `${type}/${name}`);
};

/** Types and names, or pairs of them. Models resourceTypeAndNameCompletionFunc. */
function typesAndNames(types?: readonly string[], repeated = true): Completer {
  return async ({ session, args, typed }) => {
    const [type] = args;
    if (type !== undefined && !type.includes('/')) {
      if (!repeated && args.length > 1) return nothingElse([]);
      return nothingElse((await namesOf(session, type)).filter((name) => !args.slice(1).includes(name)));
    }
    if (typed.includes('/')) {
      if (!repeated && args.length > 0) return nothingElse([]);
      return nothingElse((await slashed(session, typed)).filter((pair) => !args.includes(pair)));
    }
    if (type !== undefined && !repeated) return nothingElse([]);
    const offered = types ?? (await typesOf(session));
    const before = types === undefined ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
    if (type === undefined) return nothingElse(offered.map((one) => before + one));
    return { words: offered.map((one) => `${before}${one}/`), directive: NoFileComp | NoSpace };
  };
}

const WITH_PODS = [
  'daemonsets',
  'deployments',
  'pods',
  'jobs',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
];

/** Pods, and types that have some; `after` says what follows the Pod. Models doPodResourceCompletion. */
function pods(after: (line: Line & { pod: string }) => Promise<string[]> = async () => []): Completer {
  return async (line) => {
    const { session, args, typed } = line;
    const [pod] = args;
    if (pod !== undefined) return nothingElse(args.length === 1 ? await after({ ...line, pod }) : []);
    if (typed.includes('/')) return nothingElse(await slashed(session, typed));
    const names = (await namesOf(session, 'pod')).filter((name) => name.startsWith(typed));
    const words = [...names, ...WITH_PODS.map((type) => `${type}/`)];
    return { words, directive: names.length === 0 ? NoFileComp | NoSpace : NoFileComp };
  };
}

/** Namespaces, Pods and files, for one of the two that are copied between. Models cp's completion. */
const copied: Completer = async ({ session, args, typed }) => {
  const directive = NoSpace;
  if (args.length > 0 || /^[./]/.test(typed) || typed.includes(':')) return { words: [], directive };
  const slash = typed.indexOf('/');
  if (slash >= 0) {
    const namespace = typed.slice(0, slash);
    return { words: (await namesOf(session, 'pod', namespace)).map((name) => `${namespace}/${name}:`), directive };
  }
  const namespaces = await namesOf(session, 'namespace');
  const files = session.io.fileNames?.() ?? [];
  const here = [...new Set(files.map((name) => name.replace(/\/.*$/, '/')))].filter((name) => name.startsWith(typed));
  const near = typed === '' ? ['./', '/'] : here;
  return {
    words: [
      ...namespaces.map((name) => `${name}/`),
      ...(await namesOf(session, 'pod')).map((name) => `${name}:`),
      ...near,
    ],
    directive,
  };
};

const SCALED = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];
const ROLLED = ['deployment', 'daemonset', 'statefulset'];
const TEMPLATED = [
  'daemonsets',
  'deployments',
  'pods',
  'cronjobs',
  'replicasets',
  'replicationcontrollers',
  'statefulsets',
];
const anything = typesAndNames();

/** What follows a command, by its path without `kubectl`. */
export const ARGUMENTS: Readonly<Record<string, Completer>> = {
  annotate: anything,
  'apply edit-last-applied': anything,
  'apply view-last-applied': anything,
  attach: pods(),
  autoscale: typesAndNames(SCALED),
  'config delete-cluster': clusters,
  'config delete-context': contexts,
  'config delete-user': users,
  'config rename-context': contexts,
  'config set-context': contexts,
  'config use-context': contexts,
  cordon: named('node'),
  cp: copied,
  'create token': named('serviceaccount'),
  debug: typesAndNames(undefined, false),
  delete: anything,
  describe: anything,
  drain: named('node'),
  edit: anything,
  exec: pods(),
  expose: typesAndNames(['pod', 'service', 'replicationcontroller', 'deployment', 'replicaset']),
  get: anything,
  label: anything,
  logs: pods(({ session, pod }) => containersOf(session, pod)),
  patch: anything,
  'port-forward': pods(({ session, pod, typed }) => portsOf(session, pod, typed)),
  'rollout history': typesAndNames(ROLLED),
  'rollout pause': typesAndNames(['deployment'], true),
  'rollout restart': typesAndNames(ROLLED),
  'rollout resume': typesAndNames(['deployment'], true),
  'rollout status': typesAndNames(ROLLED, false),
  'rollout undo': typesAndNames(ROLLED, true),
  scale: typesAndNames(SCALED),
  'set image': typesAndNames(TEMPLATED, false),
  taint: typesAndNames(['node']),
  'top node': named('node'),
  'top pod': named('pod'),
  uncordon: named('node'),
};

/** The only words that may follow a command; nothing else is asked then. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  completion: ['bash', 'zsh', 'fish', 'powershell'],
};

const SUBRESOURCES = nothingElse(['status', 'scale', 'resize']);

/** The values of flags that every command has. */
const GLOBAL_VALUES: Readonly<Record<string, Completer>> = {
  cluster: (line) => clusters({ ...line, args: [] }),
  context: (line) => contexts({ ...line, args: [] }),
  user: (line) => users({ ...line, args: [] }),
  namespace: async ({ session }) => nothingElse(await namesOf(session, 'namespace')),
};

/** The values of flags of one command, by its path and the flag. */
const OWN_VALUES: Readonly<Record<string, Completer>> = {
  'exec container': async ({ session, args: [pod] }) =>
    nothingElse(pod === undefined ? [] : await containersOf(session, pod)),
  'get output': () => nothingElse([...PLAIN_FORMATS, 'custom-columns', 'custom-columns-file', 'wide']),
  ...Object.fromEntries(
    ['apply', 'edit', 'get', 'patch', 'replace'].map((name) => [`${name} subresource`, () => SUBRESOURCES]),
  ),
};

/** Files by what they end in. */
const MANIFESTS: Completion = { words: ['json', 'yaml', 'yml'], directive: FilterFileExt };
const EXEC_FAMILY = new Set(['attach', 'exec', 'cp', 'port-forward', 'logs']);

/** What offers values for a flag of a command; undefined where nothing does. */
export function valuesOf(path: string, flag: { name: string; type: string }): Completer | undefined {
  if (flag.name === 'filename' && !EXEC_FAMILY.has(path)) return () => MANIFESTS;
  return OWN_VALUES[`${path} ${flag.name}`] ?? GLOBAL_VALUES[flag.name];
}
