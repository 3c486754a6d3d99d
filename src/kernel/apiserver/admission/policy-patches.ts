import { objectJson } from '../../../api/cel/object-literals';
import { CelError, type CelValue } from '../../../api/cel/values';
import { elementText } from '../../../api/fields/field-set';
import { merge } from '../../../api/fields/merge';
import { schemaOfKey, shapeOf } from '../../../api/fields/shapes';
import { faultsOf } from '../../../api/fields/validate';
import { isMap, type JsonMap } from '../../../api/json';
import type { ApiObject, DraftObject, Json } from '../../../api/objects';
import { applyJsonPatch, JsonPatchFailure } from '../../../api/patch/json-patch';
import type { FieldSchema } from '../../../api/schema/types';
import { ApiError } from '../../../api/status';
import { decodeCustom } from '../custom/decode-custom';
import type { Source } from '../decode/go-json';
import { decodeTyped } from '../decode/typed';
import type { Resource } from '../kind';
import { versionsOf } from '../ownership/settle';
import { withStructure } from '../structure';

/** Models apiserver/pkg/admission/plugin/policy/mutating/patch: what a policy's expression makes of an object. */

/** Why a patch cannot be applied; it is the policy's fault. */
export class PatchFault extends Error {}

/** Lays an `Object{…}` over the object, part by part. Throws PatchFault. */
export function withConfiguration(object: ApiObject, made: CelValue, resource: Resource): ApiObject {
  const { apiVersion, row } = resource;
  const config = { ...(jsonOfMade(made) as JsonMap), apiVersion, kind: row.kind };
  const schema = versionsOf(resource).schemaOf(apiVersion)!;
  const fault = faultsOf(config, schema);
  const applying = (why: string): PatchFault => new PatchFault(`error applying patch: ${why}`);
  if (fault !== undefined) throw applying(`failed to convert patch object to typed object: ${fault}`);
  const atomics = atomicsOf(config, schema, '');
  if (atomics.length > 0)
    throw applying(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  return decoded(merge(object as unknown as Json, config, schema) as JsonMap, object, resource);
}

/** What has parts without owners of their own: who says some of them would take the others away. */
function atomicsOf(value: Json, schema: FieldSchema, path: string): string[] {
  const shape = shapeOf(schema, value);
  if (shape.is === 'map' && isMap(value)) {
    const inner = Object.keys(value).flatMap((key) => {
      const field = schemaOfKey(shape, key);
      return field ? atomicsOf(value[key]!, field, path + elementText(`f:${key}`)) : [];
    });
    return [...(shape.atomic ? [path] : []), ...inner];
  }
  if (shape.is !== 'list' || !Array.isArray(value)) return [];
  const items = value.flatMap((item, index) => atomicsOf(item, shape.items, `${path}[${index}]`));
  return [...(shape.atomic ? [path] : []), ...items];
}

/** Applies a list of `JSONPatch{…}`; where a test of it fails nothing happens. Throws PatchFault, and ApiError 500. */
export function withPatches(object: ApiObject, made: CelValue, resource: Resource): ApiObject {
  const operations = jsonOfMade(made) as Json[];
  try {
    return decoded(applyJsonPatch(object as unknown as Json, operations), object, resource);
  } catch (error) {
    if (!(error instanceof JsonPatchFailure)) throw error;
    if (error.message.startsWith('testing value')) return object;
    throw new PatchFault(`JSON Patch: ${error.message}`);
  }
}

function jsonOfMade(made: CelValue): Json {
  try {
    return objectJson(made);
  } catch (error) {
    if (error instanceof CelError) throw new PatchFault(error.message);
    throw error;
  }
}

/** The changed object, read as if it had been sent, with its defaults. What only the server says stays. */
function decoded(changed: Json, before: ApiObject, resource: Resource): ApiObject {
  const draft = resource.custom
    ? decodeCustom(changed as Source, resource).object
    : typed(changed, resource.typeName ?? '');
  const { apiVersion, kind, metadata } = before;
  const kept = { ...draft.metadata } as ApiObject['metadata'];
  for (const key of KEPT) {
    delete kept[key];
    if (metadata[key] !== undefined) Object.assign(kept, { [key]: metadata[key] });
  }
  const whole = { ...draft, apiVersion, kind, metadata: kept } as ApiObject;
  return resource.kind.defaults ? resource.kind.defaults(whole) : whole;
}

const KEPT = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
] as const;

function typed(changed: Json, typeName: string): DraftObject {
  const { value, fault, strict } = decodeTyped(changed as Source, typeName);
  const why = fault ?? (strict.length > 0 ? `strict decoding error: ${strict.join(', ')}` : undefined);
  if (why !== undefined)
    throw new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
  return withStructure(value, typeName) as unknown as DraftObject;
}
