import { equalJson, isMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { FieldErrors } from '../validation/field-errors';
import type { Schema } from './schema';

/**
 * What is wrong with a value by its schema, in the words of kube-openapi's validator. Models
 * apiextensions-apiserver/pkg/apiserver/validation ValidateCustomResource.
 */
export function validateBySchema(value: Json, schema: Schema, path: string, errors: FieldErrors): void {
  new Validator(errors, path).check(value, schema, path);
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uuid: /^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  duration: /^(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w))+$/,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
};

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

class Validator {
  readonly #errors: FieldErrors;
  /** Sub-paths are named in messages as they are below it. */
  readonly #root: string;

  constructor(errors: FieldErrors, root: string) {
    this.#errors = errors;
    this.#root = root;
  }

  check(value: Json, schema: Schema, path: string): void {
    if (value === null && schema.nullable) return;
    if (!this.#type(value, schema, path)) return;
    this.#combined(value, schema, path);
    if (typeof value === 'string') this.#string(value, schema, path);
    if (typeof value === 'number') this.#number(value, schema, path);
    if (Array.isArray(value)) this.#list(value, schema, path);
    if (schema.enum && !schema.enum.some((one) => equalJson(one, value))) {
      const allowed = schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      this.#errors.notSupported(path, value, allowed);
    }
    if (isMap(value)) this.#object(value, schema, path);
  }

  /** `in body` is where upstream's validator thinks it reads. */
  #words(path: string, rest: string): string {
    return `${this.#root === '' ? path : path.slice(this.#root.length)} in body ${rest}`;
  }

  #type(value: Json, schema: Schema, path: string): boolean {
    const wanted = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];
    const found = typeOf(value);
    const fits = wanted.length === 0 || wanted.includes(found) || (found === 'integer' && wanted.includes('number'));
    if (!fits) {
      const rest = `must be of type ${wanted.join(',')}: ${JSON.stringify(found)}`;
      this.#errors.typeInvalid(path, found, this.#words(path, rest));
    }
    return fits;
  }

  #invalid(path: string, value: Json, rest: string): void {
    this.#errors.invalid(path, value, this.#words(path, rest));
  }

  #combined(value: Json, schema: Schema, path: string): void {
    const fits = (one: Schema): boolean => {
      const found = new FieldErrors();
      new Validator(found, this.#root).check(value, one, path);
      return found.empty;
    };
    schema.allOf?.forEach((one) => this.check(value, one, path));
    if (schema.anyOf && !schema.anyOf.some(fits)) {
      this.#invalid(path, value, 'must validate at least one schema (anyOf)');
    }
    if (schema.oneOf && schema.oneOf.filter(fits).length !== 1) {
      const count = schema.oneOf.filter(fits).length;
      const found = count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`;
      this.#invalid(path, value, `must validate one and only one schema (oneOf). ${found}`);
    }
    if (schema.not && fits(schema.not)) this.#invalid(path, value, 'must not validate the schema (not)');
  }

  #string(value: string, schema: Schema, path: string): void {
    const length = [...value].length;
    const { minLength, maxLength, pattern, format } = schema;
    if (maxLength !== undefined && length > maxLength) this.#errors.tooLong(path, maxLength);
    if (minLength !== undefined && length < minLength) {
      this.#invalid(path, value, `should be at least ${minLength} chars long`);
    }
    if (pattern !== undefined && !matches(pattern, value)) this.#invalid(path, value, `should match '${pattern}'`);
    if (format !== undefined && FORMATS[format] && !FORMATS[format].test(value)) {
      this.#errors.typeInvalid(path, value, this.#words(path, `must be of type ${format}: ${JSON.stringify(value)}`));
    }
  }

  #number(value: number, schema: Schema, path: string): void {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
      this.#invalid(path, value, `should be a multiple of ${multipleOf}`);
    }
    if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
      this.#invalid(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
    }
    if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
      this.#invalid(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
    }
  }

  #list(value: Json[], schema: Schema, path: string): void {
    const { items, minItems, maxItems, uniqueItems } = schema;
    if (items) value.forEach((item, index) => this.check(item, items, `${path}[${index}]`));
    if (minItems !== undefined && value.length < minItems) {
      this.#invalid(path, value.length, `should have at least ${minItems} items`);
    }
    if (maxItems !== undefined && value.length > maxItems) this.#errors.tooMany(path, value.length, maxItems);
    const repeated = value.some((one, index) => value.slice(0, index).some((other) => equalJson(one, other)));
    if (uniqueItems && repeated) this.#invalid(path, value, "shouldn't contain duplicates");
  }

  #object(value: Record<string, Json>, schema: Schema, path: string): void {
    const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const count = Object.keys(value).length;
    if (schema.minProperties !== undefined && count < schema.minProperties) {
      this.#invalid(path, count, `should have at least ${schema.minProperties} properties`);
    }
    if (schema.maxProperties !== undefined && count > schema.maxProperties) {
      this.#errors.tooMany(path, count, schema.maxProperties);
    }
    for (const key of schema.required ?? []) if (!Object.hasOwn(value, key)) this.#errors.required(below(key));
    const { properties = {}, additionalProperties } = schema;
    for (const [key, part] of Object.entries(value)) {
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (known) this.check(part, known, below(key));
      else if (typeof additionalProperties === 'object') this.check(part, additionalProperties, below(key));
    }
  }
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

/** Sets and maps hold nothing twice. Models listtype.ValidateListSetsAndMaps. */
export function validateLists(value: Json, schema: Schema, path: string, errors: FieldErrors): void {
  if (Array.isArray(value)) {
    const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : undefined;
    if (keys || schema['x-kubernetes-list-type'] === 'set') {
      const known: Json[] = [];
      value.forEach((item, index) => {
        const key = keys ? keyOfItem(item, keys) : item;
        if (known.some((one) => equalJson(one, key))) errors.duplicate(`${path}[${index}]`, key);
        known.push(key);
      });
    }
    if (schema.items) value.forEach((item, index) => validateLists(item, schema.items!, `${path}[${index}]`, errors));
    return;
  }
  if (!isMap(value)) return;
  for (const [key, part] of Object.entries(value)) {
    const { additionalProperties } = schema;
    const known =
      schema.properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (known) validateLists(part, known, path === '' ? key : `${path}.${key}`, errors);
  }
}

function keyOfItem(item: Json, keys: readonly string[]): Json {
  if (!isMap(item)) return item;
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]!]));
}
