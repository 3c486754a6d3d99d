import type { Json } from '../../api/objects';
import { goJson } from '../format/go-json';
import type { JsonObject } from '../format/json';
import { isObject, objectAt, textAt } from '../format/json';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What was applied last, as the annotation keeps it; undefined without one or where it cannot be read. */
export function lastApplied(object: JsonObject): JsonObject | undefined {
  const text = textAt(object, 'metadata', 'annotations', LAST_APPLIED);
  if (text === '') return undefined;
  try {
    const parsed: Json = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function hasLastApplied(object: JsonObject | undefined): boolean {
  return textAt(object, 'metadata', 'annotations', LAST_APPLIED) !== '';
}

/** The object without the annotation, as the annotation itself keeps it. */
export function withoutLastApplied(object: JsonObject): JsonObject {
  const { [LAST_APPLIED]: _previous, ...annotations } = objectAt(object, 'metadata', 'annotations') ?? {};
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  return { ...object, metadata: { ...metadata, annotations } };
}

/** The object with itself, as it is, in the annotation. Models pkg/util GetModifiedConfiguration. */
export function withLastApplied(object: JsonObject): JsonObject {
  const plain = withoutLastApplied(object);
  const metadata = objectAt(plain, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations'), [LAST_APPLIED]: `${goJson(plain)}\n` };
  return { ...plain, metadata: { ...metadata, annotations } };
}
