import type { Json } from '../../api/objects';
import { sortedKeys } from './json';

/**
 * JSON as Go's encoding/json writes a map: keys sorted, `<`, `>`, `&` and the line separators escaped. With `indent`
 * each level goes on lines of its own, as json.MarshalIndent does it.
 */
export function goJson(value: Json, indent = ''): string {
  return encode(value, indent, '', sortedKeys);
}

/** JSON as Go's encoding/json writes a struct: keys in the order in which they stand. */
export function structJson(value: Json, indent = ''): string {
  return encode(value, indent, '', Object.keys);
}

function encode(value: Json, indent: string, prefix: string, keysOf: (object: object) => string[]): string {
  if (typeof value === 'string') return quoteJson(value);
  if (typeof value === 'number') return goNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  const inner = prefix + indent;
  const parts = Array.isArray(value)
    ? value.map((item) => encode(item, indent, inner, keysOf))
    : keysOf(value).map(
        (key) => `${quoteJson(key)}:${indent ? ' ' : ''}${encode(value[key] ?? null, indent, inner, keysOf)}`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (!indent) return open + parts.join(',') + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${prefix}${close}`;
}

const ESCAPES: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A JSON string with Go's escapes for HTML. */
function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character);
}

/** A number as Go's encoding/json writes a float64: exponents below 1e-6 and from 1e21 on. */
export function goNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-6 || magnitude >= 1e21)) return value.toExponential().replace('e-0', 'e-');
  return String(value);
}
