/** IANA time zones, as Go's time package knows them: what the clock on a wall there shows. */

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** The quarter of an hour that was asked about last, and how far ahead of UTC the zone is in it. */
  quarter: number;
  offsetMs: number;
}

const zones = new Map<string, Zone | undefined>();
const KNOWN_LIMIT = 1024;
/** Since 1972, zones change their clocks at a quarter of an hour of UTC and at no other time. */
const QUARTER_MS = 900_000;

/** The fields that together say what a wall clock shows. */
const FIELDS: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

function zoneOf(name: string): Zone | undefined {
  if (zones.has(name)) return zones.get(name);
  if (zones.size >= KNOWN_LIMIT) zones.clear();
  const format = makeFormat(name);
  const zone = format && { format, quarter: NaN, offsetMs: 0 };
  zones.set(name, zone);
  return zone;
}

/** Go looks names up as files, so their case counts, and an offset such as `+01:00` is no name. */
function makeFormat(zone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z][\w+\-/]*$/.test(zone)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', { ...FIELDS, timeZone: zone });
    const canonical = format.resolvedOptions().timeZone;
    return canonical !== zone && canonical.toLowerCase() === zone.toLowerCase() ? undefined : format;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function isTimeZone(zone: string): boolean {
  return zone === 'UTC' || zoneOf(zone) !== undefined;
}

/** How far a zone's wall clock is ahead of UTC at a moment. Both in milliseconds; `utcMs` since the Unix epoch. */
export function zoneOffsetMs(zone: string, utcMs: number): number {
  if (zone === 'UTC') return 0;
  const known = zoneOf(zone);
  if (!known) throw new RangeError(`unknown time zone ${zone}`);
  const quarter = Math.floor(utcMs / QUARTER_MS);
  if (known.quarter !== quarter) {
    known.offsetMs = readOffset(known.format, utcMs);
    known.quarter = quarter;
  }
  return known.offsetMs;
}

function readOffset(format: Intl.DateTimeFormat, utcMs: number): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(utcMs)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return wallMs - Math.floor(utcMs / 1000) * 1000;
}

/** The moment at which a zone's wall clock shows a time, given as if it were one of UTC. Models Go's time.Date. */
export function fromWallMs(zone: string, wallMs: number): number {
  const offset = zoneOffsetMs(zone, wallMs);
  const utcMs = wallMs - offset;
  const there = zoneOffsetMs(zone, utcMs);
  return there === offset ? utcMs : wallMs - there;
}

/** RFC 3339 with the zone's offset; `Z` for UTC itself. */
export function formatInZone(zone: string, utcMs: number): string {
  const offset = zoneOffsetMs(zone, utcMs);
  const text = new Date(utcMs + offset).toISOString().slice(0, 19);
  if (offset === 0) return `${text}Z`;
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${text}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}
