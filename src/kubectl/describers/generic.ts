import type { Json } from '../../api/objects';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { isObject, sortedKeys } from '../format/json';
import { describerWithEvents } from './describer';
import type { Description } from './description';

const SKIPPED = new Set(
  ['managedFields', 'name', 'namespace', 'labels', 'annotations'].map((field) => `.metadata.${field}`),
);

/** Any kind without a describer of its own: all its fields. Models genericDescriber. */
export const describeGeneric = describerWithEvents((description, object) => {
  description.heading(object, true);
  description.labelsAndAnnotations(object);
  writeContent(description, 0, object, '');
});

function writeContent(description: Description, level: number, content: JsonObject, prefix: string): void {
  for (const field of sortedKeys(content)) {
    const path = `${prefix}.${field}`;
    if (SKIPPED.has(path)) continue;
    const value: Json = content[field] ?? null;
    if (isObject(value)) {
      description.line(level, `${smartLabel(field)}:`);
      writeContent(description, level + 1, value, path);
    } else if (Array.isArray(value)) {
      description.line(level, `${smartLabel(field)}:`);
      for (const item of value) {
        if (isObject(item)) writeContent(description, level + 1, item, path);
        else description.line(level + 1, goValue(item));
      }
    } else description.field(smartLabel(field), goValue(value), level);
  }
}

const ACRONYMS = new Set(['API', 'URL', 'UID', 'GUID']);

/** `creationTimestamp` → `Creation Timestamp`. Models smartLabelFor. */
function smartLabel(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const parts = splitCamelCase(field);
  const merged: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    const next = parts[index + 1];
    const acronym = part.length >= 2 && part === part.toUpperCase() && next !== undefined && /^\p{Lu}/u.test(next);
    merged.push(acronym ? part + next : part);
    if (acronym) index++;
  }
  return merged
    .map((part) => {
      if (ACRONYMS.has(part.toUpperCase())) return part.toUpperCase();
      return part === part.toLowerCase() ? part.charAt(0).toUpperCase() + part.slice(1) : part;
    })
    .join(' ');
}

/** Words of a camel-case name; runs of capitals keep together up to the last, which begins the next word. */
function splitCamelCase(text: string): string[] {
  return text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[^\p{L}]+|\p{Lu}/gu) ?? [];
}
