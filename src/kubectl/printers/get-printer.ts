import { CliError } from '../errors';
import type { FlagValues } from '../flags/parse';
import type { Session } from '../session';
import { columnsFromSpec, columnsFromTemplate, CustomColumnsPrinter } from './custom-columns';
import { HumanPrinter } from './human';
import { namePrinter, PLAIN_FORMATS, plainPrinter, templatePrinter, unknownFormat } from './output';
import type { Printer } from './printer';
import { TabWriter, tableWriter } from './tab-writer';

const COLUMN_FORMATS = ['custom-columns', 'custom-columns-file'];

/** What `get -o` understands. */
export const GET_FORMATS = [...PLAIN_FORMATS, ...COLUMN_FORMATS, 'wide'];

/** Whether a table for people is wanted. */
export function isHuman(flags: FlagValues): boolean {
  const output = flags.text('output');
  return output === 'wide' || (output === '' && flags.text('template') === '');
}

/** The printer of `get`. Throws for an unknown format. Models pkg/cmd/get PrintFlags ToPrinter. */
export function getPrinter(
  session: Session,
  about: { kind: string; withNamespace: boolean; withKind: boolean },
): Printer {
  const { flags, io } = session;
  const template = flags.text('template');
  const format = flags.text('output') || (template ? 'go-template' : '');
  const found =
    templatePrinter(format, flags, io) ??
    plainPrinter(format, flags) ??
    human(session, format, about) ??
    columns(session, format);
  if (found) return found;
  if (format.toLowerCase() === 'name') return namePrinter('');
  throw unknownFormat(format, GET_FORMATS);
}

function human(
  session: Session,
  format: string,
  about: { kind: string; withNamespace: boolean; withKind: boolean },
): Printer | undefined {
  if (format !== '' && format !== 'wide') return undefined;
  const { flags } = session;
  const printer = new HumanPrinter({
    kind: about.kind,
    withKind: about.withKind || flags.bool('show-kind'),
    withNamespace: about.withNamespace,
    noHeaders: flags.bool('no-headers'),
    wide: format === 'wide',
    columnLabels: flags.list('label-columns'),
    showLabels: flags.bool('show-labels'),
    nowMs: session.io.nowMs(),
  });
  return {
    print(object, out, eventType): void {
      const writer = out instanceof TabWriter ? out : tableWriter((text) => out.write(text));
      printer.print(object, writer, eventType);
      if (writer !== out) writer.flush();
    },
  };
}

function columns(session: Session, format: string): Printer | undefined {
  const { flags, io } = session;
  const equals = format.indexOf('=');
  const kind = equals < 0 ? format : format.slice(0, equals);
  if (!COLUMN_FORMATS.includes(kind)) return undefined;
  const value = flags.text('template') || (equals < 0 ? '' : format.slice(equals + 1));
  if (value === '') throw new CliError('custom-columns format specified but no custom columns given');
  if (kind === 'custom-columns') return new CustomColumnsPrinter(columnsFromSpec(value), flags.bool('no-headers'));
  const template = io.readFile(value);
  if (template === undefined)
    throw new CliError(`error reading template ${value}, open ${value}: no such file or directory\n`);
  return new CustomColumnsPrinter(columnsFromTemplate(template), false);
}
