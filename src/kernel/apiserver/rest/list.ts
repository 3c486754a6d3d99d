import { fieldsMatch, parseFieldSelector, type FieldRequirement } from '../../../api/field-selector';
import { parseLabelSelector, SelectorError } from '../../../api/label-selector';
import { objectKey, type ApiObject, type Json } from '../../../api/objects';
import { requirementHolds, type LabelRequirement } from '../../../api/selectors';
import { ApiError, badRequest, expired } from '../../../api/status';
import type { Store } from '../../store/store';
import type { Resource } from '../kind';
import { withEntries } from '../ownership/settle';
import { FieldErrors } from '../validation/field-errors';
import type { Call } from './call';
import { refuseOptions } from './options';
import type { ResourcePath } from './request-info';

/** Models the list handler and the cacher behind it: selectors, pages, and reads at a revision. */

/** Which objects a list or a watch is about. */
export interface Selection {
  readonly namespace: string;
  readonly name: string;
  readonly labels: readonly LabelRequirement[];
  readonly fields: readonly FieldRequirement[];
}

/** The selection of a request. Throws ApiError 400 for what cannot be parsed, or is not selectable. */
export function selectionOf(call: Call, path: ResourcePath): Selection {
  const query = call.request.query ?? {};
  try {
    const labels = parseLabelSelector(query['labelSelector'] ?? '');
    const fields = parseFieldSelector(query['fieldSelector'] ?? '');
    for (const { field } of fields) checkSelectable(path.resource, field);
    return { namespace: path.namespace, name: path.name, labels, fields };
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function checkSelectable(resource: Resource, field: string): void {
  if (
    field === 'metadata.name' ||
    (field === 'metadata.namespace' && (resource.row.namespaced || !resource.kind.selectableFields))
  )
    return;
  if (resource.kind.selectableFields && Object.hasOwn(resource.kind.selectableFields, field)) return;
  if (resource.kind.selectableFields) throw badRequest(`field label not supported: ${field}`);
  throw badRequest(
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

/** Whether an object is selected. */
export function isSelected(object: ApiObject, selection: Selection, resource: Resource): boolean {
  const { metadata } = object;
  if (selection.namespace !== '' && metadata.namespace !== selection.namespace) return false;
  if (selection.name !== '' && metadata.name !== selection.name) return false;
  if (!selection.labels.every((requirement) => requirementHolds(requirement, metadata.labels))) return false;
  return selection.fields.length === 0 || fieldsMatch(selection.fields, (field) => fieldText(object, field, resource));
}

function fieldText(object: ApiObject, field: string, resource: Resource): string {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return resource.kind.selectableFields![field]!(object);
}

/** An object in the version that was asked for, with its managers. */
export function shown(object: ApiObject, resource: Resource): Json {
  const owned = withEntries(object, resource);
  return (resource.conversion ? resource.conversion.fromStored(owned) : owned) as unknown as Json;
}

/** A list as a handler makes it; tables and metadata lists are made of it. */
export interface ListBody {
  readonly objects: readonly ApiObject[];
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

/** All objects of a resource by their keys, as they are now. */
export function objectsOf({ core }: Call, { kind }: Resource): ReadonlyMap<string, ApiObject> {
  if (!kind.computed) return core.store.all(kind.resource);
  return new Map(kind.computed(core).map((object) => [objectKey(object), object]));
}

/** GET of a collection. */
export function listObjects(call: Call, path: ResourcePath): ListBody {
  const { store } = call.core;
  const query = call.request.query ?? {};
  checkListOptions(query);
  const selection = selectionOf(call, path);
  const asked = query['resourceVersion'] ?? '';
  checkRevision(call, asked);
  const token = query['continue'] ? readContinue(query['continue']) : undefined;
  const exact = token ? token.revision : query['resourceVersionMatch'] === 'Exact' ? Number(asked) : store.revision;
  const all =
    exact === store.revision ? objectsOf(call, path.resource) : snapshotAt(store, path.resource.kind.resource, exact);
  const selected = selectedKeys(all, selection, path.resource);
  return pageOf(all, selected, token?.start ?? '', limitOf(query), exact, selection);
}

function selectedKeys(all: ReadonlyMap<string, ApiObject>, selection: Selection, resource: Resource): string[] {
  const keys: string[] = [];
  for (const [key, object] of all) if (isSelected(object, selection, resource)) keys.push(key);
  return keys.sort();
}

function pageOf(
  all: ReadonlyMap<string, ApiObject>,
  keys: string[],
  start: string,
  limit: number,
  revision: number,
  selection: Selection,
): ListBody {
  const from = start === '' ? keys : keys.filter((key) => key >= start);
  const page = from.slice(0, limit);
  const metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number } = {
    resourceVersion: String(revision),
  };
  if (from.length > page.length) {
    metadata.continue = writeContinue(revision, `${page.at(-1)!}\0`);
    if (selection.labels.length === 0 && selection.fields.length === 0)
      metadata.remainingItemCount = from.length - page.length;
  }
  return { objects: page.map((key) => all.get(key)!), metadata };
}

function limitOf(query: Record<string, string>): number {
  const limit = Number(query['limit'] ?? 0);
  return limit > 0 ? limit : Infinity;
}

function checkListOptions(query: Record<string, string>): void {
  const errors = new FieldErrors();
  checkMatch(query, errors);
  if (query['sendInitialEvents'] !== undefined)
    errors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  refuseOptions('ListOptions', errors);
}

function checkMatch(query: Record<string, string>, errors: FieldErrors): void {
  const match = query['resourceVersionMatch'] ?? '';
  const revision = query['resourceVersion'] ?? '';
  if (match === '') return;
  if (revision === '')
    errors.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (query['continue'])
    errors.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan')
    errors.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']);
  else if (match === 'Exact' && revision === '0') {
    errors.forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

/** Throws what a revision that is none, or not yet, meets. */
export function checkRevision(call: Call, text: string): void {
  if (text === '') return;
  if (!/^\d+$/.test(text)) {
    const error = new FieldErrors();
    error.invalid('resourceVersion', text, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
    throw badRequest(`resourceVersion: ${error.list[0]!.body}`);
  }
  const current = call.core.store.revision;
  if (Number(text) > current) {
    throw new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${text}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
  }
}

/** A resource's objects as they were at a revision. Throws 410 where that is forgotten. */
function snapshotAt(store: Store, resource: string, revision: number): ReadonlyMap<string, ApiObject> {
  const events = store.eventsAfter(revision);
  if (!events) throw expired('The resourceVersion for the provided list is too old.');
  const objects = new Map(store.all(resource));
  for (const event of events.reverse()) {
    if (event.resource !== resource) continue;
    if (event.previous) objects.set(event.key, event.previous);
    else objects.delete(event.key);
  }
  return objects;
}

function writeContinue(revision: number, start: string): string {
  return btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).replace(/=+$/, '');
}

function readContinue(token: string): { revision: number; start: string } {
  try {
    const read = JSON.parse(atob(token)) as { v?: string; rv?: number; start?: string };
    if (read.v === 'meta.k8s.io/v1' && typeof read.rv === 'number' && typeof read.start === 'string') {
      return { revision: read.rv, start: read.start };
    }
  } catch {
    // Falls through to the refusal: whatever is wrong with a token, the answer is the same.
  }
  throw badRequest('continue key is not valid: encoded start key has an invalid format');
}
