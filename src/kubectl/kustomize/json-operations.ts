import type { Json } from '../../api/objects';
import { applyJsonPatch, JsonPatchFailure } from '../../api/patch/json-patch';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, textAt } from '../format/json';

/** An object after a JSON patch. Throws in evanphx/json-patch's words where an operation does not apply. */
export function withOperations(object: JsonObject, operations: readonly Json[]): JsonObject {
  const patched = operations.reduce<Json>(applied, copyJson(object));
  if (!isObject(patched)) throw new CliError('a JSON patch leaves no object');
  return copyJson(patched);
}

function applied(document: Json, operation: Json): Json {
  try {
    return applyJsonPatch(document, [operation]);
  } catch (thrown) {
    if (!(thrown instanceof JsonPatchFailure)) throw thrown;
    throw new CliError(failureText(operation, thrown.message));
  }
}

function failureText(operation: Json, message: string): string {
  const [op, path, from] = ['op', 'path', 'from'].map((key) => textAt(operation, key)) as [string, string, string];
  const noParent = message.startsWith('doc is missing path');
  const key = path.split('/').at(-1) ?? '';
  switch (op) {
    case 'add':
      return noParent
        ? `add operation does not apply: doc is missing path: "${path}": missing value`
        : `error in add for path: '${path}': ${message}${indexReason(message)}`;
    case 'remove':
      return noParent
        ? `remove operation does not apply: doc is missing path: "${path}": missing value`
        : `error in remove for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`;
    case 'replace':
      return `replace operation does not apply: doc is missing ${noParent ? 'path' : 'key'}: ${path}: missing value`;
    case 'test':
      return `testing value ${path} failed: test failed`;
    case 'move':
    case 'copy':
      return `${op} operation does not apply: doc is missing from path: ${from}: missing value`;
    default:
      return message;
  }
}

const indexReason = (message: string): string =>
  message.startsWith('Unable to access invalid index') ? ': invalid index referenced' : '';
