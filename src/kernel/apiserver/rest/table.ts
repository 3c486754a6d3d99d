import type { JsonMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import { badRequest } from '../../../api/status';
import columnDocs from '../columns/column-docs.json';
import type { Column, Resource, TableColumns } from '../kind';
import { withEntries } from '../ownership/settle';
import type { Answer, Call } from './call';
import { shown, type ListBody } from './list';

/** Models apiserver/pkg/endpoints/handlers/response.go: objects as Tables and as PartialObjectMetadata. */

const GENERIC: TableColumns<ApiObject> = {
  columns: [{ name: 'Created At', type: 'date', doc: 'meta.v1.ObjectMeta.creationTimestamp' }],
  cells: (object) => [object.metadata.creationTimestamp],
};

const NAME_COLUMN: Column = { name: 'Name', format: 'name', doc: 'meta.v1.ObjectMeta.name' };

function definitionOf(column: Column): JsonMap {
  return {
    name: column.name,
    type: column.type ?? 'string',
    format: column.format ?? '',
    description:
      column.description ??
      (column.doc === undefined ? '' : ((columnDocs as Record<string, string>)[column.doc] ?? '')),
    priority: column.priority ?? 0,
  };
}

/** What goes into a row beside the cells. */
type RowObject = 'Metadata' | 'Object' | 'None';

function rowObjectOf(call: Call): RowObject {
  const asked = call.request.query?.['includeObject'] ?? '';
  if (asked === '') return 'Metadata';
  if (asked === 'Metadata' || asked === 'Object' || asked === 'None') return asked;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** The Table of some objects. A watch names the columns in its first event only. */
export function tableOf(
  call: Call,
  resource: Resource,
  objects: readonly ApiObject[],
  metadata: JsonMap,
  withColumns = true,
): Json {
  const table = resource.kind.table ?? GENERIC;
  const include = rowObjectOf(call);
  const nowMs = call.core.clock.epochNowMs;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${call.media.version || 'v1'}`,
    metadata,
    columnDefinitions: withColumns ? columnsOf(table).map(definitionOf) : null,
    rows: objects.map((object) => ({
      cells: cellsOf(table, object, nowMs),
      ...conditionsOf(table, object),
      object:
        include === 'None'
          ? null
          : include === 'Object'
            ? shown(object, resource)
            : partialOf(object, resource, call.media.version),
    })),
  };
}

function columnsOf({ columns, nameAtEnd }: TableColumns<ApiObject>): Column[] {
  return nameAtEnd ? [...columns, { ...NAME_COLUMN, priority: 1 }] : [NAME_COLUMN, ...columns];
}

function cellsOf(table: TableColumns<ApiObject>, object: ApiObject, nowMs: number): Json[] {
  const name = table.nameOf?.(object) ?? object.metadata.name;
  const cells = table.cells(object, nowMs);
  return table.nameAtEnd ? [...cells, name] : [name, ...cells];
}

function conditionsOf(table: TableColumns<ApiObject>, object: ApiObject): JsonMap {
  const conditions = table.conditions?.(object) ?? [];
  return conditions.length === 0 ? {} : { conditions };
}

/** The metadata of an object, alone. */
export function partialOf(object: ApiObject, resource: Resource, version: string): Json {
  const owned = withEntries(object, resource).metadata;
  const metadata = (resource.kind.unconverted?.(owned) ?? owned) as unknown as Json;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version || 'v1'}`, metadata };
}

/** A list in the form that was asked for. */
export function listBody(call: Call, resource: Resource, list: ListBody): Json {
  const metadata: JsonMap = { ...list.metadata };
  if (call.media.as === 'Table') return tableOf(call, resource, list.objects, metadata);
  if (call.media.as === 'PartialObjectMetadataList' || call.media.as === 'PartialObjectMetadata') {
    const items = list.objects.map((object) => partialOf(object, resource, call.media.version));
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${call.media.version || 'v1'}`,
      metadata,
      items,
    };
  }
  if (resource.custom) {
    const items = list.objects.map((object) => shown(object, resource));
    const { listKind } = resource.custom;
    return { kind: listKind, apiVersion: resource.apiVersion, metadata: { continue: '', ...metadata }, items };
  }
  const items = list.objects.map((object) => withoutKind(shown(object, resource)));
  return { kind: `${resource.row.kind}List`, apiVersion: resource.apiVersion, metadata, items };
}

/** Items of a typed list don't repeat what they are. */
function withoutKind(object: Json): Json {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object as JsonMap;
  return rest;
}

/** An object in the form that was asked for. */
export function objectAnswer(call: Call, resource: Resource, code: number, object: ApiObject): Answer {
  const { resourceVersion } = object.metadata;
  if (call.media.as === 'Table')
    return { code, body: tableOf(call, resource, [object], resourceVersion ? { resourceVersion } : {}) };
  return {
    code,
    body: call.media.as === '' ? shown(object, resource) : partialOf(object, resource, call.media.version),
  };
}
