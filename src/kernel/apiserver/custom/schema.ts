import { isMap, setKey, type JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';

/** A rule in CEL that a value has to keep. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly reason?: string;
}

/** The structural schema of custom resources. Models apiextensions-apiserver/pkg/apiserver/schema. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

const ROOT_FIELDS = ['apiVersion', 'kind', 'metadata'];

/** The schema of what a key of an object holds, if it says anything of it. */
export function schemaOf(schema: Schema, key: string): Schema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  const { additionalProperties } = schema;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** A value without the fields that its schema does not know; their paths go to `unknown`. Models pruning.PruneWithOptions. */
export function pruned(value: Json, schema: Schema, unknown: string[], path = '', isRoot = true): Json {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item, index) => pruned(item, items, unknown, `${path}[${index}]`, false)) : value;
  }
  if (!isMap(value)) return value;
  const kept: JsonMap = {};
  const isObject = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  for (const [key, part] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const known = schemaOf(schema, key);
    if (isObject && ROOT_FIELDS.includes(key)) setKey(kept, key, part);
    else if (known) setKey(kept, key, pruned(part, known, unknown, at, false));
    else if (schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties === true)
      setKey(kept, key, part);
    else unknown.push(at);
  }
  return kept;
}

/** A value without nulls where none may stand and nothing is filled in. Models PruneNonNullableNullsWithoutDefaults. */
export function withoutNulls(value: Json, schema: Schema): Json {
  return mapped(value, schema, (part, known) => {
    if (part === null && !known.nullable && known.default === undefined) return undefined;
    return withoutNulls(part, known);
  });
}

/** A value with the defaults of its schema filled in. Models defaulting.Default. */
export function defaulted(value: Json, schema: Schema): Json {
  let filled = value;
  if (isMap(value)) {
    for (const [key, known] of Object.entries(schema.properties ?? {})) {
      const missing = !Object.hasOwn(value, key) || (value[key] === null && !known.nullable);
      if (!missing || known.default === undefined) continue;
      if (filled === value) filled = { ...value };
      setKey(filled as JsonMap, key, known.default);
    }
  }
  return mapped(filled, schema, (part, known) => defaulted(part, known));
}

/** The value with every part that its schema knows changed; a part that becomes `undefined` goes. */
function mapped(value: Json, schema: Schema, change: (part: Json, known: Schema) => Json | undefined): Json {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => change(item, items) ?? null) : value;
  }
  if (!isMap(value)) return value;
  const copy: JsonMap = {};
  for (const [key, part] of Object.entries(value)) {
    const known = schemaOf(schema, key);
    const changed = known ? change(part, known) : part;
    if (changed !== undefined) setKey(copy, key, changed);
  }
  return copy;
}
