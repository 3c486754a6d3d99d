import type { Json } from '../../api/objects';
import { resolvePlain } from '../manifest/yaml-values';
import { goNumber } from '../format/go-json';
import { isObject, sortedKeys } from '../format/json';

/** The flow style of YAML that is read by YAML parsers and hard to misread by people. Models sigs.k8s.io/yaml/kyaml. */
export function toKyaml(value: Json): string {
  return `---\n${render(value, 0)}\n`;
}

const pad = (level: number): string => '  '.repeat(level);

function render(value: Json, level: number): string {
  if (typeof value === 'string') return quoted(value, level + 1);
  if (Array.isArray(value)) return renderList(value, level);
  if (isObject(value)) return renderMap(value, level);
  return typeof value === 'number' ? goNumber(value) : String(value);
}

/** Lists of lists and maps hug their brackets; scalars stand on lines of their own. */
function renderList(items: Json[], level: number): string {
  if (items.length === 0) return '[]';
  const hugging = items.every((item) => typeof item === 'object' && item !== null);
  if (hugging) return `[${items.map((item) => render(item, level)).join(', ')}]`;
  return `[\n${items.map((item) => `${pad(level + 1)}${render(item, level + 1)},\n`).join('')}${pad(level)}]`;
}

function renderMap(object: { [key: string]: Json }, level: number): string {
  const keys = sortedKeys(object);
  if (keys.length === 0) return '{}';
  const lines = keys.map((key) => `${pad(level + 1)}${keyText(key)}: ${render(object[key] ?? null, level + 1)},\n`);
  return `{\n${lines.join('')}${pad(level)}}`;
}

function keyText(key: string): string {
  return isPlainKey(key)
    ? key
    : `"${[...key].map((character) => (character === '\n' ? '\\n' : character === '\t' ? '\\t' : escaped(character))).join('')}"`;
}

function isPlainKey(key: string): boolean {
  if (typeof resolvePlain(key) !== 'string' || /^\d{4}-/.test(key)) return false;
  if (/^[+-]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(key)) return false;
  return /^[\p{L}\p{N}_]([\p{L}\p{N}_\-./]*[\p{L}\p{N}_])?$/u.test(key);
}

const FOLD = '\\\n';

/** A quoted string; one with line breaks goes on a line for each. */
function quoted(text: string, level: number): string {
  if (!text.includes('\n')) return `"${[...text].map(escaped).join('')}"`;
  let out = `"${FOLD}`;
  for (const character of text) {
    if (out.endsWith('\n')) out += pad(level) + (/\s/.test(character) && character !== '\n' ? '\\' : ' ');
    out += character === '\n' ? `\\n${FOLD}` : character === '\t' ? '\t' : escaped(character);
  }
  if (!out.endsWith('\n')) out += FOLD;
  return `${out}${pad(level)}"`;
}

const ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\v': '\\v',
  '\0': '\\0',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(character: string): string {
  const short = ESCAPES[character];
  if (short) return short;
  const code = character.codePointAt(0) ?? 0;
  if (character === '\t' || (code >= 0x20 && code !== 0x7f && !/\p{C}/u.test(character))) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
