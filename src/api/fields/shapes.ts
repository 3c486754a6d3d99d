import { isMap, type JsonMap } from '../json';
import type { Json } from '../objects';
import { typeByName } from '../schema/tables';
import type { FieldSchema } from '../schema/types';
import { keyElement, valueElement } from './field-set';

/**
 * What a value of an API type is to server-side apply: whether its parts have owners of their own. Models
 * kube-openapi's schemaconv and structured-merge-diff's schema.Atom.
 */
export type Shape = ScalarShape | ListShape | MapShape;

export interface ScalarShape {
  readonly is: 'scalar';
  readonly type: 'numeric' | 'string' | 'boolean' | 'untyped';
}

export interface ListShape {
  readonly is: 'list';
  readonly items: FieldSchema;
  /** Atomic: it has one owner. Else items are told apart by `keys`, or by their values where there are none. */
  readonly atomic: boolean;
  readonly keys: readonly string[];
}

export interface MapShape {
  readonly is: 'map';
  /** The declared fields of a struct. */
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** The schema of any other key; `undefined` where there may be none. */
  readonly values: FieldSchema | undefined;
  readonly atomic: boolean;
}

/** A value of which nothing is known: maps have parts, lists have none. */
export const ANY: FieldSchema = Object.freeze({});
const NO_NAMES: readonly string[] = [];
const UNTYPED: ScalarShape = { is: 'scalar', type: 'untyped' };
const FREE_LIST: ListShape = { is: 'list', items: ANY, atomic: true, keys: NO_NAMES };
const FREE_MAP: MapShape = { is: 'map', fields: {}, values: ANY, atomic: false };
const RAW_MAP: MapShape = { ...FREE_MAP, atomic: true };
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';

const known = new WeakMap<FieldSchema, Shape | 'any' | 'raw'>();

/** The shape of a value by its schema, and by what it is where the schema leaves that open. */
export function shapeOf(field: FieldSchema, value: Json | undefined): Shape {
  let shape = known.get(field);
  if (!shape) known.set(field, (shape = declared(field)));
  if (typeof shape === 'object') return shape;
  if (Array.isArray(value)) return FREE_LIST;
  if (value === undefined || value === null || isMap(value)) return shape === 'raw' ? RAW_MAP : FREE_MAP;
  return UNTYPED;
}

function declared(field: FieldSchema): Shape | 'any' | 'raw' {
  if (field.ref !== undefined) return named(field.ref, field.mapType);
  if (field.fields)
    return { is: 'map', fields: field.fields, values: field.values, atomic: field.mapType === 'atomic' };
  if (field.items) return { is: 'list', items: field.items, ...relationOf(field) };
  if (field.values) return { is: 'map', fields: {}, values: field.values, atomic: field.mapType === 'atomic' };
  return scalarOf(field.type, field.format) ?? (field.type === 'object' ? FREE_MAP : 'any');
}

function named(ref: string, mapType: FieldSchema['mapType']): Shape | 'any' | 'raw' {
  if (ref === RAW_EXTENSION) return 'raw';
  const type = typeByName(ref);
  if (!type) return 'any';
  if (type.fields)
    return { is: 'map', fields: type.fields, values: undefined, atomic: (mapType ?? type.mapType) === 'atomic' };
  if (type.oneOf) return UNTYPED;
  return scalarOf(type.type, type.format) ?? (type.type === 'object' ? FREE_MAP : 'any');
}

function scalarOf(type: string | undefined, format: string | undefined): ScalarShape | undefined {
  if (type === 'integer' || type === 'number') return { is: 'scalar', type: 'numeric' };
  if (type === 'boolean') return { is: 'scalar', type: 'boolean' };
  if (type !== 'string') return undefined;
  return { is: 'scalar', type: format === undefined || format === 'byte' ? 'string' : 'untyped' };
}

/** Models getListElementRelationship: the list type, else what strategic merge patches say. */
function relationOf(field: FieldSchema): { atomic: boolean; keys: readonly string[] } {
  if (field.listType !== undefined)
    return { atomic: field.listType === 'atomic', keys: field.listType === 'map' ? field.mapKeys! : NO_NAMES };
  if (!field.patchStrategy?.startsWith('merge')) return { atomic: true, keys: NO_NAMES };
  return { atomic: false, keys: field.patchKey === undefined ? NO_NAMES : [field.patchKey] };
}

/** The schema of a map's key; `undefined` where none is declared. */
export function schemaOfKey(shape: MapShape, key: string): FieldSchema | undefined {
  return Object.hasOwn(shape.fields, key) ? shape.fields[key] : shape.values;
}

/** Thrown for an item that has no path element, with upstream's words. */
export class NoElement extends Error {}

/** The path element of an item of an associative list. Throws NoElement. */
export function itemElement(shape: ListShape, item: Json): string {
  if (shape.keys.length > 0) return keyedElement(shape, item);
  if (isMap(item)) throw new NoElement("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new NoElement('not supported: associative list with lists as elements');
  if (item === null) throw new NoElement("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

function keyedElement({ keys, items }: ListShape, item: Json): string {
  if (item === null) throw new NoElement('associative list with keys may not have a null element');
  if (!isMap(item)) throw new NoElement('associative list with keys may not have non-map elements');
  const found = keys.flatMap((name): [string, Json][] => {
    const value = Object.hasOwn(item, name) ? item[name]! : defaultOfKey(items, name);
    return value === undefined ? [] : [[name, value]];
  });
  if (found.length > 0) return keyElement(found);
  const omitted = `[${keys.map((name) => JSON.stringify(name)).join(' ')}]`;
  throw new NoElement(
    `associative list with keys has an element that omits all key fields ${omitted} (and doesn't have default values for any key fields)`,
  );
}

function defaultOfKey(items: FieldSchema, name: string): Json | undefined {
  const shape = shapeOf(items, undefined);
  return shape.is === 'map' && Object.hasOwn(shape.fields, name)
    ? (shape.fields[name]!.default ?? undefined)
    : undefined;
}

/** An associative list's items by their path elements, in order: several where an element is not unique. */
export function itemsByElement(shape: ListShape, list: readonly Json[]): Map<string, Json[]> {
  const items = new Map<string, Json[]>();
  for (const item of list) {
    const element = itemElement(shape, item);
    const others = items.get(element);
    if (others) others.push(item);
    else items.set(element, [item]);
  }
  return items;
}

export const asMap = (value: Json | undefined): JsonMap | undefined => (isMap(value) ? value : undefined);
export const asList = (value: Json | undefined): Json[] | undefined => (Array.isArray(value) ? value : undefined);
