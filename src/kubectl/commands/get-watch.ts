import type { Info } from '../cluster/info';
import { pathOfInfo } from '../cluster/info';
import { pathOf } from '../cluster/discovery';
import type { SelectOptions } from '../cluster/select';
import { select } from '../cluster/select';
import { CliError, ServerError, isNotFound } from '../errors';
import type { JsonObject } from '../format/json';
import { isObject, listAt, textAt } from '../format/json';
import type { Printer } from '../printers/printer';
import { isTable } from '../printers/human';
import { tableWriter } from '../printers/tab-writer';
import type { Session } from '../session';
import type { Status } from '../../api/status';

/** Prints what is there, then every change until Ctrl-C. Models pkg/cmd/get GetOptions watch. */
export async function watchAndPrint(
  session: Session,
  options: SelectOptions,
  printerFor: (info: Info) => Printer,
): Promise<void> {
  const { flags } = session;
  const events = flags.bool('output-watch-events');
  const selection = await select(session, { ...options, singleType: true, latest: true });
  const { infos, error } = await selection.infos();
  if (error) {
    if (isNotFound(error) && flags.bool('ignore-not-found')) return;
    throw error;
  }
  const [info] = infos;
  if (!info?.object) throw new CliError('watch is only supported on individual resources and resource collections');
  if (infos.length > 1) {
    throw new CliError(
      `watch is only supported on individual resources and resource collections - ${infos.length} resources were found`,
    );
  }
  const printer = printerFor(info);
  const writer = tableWriter((text) => session.print(text));
  if (!flags.bool('watch-only')) {
    for (const object of piecesOf(info.object)) printer.print(object, writer, events ? 'ADDED' : '');
    writer.flush();
  }
  const named = selection.fromSelector.length === 0;
  let skip = named;
  const query = watchQuery(info, options, named);
  const path = named ? pathOf(info.mapping, info.namespace) : pathOfInfo({ ...info, name: '' });
  await session.rest.watch(
    path,
    query,
    (type, object) => {
      if (type === 'ERROR') throw new ServerError(object as unknown as Status);
      if (type === 'BOOKMARK' || !isObject(object)) return false;
      if (!skip) {
        printer.print(object, writer, events ? type : '');
        writer.flush();
      }
      skip = false;
      return false;
    },
    { headers: options.headers ?? {} },
  );
}

/** A named object is watched from its first event, which repeats what was printed. */
function watchQuery(info: Info, options: SelectOptions, named: boolean): Record<string, string> {
  const query: Record<string, string> = { ...options.query };
  if (named) {
    query['fieldSelector'] = `metadata.name=${info.name}`;
    query['resourceVersion'] = '0';
    return query;
  }
  query['resourceVersion'] = textAt(info.object, 'metadata', 'resourceVersion');
  if (options.labelSelector) query['labelSelector'] = options.labelSelector;
  if (options.fieldSelector) query['fieldSelector'] = options.fieldSelector;
  return query;
}

function piecesOf(object: JsonObject): JsonObject[] {
  if (isTable(object) || !Array.isArray(object['items'])) return [object];
  return listAt(object, 'items').filter(isObject);
}
