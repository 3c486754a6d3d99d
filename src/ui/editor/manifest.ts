import { LineCounter, type Document } from 'yaml';
import { isMap as isJsonMap, type JsonMap } from '../../api/json';
import { parseYamlDocument } from '../../base/yaml';
import { yamlToJson } from '../../kubectl/manifest/yaml';
import type { Problem } from './problems';
import { rangeOf, spansAlong, type FieldPath } from './yaml-spans';

/** One document of a file: an object, and where it stands in the text. */
export interface ManifestDocument {
  text: string;
  /** The line of the file, from 1, on which `text` begins. */
  textLine: number;
  /** The line of the file, from 1, on which its content begins. */
  fromLine: number;
  value: JsonMap;
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  /** The line of the file on which the value at a path begins; the nearest line above where there is no such path. */
  lineOf(path: FieldPath): number;
  /** The lines of a path's steps, as far as the path leads. */
  linesAlong(path: FieldPath): number[];
}

export interface Manifest {
  documents: ManifestDocument[];
  problems: Problem[];
}

interface Part {
  text: string;
  fromLine: number;
}

/** Above this the editor does not check as one types: laying problems out would hold the page up. */
const TEXT_LIMIT = 300_000;

/** Reads a file's documents as kubectl does, and keeps where each value stands. */
export function readManifest(text: string): Manifest {
  const manifest: Manifest = { documents: [], problems: [] };
  if (text.length > TEXT_LIMIT) {
    const message = 'This file is too long to be checked while you type. Apply sends it as it is.';
    manifest.problems.push({ line: 1, severity: 'warning', message });
    return manifest;
  }
  for (const part of partsOf(text)) readPart(part, manifest);
  return manifest;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let fromLine = 1;
  text.split('\n').forEach((line, index) => {
    if (line.startsWith('---')) {
      parts.push({ text: lines.join('\n'), fromLine });
      lines = [];
      fromLine = index + 2;
    } else {
      lines.push(line);
    }
  });
  parts.push({ text: lines.join('\n'), fromLine });
  return parts.filter((part) => /^\s*[^\s#]/m.test(part.text));
}

function readPart(part: Part, manifest: Manifest): void {
  const counter = new LineCounter();
  let document: Document;
  let value: unknown;
  try {
    document = parseYamlDocument(part.text, { lineCounter: counter, version: '1.1', logLevel: 'silent' });
    for (const error of document.errors.filter((one) => one.code === 'DUPLICATE_KEY')) {
      const line = part.fromLine + counter.linePos(error.pos[0]).line - 1;
      manifest.problems.push({ line, severity: 'warning', message: 'This key is there twice; the last one counts.' });
    }
    value = yamlToJson(part.text);
  } catch (error) {
    manifest.problems.push({ line: faultyLine(part), severity: 'error', message: reasonOf(error) });
    return;
  }
  if (!isJsonMap(value)) {
    manifest.problems.push({
      line: firstContent(part),
      severity: 'error',
      message: 'An object begins with apiVersion, kind and metadata.',
    });
    return;
  }
  manifest.documents.push(documentOf(part, document, counter, value, manifest.problems));
}

function documentOf(
  part: Part,
  document: Document,
  counter: LineCounter,
  value: JsonMap,
  problems: Problem[],
): ManifestDocument {
  const line = firstContent(part);
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof value[field] !== 'string' || value[field] === '')
      problems.push({ line, severity: 'error', message: `${field} not set` });
  }
  const metadata = isJsonMap(value['metadata']) ? value['metadata'] : {};
  const lineAt = (offset: number): number => part.fromLine + counter.linePos(offset).line - 1;
  const linesAlong: ManifestDocument['linesAlong'] = (path) =>
    spansAlong(document.contents, path).map(({ from }) => lineAt(from));
  const text = (field: unknown): string => (typeof field === 'string' ? field : '');
  return {
    text: part.text,
    textLine: part.fromLine,
    fromLine: line,
    value,
    apiVersion: text(value['apiVersion']),
    kind: text(value['kind']),
    namespace: text(metadata['namespace']),
    name: text(metadata['name']) || text(metadata['generateName']),
    lineOf: (path) => linesAlong(path).at(-1) ?? lineAt(rangeOf(document.contents)?.[0] ?? 0),
    linesAlong,
  };
}

function lastLine(part: Part): number {
  return part.fromLine + part.text.trimEnd().split('\n').length - 1;
}

function firstContent(part: Part): number {
  const index = part.text.split('\n').findIndex((line) => /^\s*[^\s#]/.test(line));
  return part.fromLine + Math.max(0, index);
}

/** The line of the first thing that is wrong with a part's syntax. */
function faultyLine(part: Part): number {
  try {
    const [error] = parseYamlDocument(part.text, { version: '1.1', logLevel: 'silent' }).errors;
    /* What is never closed is found missing after the end; the last line is where it is looked for. */
    return error?.linePos ? Math.min(part.fromLine + error.linePos[0].line - 1, lastLine(part)) : firstContent(part);
  } catch {
    /* Nested deeper than the parser's stack: there is no one line to point at. */
    return firstContent(part);
  }
}

/** goyaml's words; its line counts within the document, and the editor shows the file's. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'yaml: exceeded max depth of 10000';
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^error converting YAML to JSON: /, '').replace(/^(yaml: )line \d+: /, '$1');
}
