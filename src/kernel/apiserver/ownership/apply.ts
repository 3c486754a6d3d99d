import { apply, Conflicts, type Application, type Applied, type Conflict } from '../../../api/fields/apply';
import { compare } from '../../../api/fields/compare';
import { difference, hasPath, pathText, type FieldSet } from '../../../api/fields/field-set';
import { entriesOf, type ManagedFieldsEntry, type Managed, type Managers } from '../../../api/fields/managed';
import { fieldsOf } from '../../../api/fields/select';
import { updated } from '../../../api/fields/update';
import { faultsOf } from '../../../api/fields/validate';
import { equalJson, isMap, ownValue, setKey, type JsonMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import { ApiError, badRequest } from '../../../api/status';
import type { Resource } from '../kind';
import { ownersOf, resetOf } from './pending';
import { emptyObject, managersOf, versionsOf } from './settle';

/** Models pkg/util/managedfields FieldManager.Apply and the managers it is made of. */

export interface ApplyRequest {
  readonly resource: Resource;
  readonly subresource: string;
  readonly manager: string;
  readonly force: boolean;
  /** RFC 3339. */
  readonly time: string;
}

/** Who owns what was there before managers were tracked. */
const BEFORE_FIRST_APPLY = 'before-first-apply';
/** kubectl's server-side apply takes over what its client-side apply has left. */
const KUBECTL = 'kubectl';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const ANNOTATIONS_MAX_BYTES = 256 * 1024;

/**
 * Applies a configuration to an object as it is shown in the resource's version, without its managers; `undefined` makes a
 * new one. `stored` is the object as it is stored. Throws ApiError: 400 for another kind, 409 for conflicts, 500 for what does not fit the type.
 */
export function applyConfig(
  live: JsonMap | undefined,
  stored: ApiObject | undefined,
  config: JsonMap,
  request: ApplyRequest,
): Applied {
  const { resource } = request;
  checkKind(config, resource);
  if (isMap(config['metadata']) && (ownValue(config['metadata'], 'managedFields') ?? null) !== null)
    throw badRequest('metadata.managedFields must be nil');
  const versions = versionsOf(resource);
  const schema = versions.schemaOf(resource.apiVersion)!;
  const fault = faultsOf(config, schema);
  if (fault !== undefined)
    throw new ApiError(500, '', `failed to create typed patch object (${subjectOf(config)}): ${fault}`);
  const reset = resetOf(resource, request.subresource);
  const { apiVersion } = resource;
  const by = { manager: request.manager, operation: 'Apply', apiVersion, subresource: request.subresource } as const;
  const how: Application = { by, time: request.time, force: request.force, reset, versions };
  const base = live ?? emptyObject(resource);
  const liveFault = faultsOf(base, schema, 'allowed');
  if (liveFault !== undefined)
    throw new ApiError(500, '', `failed to create typed live object (${subjectOf(base)}): ${liveFault}`);
  const applied = appliedOrRefused(base, config, trackedManagers(live, stored, request), how);
  return request.manager === KUBECTL ? withLastApplied(applied, config) : applied;
}

function checkKind(config: JsonMap, { apiVersion, row }: Resource): void {
  if (config['apiVersion'] !== apiVersion || config['kind'] !== row.kind)
    throw badRequest(`invalid object type: ${kindText(config)}`);
}

/** A group, version and kind as messages write them: `apps/v1, Kind=Deployment`. */
function kindText(object: JsonMap): string {
  const apiVersion = String(ownValue(object, 'apiVersion') ?? '');
  return `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${String(ownValue(object, 'kind') ?? '')}`;
}

/** How messages name a configuration. */
export function subjectOf(config: JsonMap): string {
  const metadata = isMap(config['metadata']) ? config['metadata'] : {};
  const text = (key: string): string => (typeof metadata[key] === 'string' ? metadata[key] : '');
  return `${text('namespace')}/${text('name')}; ${kindText(config)}`;
}

/** The managers of an object; where there are none, all that is there gets one. */
function trackedManagers(live: JsonMap | undefined, stored: ApiObject | undefined, request: ApplyRequest): Managers {
  const { resource, subresource, time } = request;
  const managers = managersOf(stored && ownersOf(stored), stored, resource);
  if (managers.size > 0 || !live) return managers;
  const { apiVersion } = resource;
  const by = { manager: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion, subresource } as const;
  const change = {
    inVersion: apiVersion,
    before: emptyObject(resource),
    after: live,
    reset: resetOf(resource, subresource),
  };
  return updated(managers, by, time, change, versionsOf(resource));
}

/** Applies; what client-side apply has left to kubectl is no conflict for it. Models lastappliedmanager.go. */
function appliedOrRefused(live: JsonMap, config: JsonMap, managers: Managers, how: Application): Applied {
  try {
    return apply(live, config, managers, how);
  } catch (error) {
    if (!(error instanceof Conflicts)) throw error;
    const allowed = how.by.manager === KUBECTL ? lastAppliedFields(live, how) : undefined;
    const conflicts = allowed ? error.list.filter(({ path }) => !hasPath(allowed, path)) : error.list;
    if (conflicts.length > 0) throw conflictRefusal(conflicts);
    return apply(live, config, managers, { ...how, force: true });
  }
}

/** The fields that client-side apply has set and nobody has changed since. */
function lastAppliedFields(live: JsonMap, { by, versions }: Application): FieldSet | undefined {
  const text = lastAppliedOf(live);
  if (text === undefined) return undefined;
  const schema = versions.schemaOf(by.apiVersion)!;
  const applied = parsed(text);
  if (!applied || applied['apiVersion'] !== by.apiVersion || faultsOf(applied, schema) !== undefined) return undefined;
  const { modified, added, removed } = compare(applied, live, schema);
  return difference(difference(difference(fieldsOf(applied, schema), modified), added), removed);
}

function parsed(text: string): JsonMap | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function annotationsOf(object: JsonMap): JsonMap | undefined {
  const metadata = object['metadata'];
  const annotations = isMap(metadata) ? ownValue(metadata, 'annotations') : undefined;
  return isMap(annotations) ? annotations : undefined;
}

function lastAppliedOf(object: JsonMap): string | undefined {
  const text = ownValue(annotationsOf(object) ?? {}, LAST_APPLIED);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Keeps the annotation of client-side apply up to date. Models lastappliedupdater.go. */
function withLastApplied({ object, managers }: Applied, config: JsonMap): Applied {
  if (lastAppliedOf(object) === undefined) return { object, managers };
  const { [LAST_APPLIED]: _old, ...kept } = annotationsOf(config) ?? {};
  const metadata = { ...(config['metadata'] as JsonMap) };
  if (annotationsOf(config)) setKey(metadata, 'annotations', kept);
  const text = `${JSON.stringify(sorted({ ...config, metadata }))}\n`;
  const { [LAST_APPLIED]: _last, ...others } = annotationsOf(object)!;
  const annotations =
    bytesOf(others) + LAST_APPLIED.length + text.length > ANNOTATIONS_MAX_BYTES
      ? others
      : { ...others, [LAST_APPLIED]: text };
  return { object: { ...object, metadata: { ...(object['metadata'] as JsonMap), annotations } }, managers };
}

const bytesOf = (annotations: JsonMap): number =>
  Object.entries(annotations).reduce((bytes, [key, value]) => bytes + key.length + String(value).length, 0);

/** As Go writes maps: keys in alphabetical order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const copy: JsonMap = {};
  for (const key of Object.keys(value).sort()) setKey(copy, key, sorted(value[key]!));
  return copy;
}

/** Models conflict.go. */
function conflictRefusal(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ by, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(by)}`,
    field: pathText(path),
  }));
  return new ApiError(409, 'Conflict', `Apply failed with ${conflictText(conflicts)}`, { causes });
}

function conflictText(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 1) {
    const { by, path } = conflicts[0]!;
    return `1 conflict: conflict with ${managerText(by)}: ${pathText(path)}`;
  }
  const managers = [...new Set(conflicts.map(({ by }) => by))].sort((left, right) =>
    left.manager < right.manager ? -1 : 1,
  );
  const lines = managers.flatMap((manager) => [
    `conflicts with ${managerText(manager)}:`,
    ...conflicts.filter(({ by }) => by === manager).map(({ path }) => `- ${pathText(path)}`),
  ]);
  return `${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function managerText({ manager, subresource, operation, apiVersion }: Managed): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** The entries of an apply that changed nothing but their times, as they were. Models IgnoreManagedFieldsTimestamps. */
export function isSameButTimes(entries: readonly ManagedFieldsEntry[] | undefined, managers: Managers): boolean {
  const next = entriesOf(managers) ?? [];
  const now = entries ?? [];
  return (
    next.length === now.length &&
    next.every((entry, index) => equalJson({ ...entry, time: '' }, { ...now[index], time: '' }))
  );
}
