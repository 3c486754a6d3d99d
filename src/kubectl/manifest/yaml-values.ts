import type { Json } from '../../api/objects';

const WORDS = new Map<string, Json>([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
]);
for (const [word, value] of [
  ['y', true],
  ['yes', true],
  ['on', true],
  ['true', true],
  ['n', false],
  ['no', false],
  ['off', false],
  ['false', false],
] as const) {
  WORDS.set(word, value);
  WORDS.set(word.toUpperCase(), value);
  WORDS.set((word[0] ?? '').toUpperCase() + word.slice(1), value);
}

const INTEGER = /^[-+]?(0[bB][01]+|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|[1-9]\d*|0)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INFINITE = /^[-+]?\.(inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(nan|NaN|NAN)$/;

/** What an unquoted YAML 1.1 scalar means, as goyaml.v2 resolves it: `y` is true, `0777` is 511, `1_000` is 1000. */
export function resolvePlain(text: string): Json {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (NOT_A_NUMBER.test(text)) return NaN;
  return resolveNumber(text);
}

/**
 * What an unquoted scalar means to kustomize, which reads with goyaml.v3: of words only `true` and `false` are no text, and
 * what is a date becomes a moment.
 */
export function resolveCore(text: string): Json {
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(text)) return text.toLowerCase() === 'true';
  const word = WORDS.get(text);
  if (word === null) return null;
  if (word !== undefined) return text;
  if (INFINITE.test(text) || NOT_A_NUMBER.test(text)) return resolvePlain(text);
  return moment(text) ?? resolveNumber(text);
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const DATE_TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})[tT ](\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)(Z|[-+]\d\d:\d\d)?$/;

/** A date as Go's JSON writes it; nothing where the text is none. Models goyaml.v3 parseTimestamp. */
function moment(text: string): string | undefined {
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', zone] =
    DATE.exec(text) ?? DATE_TIME.exec(text) ?? [];
  if (year === '' || (text.includes(' ') ? zone !== undefined : zone === undefined && !DATE.test(text)))
    return undefined;
  const [wholeSecond = '', fraction = ''] = second.split('.');
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const exists = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) >= 60) return undefined;
  const two = (number: string): string => number.padStart(2, '0');
  const part = fraction.replace(/0+$/, '');
  const time = `${two(hour)}:${two(minute)}:${two(wholeSecond)}${part && `.${part}`}`;
  return `${year}-${two(month)}-${two(day)}T${time}${zone ?? 'Z'}`;
}

function resolveNumber(text: string): Json {
  if (!/^[-+.\d]/.test(text)) return text;
  const plain = text.replaceAll('_', '');
  if (INTEGER.test(plain)) return integer(plain);
  return FLOAT.test(plain) ? Number(plain) : text;
}

function integer(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const value = Number(octal);
  return negative && value !== 0 ? -value : value;
}
