import type { Json } from '../../api/objects';
import { parseTime } from '../../api/time';
import { LAST_APPLIED } from '../apply/last-applied';
import { compareBytes, stringMapAt, textAt } from '../format/json';
import { escapeTerminal, formatLabels } from '../printers/human';
import { TabWriter } from '../printers/tab-writer';

const MAX_ANNOTATION = 140;

/**
 * The text of a description while it is written: lines of tab-separated cells, two spaces for each level.
 * Models pkg/describe PrefixWriter and tabbedString.
 */
export class Description {
  private laidOut = '';
  private readonly writer: { write(text: string): void; flush(): void };

  /** With `raw` the tabs stay in the text, as `rollout history --revision` prints them. */
  constructor(raw = false) {
    const sink = (text: string): void => {
      this.laidOut += text;
    };
    this.writer = raw ? { write: sink, flush: () => undefined } : new TabWriter(sink, { minWidth: 0, padding: 2 });
  }

  /** Text at a level; line breaks are up to the caller. */
  write(level: number, text: string): void {
    this.writer.write(escapeTerminal('  '.repeat(level) + text));
  }

  line(level: number, text: string): void {
    this.write(level, `${text}\n`);
  }

  /** `Title:`, a tab, and the value. */
  field(title: string, value: string | number | boolean, level = 0): void {
    this.line(level, `${title}:\t${value}`);
  }

  /** Columns end here. */
  flush(): void {
    this.writer.flush();
  }

  /** A list under a title, the first item beside it; `<none>` for none. */
  list(title: string, items: readonly string[]): void {
    if (items.length === 0) this.line(0, `${title}:\t<none>`);
    else items.forEach((item, index) => this.line(0, index === 0 ? `${title}:\t${item}` : `\t${item}`));
  }

  /** A string map, sorted, one entry a line. `indent` stands before each line. */
  labels(title: string, labels: Json | undefined, indent = ''): void {
    const entries = [...stringMapAt(labels)].map(([key, value]) => `${key}=${value}`);
    if (entries.length === 0) this.line(0, `${indent}${title}:\t<none>`);
    else
      entries.forEach((entry, index) =>
        this.line(0, index === 0 ? `${indent}${title}:\t${entry}` : `${indent}\t${entry}`),
      );
  }

  /** Annotations; long values are cut and go on lines of their own. */
  annotations(title: string, annotations: Json | undefined): void {
    const entries = [...stringMapAt(annotations)].filter(([key]) => key !== LAST_APPLIED);
    if (entries.length === 0) this.line(0, `${title}:\t<none>`);
    entries.forEach(([key, raw], index) => {
      const value = raw.endsWith('\n') ? raw.slice(0, -1) : raw;
      const start = index === 0 ? `${title}:\t` : '\t';
      if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes('\n')) {
        this.line(0, `${start}${key}: ${value}`);
        return;
      }
      this.line(0, `${start}${key}:`);
      for (const part of value.split('\n')) this.line(0, `\t  ${shortened(part, MAX_ANNOTATION - 2)}`);
    });
  }

  /** Name, namespace where there is one, labels and annotations. */
  heading(object: Json | undefined, namespaced: boolean): void {
    this.field('Name', textAt(object, 'metadata', 'name'));
    if (namespaced) this.field('Namespace', textAt(object, 'metadata', 'namespace'));
  }

  labelsAndAnnotations(object: Json | undefined): void {
    const metadata = object as { metadata?: { labels?: Json; annotations?: Json } } | undefined;
    this.labels('Labels', metadata?.metadata?.labels);
    this.annotations('Annotations', metadata?.metadata?.annotations);
  }

  toString(): string {
    this.flush();
    return this.laidOut;
  }
}

function shortened(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A timestamp in the form of RFC 1123: `Mon, 15 Jun 2026 10:51:59 +0000`. */
export function longTime(timestamp: string): string {
  if (timestamp === '') return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const time = new Date(parseTime(timestamp));
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':');
  return `${DAYS[time.getUTCDay()]}, ${two(time.getUTCDate())} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()} ${clock} +0000`;
}

export function labelsLine(labels: Json | undefined): string {
  return formatLabels(stringMapAt(labels));
}

/** `True` or `False`; `<unset>` for what is no boolean. */
export function boolText(value: Json | undefined): string {
  return value === true ? 'True' : value === false ? 'False' : '<unset>';
}

export function valueText(value: Json | undefined, fallback = ''): string {
  return value === undefined || value === null ? fallback : String(value);
}

export const byKey =
  <T>(keyOf: (item: T) => string) =>
  (left: T, right: T): number =>
    compareBytes(keyOf(left), keyOf(right));
