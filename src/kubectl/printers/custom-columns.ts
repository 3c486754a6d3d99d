import { CliError } from '../errors';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { isObject } from '../format/json';
import { JsonPath, relaxedJsonPath } from '../format/json-path';
import { escapeTerminal } from './human';
import type { Printer, Sink } from './printer';
import { TabWriter, tableWriter } from './tab-writer';

interface Column {
  header: string;
  path: string;
}

/** `NAME:.metadata.name,NODE:.spec.nodeName`. Throws where a part has no path. */
export function columnsFromSpec(spec: string): Column[] {
  if (spec === '') throw new CliError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new CliError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxedJsonPath(part.slice(colon + 1)) };
  });
}

/** A file with a line of headers and a line of paths. */
export function columnsFromTemplate(text: string): Column[] {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  const [head, paths] = lines.map((line) => line.split(/\s+/).filter((word) => word !== ''));
  const expected = 'Expected format is one line of space separated headers, one line of space separated column specs.';
  if (!head || text === '') throw new CliError(`invalid template, missing header line. ${expected}`);
  if (!paths) throw new CliError(`invalid template, missing spec line. ${expected}`);
  if (head.length !== paths.length) {
    throw new CliError(`number of headers (${head.length}) and field specifications (${paths.length}) don't match`);
  }
  return head.map((header, index) => ({ header, path: relaxedJsonPath(paths[index] ?? '') }));
}

/** Prints the columns asked for, `<none>` where a path finds nothing. Models pkg/cmd/get CustomColumnsPrinter. */
export class CustomColumnsPrinter implements Printer {
  private readonly columns: Column[];
  private readonly noHeaders: boolean;
  private lastKind = '';

  constructor(columns: Column[], noHeaders: boolean) {
    this.columns = columns;
    this.noHeaders = noHeaders;
  }

  print(object: JsonObject, out: Sink, eventType = ''): void {
    const writer = out instanceof TabWriter ? out : tableWriter((text) => out.write(text));
    const items = Array.isArray(object['items']) ? object['items'].filter(isObject) : [object];
    const kind = Array.isArray(object['items']) ? 'list' : 'item';
    if (!this.noHeaders && kind !== this.lastKind) {
      writer.write(`${this.columns.map((column) => column.header).join('\t')}\n`);
      this.lastKind = kind;
    }
    const paths = this.columns.map((column) => new JsonPath(column.path));
    for (const item of items) {
      const subject = eventType ? { type: eventType, object: item } : item;
      writer.write(`${paths.map((path) => cellOf(path, subject)).join('\t')}\n`);
    }
    if (writer !== out) writer.flush();
  }
}

function cellOf(path: JsonPath, object: JsonObject): string {
  const values = path.find(object);
  if (values.length === 0 || values[0]?.length === 0) return '<none>';
  return values
    .flat()
    .map((value) => escapeTerminal(goValue(value)))
    .join(',');
}
