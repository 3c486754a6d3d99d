import type { Json } from '../../api/objects';
import { sortedKeys } from './json';

const SHORT_ESCAPES: Record<string, string> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** Text as Go's `%q` prints it. */
export function goQuote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const short = SHORT_ESCAPES[character];
    if (short) quoted += short;
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (isUnprintable(code)) quoted += code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
    else quoted += character;
  }
  return `${quoted}"`;
}

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0');

function isUnprintable(code: number): boolean {
  return (code >= 0x80 && code < 0xa0) || code === 0xad || (code >= 0x2028 && code <= 0x2029) || code === 0xfeff;
}

/** A value as Go's `%v` prints what encoding/json decoded: `map[a:1 b:[x y]]`, `<nil>`. */
export function goValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value === 'object') {
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goValue(value[key])}`)
      .join(' ')}]`;
  }
  if (typeof value === 'number') return goFloat(value);
  return String(value);
}

/** A number as `%v` prints it: an integer plainly, any other with the shortest digits and exponents from 1e21 on. */
function goFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e21) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value);
}

/** A Go slice of strings as `%v` prints it. */
export function goList(items: readonly string[]): string {
  return `[${items.join(' ')}]`;
}

/** Milliseconds as Go prints a time.Duration: `1h0m5s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const total = Math.abs(ms);
  if (total < 1000) return `${sign}${trimZeros(total)}ms`;
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor((total % 3_600_000) / 60_000);
  const seconds = `${trimZeros((total % 60_000) / 1000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

const trimZeros = (value: number): string => String(Number(value.toFixed(9)));

const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration such as `1h30m`; a text saying why not, as time.ParseDuration words it. */
export function parseGoDuration(text: string): number | { error: string } {
  const invalid = { error: `time: invalid duration ${goQuote(text)}` };
  const body = text.replace(/^[+-]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (body === '0') return 0;
  if (body === '') return invalid;
  let total = 0;
  let rest = body;
  while (rest !== '') {
    const match = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
    if (!match) return invalid;
    const [whole, digits = '', unit = ''] = match;
    if (unit === '') return { error: `time: missing unit in duration ${goQuote(text)}` };
    const scale = UNITS[unit];
    if (scale === undefined) return { error: `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}` };
    total += Number(digits) * scale;
    rest = rest.slice(whole.length);
  }
  return sign * total;
}

/** A value as `%#v` prints it. */
export function goSyntax(value: Json | undefined): string {
  if (value === undefined || value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item)).join(', ')}}`;
  if (typeof value === 'object') {
    const entries = sortedKeys(value).map((key) => `${goQuote(key)}:${goSyntax(value[key])}`);
    return `map[string]interface {}{${entries.join(', ')}}`;
  }
  return typeof value === 'string' ? goQuote(value) : goValue(value);
}
