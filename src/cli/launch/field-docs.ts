import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const PACKAGES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const MODULE = 'virtual:field-docs';

/** What a field, or a type, says of itself; and the values that a text can have, where that is fixed. */
interface Words {
  description?: string;
  enum?: string[];
}

/** By field; what the type says of itself stands under the empty key. */
type TypeDocs = Record<string, Words>;

/** Where the declarations stand, and how the tables of `src/api/schema/` call what is below. */
const SOURCES: readonly (readonly [folder: string, nameOf: (parts: string[]) => string])[] = [
  ['kubernetes-models', ([group = '', ...rest]) => [...coreOr(group), ...rest].join('.')],
  ['@kubernetes-models/apimachinery/apis', (parts) => ['machinery', ...parts].join('.')],
  ['@kubernetes-models/apimachinery/api', (parts) => ['pkg', 'api', ...parts].join('.')],
  ['@kubernetes-models/apimachinery/util', (parts) => ['pkg', 'util', ...parts].join('.')],
];

/** `v1/Pod` is `core.v1.Pod`, `rbac.authorization.k8s.io/v1/Role` is `rbac.v1.Role`. */
function coreOr(group: string): string[] {
  if (/^v\d/.test(group)) return ['core', group];
  return group === 'apiextensions.k8s.io' ? ['extensions', 'apiextensions'] : [group.split('.')[0]!];
}

const DECLARATION =
  /(?:\/\*\*\n((?:\s*\*(?!\/).*\n)*)\s*\*\/\n)?export (?:declare )?(?:interface|type) I(\w+)[^\n]*\n([\s\S]*?)\n\}/;
const FIELD = /(?:\/\*\*\n((?:\s*\*(?!\/).*\n)+)\s*\*\/\n)?\s*"([^"]+)"\??: ([^\n]*?);?$/gm;

/** Reads what the declarations of kubernetes-models say of types and fields, by the type's name in the tables. */
export function readFieldDocs(): Record<string, TypeDocs> {
  const docs: Record<string, TypeDocs> = {};
  for (const [folder, nameOf] of SOURCES) {
    for (const path of declarationsBelow(join(PACKAGES, folder))) {
      const match = DECLARATION.exec(readFileSync(path, 'utf8'));
      if (!match) continue;
      const parts = relative(join(PACKAGES, folder), path)
        .replace(/\.d\.ts$/, '')
        .split(sep);
      docs[nameOf(parts)] = docsOf(match[1] ?? '', match[3] ?? '');
    }
  }
  return docs;
}

function declarationsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('_') ? [] : declarationsBelow(path);
    return entry.name.endsWith('.d.ts') && !/List\.d\.ts$|^index/.test(entry.name) ? [path] : [];
  });
}

function docsOf(own: string, body: string): TypeDocs {
  const docs: TypeDocs = own === '' ? {} : { '': { description: textOf(own) } };
  for (const [, comment = '', field = '', type = ''] of body.matchAll(FIELD)) {
    const values = /^"[^"]*"( \| "[^"]*")+$/.test(type)
      ? (JSON.parse(`[${type.replaceAll(' | ', ',')}]`) as string[])
      : [];
    docs[field] = {
      ...(comment === '' ? {} : { description: textOf(comment) }),
      ...(values.length > 0 ? { enum: values } : {}),
    };
  }
  return docs;
}

/** The lines of a comment without their stars. */
function textOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trimEnd()
    .replaceAll('*\\/', '*/');
}

/** Serves the documentation of fields as the module `virtual:field-docs`, made once when somebody first asks for it. */
export function fieldDocs(): Plugin {
  let text: string | undefined;
  return {
    name: 'field-docs',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      text ??= JSON.stringify(readFieldDocs());
      return `export default JSON.parse(${JSON.stringify(text)});`;
    },
  };
}
