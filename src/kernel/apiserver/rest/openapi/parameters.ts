import type { JsonMap } from '../../../../api/json';

/** The parameters of requests, by name: in a table, as each says the same wherever it may stand. */

type ParameterType = 'string' | 'boolean' | 'integer';

const QUERY = {
  allowWatchBookmarks: ['boolean', 'Whether a watch may also send bookmarks, which tell how far it has come.'],
  command: ['string', 'What is run in the container: its words, one a parameter.'],
  container: ['string', 'Which container of the Pod; its default one where none is named.'],
  continue: ['string', 'Goes on with a list where the answer before said, by the token that it gave.'],
  dryRun: ['string', 'With "All" everything is done but the storing.'],
  fieldManager: ['string', 'In whose name fields are written, of at most 128 characters; an apply cannot do without.'],
  fieldSelector: ['string', 'Keeps the objects with these values of fields.'],
  fieldValidation: [
    'string',
    'What becomes of unknown and repeated fields: Strict refuses, Warn (the default) tells, Ignore is silent.',
  ],
  follow: ['boolean', 'Whether the log goes on as the container writes.'],
  force: ['boolean', 'Whether an apply takes over fields of others. Nothing but an apply may say it.'],
  gracePeriodSeconds: ['integer', 'How long the object gets to end by itself; 0 is at once.'],
  ignoreStoreReadErrorWithClusterBreakingPotential: [
    'boolean',
    'Whether an object that cannot be read is thrown away.',
  ],
  insecureSkipTLSVerifyBackend: ['boolean', "Whether the kubelet's certificate may be anybody's."],
  labelSelector: ['string', 'Keeps the objects with these labels.'],
  limit: ['integer', 'How many objects an answer has at most; the rest comes by its continue token.'],
  limitBytes: ['integer', 'After how many bytes the log ends.'],
  orphanDependents: ['boolean', 'What propagationPolicy says in a newer way.'],
  path: ['string', 'The path of the request to what is behind.'],
  ports: ['integer', 'The ports that are forwarded.'],
  pretty: ['string', 'Whether the answer is written for people.'],
  previous: ['boolean', 'Whether the log is that of the run before this one.'],
  propagationPolicy: ['string', 'What becomes of the dependents: Orphan, Background or Foreground.'],
  resourceVersion: ['string', 'How old the answer may be.'],
  resourceVersionMatch: ['string', 'How resourceVersion is meant: Exact or NotOlderThan.'],
  sendInitialEvents: ['boolean', 'Whether a watch begins with the objects that there are, and a bookmark after them.'],
  sinceSeconds: ['integer', 'Of how many seconds, up to now, the log is.'],
  sinceTime: ['string', 'From which moment on the log is.'],
  stderr: ['boolean', 'Whether what the process complains of is sent.'],
  stdin: ['boolean', 'Whether the process reads what is sent.'],
  stdout: ['boolean', 'Whether what the process writes is sent.'],
  stream: ['string', 'Which of the streams the log has: All, Stdout or Stderr.'],
  tailLines: ['integer', 'Of how many lines, from its end, the log is.'],
  timeoutSeconds: ['integer', 'After how long a list or watch ends.'],
  timestamps: ['boolean', 'Whether each line begins with its moment.'],
  tty: ['boolean', 'Whether the process gets a terminal.'],
  watch: ['boolean', 'Whether the answer is a stream of what changes.'],
} as const satisfies Record<string, readonly [ParameterType, string]>;

export type QueryName = keyof typeof QUERY;

const RANGE = [
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
] as const satisfies QueryName[];
const REMOVAL = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
] as const satisfies QueryName[];
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'] as const satisfies QueryName[];

/** What may be asked, by what is done. kubectl reads here whether a server validates fields and knows dry runs. */
export const OF_VERB: Readonly<Record<string, readonly QueryName[]>> = {
  list: ['allowWatchBookmarks', ...RANGE, 'watch'],
  get: [],
  create: WRITE,
  update: WRITE,
  patch: [...WRITE, 'force'],
  delete: REMOVAL,
  deletecollection: [...RANGE, ...REMOVAL],
};

/** What may be asked of a subresource, where that is not what its verb says. */
export const OF_SUBRESOURCE: Readonly<Record<string, readonly QueryName[]>> = {
  attach: ['container', 'stderr', 'stdin', 'stdout', 'tty'],
  exec: ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'],
  log: [
    'container',
    'follow',
    'insecureSkipTLSVerifyBackend',
    'limitBytes',
    'previous',
    'sinceSeconds',
    'sinceTime',
    'stream',
    'tailLines',
    'timestamps',
  ],
  portforward: ['ports'],
  proxy: ['path'],
};

export function queryParameter(name: QueryName): JsonMap {
  const [type, description] = QUERY[name];
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

export function pathParameter(name: string, description: string): JsonMap {
  return { name, in: 'path', description, required: true, schema: { type: 'string', uniqueItems: true } };
}

/** Those that all operations of a path have are the path's; each list is in the order of the names. */
export function hoisted(operations: readonly (readonly JsonMap[])[]): { path: JsonMap[]; own: JsonMap[][] } {
  const names = operations.map((parameters) => new Set(parameters.map(({ name }) => name)));
  const isCommon = ({ name }: JsonMap): boolean => names.every((known) => known.has(name!));
  const inOrder = (parameters: readonly JsonMap[]): JsonMap[] =>
    [...parameters].sort((left, right) => (String(left['name']) < String(right['name']) ? -1 : 1));
  return {
    path: inOrder((operations[0] ?? []).filter(isCommon)),
    own: operations.map((parameters) => inOrder(parameters.filter((one) => !isCommon(one)))),
  };
}
