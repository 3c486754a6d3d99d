import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { JsonTrouble, readGoJson } from './go-json-reader';
import { yamlToJson } from './yaml';

/**
 * The documents of a manifest, JSON or YAML, one after the other, so that those before a faulty one are seen.
 * Throws a CliError for a document that cannot be read. Models k8s.io/apimachinery/pkg/util/yaml YAMLOrJSONDecoder.
 */
export function* readDocuments(source: string): Generator<Json> {
  const text = source.replace(/^\ufeff/, '');
  if (!/^\s*\{/.test(text)) {
    yield* readYamlDocuments(text);
    return;
  }
  let position = 0;
  let count = 0;
  for (;;) {
    let trouble: Error;
    try {
      const read = readGoJson(text, position);
      if (!read) return;
      position = read.end;
      count++;
      yield read.value;
      continue;
    } catch (thrown) {
      if (!(thrown instanceof JsonTrouble)) throw thrown;
      trouble = new CliError(
        thrown.offset === undefined ? thrown.message : `json: offset ${thrown.offset}: ${thrown.message}`,
      );
    }
    if (count > 1) throw trouble;
    yield* asYaml(text.slice(position).replace(/^\s*\n/, ''), trouble);
    return;
  }
}

/** A flow mapping looks like JSON at first; the trouble with it as JSON is told where it is no YAML either. */
function* asYaml(text: string, trouble: Error): Generator<Json> {
  const documents = readYamlDocuments(text);
  for (let first = true; ; first = false) {
    let next: IteratorResult<Json>;
    try {
      next = documents.next();
    } catch (thrown) {
      throw first ? trouble : thrown;
    }
    if (next.done) return;
    yield next.value;
  }
}

/** Splits at lines of `---`; each part is read only when its turn comes. */
function* readYamlDocuments(text: string): Generator<Json> {
  let buffer = '';
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const raw of lines) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.startsWith('---')) {
      const rest = line.slice(3).trim();
      if (rest !== '' && !rest.startsWith('#')) throw new CliError(`invalid Yaml document separator: ${rest}`);
      if (buffer !== '') {
        yield yamlToJson(buffer);
        buffer = '';
      }
    } else buffer += `${line}\n`;
  }
  if (buffer !== '') yield yamlToJson(buffer);
}
