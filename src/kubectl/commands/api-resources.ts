import type { Json } from '../../api/objects';
import type { Discovery, Mapping } from '../cluster/discovery';
import { groupVersionOf } from '../cluster/discovery';
import type { Command } from '../command';
import { CliError, usageError } from '../errors';
import { bool, slice, text } from '../flags/flags';
import { compareBytes } from '../format/json';
import { plainPrinter, unknownFormat } from '../printers/output';
import { tableWriter } from '../printers/tab-writer';
import type { Session } from '../session';

const FORMATS = ['json', 'kyaml', 'name', 'wide', 'yaml'];

export const apiResourcesCommand: Command = {
  name: 'api-resources',
  usage: 'api-resources [flags]',
  short: 'Print the supported API resources on the server',
  long: 'Lists every kind of object this cluster has, with its short names.',
  examples: `  kubectl api-resources --api-group=batch`,
  outputs: FORMATS,
  flags: [
    bool('show-managed-fields', 'Keep managedFields in JSON and YAML.'),
    text('output', `Output format. One of: (${FORMATS.join(', ')}).`, { short: 'o' }),
    bool('no-headers', 'Leave the headers out.'),
    text('api-group', 'Only this API group.'),
    bool('namespaced', 'Only what has a namespace; with =false only what has none.', { default: 'true' }),
    slice('verbs', 'Only what knows these verbs.'),
    text('sort-by', 'Sort by name or kind.', { values: ['name', 'kind'] }),
    bool('cached', 'Use what is known from before.'),
    slice('categories', 'Only what belongs to these categories.'),
  ],
  run: apiResources,
};

async function apiResources(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw usageError(session.commandPath, `unexpected arguments: [${args.join(' ')}]`);
  const format = flags.text('output');
  const sortBy = flags.text('sort-by');
  if (!['', 'name', 'kind'].includes(sortBy)) throw new CliError('--sort-by accepts only name or kind');
  const resources = await preferredResources(session.discovery, flags.bool('cached'));
  const wanted = resources.filter((mapping) => isWanted(session, mapping));
  if (sortBy !== '') wanted.sort(byKey((mapping) => (sortBy === 'name' ? mapping.resource : mapping.kind)));
  if (format === 'name') {
    for (const { resource, group } of wanted) session.print(`${group ? `${resource}.${group}` : resource}\n`);
  } else if (format === '' || format === 'wide') {
    printRows(session, wanted, format === 'wide');
  } else {
    const printer = plainPrinter(format, flags, true);
    if (!printer) throw unknownFormat(format, FORMATS);
    printer.print(
      { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: '', resources: wanted.map(resourceObject) },
      session.out,
    );
  }
}

const byKey =
  (keyOf: (mapping: Mapping) => string) =>
  (left: Mapping, right: Mapping): number =>
    compareBytes(keyOf(left), keyOf(right)) || compareBytes(left.resource, right.resource);

/** Every resource once, by groups and names. `cached` says that what is known from before is enough. */
export async function preferredResources(discovery: Discovery, cached: boolean): Promise<Mapping[]> {
  const { mappings, preferred } = await discovery.discovered(!cached);
  return mappings
    .filter((mapping) => !mapping.resource.includes('/') && isPreferred(mapping, mappings, preferred))
    .sort(byKey((mapping) => mapping.group));
}

/** The version of its group that is preferred; another one where the preferred one lacks the resource. */
function isPreferred(mapping: Mapping, all: readonly Mapping[], preferred: ReadonlyMap<string, string>): boolean {
  const same = all.filter((one) => one.group === mapping.group && one.resource === mapping.resource);
  return mapping === (same.find((one) => one.version === preferred.get(mapping.group)) ?? same[0]);
}

function isWanted({ flags }: Session, mapping: Mapping): boolean {
  if (mapping.verbs.length === 0) return false;
  if (flags.changed('api-group') && flags.text('api-group') !== mapping.group) return false;
  if (flags.changed('namespaced') && flags.bool('namespaced') !== mapping.namespaced) return false;
  if (!flags.list('verbs').every((verb) => mapping.verbs.includes(verb))) return false;
  return flags.list('categories').every((category) => mapping.categories.includes(category));
}

function printRows(session: Session, mappings: readonly Mapping[], wide: boolean): void {
  const writer = tableWriter((output) => session.print(output));
  if (!session.flags.bool('no-headers')) {
    writer.write(`NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? '\tVERBS\tCATEGORIES' : ''}\n`);
  }
  for (const mapping of mappings) {
    const cells = [
      mapping.resource,
      mapping.shortNames.join(','),
      groupVersionOf(mapping),
      String(mapping.namespaced),
      mapping.kind,
    ];
    if (wide) cells.push(mapping.verbs.join(','), mapping.categories.join(','));
    writer.write(`${cells.join('\t')}\n`);
  }
  writer.flush();
}

/** In the order of Go's metav1.APIResource. */
function resourceObject(mapping: Mapping): Json {
  const { resource, singular, namespaced, group, version, kind, verbs, shortNames, categories } = mapping;
  return {
    name: resource,
    singularName: singular,
    namespaced,
    ...(group ? { group } : {}),
    version,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
}
