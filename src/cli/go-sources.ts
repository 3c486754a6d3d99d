import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the Go declaration of a field says beyond its OpenAPI. */
export interface GoField {
  /** The JSON key. */
  readonly name: string;
  /** The name in Go. */
  readonly goName: string;
  /** The Go type without its star, such as `RestartPolicy` or `[]Container`. */
  readonly goType: string;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  readonly inline: boolean;
  /** Its number in protobuf; 0 where it has none. */
  readonly number: number;
}

const STRUCT = /^type (\w+) struct \{\n([\s\S]*?)^\}/gm;
const FIELD = /^\t(?:(\w+)[ \t]+)?(\*?)([\w.[\]*]+)[ \t]+`json:"([^"]*)"(?:.*? protobuf:"\w+,(\d+))?/;

/** Packages outside of k8s.io/api, and how the published types call them. */
const OTHER_PACKAGES = [
  ['apimachinery/pkg/apis/meta/v1', 'io.k8s.apimachinery.pkg.apis.meta.v1'],
  ['apiextensions-apiserver/pkg/apis/apiextensions/v1', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'],
] as const;

/** The structs of the Go sources under `folder` (clones of three repositories), by published type name. */
export function readGoStructs(folder: string): Map<string, GoField[]> {
  const structs = new Map<string, GoField[]>();
  const api = join(folder, 'api');
  for (const group of directories(api)) {
    for (const version of directories(join(api, group))) {
      readPackage(join(api, group, version), `io.k8s.api.${group}.${version}`, structs);
    }
  }
  for (const [path, name] of OTHER_PACKAGES) readPackage(join(folder, path), name, structs);
  return structs;
}

function directories(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function readPackage(folder: string, prefix: string, structs: Map<string, GoField[]>): void {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder).filter(
    (name) => name.startsWith('types') && name.endsWith('.go') && !name.includes('swagger'),
  )) {
    const source = readFileSync(join(folder, file), 'utf8');
    for (const [, name = '', body = ''] of source.matchAll(STRUCT)) structs.set(`${prefix}.${name}`, readFields(body));
  }
}

function readFields(body: string): GoField[] {
  return body.split('\n').flatMap((line) => {
    const match = FIELD.exec(line);
    if (!match) return [];
    const [, goName, star, goType = '', tag = '', number = '0'] = match;
    const [name = '', ...options] = tag.split(',');
    const embedded = goType.split('.').at(-1)!;
    return [
      {
        name,
        goName: goName ?? embedded,
        goType,
        pointer: star === '*',
        omitEmpty: options.includes('omitempty'),
        omitZero: options.includes('omitzero'),
        inline: options.includes('inline'),
        number: Number(number),
      },
    ];
  });
}

const DOC_MAP = /^var map_(\w+) = map\[string\]string\{\n([\s\S]*?)^\}/gm;
const DOC_LINE = /^\t"([^"]*)":\s+("(?:[^"\\]|\\.)*"),$/gm;

/** The documentation of fields, such as `core.v1.PodStatus.podIP`, from the same sources. */
export function readFieldDocs(folder: string): Map<string, string> {
  const docs = new Map<string, string>();
  const read = (path: string, prefix: string): void => {
    const file = join(path, 'types_swagger_doc_generated.go');
    if (!existsSync(file)) return;
    for (const [, type = '', body = ''] of readFileSync(file, 'utf8').matchAll(DOC_MAP)) {
      for (const [, field = '', text = ''] of body.matchAll(DOC_LINE))
        docs.set(`${prefix}.${type}.${field}`, JSON.parse(text) as string);
    }
  };
  const api = join(folder, 'api');
  for (const group of directories(api)) {
    for (const version of directories(join(api, group))) read(join(api, group, version), `${group}.${version}`);
  }
  read(join(folder, 'apimachinery/pkg/apis/meta/v1'), 'meta.v1');
  return docs;
}
