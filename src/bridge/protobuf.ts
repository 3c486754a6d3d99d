import type { JsonMap } from '../api/json';
import type { Json } from '../api/objects';

import { shortName } from '../api/schema/type-code';
import { typeByName, typeNameOfKind } from '../api/schema/tables';
import type { FieldSchema } from '../api/schema/types';
import { formatMicroTime, formatTime } from '../api/time';
import protoFields from './proto-fields.json';

/**
 * Bodies in protobuf, which Go's typed clients send: models apimachinery/pkg/runtime/serializer/protobuf. Only requests
 * are read so; answers are JSON, which the same clients accept.
 */

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = 'k8s\0';
const FIELDS = protoFields as Record<string, string>;
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const DEPTH_LIMIT = 64;

/** Thrown for bytes that are no object in protobuf. */
export class ProtobufError extends Error {}

interface WireField {
  readonly number: number;
  /** A number for varints and fixed widths, bytes for everything else. */
  readonly value: bigint | Buffer;
  readonly wire: number;
}

/** The object that a body holds. Throws ProtobufError. */
export function decodeProtobuf(body: Buffer): JsonMap {
  if (body.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const envelope = new Map(fieldsOf(body.subarray(MAGIC.length)).map(({ number, value }) => [number, value]));
  const meta = new Map(fieldsOf(bytesIn(envelope.get(1))).map(({ number, value }) => [number, textIn(value)]));
  const [apiVersion, kind] = [meta.get(1) ?? '', meta.get(2) ?? ''];
  const typeName = typeNameOfKind(apiVersion, kind) ?? optionsType(kind);
  if (typeName === undefined) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { kind, apiVersion, ...message(bytesIn(envelope.get(2)), typeName, 0) };
}

/** Options of the machinery belong to every version. */
const optionsType = (kind: string): string | undefined =>
  kind.endsWith('Options') ? `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}` : undefined;

const bytesIn = (value: bigint | Buffer | undefined): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
const textIn = (value: bigint | Buffer | undefined): string => bytesIn(value).toString('utf8');

function fieldsOf(bytes: Buffer): WireField[] {
  const found: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('proto: integer overflow');
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [number, wire] = [key >>> 3, key & 7];
    if (wire === VARINT) found.push({ number, wire, value: varint() });
    else if (wire === FIXED64) found.push({ number, wire, value: take(8).readBigUInt64LE() });
    else if (wire === BYTES) found.push({ number, wire, value: take(Number(varint())) });
    else if (wire === FIXED32) found.push({ number, wire, value: BigInt(take(4).readUInt32LE()) });
    else throw new ProtobufError(`proto: illegal wireType ${wire}`);
  }
  return found;
}

/** Types whose JSON is not that of their fields. */
const SCALARS: Readonly<Record<string, (bytes: Buffer) => Json>> = {
  'pkg.api.resource.Quantity': (bytes) => textIn(fieldsOf(bytes)[0]?.value),
  'pkg.util.intstr.IntOrString': (bytes) => {
    const fields = new Map(fieldsOf(bytes).map(({ number, value }) => [number, value]));
    return fields.get(1) === 1n ? textIn(fields.get(3)) : integer(fields.get(2));
  },
  'machinery.meta.v1.Time': (bytes) => (bytes.length === 0 ? null : formatTime(momentMs(bytes))),
  'machinery.meta.v1.MicroTime': (bytes) => (bytes.length === 0 ? null : formatMicroTime(momentMs(bytes))),
  'machinery.meta.v1.FieldsV1': rawJson,
  'pkg.runtime.RawExtension': rawJson,
  'extensions.apiextensions.v1.JSON': rawJson,
};

const integer = (value: bigint | Buffer | undefined): number =>
  typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;

function momentMs(bytes: Buffer): number {
  const fields = new Map(fieldsOf(bytes).map(({ number, value }) => [number, value]));
  return integer(fields.get(1)) * 1000 + Math.floor(integer(fields.get(2)) / 1e6);
}

function rawJson(bytes: Buffer): Json {
  const text = textIn(fieldsOf(bytes)[0]?.value);
  return text === '' ? null : (JSON.parse(text) as Json);
}

function message(bytes: Buffer, typeName: string, depth: number): JsonMap {
  const type = typeByName(typeName);
  if (!type?.fields) throw new ProtobufError(`there is no message ${typeName}`);
  if (depth > DEPTH_LIMIT) throw new ProtobufError('nested too deeply');
  const result: JsonMap = {};
  fill(result, bytes, shortName(typeName), type.fields, depth);
  return result;
}

/** Reads the keys of a message; the keys of embedded types have the schema of the type around them. */
function fill(result: JsonMap, bytes: Buffer, name: string, schema: Record<string, FieldSchema>, depth: number): void {
  const keys = (FIELDS[name] ?? '').split(',');
  for (const { number, value } of fieldsOf(bytes)) {
    const key = keys[number - 1];
    if (key === undefined || key === '') continue;
    if (key.startsWith('>')) {
      fill(result, bytesIn(value), key.slice(1), schema, depth + 1);
      continue;
    }
    const field = schema[key];
    if (!field) continue;
    const read = valueOf(field, value, depth + 1);
    if (field.items) result[key] = [...((result[key] as Json[] | undefined) ?? []), read];
    else if (field.values) result[key] = { ...(result[key] as JsonMap | undefined), ...(read as JsonMap) };
    else result[key] = read;
  }
}

function valueOf(field: FieldSchema, value: bigint | Buffer, depth: number): Json {
  if (field.items) return valueOf(field.items, value, depth);
  if (field.values) return entryOf(field.values, bytesIn(value), depth);
  if (field.ref !== undefined) {
    const scalar = SCALARS[shortName(field.ref)];
    if (scalar) return scalar(bytesIn(value));
    return typeByName(field.ref)?.fields ? message(bytesIn(value), field.ref, depth) : textIn(value);
  }
  if (field.type === 'boolean') return value === 1n;
  if (field.type === 'integer') return integer(value);
  if (field.type === 'number') return double(value);
  return field.format === 'byte' ? bytesIn(value).toString('base64') : textIn(value);
}

function double(value: bigint | Buffer): number {
  const bytes = Buffer.alloc(8);
  if (typeof value === 'bigint') bytes.writeBigUInt64LE(value);
  return bytes.readDoubleLE();
}

/** A map comes as messages of a key and a value each; a list inside of a map is a message of its items. */
function entryOf(schema: FieldSchema, bytes: Buffer, depth: number): JsonMap {
  const fields = fieldsOf(bytes);
  const key = textIn(fields.find(({ number }) => number === 1)?.value);
  const value = fields.find(({ number }) => number === 2)?.value;
  if (!schema.items) return { [key]: value === undefined ? zeroOf(schema) : valueOf(schema, value, depth) };
  const { items } = schema;
  return { [key]: fieldsOf(bytesIn(value)).map((item) => valueOf(items, item.value, depth)) };
}

const zeroOf = (schema: FieldSchema): Json =>
  schema.ref !== undefined ? {} : schema.type === 'integer' ? 0 : schema.type === 'boolean' ? false : '';
