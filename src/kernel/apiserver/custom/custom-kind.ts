import { isMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import { formatTime } from '../../../api/time';
import { AGE, since } from '../columns/cells';
import type { Column, Kind, Resource, TableColumns } from '../kind';
import type { FieldErrors } from '../validation/field-errors';
import { rowOf, storageKey, type Definition, type PrinterColumn, type Version } from './definition';
import { valueAt } from './json-path';
import { hasRules, validateRules } from './rules';
import { validateBySchema, validateLists } from './schema-validation';
import { defaulted, type Schema } from './schema';

/** Models apiextensions-apiserver/pkg/registry/customresource: the strategy that a definition gives its objects. */

const NOTHING_SAID: Schema = {};
const AGE_COLUMN: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
/** Faults after which rules are not looked at. */
const BLOCKING = [
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
];
const UNCHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** The resource that a version of a definition stands for. */
export function customResource(definition: Definition, version: Version): Resource {
  const { group, names } = definition.spec;
  const row = rowOf(definition, version);
  const siblings = new Map<string, Resource>();
  const resource: Resource = {
    siblings,
    row,
    apiVersion: `${group}/${version.name}`,
    typeName: undefined,
    kind: customKind(definition, version),
    hasStatus: version.subresources?.status !== undefined,
    custom: {
      schemas: new Map(definition.spec.versions.map((one) => [one.name, one.schema?.openAPIV3Schema ?? NOTHING_SAID])),
      listKind: names.listKind ?? `${names.kind}List`,
    },
  };
  siblings.set(resource.apiVersion, resource);
  return resource;
}

type Custom = ApiObject & { [key: string]: Json };
const jsonOf = (object: ApiObject): Json => object as unknown as Json;

function customKind(definition: Definition, version: Version): Kind {
  const schema = version.schema?.openAPIV3Schema ?? NOTHING_SAID;
  const { kind } = definition.spec.names;
  const apiVersion = `${definition.spec.group}/${version.name}`;
  const scale = version.subresources?.scale;
  const hasStatus = version.subresources?.status !== undefined;
  const validate = (next: ApiObject, current: ApiObject | undefined, errors: FieldErrors): void => {
    if (next.kind !== kind) errors.invalid('kind', next.kind, `must be ${kind}`);
    else validateContent(next, current, schema, errors);
    if (next.kind !== kind && hasRules(schema)) validateRules(jsonOf(next), undefined, schema, '', errors);
  };
  return {
    resource: storageKey(definition),
    generation: true,
    needsRevision: true,
    ...(version.deprecated ? { deprecation: version.deprecationWarning ?? `${apiVersion} ${kind} is deprecated` } : {}),
    ...(scale ? { scale } : {}),
    table: tableOf(version.additionalPrinterColumns ?? []),
    selectableFields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => [
        jsonPath.slice(1),
        (object: ApiObject) => textOf(valueAt(jsonOf(object), jsonPath)),
      ]),
    ),
    defaults: (object) => (object.kind === kind ? (defaulted(jsonOf(object), schema) as unknown as ApiObject) : object),
    ...(hasStatus ? { prepareCreate: withoutStatus } : {}),
    prepareStatus: (next, current) => withStatusOf(current as Custom, next as Custom),
    validate: (object, errors) => validate(object, undefined, errors),
    validateUpdate: validate,
    validateStatus: validate,
  };
}

function withoutStatus(object: ApiObject): ApiObject {
  const { status: _status, ...others } = object as Custom;
  return others as ApiObject;
}

/** A write to the status changes nothing else, labels and all. */
function withStatusOf(current: Custom, { status }: Custom): ApiObject {
  return status === undefined ? withoutStatus(current) : ({ ...current, status } as ApiObject);
}

function validateContent(next: ApiObject, current: ApiObject | undefined, schema: Schema, errors: FieldErrors): void {
  const before = errors.list.length;
  validateBySchema(jsonOf(next), schema, '', errors);
  validateLists(jsonOf(next), schema, '', errors);
  if (!hasRules(schema)) return;
  if (errors.list.slice(before).some(({ type }) => BLOCKING.includes(type))) errors.invalid('<nil>', null, UNCHECKED);
  else validateRules(jsonOf(next), current && jsonOf(current), schema, '', errors);
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Models apiextensions-apiserver/pkg/registry/customresource/tableconvertor. */
function tableOf(columns: readonly PrinterColumn[]): TableColumns<ApiObject> {
  const shown = columns.length > 0 ? columns : [AGE_COLUMN];
  return {
    columns: shown.map((column) => columnOf(column, columns.length > 0)),
    cells: (object, nowMs) => shown.map((column) => cellOf(valueAt(jsonOf(object), column.jsonPath), column, nowMs)),
  };
}

function columnOf({ name, type, format, description, priority, jsonPath }: PrinterColumn, declared: boolean): Column {
  const words = description || `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return {
    name,
    type,
    ...(format ? { format } : {}),
    ...(priority ? { priority } : {}),
    ...(declared ? { description: words } : { doc: AGE.doc! }),
  };
}

function cellOf(value: Json | undefined, { type }: PrinterColumn, nowMs: number): Json {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? since(formatTime(Date.parse(value)), nowMs)
        : '<invalid>';
    default:
      return isMap(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  }
}
