import { JsonPatchFailure, applyJsonPatch } from '../../api/patch/json-patch';
import { applyMergePatch } from '../../api/patch/merge';
import { applyStrategicPatch } from '../../api/patch/strategic';
import { typeNameOfKind } from '../../api/schema/tables';
import { CliError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { text } from '../flags/flags';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, textAt } from '../format/json';
import { parseGoJson } from '../manifest/go-json-reader';
import type { Session } from '../session';

/** The flags with which a generated object is changed before it is sent. */
export const OVERRIDE_FLAGS: FlagSpec[] = [
  text('overrides', 'JSON that is put over the object.'),
  text('override-type', 'How: json, merge or strategic.', { default: 'merge', values: ['json', 'merge', 'strategic'] }),
];

/** The object with `--overrides`. Throws for what is no JSON and for unknown kinds of overriding. */
export function overridden({ flags }: Session, object: JsonObject): JsonObject {
  const overrides = flags.text('overrides');
  if (overrides === '') return object;
  const type = flags.text('override-type') || 'merge';
  if (!['json', 'merge', 'strategic'].includes(type)) throw new CliError(`invalid override type: ${type}`);
  let patch;
  try {
    patch = parseGoJson(overrides);
  } catch {
    throw new CliError('Invalid JSON Patch');
  }
  const original = copyJson(object);
  if (type === 'merge') return objectOf(applyMergePatch(original, patch));
  const typeName = typeNameOfKind(textAt(object, 'apiVersion'), textAt(object, 'kind'));
  if (type === 'strategic') return objectOf(applyStrategicPatch(original, patch, typeName));
  try {
    return objectOf(applyJsonPatch(original, Array.isArray(patch) ? patch : []));
  } catch (thrown) {
    throw thrown instanceof JsonPatchFailure ? new CliError(thrown.message) : thrown;
  }
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
