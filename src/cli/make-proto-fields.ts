import { writeFileSync } from 'node:fs';
import { shortName } from '../api/schema/type-code';
import types from '../api/schema/types.json';
import { readGoStructs, type GoField } from './go-sources';

/**
 * Makes the table of protobuf's field numbers of `src/bridge/` from Kubernetes' Go sources: `make-proto-fields GO_FOLDER`,
 * run in the project's root. A type is the list of its keys in the order of their numbers from 1; `>` before the name of
 * a type says that its keys, which JSON has in the same object, have a message of their own.
 */

const [folder = ''] = process.argv.slice(2);
const structs = readGoStructs(folder);

function embedded(owner: string, { goType }: GoField): string {
  const prefix = owner.slice(0, owner.lastIndexOf('.'));
  const [pkg, name] = goType.includes('.') ? goType.split('.') : [undefined, goType];
  if (pkg === undefined) return `${prefix}.${name}`;
  return pkg === 'v1' && owner.includes('.core.') ? `${prefix}.${name}` : `io.k8s.api.core.v1.${name}`;
}

/** The packages whose types the server knows. */
const packageOf = (short: string): string => short.slice(0, short.lastIndexOf('.'));
const known = new Set(Object.keys(types).map(packageOf));

const table: Record<string, string> = {};
for (const [type, fields] of [...structs].sort(([one], [other]) => (one < other ? -1 : 1))) {
  const keys: string[] = [];
  for (const field of fields)
    if (field.number > 0) keys[field.number - 1] = field.inline ? `>${shortName(embedded(type, field))}` : field.name;
  if (keys.length > 0 && known.has(packageOf(shortName(type))))
    table[shortName(type)] = Array.from(keys, (key) => key ?? '').join(',');
}
writeFileSync('src/bridge/proto-fields.json', `${JSON.stringify(table, null, 0).replaceAll('","', '",\n"')}\n`);
