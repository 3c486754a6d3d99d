import { isMap, ownValue, setKey, type JsonMap } from '../json';
import type { Json } from '../objects';

/** Applies a JSON merge patch (RFC 7386): null deletes, maps merge, anything else replaces. Shares what stays. */
export function applyMergePatch(original: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const merged: JsonMap = isMap(original) ? { ...original } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key]!;
    if (value === null) delete merged[key];
    else setKey(merged, key, applyMergePatch(ownValue(merged, key), value));
  }
  return merged;
}
