import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../api/objects';
import { present } from '../base/assert';
import { encodeField, shortName, type EncodedType } from '../api/schema/type-code';
import type { FieldSchema, ResourceRow, TypeSchema } from '../api/schema/types';
import { KINDS } from '../kernel/apiserver/kinds';
import { readFieldDocs, readGoStructs, type GoField } from './go-sources';

/**
 * Makes the compact tables of `src/api/schema/` from the published OpenAPI and discovery documents of Kubernetes:
 * `make-tables FACTS_FOLDER GO_FOLDER`, run in the project's root. The second folder holds the Go sources `api`,
 * `apimachinery` and `apiextensions-apiserver` of the same version: only they say which fields are pointers, and the
 * names of Go's types that error messages use. Lists are left out (every list has the same shape), and so is what no
 * served resource reaches.
 */

type PublishedType = Omit<TypeSchema, 'kinds'> & { kinds?: [string, string, string][] };

/** Types that requests carry although no resource is made of them. */
const ROOTS = [
  'io.k8s.api.autoscaling.v1.Scale',
  'io.k8s.api.policy.v1.Eviction',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Status',
];

function references(field: FieldSchema): string[] {
  return [
    field.ref,
    ...(field.items ? references(field.items) : []),
    ...(field.values ? references(field.values) : []),
  ].filter((name) => name !== undefined);
}

function reachable(types: Record<string, PublishedType>, rows: ResourceRow[]): string[] {
  const served = new Set(
    rows.flatMap((row) => [row, ...row.subresources.map((sub) => ({ ...row, ...sub }))]).map(kindKey),
  );
  const names = Object.keys(types).filter(
    (name) => ROOTS.includes(name) || types[name]!.kinds?.some((kind) => served.has(kind.join('/'))),
  );
  const found = new Set<string>();
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const field of Object.values(types[name]?.fields ?? {})) names.push(...references(field));
  }
  return [...found].sort();
}

const kindKey = (row: { group: string; version: string; kind: string }): string =>
  `${row.group}/${row.version}/${row.kind}`;

const BASIC = /^(string|bool|u?int(8|16|32|64)?|float(32|64)|byte)$/;

/** The field with what its Go declaration adds. */
function withGo(field: FieldSchema, go: GoField | undefined): FieldSchema {
  if (!go) return field;
  const scalar = field.ref === undefined && field.items === undefined && field.values === undefined;
  const element = go.goType.replace(/^(\[\]|map\[\w+\])\*?/, '');
  const named = go.goType === element || !(field.items ?? field.values)?.ref;
  const omittedZero = scalar && go.omitEmpty && ['', 0, false].includes(field.default as string);
  if (omittedZero) delete field.default;
  const time = /\.(Micro)?Time$/.test(field.ref ?? '');
  return {
    ...field,
    ...(time && !go.pointer && !go.omitZero ? { default: null } : {}),
    ...(go.goName === capitalised(go.name) ? {} : { goName: go.goName }),
    ...(go.pointer ? { pointer: true } : {}),
    ...(named && !BASIC.test(element) && !element.includes('[') && field.ref === undefined
      ? { goType: go.goType }
      : {}),
    ...(!scalar && field.ref === undefined && !go.omitEmpty ? { always: true } : {}),
  };
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** The fields in the order of the Go declaration; what that does not know comes last. */
function inGoOrder(fields: Record<string, FieldSchema>, go: Map<string, GoField>): [string, FieldSchema][] {
  const known = [...go.keys()].filter((key) => Object.hasOwn(fields, key));
  const others = Object.keys(fields).filter((key) => !go.has(key));
  return [...known, ...others].map((key) => [key, fields[key]!]);
}

function goFieldsOf(name: string, structs: Map<string, GoField[]>): Map<string, GoField> {
  const prefix = name.slice(0, name.lastIndexOf('.') + 1);
  const fields = (structs.get(name) ?? []).flatMap((field) =>
    field.inline ? [...goFieldsOf(prefix + field.goType, structs).values()] : [field],
  );
  return new Map(fields.map((field) => [field.name, field]));
}

function encodeType(name: string, type: PublishedType, structs: Map<string, GoField[]>): EncodedType {
  const go = goFieldsOf(name, structs);
  const kind = type.kinds?.length === 1 ? type.kinds[0]! : undefined;
  return {
    ...(kind ? { kind: kind.join('/') } : {}),
    ...(type.required ? { required: type.required.join(' ') } : {}),
    ...(type.mapType ? { mapType: type.mapType } : {}),
    ...(type.fields
      ? {
          fields: Object.fromEntries(
            inGoOrder(type.fields, go).map(([key, field]) => [key, encodeField(withGo(field, go.get(key)))]),
          ),
        }
      : { scalar: { type: type.type, format: type.format, oneOf: type.oneOf } as Record<string, Json> }),
  };
}

/** One entry a line, so that a change of Kubernetes shows as a readable difference. */
function writeLines(path: string, open: string, lines: string[], close: string): void {
  writeFileSync(path, `${open}\n${lines.join(',\n')}\n${close}\n`);
}

function main(facts: string, goFolder: string, folder: string): void {
  const types = JSON.parse(readFileSync(join(facts, 'schema.json'), 'utf8')) as Record<string, PublishedType>;
  const rows = JSON.parse(readFileSync(join(facts, 'resources.json'), 'utf8')) as ResourceRow[];
  const structs = readGoStructs(goFolder);
  const lines = reachable(types, rows).map(
    (name) => `${JSON.stringify(shortName(name))}:${JSON.stringify(encodeType(name, types[name]!, structs))}`,
  );
  writeLines(join(folder, 'types.json'), '{', lines, '}');
  writeLines(
    join(folder, 'resources.json'),
    '[',
    rows.map((row) => JSON.stringify(row)),
    ']',
  );
}

/** The documentation that columns repeat. */
function writeColumnDocs(goFolder: string, path: string): void {
  const docs = readFieldDocs(goFolder);
  const names = [
    'meta.v1.ObjectMeta.name',
    ...KINDS.flatMap((kind) => kind.table?.columns ?? []).map((column) => column.doc),
  ];
  const wanted = [...new Set(names)].filter((name) => name !== undefined).sort();
  const lines = wanted.map((name) => `${JSON.stringify(name)}:${JSON.stringify(present(docs.get(name), name))}`);
  writeLines(path, '{', lines, '}');
}

writeColumnDocs(process.argv[3] ?? '', 'src/kernel/apiserver/columns/column-docs.json');
main(process.argv[2] ?? '', process.argv[3] ?? '', 'src/api/schema');
