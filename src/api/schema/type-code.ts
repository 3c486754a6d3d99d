import { assert } from '../../base/assert';
import type { Json } from '../objects';
import type { FieldSchema, TypeSchema } from './types';

/**
 * The compact text in which the tables keep a field: a shape, then words. Shapes are `s` string, `i` int32, `l` int64,
 * `d` double, `b` boolean, `y` bytes, `:name` a type, `[shape]` a list, `{shape}` a map; `!` marks the zero default.
 * `[:core.v1.Container!] list=map keys=name patch=merge by=name` is a Pod's containers. The flag `ptr` marks a pointer,
 * `always` a list that is written even where it is empty, `go` names the Go type.
 */
export interface EncodedType {
  /** group/version/kind, for types that stand by themselves. */
  kind?: string;
  required?: string;
  mapType?: 'atomic' | 'granular';
  fields?: Record<string, string>;
  /** For types that stand for a scalar. */
  scalar?: Record<string, Json>;
}

const PREFIXES: readonly (readonly [long: string, short: string])[] = [
  ['io.k8s.api.', ''],
  ['io.k8s.apimachinery.pkg.apis.', 'machinery.'],
  ['io.k8s.apimachinery.pkg.', 'pkg.'],
  ['io.k8s.apiextensions-apiserver.pkg.apis.', 'extensions.'],
  ['io.k8s.kube-aggregator.pkg.apis.', 'aggregator.'],
];

/** A type's name as the tables write it. */
export function shortName(name: string): string {
  const prefix = PREFIXES.find(([long]) => name.startsWith(long));
  return prefix ? prefix[1] + name.slice(prefix[0].length) : name;
}

/** A type's published name. */
export function longName(name: string): string {
  const prefix = PREFIXES.find(([, short]) => short !== '' && name.startsWith(short)) ?? PREFIXES[0]!;
  return prefix[0] + name.slice(prefix[1].length);
}

const SCALARS: Record<string, FieldSchema> = {
  s: { type: 'string' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  b: { type: 'boolean' },
  y: { type: 'string', format: 'byte' },
};

const ZEROS: Record<string, Json> = { string: '', integer: 0, number: 0, boolean: false };

function zeroOf(field: FieldSchema): Json {
  return field.ref ? {} : (ZEROS[field.type ?? ''] ?? {});
}

function encodeShape(field: FieldSchema): string {
  const zero = 'default' in field && JSON.stringify(field.default) === JSON.stringify(zeroOf(field)) ? '!' : '';
  if (field.ref) return `:${shortName(field.ref)}${zero}`;
  if (field.items) return `[${encodeShape(field.items)}]`;
  if (field.values) return `{${encodeShape(field.values)}}`;
  const letter = Object.keys(SCALARS).find(
    (one) => SCALARS[one]!.type === field.type && SCALARS[one]!.format === field.format,
  );
  assert(letter, `no code for ${JSON.stringify(field)}`);
  return letter + zero;
}

/** A field as text. */
export function encodeField(field: FieldSchema): string {
  const shape = encodeShape(field);
  const words: [string, string | undefined][] = [
    ['default', 'default' in field && !shape.endsWith('!') ? JSON.stringify(field.default) : undefined],
    ['list', field.listType],
    ['keys', field.mapKeys?.join(',')],
    ['map', field.mapType],
    ['patch', field.patchStrategy],
    ['by', field.patchKey],
    ['go', field.goType],
    ['name', field.goName],
  ];
  const flags = [...(field.pointer ? ['ptr'] : []), ...(field.always ? ['always'] : [])];
  return [
    shape,
    ...words.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`),
    ...flags,
  ].join(' ');
}

function decodeShape(text: string): FieldSchema {
  const zero = text.endsWith('!');
  const shape = zero ? text.slice(0, -1) : text;
  const inner = shape.slice(1, -1);
  const field: FieldSchema = shape.startsWith(':')
    ? { ref: longName(shape.slice(1)) }
    : shape.startsWith('[')
      ? { type: 'array', items: decodeShape(inner) }
      : shape.startsWith('{')
        ? { type: 'object', values: decodeShape(inner) }
        : { ...SCALARS[shape] };
  return zero ? { ...field, default: zeroOf(field) } : field;
}

/** The field a text stands for. */
export function decodeField(text: string): FieldSchema {
  const [shape = '', ...words] = text.split(' ');
  const field = decodeShape(shape);
  for (const word of words) {
    const at = word.indexOf('=');
    const value = word.slice(at + 1);
    const name = word.slice(0, at);
    if (name === 'default') field.default = JSON.parse(value) as Json;
    if (name === 'list') field.listType = value as 'map' | 'set' | 'atomic';
    if (name === 'keys') field.mapKeys = value.split(',');
    if (name === 'map') field.mapType = value as 'atomic' | 'granular';
    if (name === 'patch') field.patchStrategy = value;
    if (name === 'by') field.patchKey = value;
    if (name === 'go') field.goType = value;
    if (name === 'name') field.goName = value;
    if (word === 'ptr') field.pointer = true;
    if (word === 'always') field.always = true;
  }
  return field;
}

/** The type an entry of the table stands for. */
export function decodeType(encoded: EncodedType): TypeSchema {
  const [group = '', version = '', kind] = encoded.kind?.split('/') ?? [];
  return {
    ...(encoded.scalar ?? { type: 'object' }),
    ...(encoded.required ? { required: encoded.required.split(' ') } : {}),
    ...(encoded.mapType ? { mapType: encoded.mapType } : {}),
    ...(kind ? { kinds: [{ group, version, kind }] } : {}),
    ...(encoded.fields
      ? { fields: Object.fromEntries(Object.entries(encoded.fields).map(([name, code]) => [name, decodeField(code)])) }
      : {}),
  };
}
