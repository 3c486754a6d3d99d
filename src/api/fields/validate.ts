import { goText } from '../json';
import type { Json } from '../objects';
import type { FieldSchema } from '../schema/types';
import { elementText } from './field-set';
import {
  itemElement,
  NoElement,
  schemaOfKey,
  shapeOf,
  type ListShape,
  type MapShape,
  type ScalarShape,
} from './shapes';

/** Models structured-merge-diff/typed/validate.go: whether an applied configuration fits its type. */

/** What may stand in a list more than once: what is stored may, what is applied may not. */
type Duplicates = 'allowed' | 'refused';

/** Everything that is wrong with a value, in upstream's words; `undefined` where nothing is. */
export function faultsOf(value: Json, schema: FieldSchema, duplicates: Duplicates = 'refused'): string | undefined {
  const faults = new Validation(duplicates).value(value, schema);
  if (faults.length === 0) return undefined;
  const lines = faults.map(({ path, words }) => (path === '' ? words : `${path}: ${words}`));
  return lines.length === 1 ? lines[0] : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n');
}

interface Fault {
  readonly path: string;
  readonly words: string;
}

const fault = (words: string): Fault[] => [{ path: '', words }];
const below = (element: string, faults: Fault[]): Fault[] =>
  faults.map(({ path, words }) => ({ path: elementText(element) + path, words }));

class Validation {
  constructor(private readonly duplicates: Duplicates) {}

  value(value: Json, schema: FieldSchema): Fault[] {
    if (value === null) return [];
    const shape = shapeOf(schema, value);
    if (shape.is === 'scalar') return scalarFaults(value, shape);
    if (shape.is === 'list')
      return Array.isArray(value) ? this.#list(value, shape) : fault(`expected list, ${got(value)}`);
    if (typeof value !== 'object' || Array.isArray(value)) return fault(`expected map, ${got(value)}`);
    return this.#map(Object.entries(value), shape);
  }

  #map(entries: readonly (readonly [string, Json])[], shape: MapShape): Fault[] {
    const faults: Fault[] = [];
    for (const [key, value] of entries) {
      const schema = schemaOfKey(shape, key);
      if (!schema) return [...faults, ...below(`f:${key}`, fault('field not declared in schema'))];
      faults.push(...below(`f:${key}`, this.value(value, schema)));
    }
    return faults;
  }

  #list(list: readonly Json[], shape: ListShape): Fault[] {
    const faults: Fault[] = [];
    const seen = new Set<string>();
    for (const [index, item] of list.entries()) {
      const element = shape.atomic ? `i:${index}` : elementOrWords(shape, item);
      if (element instanceof NoElement) return [...faults, ...fault(`element ${index}: ${element.message}`)];
      if (seen.has(element) && this.duplicates === 'refused')
        faults.push(...fault(`duplicate entries for key ${elementText(element)}`));
      seen.add(element);
      faults.push(...below(element, this.value(item, shape.items)));
    }
    return faults;
  }
}

/** How Go's `%v` shows a value of the library. */
const got = (value: Json): string => `got &{${goText(value)}}`;

function scalarFaults(value: Json, { type }: ScalarShape): Fault[] {
  const is = typeof value;
  if (type === 'numeric' && is !== 'number') return fault(`expected numeric (int or float), got ${goType(value)}`);
  if (type === 'string' && is !== 'string') return fault(`expected string, got ${goSyntax(value)}`);
  if (type === 'boolean' && is !== 'boolean') return fault(`expected boolean, ${got(value)}`);
  if (type === 'untyped' && is === 'object') return fault(`expected any scalar, ${got(value)}`);
  return [];
}

/** Go's `%T`. */
function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'map[string]interface {}' : 'string';
}

/** Go's `%#v`. */
function goSyntax(value: Json): string {
  return `&value.valueUnstructured{Value:${goLiteral(value)}}`;
}

function goLiteral(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goLiteral).join(', ')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goLiteral(value[key]!)}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}

function elementOrWords(shape: ListShape, item: Json): string | NoElement {
  try {
    return itemElement(shape, item);
  } catch (error) {
    if (error instanceof NoElement) return error;
    throw error;
  }
}
