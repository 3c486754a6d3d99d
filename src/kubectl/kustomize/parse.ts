import type { Json } from '../../api/objects';
import { CliError, asError } from '../errors';
import type { JsonObject } from '../format/json';
import { isObject, objectAt, setOwn, stringMapAt, textAt } from '../format/json';
import { yamlToJson } from '../manifest/yaml';
import { resolveCore } from '../manifest/yaml-values';
import { Resource } from './resource';

/**
 * The resources of a text with one or more documents; lists are taken apart. Throws where something is no resource.
 * Models api/resource Factory.SliceFromBytes.
 */
export function parseResources(text: string): Resource[] {
  const pending = documents(text)
    .filter((one) => !isEmpty(one))
    .map(validated);
  const resources: Resource[] = [];
  for (let next = pending.shift(); next; next = pending.shift()) {
    const items = textAt(next, 'kind').endsWith('List') ? next['items'] : undefined;
    if (items === undefined) resources.push(new Resource(next));
    else if (Array.isArray(items)) pending.push(...items.filter((item) => !isEmpty(item)).map(validated));
    else if (items !== null)
      throw new CliError(`expected array in ${textAt(next, 'kind')}/items, but found ${typeof items}`);
  }
  return resources;
}

/** The resources of a file. Throws with the file's name where the text is no YAML. */
export function parseFile(text: string, name: string): Resource[] {
  try {
    return parseResources(text);
  } catch (thrown) {
    const { message } = asError(thrown);
    throw message.startsWith(MALFORMED) ? new CliError(`${message} in File: ${name}`) : thrown;
  }
}

export const MALFORMED = 'MalformedYAMLError';

function documents(text: string): Json[] {
  const parts = text
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '')
    .split(/^---.*$/m);
  try {
    return parts.map((part) => (part.trim() === '' ? null : documentOf(part)));
  } catch (thrown) {
    throw new CliError(`${MALFORMED}: ${asError(thrown).message.replace(/^error converting YAML to JSON: /, '')}`);
  }
}

function documentOf(text: string): Json {
  const value = yamlToJson(text, resolveCore);
  takeAnnotations(
    value,
    yamlToJson(text, (plain) => plain),
  );
  return value;
}

/** Annotations are texts as they are written, also where what is written is a number. */
function takeAnnotations(value: Json, written: Json): void {
  const annotations = objectAt(value, 'metadata', 'annotations');
  for (const [key, text] of stringMapAt(written, 'metadata', 'annotations'))
    if (annotations && annotations[key] !== null) setOwn(annotations, key, text);
}

function isEmpty(value: Json): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

function validated(value: Json): JsonObject {
  if (!isObject(value))
    throw new CliError(`wrong node kind: expected MappingNode but was ${nodeKind(value)}: node contents:\n`);
  const kind = textAt(value, 'kind');
  if (kind === '') throw new CliError(`missing kind in object ${metadataText(value)}`);
  if (!kind.endsWith('List') && textAt(value, 'metadata', 'name') === '')
    throw new CliError(`missing metadata.name in object ${metadataText(value)}`);
  return value;
}

function nodeKind(value: Json): string {
  return Array.isArray(value) ? 'SequenceNode' : isObject(value) ? 'MappingNode' : 'ScalarNode';
}

/** An object's type and metadata as Go's `%v` writes them. */
function metadataText(object: JsonObject): string {
  const map = (field: string): string =>
    `map[${[...stringMapAt(object, 'metadata', field)].map(([key, value]) => `${key}:${value}`).join(' ')}]`;
  const { name, namespace } = {
    name: textAt(object, 'metadata', 'name'),
    namespace: textAt(object, 'metadata', 'namespace'),
  };
  return `{{${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}} {{${name} ${namespace}} ${map('labels')} ${map('annotations')}}}`;
}

/** Takes an empty map of annotations away, and makes text of values that are none, as kustomize leaves objects. */
export function tidyAnnotations(object: JsonObject): void {
  const annotations = objectAt(object, 'metadata', 'annotations');
  if (!annotations) return;
  for (const [key, value] of Object.entries(annotations))
    if (value !== null && typeof value !== 'object') annotations[key] = String(value);
  if (Object.keys(annotations).length === 0) delete objectAt(object, 'metadata')?.['annotations'];
}
