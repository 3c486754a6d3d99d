import { equalJson, isMap, ownValue, setKey } from '../json';
import type { Json } from '../objects';

/** Thrown where an operation does not apply; the API server answers 422 without these words. */
export class JsonPatchFailure extends Error {
  override name = 'JsonPatchFailure';
}

/**
 * Applies a JSON patch (RFC 6902) with the habits of the library that Kubernetes uses: `replace` of a missing key adds
 * it, what stands before the first slash of a path is ignored, and negative indices count from the end of a list.
 * Models evanphx/json-patch v4 Patch.Apply. Shares what stays.
 */
export function applyJsonPatch(original: Json, operations: Json[]): Json {
  return operations.reduce<Json>(applyOperation, original);
}

function applyOperation(document: Json, operation: Json): Json {
  if (!isMap(operation)) throw new JsonPatchFailure('operation is no object');
  const path = pathOf(operation['path']);
  const value = operation['value'] ?? null;
  switch (operation['op']) {
    case 'add':
      return add(document, path, value);
    case 'remove':
      return change(document, path, removeAt);
    case 'replace':
      return path.length === 0 ? value : change(document, path, (parent, key) => replaceAt(parent, key, value));
    case 'move': {
      const from = pathOf(operation['from']);
      const moved = valueAt(document, from);
      return add(change(document, from, removeAt), path, moved ?? null);
    }
    case 'copy':
      return add(document, path, valueAt(document, pathOf(operation['from'])) ?? null);
    case 'test':
      if (equalJson(valueAt(document, path) ?? null, value)) return document;
      throw new JsonPatchFailure(`testing value ${String(operation['path'])} failed`);
    default:
      throw new JsonPatchFailure(`Unexpected kind: ${String(operation['op'])}`);
  }
}

function pathOf(pointer: Json | undefined): string[] {
  if (typeof pointer !== 'string') throw new JsonPatchFailure('missing path');
  if (pointer === '') return [];
  const parts = pointer.split('/').slice(1);
  if (parts.length === 0) throw new JsonPatchFailure(`doc is missing path: ${pointer}`);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function add(document: Json, path: string[], value: Json): Json {
  return path.length === 0 ? value : change(document, path, (parent, key) => addAt(parent, key, value));
}

/** A copy of the document in which `edit` has changed the parent of the path's end. */
function change(document: Json, path: string[], edit: (parent: Json, key: string) => Json, depth = 0): Json {
  const key = path[depth];
  if (key === undefined) throw new JsonPatchFailure('the whole document cannot be removed');
  if (depth === path.length - 1) return edit(document, key);
  const child = childOf(document, key);
  if (child === undefined || child === null) throw new JsonPatchFailure(`doc is missing path: /${path.join('/')}`);
  return replaceAt(document, key, change(child, path, edit, depth + 1));
}

function valueAt(document: Json, path: string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path) value = value === undefined || value === null ? missing(key) : childOf(value, key);
  return value;
}

function missing(key: string): never {
  throw new JsonPatchFailure(`doc is missing key: ${key}`);
}

function childOf(parent: Json, key: string): Json | undefined {
  if (Array.isArray(parent)) return parent[indexOf(key, parent.length, parent.length - 1)];
  if (isMap(parent)) return ownValue(parent, key);
  return missing(key);
}

function indexOf(key: string, length: number, last: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new JsonPatchFailure(`Invalid index: ${key}`);
  const number = Number(key);
  const index = number < 0 ? number + length : number;
  if (index < 0 || index > last) throw new JsonPatchFailure(`Unable to access invalid index: ${key}`);
  return index;
}

function addAt(parent: Json, key: string, value: Json): Json {
  if (!Array.isArray(parent)) return replaceAt(parent, key, value);
  const index = key === '-' ? parent.length : indexOf(key, parent.length + 1, parent.length);
  return [...parent.slice(0, index), value, ...parent.slice(index)];
}

function replaceAt(parent: Json, key: string, value: Json): Json {
  if (Array.isArray(parent)) return parent.with(indexOf(key, parent.length, parent.length - 1), value);
  if (!isMap(parent)) return missing(key);
  const copy = { ...parent };
  setKey(copy, key, value);
  return copy;
}

function removeAt(parent: Json, key: string): Json {
  if (Array.isArray(parent)) return parent.toSpliced(indexOf(key, parent.length, parent.length - 1), 1);
  if (!isMap(parent) || !Object.hasOwn(parent, key)) return missing(key);
  const copy = { ...parent };
  delete copy[key];
  return copy;
}
