import type { Json } from '../../api/objects';
import { isObject, setOwn } from '../format/json';
import type { JsonObject } from '../format/json';
import type { DryRun } from '../session';
import type { Info } from './info';
import { pathOf } from './discovery';
import { pathOfInfo } from './info';
import type { Rest } from './rest';

/** How writes are sent. Models resource.Helper. */
export interface WriteOptions {
  fieldManager?: string;
  dryRun?: DryRun;
  fieldValidation?: string;
}

function queryOf({ fieldManager, dryRun, fieldValidation }: WriteOptions): Record<string, string> {
  const query: Record<string, string> = {};
  if (fieldManager) query['fieldManager'] = fieldManager;
  if (fieldValidation) query['fieldValidation'] = fieldValidation;
  if (dryRun === 'server') query['dryRun'] = 'All';
  return query;
}

/** Creates the object. A resourceVersion of the manifest is left out, as upstream does. */
export function createObject(rest: Rest, info: Info, object: JsonObject, options: WriteOptions): Promise<Json> {
  const path = pathOf(info.mapping, info.namespace, '', '');
  return rest.json('POST', path, { query: queryOf(options), body: withoutVersion(object) });
}

function withoutVersion(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata) || !metadata['resourceVersion']) return object;
  const { resourceVersion: _stale, ...rest } = metadata;
  return { ...object, metadata: rest };
}

export type PatchType = 'strategic' | 'merge' | 'json' | 'apply';

export const PATCH_CONTENT: Record<PatchType, string> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export function patchObject(
  rest: Rest,
  info: Info,
  type: PatchType,
  patch: Json,
  options: WriteOptions & { force?: boolean },
): Promise<Json> {
  const query = queryOf(options);
  if (type === 'apply' && options.force !== undefined) query['force'] = String(options.force);
  return rest.json('PATCH', pathOfInfo(info), { query, headers: { 'content-type': PATCH_CONTENT[type] }, body: patch });
}

/** Puts the object in the place of the present one, whatever its version is now. */
export async function replaceObject(rest: Rest, info: Info, object: JsonObject, options: WriteOptions): Promise<Json> {
  const path = pathOfInfo(info);
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const query = queryOf(options);
  if (metadata['resourceVersion']) return rest.json('PUT', path, { query, body: object });
  const present = await rest.json('GET', pathOfInfo({ ...info, subresource: '' }));
  const fresh = { ...metadata };
  if (isObject(present) && isObject(present['metadata'])) {
    setOwn(fresh, 'resourceVersion', present['metadata']['resourceVersion'] ?? null);
  }
  return rest.json('PUT', path, { query, body: { ...object, metadata: fresh } });
}

export type Cascade = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteSpec {
  /** Seconds; left to the server when undefined. */
  gracePeriodSeconds?: number;
  propagationPolicy?: Cascade;
  dryRun?: DryRun;
}

export function deleteObject(rest: Rest, info: Info, spec: DeleteSpec): Promise<Json> {
  const body: JsonObject = { kind: 'DeleteOptions', apiVersion: 'v1' };
  if (spec.gracePeriodSeconds !== undefined) body['gracePeriodSeconds'] = spec.gracePeriodSeconds;
  if (spec.propagationPolicy) body['propagationPolicy'] = spec.propagationPolicy;
  if (spec.dryRun === 'server') body['dryRun'] = ['All'];
  return rest.json('DELETE', pathOfInfo(info), { body });
}
