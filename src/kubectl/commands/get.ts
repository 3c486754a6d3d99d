import type { Command } from '../command';
import { kindName } from '../cluster/discovery';
import type { Info } from '../cluster/info';
import { isList } from '../cluster/info';
import { manifestOptions, namesManifests } from '../cluster/manifest-sources';
import { rawText } from '../cluster/raw';
import { select } from '../cluster/select';
import {
  CliError,
  ErrorList,
  InterruptedError,
  asError,
  flatErrors,
  isNotFound,
  throwAll,
  usageError,
} from '../errors';
import { bool, slice, text } from '../flags/flags';
import {
  ALL_NAMESPACES_FLAG,
  CHUNK_FLAG,
  FIELD_SELECTOR_FLAG,
  FILENAME_FLAGS,
  SELECTOR_FLAG,
  SUBRESOURCE_FLAG,
} from '../flags/standard';
import type { Printer } from '../printers/printer';
import { getPrinter, GET_FORMATS, isHuman } from '../printers/get-printer';
import { isTable } from '../printers/human';
import { sortObjects, sortTable } from '../printers/sorter';
import { tableWriter } from '../printers/tab-writer';
import type { Session } from '../session';
import { watchAndPrint } from './get-watch';

const TABLES = ['v1', 'v1beta1'].map((version) => `application/json;as=Table;v=${version};g=meta.k8s.io`);
const TABLE_ACCEPT = [...TABLES, 'application/json'].join(',');

export const getCommand: Command = {
  name: 'get',
  completes: 'resources',
  usage: `get [(-o|--output=)${GET_FORMATS.join('|')}] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]`,
  short: 'Display one or many resources',
  long: 'Prints a table of the objects of one or several types, or the objects themselves with -o.',
  examples: `  # The Pods of the namespace
  kubectl get pods

  # Pods of all namespaces with their nodes
  kubectl get pods -A -o wide

  # Jobs of one model, as they change
  kubectl get jobs -l model=sgd -w`,
  suggestFor: ['list', 'ls'],
  flags: [
    text('output', `Output format. One of: (${GET_FORMATS.join(', ')}).`, { short: 'o' }),
    text('template', 'Template, or the file that holds it, for -o=go-template and -o=go-template-file.'),
    bool('allow-missing-template-keys', 'Ignore fields and keys that a template names and an object lacks.', {
      default: 'true',
    }),
    bool('show-managed-fields', 'Keep managedFields in JSON and YAML.'),
    bool('no-headers', 'Leave out the line of headers.'),
    bool('show-labels', 'Add a column with all labels.'),
    text('sort-by', "Sort by this field, such as '{.metadata.name}'."),
    slice('label-columns', 'Labels to show as columns.', { short: 'L' }),
    bool('show-kind', 'Put the type before each name.'),
    text('raw', 'Print what the server answers at this path.'),
    bool('watch', 'Go on and print every change.', { short: 'w' }),
    bool('watch-only', 'Print changes only, not what is there already.'),
    bool('output-watch-events', 'Print the kind of change as well.'),
    bool('ignore-not-found', 'Say nothing about named objects that do not exist.'),
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    bool('server-print', 'Let the server make the columns.', { default: 'true' }),
    ...FILENAME_FLAGS,
    CHUNK_FLAG,
    SELECTOR_FLAG,
    SUBRESOURCE_FLAG,
  ],
  run: get,
};

async function get(session: Session): Promise<void> {
  const { flags } = session;
  if (flags.text('raw') !== '') return getRaw(session);
  checkFlags(session);
  if (flags.bool('watch') || flags.bool('watch-only')) return watch(session);
  const selection = await select(session, {
    ...selectionOptions(session),
    continueOnError: true,
    latest: true,
    flatten: true,
    chunkSize: flags.text('sort-by') ? 0 : flags.number('chunk-size'),
  });
  const { infos, error } = await selection.infos(flags.bool('ignore-not-found') ? isNotFound : undefined);
  if (isHuman(flags)) printHuman(session, infos, error);
  else printGeneric(session, infos, error, selection.single);
}

async function getRaw(session: Session): Promise<void> {
  if (session.args.length > 0) throw new CliError('arguments may not be passed when --raw is specified');
  const { flags } = session;
  const raw = flags.text('raw');
  if (['watch', 'watch-only'].some((name) => flags.bool(name)) || flags.text('selector') !== '') {
    throw new CliError(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    );
  }
  if (flags.text('output') !== '') throw new CliError('--raw and --output are mutually exclusive');
  if (!raw.startsWith('/'))
    throw new CliError(`--raw must be a valid URL path: parse "${raw}": invalid URI for request`);
  const url = new URL(raw, 'http://server');
  const response = await session.rest.request('GET', url.pathname, { query: Object.fromEntries(url.searchParams) });
  session.print(rawText(url.pathname, response));
}

function checkFlags(session: Session): void {
  const { flags } = session;
  const watching = flags.bool('watch') || flags.bool('watch-only');
  const output = flags.text('output');
  if (flags.text('sort-by') !== '') {
    if (flags.bool('watch'))
      session.printError('warning: --watch requested, --sort-by will be ignored for watch events received\n');
    else if (watching) session.printError('warning: --watch-only requested, --sort-by will be ignored\n');
  }
  if (!watching && session.args.length === 0 && !namesManifests(session)) {
    session.printError(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw usageError(
      session.commandPath,
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  if (flags.bool('show-labels') && output !== '' && output !== 'wide') {
    throw new CliError(`--show-labels option cannot be used with ${output} printer`);
  }
  if (flags.bool('output-watch-events') && !watching) {
    throw new CliError('--output-watch-events option can only be used with --watch or --watch-only');
  }
}

function selectionOptions(session: Session): Parameters<typeof select>[1] {
  const { flags } = session;
  const options: Parameters<typeof select>[1] = {
    ...manifestOptions(session),
    enforceNamespace: session.explicitNamespace && !flags.bool('all-namespaces'),
    allNamespaces: flags.bool('all-namespaces'),
    labelSelector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
    subresource: flags.text('subresource'),
    args: session.args,
    allowEmptySelector: true,
    headers: usesTables(session) ? { accept: TABLE_ACCEPT } : {},
    query: usesTables(session) && flags.text('sort-by') ? { includeObject: 'Object' } : {},
  };
  return options;
}

/** Only people read the columns the server makes. */
function usesTables({ flags }: Session): boolean {
  return flags.bool('server-print') && isHuman(flags);
}

function watch(session: Session): Promise<void> {
  const human = isHuman(session.flags);
  const namespaced = session.flags.bool('all-namespaces');
  return watchAndPrint(session, selectionOptions(session), (info) =>
    getPrinter(session, { kind: kindName(info.mapping), withNamespace: namespaced && human, withKind: false }),
  );
}

function printHuman(session: Session, infos: Info[], error: Error | undefined): void {
  const { flags } = session;
  const allNamespaces = flags.bool('all-namespaces');
  let written = 0;
  let separate = false;
  const writer = tableWriter((output) => {
    if (separate) session.print('\n');
    separate = false;
    written += output.length;
    session.print(output);
  });
  const severalKinds = new Set(infos.map((info) => kindName(info.mapping))).size > 1;
  let printer: Printer | undefined;
  let last = '';
  for (const info of sorted(session, infos)) {
    const kind = kindName(info.mapping);
    if (!printer || kind !== last) {
      writer.flush();
      writer.forgetWidths();
      separate = last !== '' && !flags.bool('no-headers') && written > 0;
      const withNamespace = allNamespaces && info.mapping.namespaced;
      printer = getPrinter(session, { kind, withNamespace, withKind: severalKinds });
      last = kind;
    }
    printOne(session, printer, info, writer);
  }
  writer.flush();
  if (written === 0 && !flags.bool('ignore-not-found') && !error) {
    const namespaced = !allNamespaces && infos.every((info) => info.mapping.namespaced);
    session.printError(namespaced ? `No resources found in ${session.namespace} namespace.\n` : 'No resources found\n');
  }
  if (error) throw new ErrorList([error]);
}

/** A table that cannot be sorted is not printed, and nothing is said. */
function printOne(session: Session, printer: Printer, info: Info, writer: ReturnType<typeof tableWriter>): void {
  if (!info.object) return;
  const field = session.flags.text('sort-by');
  if (field === '' || !isTable(info.object)) return printer.print(info.object, writer);
  const table = sortTable(info.object, field);
  if (table) printer.print(table, writer);
}

/** Several objects by name are sorted among themselves; tables are sorted each in itself. */
function sorted(session: Session, infos: Info[]): Info[] {
  const field = session.flags.text('sort-by');
  if (field === '' || infos.length < 2) return infos;
  return sortObjects(infos, field, (info) => info.object ?? {});
}

function printGeneric(session: Session, infos: Info[], error: Error | undefined, single: boolean): void {
  if (error && single) throw error;
  const errors = error ? flatErrors(error) : [];
  if (infos.length === 0 && session.flags.bool('ignore-not-found')) return throwAll(errors);
  const printer = getPrinter(session, { kind: '', withNamespace: false, withKind: false });
  try {
    const [only] = infos;
    const field = session.flags.text('sort-by');
    const objects = infos.map((info) => info.object ?? {});
    if (single && infos.length === 1 && only?.object && !isList(only.object)) printer.print(only.object, session.out);
    else {
      const items = field === '' ? objects : sortObjects(objects, field, (object) => object);
      printer.print({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }, session.out);
    }
  } catch (thrown) {
    if (thrown instanceof InterruptedError) throw thrown;
    errors.push(asError(thrown));
  }
  throwAll(errors);
}
