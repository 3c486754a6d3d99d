import { isMap, type JsonMap } from '../api/json';
import type { Json } from '../api/objects';

/**
 * OpenAPI v2 in protobuf, which is all that kubectl asks of it: models gnostic's openapiv2.Document. A message is a table
 * of its fields; a list in JSON is a repeated field, and a JSON object with free keys a list of names and values.
 */

export const SWAGGER_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Whether a client asks for the document in protobuf; the type has been written in two ways. */
export const asksSwaggerProtobuf = (path: string, accept: string): boolean =>
  path === '/openapi/v2' && /application\/com\.github\.proto-openapi\.spec\.v2[.@]v1\.0\+protobuf/.test(accept);

/** How a value is written: as a scalar, as YAML of anything, or as a message of its own. */
type Shape = 'text' | 'flag' | 'any' | ((value: Json) => Buffer);
type Fields = Readonly<Record<string, readonly [number: number, shape: Shape]>>;

const VARINT = 0;
const BYTES = 2;
/** Where the extensions of Kubernetes (`x-…`) stand in a message. */
const EXTENSIONS = 'x-';

export function swaggerProtobuf(document: JsonMap): Buffer {
  return message(DOCUMENT)(document);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + BYTES), varint(bytes.length), bytes]);
}

function fieldOf(number: number, shape: Shape, value: Json): Buffer {
  if (shape === 'flag')
    return value === true ? Buffer.concat([varint(number * 8 + VARINT), varint(1)]) : Buffer.alloc(0);
  if (shape === 'text') return field(number, Buffer.from(String(value)));
  /* JSON is YAML. */
  if (shape === 'any') return field(number, field(2, Buffer.from(JSON.stringify(value))));
  return field(number, shape(value));
}

const message =
  (fields: Fields) =>
  (value: Json): Buffer => {
    const parts = Object.entries(isMap(value) ? value : {}).flatMap(([key, one]) => {
      const extension = key.startsWith('x-') ? fields[EXTENSIONS] : undefined;
      if (extension) return [field(extension[0], named('any')([key, one]))];
      const known = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (!known) return [];
      return (Array.isArray(one) ? one : [one]).map((item) => fieldOf(known[0], known[1], item));
    });
    return Buffer.concat(parts);
  };

/** A name and its value: what a free key becomes. */
const named =
  (shape: Shape) =>
  ([name, value]: readonly [string, Json]): Buffer =>
    Buffer.concat([field(1, Buffer.from(name)), fieldOf(2, shape, value)]);

/** A message of nothing but names and values, in the field of that number. */
const keyed =
  (number: number, shape: Shape) =>
  (value: Json): Buffer =>
    Buffer.concat(Object.entries(isMap(value) ? value : {}).map((entry) => field(number, named(shape)(entry))));

/** A message around one field. */
const within =
  (number: number, shape: Shape) =>
  (value: Json): Buffer =>
    Buffer.concat((Array.isArray(value) ? value : [value]).map((one) => fieldOf(number, shape, one)));

const schema = (value: Json): Buffer => message(SCHEMA)(value);
/** A schema, or whether there may be more. */
const schemaOrFlag = (value: Json): Buffer => (isMap(value) ? field(1, schema(value)) : fieldOf(2, 'flag', value));

const SCHEMA: Fields = {
  $ref: [1, 'text'],
  format: [2, 'text'],
  description: [4, 'text'],
  pattern: [13, 'text'],
  required: [19, 'text'],
  enum: [20, 'any'],
  additionalProperties: [21, schemaOrFlag],
  type: [22, within(1, 'text')],
  items: [23, within(1, schema)],
  properties: [25, keyed(1, schema)],
  [EXTENSIONS]: [31, 'any'],
};

const PLAIN_PARAMETER: Fields = { required: [1, 'flag'], in: [2, 'text'], description: [3, 'text'], name: [4, 'text'] };
const QUERY_PARAMETER: Fields = {
  ...PLAIN_PARAMETER,
  type: [6, 'text'],
  format: [7, 'text'],
  uniqueItems: [20, 'flag'],
};
const PATH_PARAMETER: Fields = {
  ...PLAIN_PARAMETER,
  type: [5, 'text'],
  format: [6, 'text'],
  uniqueItems: [19, 'flag'],
};
const BODY_PARAMETER: Fields = {
  description: [1, 'text'],
  name: [2, 'text'],
  in: [3, 'text'],
  required: [4, 'flag'],
  schema: [5, schema],
};

function parameter(value: Json): Buffer {
  const place = isMap(value) ? value['in'] : undefined;
  if (place === 'body') return field(1, field(1, message(BODY_PARAMETER)(value)));
  const plain =
    place === 'query' ? field(3, message(QUERY_PARAMETER)(value)) : field(4, message(PATH_PARAMETER)(value));
  return field(1, field(2, plain));
}

const RESPONSE: Fields = { description: [1, 'text'], schema: [2, within(1, schema)] };

const OPERATION: Fields = {
  tags: [1, 'text'],
  description: [3, 'text'],
  operationId: [5, 'text'],
  produces: [6, 'text'],
  consumes: [7, 'text'],
  parameters: [8, parameter],
  responses: [9, keyed(1, within(1, message(RESPONSE)))],
  schemes: [10, 'text'],
  [EXTENSIONS]: [13, 'any'],
};

const operation = message(OPERATION);
const PATH_ITEM: Fields = {
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
  parameters: [9, parameter],
};

const DOCUMENT: Fields = {
  swagger: [1, 'text'],
  info: [2, message({ title: [1, 'text'], version: [2, 'text'] })],
  paths: [8, keyed(2, message(PATH_ITEM))],
  definitions: [9, keyed(1, schema)],
};
