import { isMap, isScalar, isSeq, stringify, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../../api/objects';
import { parseYamlDocument } from '../../base/yaml';
import type { ManifestDocument } from './manifest';
import { rangeOf, spanOf, spansAlong, type FieldPath, type Span } from './yaml-spans';

/** A field and what it is to hold; without a value the field goes, and what it leaves empty goes with it. */
export interface FieldEdit {
  path: FieldPath;
  value?: Json | undefined;
}

/**
 * A file's text with fields of one of its documents changed; every other line stays as its writer left it. `undefined`
 * where that cannot be done line by line, as within `{…}`.
 */
export function editManifest(
  fileText: string,
  document: ManifestDocument,
  edits: readonly FieldEdit[],
): string | undefined {
  let { text } = document;
  for (const edit of [...edits].sort(fromTheEnd)) {
    const edited = editText(text, edit);
    if (edited === undefined) return undefined;
    text = edited;
  }
  const lines = fileText.split('\n');
  lines.splice(document.textLine - 1, document.text.split('\n').length, text);
  return lines.join('\n');
}

/** Of items of one list the later first, so that the others keep their places. */
function fromTheEnd({ path: left }: FieldEdit, { path: right }: FieldEdit): number {
  const at = left.findIndex((step, index) => step !== right[index]);
  const [one, other] = [left[at], right[at]];
  return typeof one === 'number' && typeof other === 'number' ? other - one : 0;
}

/** One edit. What comes of it is read again, and counts only where it says exactly what was wanted. */
function editText(text: string, edit: FieldEdit): string | undefined {
  const document = parseYamlDocument(text, {});
  const root = document.contents;
  if (!isMap(root)) return undefined;
  const { path, value } = edit;
  const edited = value === undefined ? without(text, root, path) : withValue(text, root, path, value);
  if (edited === undefined) return undefined;
  if (value === undefined) deleteWithEmpty(document, path);
  else document.setIn(path, document.createNode(value));
  const reached = parseYamlDocument(edited, {});
  return reached.errors.length === 0 && sameValue(reached.toJS(), document.toJS()) ? edited : undefined;
}

function deleteWithEmpty(document: Document, path: FieldPath): void {
  document.deleteIn(path);
  const parent = path.slice(0, -1);
  const left: unknown = parent.length > 0 ? document.getIn(parent) : undefined;
  if ((isMap(left) || isSeq(left)) && left.items.length === 0) deleteWithEmpty(document, parent);
}

/** Equality of JSON where the order of keys does not count. */
function sameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return left === right;
  const [keys, others] = [Object.keys(left), Object.keys(right)];
  if (keys.length !== others.length || Array.isArray(left) !== Array.isArray(right)) return false;
  return keys.every((key) =>
    sameValue((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  );
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** Where the last character of a value stands, the white space after it left out. */
const lastOf = (text: string, { from, to }: Span): number => from + text.slice(from, to).trimEnd().length;

function withValue(text: string, root: unknown, path: FieldPath, value: Json): string | undefined {
  const span = spanOf(root, path);
  if (!span) return inserted(text, root, path, value);
  const range = rangeOf(span.value);
  if (!isScalar(span.value) || !range) return undefined;
  return text.slice(0, range[0]) + stringify(value).trimEnd() + text.slice(range[1]);
}

/** Puts what is not there yet into the nearest list or map that is. */
function inserted(text: string, root: unknown, path: FieldPath, value: Json): string | undefined {
  const spans = spansAlong(root, path);
  const depth = spans.length;
  const parent = depth === 0 ? root : spans[depth - 1]!.value;
  const step = path[depth]!;
  const inner = path
    .slice(depth + 1)
    .reduceRight<Json>((held, key) => (typeof key === 'number' ? [held] : { [key]: held }), value);
  if (isSeq(parent) && typeof step === 'number') return appended(text, parent, inner);
  if (isMap(parent) && typeof step === 'string') return withPair(text, parent, step, inner);
  return undefined;
}

function appended(text: string, list: YAMLSeq, item: Json): string | undefined {
  const last = list.items.length - 1;
  const span = spanOf(list, [last]);
  if (!span || list.flow) return undefined;
  const start = lineStart(text, span.from);
  const indent = /^ *(?=- )/.exec(text.slice(start, span.from))?.[0];
  if (indent === undefined) return undefined;
  return putLines(text, lineEnd(text, lastOf(text, span)), indented([item], indent));
}

/** A new field stands before the containers, where there are any: what a Pod is for comes last in most manifests. */
function withPair(text: string, map: YAMLMap, key: string, value: Json): string | undefined {
  if (map.flow || map.items.length === 0) return undefined;
  const names = map.items.map((pair) => String((pair.key as { value?: unknown }).value));
  const before = names.includes('containers') ? 'containers' : undefined;
  const span = spanOf(map, [before ?? names.at(-1)!]);
  if (!span) return undefined;
  const start = lineStart(text, span.from);
  const indent = text.slice(start, span.from);
  if (!/^ *$/.test(indent)) return undefined;
  const lines = indented({ [key]: value }, indent);
  if (before === undefined) return putLines(text, lineEnd(text, lastOf(text, span)), lines);
  return `${text.slice(0, start)}${lines}\n${text.slice(start)}`;
}

const indented = (value: Json, indent: string): string =>
  stringify(value, { indentSeq: false })
    .trimEnd()
    .split('\n')
    .map((line) => indent + line)
    .join('\n');

const putLines = (text: string, at: number, lines: string): string => `${text.slice(0, at)}\n${lines}${text.slice(at)}`;

function without(text: string, root: unknown, path: FieldPath): string | undefined {
  const spans = spansAlong(root, path);
  const span = spans[path.length - 1];
  const holder = path.length > 1 ? spans[path.length - 2]?.value : root;
  if (!span || !(isMap(holder) || isSeq(holder))) return undefined;
  if (holder.items.length === 1 && path.length > 1) return without(text, root, path.slice(0, -1));
  if (holder.flow) return undefined;
  const start = lineStart(text, span.from);
  const end = lineEnd(text, lastOf(text, span));
  /* The first field of a list's item shares its line with the dash; the next field moves up to it. */
  if (/^ *- $/.test(text.slice(start, span.from)) && isMap(holder)) {
    const next = /^\n+( *)(?=\S)/.exec(text.slice(end));
    return next ? text.slice(0, span.from) + text.slice(end + next[0].length) : undefined;
  }
  return text.slice(0, start) + text.slice(Math.min(text.length, end + 1));
}
