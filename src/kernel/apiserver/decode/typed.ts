import { setKey, type JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { canonicalQuantity, QUANTITY_PATTERN } from '../../../api/quantity';
import { typeByName } from '../../../api/schema/tables';
import type { FieldSchema, TypeSchema } from '../../../api/schema/types';
import { entriesOf, numberText, plainJson, type Source } from './go-json';
import { goTypeName, INTEGER_LIMITS } from './go-types';
import { MICRO_TIME, readTime, TIME, type TimeFormat } from './go-time';

/** What decoding found: the value, what strict decoding objects to, and the first thing Go cannot decode. */
export interface Decoded {
  readonly value: Json;
  readonly strict: readonly string[];
  readonly fault: string | undefined;
}

/** Whose words a fault has: encoding/json's, or those of the converter that strategic patches go through. */
export type Words = 'json' | 'unstructured';

/** Upstream reports no more than these. */
const STRICT_LIMIT = 100;

/**
 * Decodes a value into a Go type as sigs.k8s.io/json does: unknown and repeated fields are left to the caller, nulls and
 * empty values vanish where Go would not write them, quantities and times become canonical.
 */
export function decodeTyped(source: Source, typeName: string, words: Words = 'json'): Decoded {
  const decoder = new Decoder(words);
  const value = decoder.typed(
    source,
    typeName,
    { struct: '', path: '', strictPath: '', type: goTypeName({ ref: typeName }, '') },
    undefined,
  );
  return { value: value ?? {}, strict: [...decoder.strict].slice(0, STRICT_LIMIT), fault: decoder.fault };
}

/** Where the decoder is, in the two ways in which messages name it. */
interface Place {
  /** The Go struct that holds the field. */
  readonly struct: string;
  /** The path without indices. */
  readonly path: string;
  /** The path with indices. */
  readonly strictPath: string;
  /** The field's type in Go. */
  readonly type: string;
}

type ScalarReader = (decoder: Decoder, source: Source, place: Place) => Json | undefined;

const EXTENSIONS = 'extensions.apiextensions.v1.';

const CUSTOM: Record<string, ScalarReader> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': (decoder, source) => decoder.quantity(source),
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': (decoder, source) => decoder.intOrString(source),
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': (decoder, source) => decoder.time(source, TIME),
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': (decoder, source) => decoder.time(source, MICRO_TIME),
  [`${EXTENSIONS}JSONSchemaPropsOrArray`]: (decoder, source) =>
    Array.isArray(source) ? source.map((item) => decoder.schema(item) ?? {}) : decoder.schema(source),
  [`${EXTENSIONS}JSONSchemaPropsOrBool`]: (decoder, source) =>
    source === null || typeof source === 'boolean'
      ? (source ?? undefined)
      : entriesOf(source)
        ? decoder.schema(source)
        : decoder.fail('boolean or JSON schema expected'),
};

class Decoder {
  readonly strict = new Set<string>();
  readonly #words: Words;
  fault: string | undefined;

  constructor(words: Words) {
    this.#words = words;
  }

  /** A value of a named type; `undefined` for one that Go would not write. `before` is what an earlier key of the same name left. */
  typed(source: Source, typeName: string, place: Place, before: Json | undefined): Json | undefined {
    const custom = CUSTOM[typeName];
    if (custom) return custom(this, source, place);
    const type = typeByName(typeName);
    if (source === null) return undefined;
    if (!type?.fields) return plainJson(source);
    const entries = entriesOf(source);
    if (!entries) return this.#mismatch(source, place);
    return this.#struct(entries, typeName, type, place, before);
  }

  #struct(
    entries: readonly (readonly [string, Source])[],
    typeName: string,
    type: TypeSchema,
    place: Place,
    before: Json | undefined,
  ): JsonMap {
    const struct = typeName.slice(typeName.lastIndexOf('.') + 1);
    const value: JsonMap = { ...(before as JsonMap | undefined) };
    const seen = new Set<string>();
    for (const [key, item] of entries) {
      const strictPath = place.strictPath === '' ? key : `${place.strictPath}.${key}`;
      const field = Object.hasOwn(type.fields!, key) ? type.fields![key]! : undefined;
      if (!field) {
        this.strict.add(`unknown field ${JSON.stringify(strictPath)}`);
        continue;
      }
      if (seen.has(key)) this.strict.add(`duplicate field ${JSON.stringify(strictPath)}`);
      seen.add(key);
      const path = place.path === '' ? key : `${place.path}.${key}`;
      const decoded = this.#field(
        item,
        field,
        { struct, path, strictPath, type: goTypeName(field, typeName) },
        value[key],
      );
      if (decoded !== undefined && !isOmitted(decoded, field)) value[key] = decoded;
      else if (item !== null) delete value[key];
    }
    return value;
  }

  #field(source: Source, field: FieldSchema, place: Place, before: Json | undefined): Json | undefined {
    if (field.ref) return this.typed(source, field.ref, place, before);
    if (source === null) return undefined;
    if (field.items) return this.#list(source, field.items, place);
    if (field.values) return this.#map(source, field.values, place, before);
    return this.#scalar(source, field, place);
  }

  #list(source: Source, items: FieldSchema, place: Place): Json | undefined {
    if (!Array.isArray(source)) return this.#mismatch(source, place);
    const type = elementType(place.type, '[]', items);
    return source.map((item, index) => {
      const itemPlace = { ...place, strictPath: `${place.strictPath}[${index}]`, type };
      return this.#field(item, items, itemPlace, undefined) ?? zeroOf(items);
    });
  }

  #map(source: Source, values: FieldSchema, place: Place, before: Json | undefined): Json | undefined {
    const entries = entriesOf(source);
    if (!entries) return this.#mismatch(source, place);
    const type = elementType(place.type, 'map[string]', values);
    const map: JsonMap = { ...(before as JsonMap | undefined) };
    const seen = new Set<string>();
    for (const [key, item] of entries) {
      const strictPath = `${place.strictPath}.${key}`;
      if (seen.has(key)) this.strict.add(`duplicate field ${JSON.stringify(strictPath)}`);
      seen.add(key);
      setKey(map, key, this.#field(item, values, { ...place, strictPath, type }, undefined) ?? zeroOf(values));
    }
    return map;
  }

  #scalar(source: Source, field: FieldSchema, place: Place): Json | undefined {
    switch (field.type) {
      case 'boolean':
        return typeof source === 'boolean' ? source : this.#mismatch(source, place, 'bool');
      case 'integer':
        return this.#integer(source, place);
      case 'number': {
        const text = numberText(source);
        return text === undefined ? this.#mismatch(source, place, 'float64') : Number(text);
      }
      default:
        if (typeof source !== 'string') return this.#mismatch(source, place, 'string');
        return field.format === 'byte' ? this.#bytes(source) : source;
    }
  }

  #integer(source: Source, place: Place): Json | undefined {
    const text = numberText(source);
    if (text === undefined) return this.#mismatch(source, place, place.type);
    const limit = INTEGER_LIMITS[place.type] ?? INTEGER_LIMITS['int64']!;
    if (/^-?\d+$/.test(text) && BigInt(text) >= -limit && BigInt(text) < limit) return Number(text);
    return this.#mismatch(source, place, place.type, `number ${text}`);
  }

  #bytes(text: string): Json | undefined {
    const at = illegalBase64(text);
    return at === undefined ? text : this.fail(`illegal base64 data at input byte ${at}`);
  }

  /** A schema where a type of its own reads it: of what it does not know nobody hears. */
  schema(source: Source): Json | undefined {
    if (!entriesOf(source)) return undefined;
    const { value, fault } = decodeTyped(source, `${EXTENSIONS}JSONSchemaProps`, this.#words);
    return fault === undefined ? value : this.fail(fault);
  }

  quantity(source: Source): Json | undefined {
    if (source === null) return '0';
    const text = typeof source === 'string' ? source : numberText(source);
    return (text === undefined ? undefined : canonicalQuantity(text)) ?? this.fail(QUANTITY_PATTERN);
  }

  intOrString(source: Source): Json | undefined {
    if (source === null) return 0;
    if (typeof source === 'string') return source;
    return this.#integer(source, { struct: '', path: '', strictPath: '', type: 'int32' });
  }

  time(source: Source, format: TimeFormat): Json | undefined {
    if (source === null) return undefined;
    if (typeof source !== 'string')
      return this.#mismatch(source, { struct: '', path: '', strictPath: '', type: 'string' });
    const read = readTime(source, format);
    return 'time' in read ? read.time : this.fail(read.fault);
  }

  /** `scalar` is the kind of a field that holds no list, map or struct. */
  #mismatch(source: Source, place: Place, scalar?: string, shown = kindOf(source)): undefined {
    if (this.#words === 'unstructured') return this.fail(unstructuredFault(source, place.type, scalar));
    const where = place.struct === '' ? 'Go value' : `Go struct field ${place.struct}.${place.path}`;
    return this.fail(`json: cannot unmarshal ${shown} into ${where} of type ${place.type}`);
  }

  /** Go keeps the first fault and goes on. */
  fail(fault: string): undefined {
    this.fault ??= fault;
    return undefined;
  }
}

/** Models apimachinery/pkg/runtime converter.go fromUnstructured. */
function unstructuredFault(source: Source, type: string, scalar: string | undefined): string {
  const found = unstructuredKind(source);
  if (type.startsWith('[]')) return `cannot restore slice from ${found}`;
  if (type.startsWith('map[')) return `cannot restore map from ${found}`;
  if (scalar === undefined) return `cannot restore struct from: ${found}`;
  /* Go would turn any number into a text or another number, so that only there it is said that this is not meant. */
  const convertible = found === 'int64' ? scalar !== 'bool' : found === 'float64' && /int|float/.test(scalar);
  return convertible ? `cannot convert ${found} to ${type}` : `unrecognized type: ${scalar}`;
}

function unstructuredKind(source: Source): string {
  const kind = kindOf(source);
  if (kind === 'array') return 'slice';
  if (kind === 'object') return 'map';
  if (kind !== 'number') return kind;
  return /^-?\d+$/.test(numberText(source)!) ? 'int64' : 'float64';
}

/** Whether Go leaves the value out when it writes the field. */
function isOmitted(value: Json, field: FieldSchema): boolean {
  if (field.ref || field.pointer) return false;
  if (Array.isArray(value)) return value.length === 0 && !field.always;
  if (typeof value === 'object') return value !== null && !field.always && Object.keys(value).length === 0;
  return (value === '' || value === 0 || value === false) && field.default !== value;
}

function zeroOf(field: FieldSchema): Json {
  if (field.ref) return field.ref.endsWith('.Quantity') ? '0' : {};
  if (field.type === 'boolean') return false;
  return field.type === 'integer' || field.type === 'number' ? 0 : field.type === 'string' ? '' : null;
}

function elementType(type: string, prefix: string, element: FieldSchema): string {
  return type.startsWith(prefix) ? type.slice(prefix.length) : goTypeName(element, type);
}

/** What Go calls a JSON value. */
function kindOf(source: Source): string {
  if (source === null) return 'null';
  if (typeof source === 'boolean') return 'bool';
  if (typeof source === 'string') return 'string';
  if (numberText(source) !== undefined) return 'number';
  return Array.isArray(source) ? 'array' : 'object';
}

/** The first byte that is no base64, as encoding/base64 counts. */
function illegalBase64(text: string): number | undefined {
  const clean = text.replaceAll(/[\r\n]/g, '');
  const match = /^[A-Za-z0-9+/]*/.exec(clean)![0].length;
  const padding = clean.slice(match);
  if (clean.length % 4 === 0 && /^={0,2}$/.test(padding)) return undefined;
  if (padding === '' || /^=+$/.test(padding)) return padding === '' ? clean.length - (clean.length % 4) : match;
  return match;
}
