import type { Json } from '../../api/objects';
import { goQuote, goValue } from '../format/go-text';
import { isObject } from '../format/json';

/** A function of templates. Throws an Error with Go's words. */
export type TemplateFunction = (args: Json[]) => Json;

export function isTrue(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : true;
}

/** Text as a template prints it. */
export function printed(value: Json | undefined): string {
  return value === undefined || value === null ? '<no value>' : goValue(value);
}

function order(name: string, test: (difference: number) => boolean): TemplateFunction {
  return ([left = null, right = null]) => {
    if (typeof left !== typeof right) throw new Error(`error calling ${name}: incompatible types for comparison`);
    if (typeof left === 'number' && typeof right === 'number') return test(left - right);
    if (typeof left === 'string' && typeof right === 'string') return test(left < right ? -1 : left > right ? 1 : 0);
    throw new Error(`error calling ${name}: invalid type for comparison`);
  };
}

function equal(left: Json, right: Json): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === 'object' || typeof right === 'object') throw new Error('error calling eq: non-comparable type');
  if (typeof left !== typeof right) throw new Error('error calling eq: incompatible types for comparison');
  return left === right;
}

function index(args: Json[]): Json {
  const [start = null, ...keys] = args;
  return keys.reduce<Json>((value, key) => {
    if (value === null) throw new Error('error calling index: index of untyped nil');
    if (Array.isArray(value)) {
      if (typeof key !== 'number')
        throw new Error(`error calling index: cannot index slice/array with type ${typeof key}`);
      if (key < 0 || key >= value.length) throw new Error(`error calling index: index out of range: ${key}`);
      return value[key] ?? null;
    }
    if (isObject(value)) return typeof key === 'string' && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
    throw new Error(`error calling index: can't index item of type ${typeof value}`);
  }, start);
}

function slice([value = null, from = 0, to]: Json[]): Json {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error("error calling slice: can't slice item");
  const end = typeof to === 'number' ? to : value.length;
  if (Number(from) < 0 || end > value.length || Number(from) > end)
    throw new Error(`error calling slice: index out of range: ${end}`);
  return value.slice(Number(from), end);
}

function exists([value = null, ...keys]: Json[]): Json {
  let current: Json | undefined = value;
  for (const key of keys) {
    if (Array.isArray(current) && typeof key === 'number') current = current[key];
    else if (isObject(current) && typeof key === 'string' && Object.hasOwn(current, key)) current = current[key];
    else return false;
  }
  return current !== undefined && current !== null;
}

function length([value = null]: Json[]): Json {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw new Error(
    value === null ? 'error calling len: len of nil pointer' : `error calling len: len of type ${typeof value}`,
  );
}

/** `%s %d %v %q %t %f %x %%` with flags, widths and precision, as far as templates use them. */
function sprintf([format = '', ...args]: Json[]): string {
  let next = 0;
  const text = String(format).replace(
    /%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_whole, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const formatted = formatVerb(verb, args[next++] ?? null, precision);
      if (width === '') return formatted;
      return flags.includes('-')
        ? formatted.padEnd(Number(width))
        : formatted.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    },
  );
  return next < args.length
    ? `${text}%!(EXTRA ${args
        .slice(next)
        .map((arg) => `${goTypeName(arg)}=${goValue(arg)}`)
        .join(', ')})`
    : text;
}

function formatVerb(verb: string, value: Json, precision: string | undefined): string {
  if (verb === 'q' && typeof value === 'string') return goQuote(value);
  if (verb === 'f' && typeof value === 'number') return value.toFixed(Number(precision ?? 6));
  if (verb === 'x' && typeof value === 'number') return value.toString(16);
  if (verb === 'd' && typeof value !== 'number') return `%!d(${goTypeName(value)}=${goValue(value)})`;
  if (verb === 's' && (typeof value === 'number' || typeof value === 'boolean'))
    return `%!s(${goTypeName(value)}=${goValue(value)})`;
  return goValue(value);
}

function goTypeName(value: Json): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Operands side by side; a space between two that are no strings. */
function sprint(args: Json[]): string {
  return args
    .map((arg, position) => {
      const before = args[position - 1];
      const gap = position > 0 && typeof arg !== 'string' && typeof before !== 'string';
      return (gap ? ' ' : '') + goValue(arg);
    })
    .join('');
}

function base64decode([text = '']: Json[]): string {
  try {
    const bytes = Uint8Array.from(atob(String(text)), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    throw new Error('error calling base64decode: base64 decode failed: illegal base64 data at input byte 0');
  }
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

export const TEMPLATE_FUNCTIONS: Record<string, TemplateFunction> = {
  eq: ([left = null, ...rights]) => rights.some((right) => equal(left, right)),
  ne: ([left = null, right = null]) => !equal(left, right),
  lt: order('lt', (difference) => difference < 0),
  le: order('le', (difference) => difference <= 0),
  gt: order('gt', (difference) => difference > 0),
  ge: order('ge', (difference) => difference >= 0),
  not: ([value = null]) => !isTrue(value),
  len: length,
  index,
  slice,
  exists,
  base64decode,
  print: sprint,
  println: (args) => `${args.map(goValue).join(' ')}\n`,
  printf: sprintf,
  html: (args) => sprint(args).replace(/[&<>"']/g, (character) => HTML[character] ?? character),
  js: (args) =>
    JSON.stringify(sprint(args))
      .slice(1, -1)
      .replace(/[<>&'=]/g, (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
  urlquery: (args) => encodeURIComponent(sprint(args)).replaceAll('%20', '+'),
};
