import { formatMicroTime, formatTime } from '../../../api/time';

/** Times as Go's time.Parse reads them, with its words for what it cannot read. */

export interface TimeFormat {
  /** Go's reference layout. */
  readonly layout: string;
  readonly micro: boolean;
}

export const TIME: TimeFormat = { layout: '2006-01-02T15:04:05Z07:00', micro: false };
export const MICRO_TIME: TimeFormat = { layout: '2006-01-02T15:04:05.000000Z07:00', micro: true };

/** The parts of the layout in order: what Go calls them, and how they look. */
const PARTS: readonly (readonly [name: string, shape: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}/],
];
const FRACTION = /^\.\d+/;
const MICRO_FRACTION = /^\.\d{6}/;
const ZONE = /^(Z|[+-]\d{2}:\d{2})/;
const RANGES: readonly (readonly [name: string, part: number, low: number, high: number])[] = [
  ['month', 2, 1, 12],
  ['hour', 6, 0, 23],
  ['minute', 8, 0, 59],
  ['second', 10, 0, 59],
];

/** The time as Kubernetes writes it, or Go's words for why there is none. */
export function readTime(text: string, format: TimeFormat): { time: string } | { fault: string } {
  let rest = text;
  const found: string[] = [];
  const fault = (part: string): { fault: string } => ({
    fault: `parsing time ${JSON.stringify(text)} as "${format.layout}": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`,
  });
  for (const [name, shape] of PARTS) {
    const match = shape.exec(rest);
    if (!match) return fault(name);
    found.push(match[0]);
    rest = rest.slice(match[0].length);
  }
  const fraction = (format.micro ? MICRO_FRACTION : FRACTION).exec(rest);
  if (format.micro && !fraction) return fault('.000000');
  if (fraction) rest = rest.slice(fraction[0].length);
  const zone = ZONE.exec(rest);
  if (!zone) return fault('Z07:00');
  rest = rest.slice(zone[0].length);
  if (rest !== '') return { fault: `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}` };
  return inRange(text, found, fraction?.[0] ?? '', zone[0], format);
}

function inRange(
  text: string,
  found: string[],
  fraction: string,
  zone: string,
  format: TimeFormat,
): { time: string } | { fault: string } {
  const outside = RANGES.find(([, part, low, high]) => Number(found[part]) < low || Number(found[part]) > high)?.[0];
  const month = new Date(Date.UTC(Number(found[0]), Number(found[2]), 0)).getUTCDate();
  const day = Number(found[4]) < 1 || Number(found[4]) > month ? 'day' : undefined;
  const wrong = outside ?? day;
  if (wrong) return { fault: `parsing time ${JSON.stringify(text)}: ${wrong} out of range` };
  const ms = new Date(found.join('') + fraction.slice(0, 4) + zone).getTime();
  if (!format.micro) return { time: formatTime(ms) };
  return { time: formatMicroTime(ms).replace(/\.\d{6}Z$/, `${fraction.padEnd(7, '0').slice(0, 7)}Z`) };
}
