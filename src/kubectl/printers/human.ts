import type { Json } from '../../api/objects';
import { humanDuration, parseTime } from '../../api/time';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { at, equalJson, isObject, listAt, numberAt, stringMapAt, textAt } from '../format/json';
import type { TabWriter } from './tab-writer';

export interface HumanOptions {
  /** `pod` or `deployment.apps`: stands before names where several kinds are printed. */
  kind: string;
  withKind: boolean;
  withNamespace: boolean;
  noHeaders: boolean;
  wide: boolean;
  columnLabels: string[];
  showLabels: boolean;
  nowMs: number;
}

interface Column {
  name: string;
  priority: number;
  isName: boolean;
}

interface Row {
  cells: (Json | undefined)[];
  object: JsonObject | undefined;
}

const EVENT_TYPES: Record<string, string> = { ADDED: 'ADDED   ', DELETED: 'DELETED ', ERROR: 'ERROR   ' };

/** Prints Tables as the server made them, and whatever is no Table by name and age. Models HumanReadablePrinter. */
export class HumanPrinter {
  private lastColumns: Json[] = [];
  private printedHeaders = false;
  private printedPlain = false;
  private readonly options: HumanOptions;

  constructor(options: HumanOptions) {
    this.options = options;
  }

  /** `eventType` is given for `--output-watch-events`. */
  print(object: JsonObject, writer: TabWriter, eventType = ''): void {
    if (isTable(object)) this.printTable(object, writer, eventType);
    else this.printPlain(object, writer, eventType);
  }

  private printTable(table: JsonObject, writer: TabWriter, eventType: string): void {
    const definitions = listAt(table, 'columnDefinitions');
    const same = definitions.length === 0 || equalJson(definitions, this.lastColumns);
    const noHeaders = this.options.noHeaders || (this.printedHeaders && same);
    if (!same) {
      this.lastColumns = definitions;
      this.printedHeaders = false;
    }
    const rows = listAt(table, 'rows').map(toRow);
    if (rows.length > 0) this.printedHeaders = true;
    const columns = this.lastColumns.map(toColumn);
    const decorated = this.decorate(columns, rows, eventType);
    writeTable(decorated, rows, { ...this.options, noHeaders }, writer);
  }

  /** Adds the columns that only the client knows of; changes the rows' cells. */
  private decorate(columns: Column[], rows: Row[], eventType: string): Column[] {
    const { withKind, kind, withNamespace, columnLabels, showLabels } = this.options;
    const nameColumn = withKind && kind ? columns.findIndex((column) => column.isName) : -1;
    const all = [...columns];
    if (withNamespace) all.unshift(extraColumn('Namespace'));
    for (const label of columnLabels) all.push(extraColumn(label.split('/').at(-1) ?? ''));
    if (showLabels) all.push(extraColumn('Labels'));
    if (eventType) all.unshift(extraColumn('Event'));
    for (const row of rows) {
      if (nameColumn >= 0) row.cells[nameColumn] = `${kind}/${textOf(row.cells[nameColumn])}`;
      if (withNamespace) row.cells.unshift(textAt(row.object, 'metadata', 'namespace'));
      row.cells.push(...this.labelCells(row.object));
      if (eventType) row.cells.unshift(EVENT_TYPES[eventType] ?? eventType);
    }
    return all;
  }

  private labelCells(object: JsonObject | undefined): string[] {
    const labels = stringMapAt(object, 'metadata', 'labels');
    const cells = this.options.columnLabels.map((label) => labels.get(label) ?? '');
    if (this.options.showLabels) cells.push(formatLabels(labels));
    return cells;
  }

  private printPlain(object: JsonObject, writer: TabWriter, eventType: string): void {
    const { noHeaders, withNamespace, columnLabels, showLabels, withKind, kind } = this.options;
    if (!this.printedPlain && !noHeaders) {
      const headers = ['NAME', 'AGE', ...columnLabels.map((label) => (label.split('/').at(-1) ?? '').toUpperCase())];
      if (showLabels) headers.push('LABELS');
      if (withNamespace) headers.unshift('NAMESPACE');
      if (eventType) headers.unshift('EVENT');
      writer.write(`${headers.join('\t')}\n`);
    }
    this.printedPlain = true;
    for (const item of Array.isArray(object['items']) ? object['items'] : [object]) {
      const name = textAt(item, 'metadata', 'name');
      const cells = [withKind && kind ? `${kind}/${name}` : name, ageOf(item, this.options.nowMs)];
      if (withNamespace) cells.unshift(textAt(item, 'metadata', 'namespace'));
      if (eventType) cells.unshift(EVENT_TYPES[eventType] ?? eventType);
      cells.push(...this.labelCells(isObject(item) ? item : undefined));
      writer.write(`${cells.join('\t')}\n`);
    }
  }
}

export function isTable(object: Json | undefined): boolean {
  return textAt(object, 'kind') === 'Table' && textAt(object, 'apiVersion').startsWith('meta.k8s.io/');
}

function toColumn(definition: Json): Column {
  const isName = textAt(definition, 'format') === 'name' && textAt(definition, 'type') === 'string';
  return { name: textAt(definition, 'name'), priority: numberAt(definition, 'priority') ?? 0, isName };
}

const extraColumn = (name: string): Column => ({ name, priority: 0, isName: false });

function toRow(row: Json): Row {
  const object = at(row, 'object');
  return { cells: [...listAt(row, 'cells')], object: isObject(object) ? object : undefined };
}

function writeTable(columns: Column[], rows: Row[], options: HumanOptions, writer: TabWriter): void {
  const shown = columns.map((column) => options.wide || column.priority === 0);
  const visible = <T>(items: T[]): T[] => items.filter((_item, index) => shown[index]);
  if (!options.noHeaders) {
    if (rows.length === 0) return;
    writer.write(`${visible(columns.map((column) => column.name.toUpperCase())).join('\t')}\n`);
  }
  for (const row of rows) {
    const cells = row.cells.slice(0, columns.length);
    writer.write(`${visible(cells.map(cellText)).join('\t')}\n`);
  }
}

function textOf(cell: Json | undefined): string {
  return cell === undefined || cell === null ? '' : typeof cell === 'string' ? cell : goValue(cell);
}

function cellText(cell: Json | undefined): string {
  const text = textOf(cell);
  const end = text.search(/[\f\n\r]/);
  return escapeTerminal(end < 0 ? text : `${text.slice(0, end)}...`);
}

/** Takes the power from escape sequences. Models printers.EscapeTerminal. */
export function escapeTerminal(text: string): string {
  return text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');
}

/** Labels as one word: `a=1,b=2`, or `<none>`. Models labels.FormatLabels. */
export function formatLabels(labels: Map<string, string>): string {
  if (labels.size === 0) return '<none>';
  return [...labels].map(([key, value]) => `${key}=${value}`).join(',');
}

/** The time since a timestamp, `<unknown>` without one. Models translateTimestampSince. */
export function sinceText(timestamp: string, nowMs: number): string {
  return timestamp === '' ? '<unknown>' : humanDuration(nowMs - parseTime(timestamp));
}

function ageOf(object: Json, nowMs: number): string {
  return sinceText(textAt(object, 'metadata', 'creationTimestamp'), nowMs);
}
