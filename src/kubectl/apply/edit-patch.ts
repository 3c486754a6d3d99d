import type { PatchType } from '../cluster/writes';
import type { JsonObject } from '../format/json';
import { textAt } from '../format/json';
import { patchSchemaOf } from './patch-schema';
import { mergeDiff, twoWayStrategicPatch } from './three-way';

/** The patch from an object as it was opened to what was made of it: strategic where its kind is known. Models visitToPatch. */
export function twoWayPatch(before: JsonObject, after: JsonObject): { type: PatchType; patch: JsonObject } {
  const schema = patchSchemaOf(textAt(before, 'apiVersion'), textAt(before, 'kind'));
  return schema
    ? { type: 'strategic', patch: twoWayStrategicPatch(before, after, schema) }
    : { type: 'merge', patch: mergeDiff(before, after) };
}
