import { isTimeZone } from './time-zone';

/** Schedules in the format of cron. Models github.com/robfig/cron ParseStandard, with its words for what is wrong. */

/** The minutes, hours … at which something is due. */
export interface CronFields {
  readonly kind: 'fields';
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Said with a star: then the other of the two alone decides. */
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
  /** IANA name of the zone whose wall clock counts. */
  readonly zone: string;
}

/** `@every 1h30m`: due again so long after. */
export interface CronInterval {
  readonly kind: 'interval';
  readonly everyMs: number;
}

export type CronSchedule = CronFields | CronInterval;

/** Why a text is no schedule. */
export class CronError extends Error {}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MINUTES: Bounds = { min: 0, max: 59 };
const HOURS: Bounds = { min: 0, max: 23 };
const DAYS: Bounds = { min: 1, max: 31 };
const MONTHS: Bounds = {
  min: 1,
  max: 12,
  names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const WEEKDAYS: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const EVERY = '@every ';

/** Reads a schedule. `zone` holds where the text names none. Throws CronError. */
export function parseCron(text: string, zone = 'UTC'): CronSchedule {
  if (text === '') throw new CronError('empty spec string');
  const zoned = /^(?:CRON_)?TZ=(\S*) +/.exec(text);
  if (zoned) {
    const name = zoned[1]!;
    if (!isTimeZone(name)) throw new CronError(`provided bad location ${name}: unknown time zone ${name}`);
    return parseCron(text.slice(zoned[0].length).trim(), name);
  }
  if (text.startsWith('@')) return parseDescriptor(text, zone);
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  return parseFields(fields, zone);
}

function parseFields(fields: readonly string[], zone: string): CronFields {
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  const minutes = readField(minute, MINUTES);
  const hours = readField(hour, HOURS);
  const days = readField(day, DAYS);
  const months = readField(month, MONTHS);
  const weekdays = readField(weekday, WEEKDAYS);
  return {
    kind: 'fields',
    minutes: minutes.values,
    hours: hours.values,
    days: days.values,
    months: months.values,
    weekdays: weekdays.values,
    anyDay: days.star,
    anyWeekday: weekdays.star,
    zone,
  };
}

function parseDescriptor(text: string, zone: string): CronSchedule {
  const known = Object.hasOwn(DESCRIPTORS, text) ? DESCRIPTORS[text] : undefined;
  if (known) return parseCron(known, zone);
  if (!text.startsWith(EVERY)) throw new CronError(`unrecognized descriptor: ${text}`);
  const given = text.slice(EVERY.length);
  const ms = durationMs(given);
  if (ms === undefined) {
    throw new CronError(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(given)}`);
  }
  return { kind: 'interval', everyMs: Math.max(1000, Math.floor(ms / 1000) * 1000) };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3.6e6,
};

/** Models Go's time.ParseDuration. */
function durationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^[+-]?(\d*\.?\d+(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d*\.?\d+)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(amount) * UNITS_MS[unit!]!;
  return text.startsWith('-') ? -ms : ms;
}

interface Field {
  readonly values: Set<number>;
  readonly star: boolean;
}

function readField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let star = false;
  for (const part of text.split(',').filter((one) => one !== '')) {
    const range = readRange(part, bounds);
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
    star ||= range.star;
  }
  return { values, star };
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly star: boolean;
}

function readRange(text: string, bounds: Bounds): Range {
  const [span, stepText, ...more] = text.split('/') as [string, string | undefined, ...string[]];
  const [low, high, ...rest] = span.split('-') as [string, string | undefined, ...string[]];
  const all = low === '*' || low === '?';
  if (!all && rest.length > 0) throw new CronError(`too many hyphens: ${text}`);
  const first = all ? bounds.min : readValue(low, bounds.names);
  let last = all ? bounds.max : high === undefined ? first : readValue(high, bounds.names);
  if (more.length > 0) throw new CronError(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : readNumber(stepText);
  if (stepText !== undefined && high === undefined) last = bounds.max;
  checkRange(first, last, step, text, bounds);
  return { first, last, step, star: all && step <= 1 };
}

function checkRange(first: number, last: number, step: number, text: string, { min, max }: Bounds): void {
  if (first < min) throw new CronError(`beginning of range (${first}) below minimum (${min}): ${text}`);
  if (last > max) throw new CronError(`end of range (${last}) above maximum (${max}): ${text}`);
  if (first > last) throw new CronError(`beginning of range (${first}) beyond end of range (${last}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
}

function readValue(text: string, names: readonly string[] | undefined): number {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  return named >= 0 ? named : readNumber(text);
}

function readNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new CronError(`failed to parse int from ${text}: ${why}`);
  }
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}
