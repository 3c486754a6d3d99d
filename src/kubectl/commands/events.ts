import type { Json } from '../../api/objects';
import type { Status } from '../../api/status';
import { parseTime } from '../../api/time';
import type { Command } from '../command';
import { groupVersionOf } from '../cluster/discovery';
import { splitPair } from '../cluster/arguments';
import { CliError, ServerError, NoResourceError } from '../errors';
import { bool, slice, text } from '../flags/flags';
import { ALL_NAMESPACES_FLAG, CHUNK_FLAG } from '../flags/standard';
import { isObject, listAt, objectAt, textAt } from '../format/json';
import { eventAge } from '../describers/events';
import { escapeTerminal } from '../printers/human';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import { goSort } from '../printers/sort';
import type { TabWriter } from '../printers/tab-writer';
import { tableWriter } from '../printers/tab-writer';
import type { Session } from '../session';

export const eventsCommand: Command = {
  name: 'events',
  usage: 'events [(-o|--output=)FORMAT] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  short: 'List events',
  long: 'Prints Events in the order of their time.',
  examples: `  # What happened to one Pod
  kubectl events --for pod/train-sgd-m4c8w

  # Warnings of all namespaces
  kubectl events -A --types=Warning`,
  flags: [
    ...PRINT_FLAGS,
    bool('watch', 'Go on with Events as they come.', { short: 'w' }),
    ALL_NAMESPACES_FLAG,
    text('for', 'Only Events about this TYPE/NAME.'),
    slice('types', 'Normal, Warning or both.'),
    bool('no-headers', 'Leave out the line of headers.'),
    CHUNK_FLAG,
  ],
  run: events,
};

async function events(session: Session): Promise<void> {
  const { flags } = session;
  const about = flags.text('for');
  const query: Record<string, string> = about ? { fieldSelector: await fieldSelectorFor(session, about) } : {};
  const types = flags.list('types').map((type) => type.toLowerCase());
  if (types.some((type) => type !== 'normal' && type !== 'warning'))
    throw new CliError('valid --types are Normal or Warning');
  const print = eventPrinter(session);
  const wanted = (event: Json): boolean => types.length === 0 || types.includes(textAt(event, 'type').toLowerCase());
  const path = flags.bool('all-namespaces')
    ? '/api/v1/events'
    : `/api/v1/namespaces/${encodeURIComponent(session.namespace)}/events`;
  const writer = tableWriter((output) => session.print(output));
  if (flags.bool('watch')) return watch(session, path, query, wanted, print, writer);
  const list = await session.rest.json('GET', path, { query: { ...query, limit: '500' } });
  const found = listAt(list, 'items').filter(wanted);
  if (found.length === 0) {
    session.printError(
      flags.bool('all-namespaces') ? 'No events found.\n' : `No events found in ${session.namespace} namespace.\n`,
    );
    return;
  }
  goSort(found, (left, right) => timeOf(left) < timeOf(right));
  print(found, writer);
  writer.flush();
}

async function fieldSelectorFor(session: Session, about: string): Promise<string> {
  const pair = splitPair(about);
  if (pair instanceof CliError) throw pair;
  if (!pair) throw new CliError('--for must be in resource/name form');
  const mapping = await session.discovery.find(pair.type.toLowerCase());
  if (!mapping) throw new NoResourceError(pair.type);
  return `involvedObject.kind=${mapping.kind},involvedObject.apiVersion=${groupVersionOf(mapping)},involvedObject.name=${pair.name}`;
}

type Print = (events: Json[], writer: TabWriter) => void;

/** Rows for people; with `-o` the list as it is, of which names cannot be printed. */
function eventPrinter(session: Session): Print {
  const { flags } = session;
  if (flags.text('output') === '' && flags.text('template') === '') return rowPrinter(session);
  const printer = structPrinterFor(flags, session.io, 'events');
  return (found, writer) => {
    if (flags.text('output') === 'name') return;
    const items = found.map((event) => (isObject(event) ? { kind: 'Event', apiVersion: 'v1', ...event } : event));
    printer.print({ kind: 'EventList', apiVersion: 'v1', metadata: {}, items }, writer);
  };
}

function rowPrinter(session: Session): Print {
  const { flags } = session;
  const allNamespaces = flags.bool('all-namespaces');
  let headers = !flags.bool('no-headers');
  return (found, writer) => {
    if (headers) writer.write(`${allNamespaces ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`);
    headers = false;
    for (const event of found) {
      const about = objectAt(event, 'involvedObject') ?? {};
      const cells = [
        eventAge(event, session.io.nowMs()),
        textAt(event, 'type'),
        textAt(event, 'reason'),
        `${textAt(about, 'kind')}/${textAt(about, 'name')}`,
        textAt(event, 'message').trim(),
      ];
      if (allNamespaces) cells.unshift(textAt(event, 'metadata', 'namespace'));
      writer.write(`${cells.map(escapeTerminal).join('\t')}\n`);
    }
  };
}

function timeOf(event: Json): number {
  const time =
    textAt(event, 'series', 'lastObservedTime') || textAt(event, 'lastTimestamp') || textAt(event, 'eventTime');
  return time === '' ? Number.NEGATIVE_INFINITY : parseTime(time);
}

async function watch(
  session: Session,
  path: string,
  query: Record<string, string>,
  wanted: (event: Json) => boolean,
  print: Print,
  writer: TabWriter,
): Promise<void> {
  await session.rest.watch(path, query, (type, object) => {
    if (type === 'ERROR') throw new ServerError(object as unknown as Status);
    if (type === 'DELETED' || type === 'BOOKMARK' || !wanted(object)) return false;
    print([object], writer);
    writer.flush();
    return false;
  });
}
