import type { ApiClient } from '../api/client';
import type { Json } from '../api/objects';
import type { Command } from './command';
import { fieldSelectorWords, labelWords, pathWords } from './complete-fields';
import { explainedFields } from './cluster/fields';
import type { Discovered, Mapping } from './cluster/discovery';
import { Discovery, pathOf } from './cluster/discovery';
import { Rest } from './cluster/rest';
import { COMMANDS } from './commands/registry';
import { findCommand } from './find-command';
import type { FlagSpec } from './flags/flags';
import { GLOBAL_FLAGS } from './flags/standard';
import { listAt, stringMapAt, textAt } from './format/json';
import { PLAIN_FORMATS } from './printers/output';

/** How many names are looked at. */
const NAME_LIMIT = '500';

/** A line before its cursor, taken apart. */
interface Place {
  command: Command | undefined;
  flags: FlagSpec[];
  /** Arguments before the cursor. */
  args: string[];
  /** The flag whose value stands at the cursor. */
  flag: FlagSpec | undefined;
  /** What is typed of the word at the cursor, without `--flag=`. */
  typed: string;
  namespace: string;
  cluster: Cluster;
}

interface Cluster {
  rest: Rest;
  discovery: Discovery;
}

/**
 * The words that may stand at the cursor of a line that begins with `kubectl`: each one whole, in the place of what is
 * typed of it. Asks the cluster for kinds and names. Never throws; a cluster that does not answer has no names.
 */
export async function complete(line: string, cursor: number, client: ApiClient): Promise<string[]> {
  const words = line.slice(0, cursor).trimStart().split(/\s+/);
  const fragment = words.pop() ?? '';
  if (words.length === 0) return ['kubectl'].filter((word) => word.startsWith(fragment));
  const rest = new Rest(client, { warn: () => undefined });
  const place = placeOf(words.slice(1), fragment, { rest, discovery: new Discovery(client, rest) });
  const lead = fragment.slice(0, fragment.length - place.typed.length);
  try {
    const candidates = await candidatesAt(place, fragment);
    return [...new Set(candidates)].map((candidate) => lead + candidate).filter((word) => word.startsWith(fragment));
  } catch {
    return [];
  }
}

function placeOf(words: string[], fragment: string, cluster: Cluster): Place {
  const { command, rest } = findCommand(words);
  const flags = [...(command?.flags ?? []), ...GLOBAL_FLAGS];
  const place: Place = { command, flags, args: [], flag: undefined, typed: fragment, namespace: 'default', cluster };
  let pending: FlagSpec | undefined;
  for (const word of rest) {
    if (pending) {
      if (pending.name === 'namespace') place.namespace = word;
      pending = undefined;
      continue;
    }
    const given = flagOf(word, flags);
    if (!given) {
      if (!word.startsWith('-')) place.args.push(word);
    } else if (given.value !== undefined) {
      if (given.flag.name === 'namespace') place.namespace = given.value;
    } else if (given.flag.bare === undefined) {
      pending = given.flag;
    }
  }
  const here = flagOf(fragment, flags);
  if (pending) place.flag = pending;
  else if (here?.value !== undefined) {
    place.flag = here.flag;
    place.typed = here.value;
  }
  return place;
}

/** The flag a word names, and the value in the same word. */
function flagOf(word: string, flags: readonly FlagSpec[]): { flag: FlagSpec; value: string | undefined } | undefined {
  const match = /^(--[^=]+|-[^-=])(?:=([\s\S]*))?$/.exec(word);
  if (!match?.[1]) return undefined;
  const name = match[1];
  const flag = flags.find((one) => (name.startsWith('--') ? one.name === name.slice(2) : one.short === name.slice(1)));
  return flag ? { flag, value: match[2] } : undefined;
}

async function candidatesAt(place: Place, fragment: string): Promise<string[]> {
  if (place.flag) return flagValues(place.flag, place);
  if (fragment.startsWith('-')) return place.flags.map((flag) => `--${flag.name}`).sort();
  const { command, args } = place;
  if (!command) return COMMANDS.filter((one) => !one.hidden).map((one) => one.name);
  const below = args.length === 0 ? (command.commands ?? []).filter((one) => !one.hidden).map((one) => one.name) : [];
  return [...below, ...(await argumentsOf(command, place))];
}

async function flagValues(flag: FlagSpec, place: Place): Promise<string[]> {
  const { cluster, args } = place;
  switch (flag.name) {
    case 'namespace':
      return namesOf(cluster, await cluster.discovery.mappingFor('namespaces'), '');
    case 'output':
      return /^(jsonpath|jsonpath-as-json|custom-columns)=/.test(place.typed)
        ? fieldWords(place)
        : outputFormats(place.command);
    case 'sort-by':
      return fieldWords(place);
    case 'selector':
      return selectorWords(place);
    case 'field-selector': {
      const mapping = await selectedMapping(place);
      if (!mapping) return [];
      const nodes = await namesOf(cluster, await cluster.discovery.mappingFor('nodes'), '');
      return fieldSelectorWords(place.typed, mapping, nodes);
    }
    case 'container': {
      const pod = (args[0] ?? '').replace(/^(pods?|po)\//, '');
      return pod ? containersOf(cluster, place.namespace, pod) : [];
    }
    case 'for': {
      const before = /^(pod|deployment|job|node)s?\//.exec(args[0] ?? '');
      return before || args.length > 0 ? ['condition=', 'create', 'delete', 'jsonpath='] : [];
    }
    default:
      return flag.values ?? [];
  }
}

/** The kind that the command is about: of its first argument, and of events where it is about nothing else. */
async function selectedMapping({ command, args, cluster }: Place): Promise<Mapping | undefined> {
  if (command?.name === 'events') return cluster.discovery.mappingFor('events');
  const type = (args[0] ?? '').split('/')[0]!.split(',')[0]!;
  return type === '' ? undefined : ((await cluster.discovery.find(type)) ?? undefined);
}

/** Field paths: a list's are below `.items`, but those that it is sorted by and that make columns are its objects' own. */
async function fieldWords(place: Place): Promise<string[]> {
  const mapping = await selectedMapping(place);
  const listed = place.typed.startsWith('jsonpath') && place.args.length < 2 && !(place.args[0] ?? '').includes('/');
  return mapping ? pathWords(place.typed, mapping, listed) : [];
}

async function selectorWords(place: Place): Promise<string[]> {
  const mapping = await selectedMapping(place);
  if (!mapping) return [];
  const query = { limit: NAME_LIMIT };
  const list = await place.cluster.rest.json('GET', pathOf(mapping, place.namespace), { query });
  return labelWords(
    place.typed,
    listAt(list, 'items').map((item) => Object.fromEntries(stringMapAt(item, 'metadata', 'labels'))),
  );
}

function outputFormats(command: Command | undefined): string[] {
  if (command?.outputs) return [...command.outputs];
  const formats = PLAIN_FORMATS.map((format) => (/jsonpath|template/.test(format) ? `${format}=` : format));
  return command?.name === 'get'
    ? [...formats, 'wide', 'custom-columns=', 'custom-columns-file='].sort()
    : formats.sort();
}

async function argumentsOf(command: Command, place: Place): Promise<string[]> {
  const { cluster, args, namespace, typed } = place;
  const { discovery } = cluster;
  switch (command.completes) {
    case 'resources': {
      const first = args[0];
      if (typed.includes('/')) return pairs(place);
      if (first === undefined) return types(await discovery.discovered(), typed);
      if (first.includes('/')) return [];
      const mapping = await discovery.find(first);
      const named = mapping ? await namesOf(cluster, mapping, namespace) : [];
      return named.filter((name) => !args.includes(name));
    }
    case 'pods':
      if (args.length > 0) return [];
      if (typed.includes('/')) return pairs(place);
      return namesOf(cluster, await discovery.mappingFor('pods'), namespace);
    case 'nodes':
      return namesOf(cluster, await discovery.mappingFor('nodes'), '');
    case 'node changes':
      if (args.length === 0) return ['nodes'];
      return args.length === 1 || !args.some((arg) => arg.includes('='))
        ? namesOf(cluster, await discovery.mappingFor('nodes'), '')
        : [];
    case 'fields':
      if (args.length > 0) return [];
      return typed.includes('.') ? fieldPaths(discovery, typed) : types(await discovery.discovered(), typed);
    default:
      return [];
  }
}

/** Plurals; short names and singulars where no plural begins with what is typed. */
function types({ mappings }: Discovered, typed: string): string[] {
  const comma = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, comma);
  const begun = typed.slice(comma);
  const listed = mappings.filter((mapping) => mapping.verbs.includes('list') || mapping.verbs.includes('get'));
  const plurals = [...new Set(listed.map((mapping) => mapping.resource))].sort();
  const matching = plurals.filter((name) => name.startsWith(begun));
  const found = matching.length > 0 ? matching : listed.flatMap((mapping) => [...mapping.shortNames, mapping.singular]);
  return found.map((name) => before + name);
}

/** `pod/` → `pod/a`, `pod/b`. */
async function pairs({ cluster, typed, namespace }: Place): Promise<string[]> {
  const type = typed.slice(0, typed.indexOf('/'));
  const mapping = await cluster.discovery.find(type);
  if (!mapping) return [];
  return (await namesOf(cluster, mapping, namespace)).map((name) => `${type}/${name}`);
}

async function fieldPaths(discovery: Discovery, typed: string): Promise<string[]> {
  const [type = '', ...path] = typed.split('.');
  const mapping = await discovery.find(type);
  if (!mapping) return [];
  const parents = path.slice(0, -1);
  const before = [type, ...parents].join('.');
  return explainedFields(mapping, parents).map((field) => `${before}.${field}`);
}

async function namesOf({ rest }: Cluster, mapping: Mapping, namespace: string): Promise<string[]> {
  const list = await rest.json('GET', pathOf(mapping, namespace), { query: { limit: NAME_LIMIT } });
  return listAt(list, 'items').map((item) => textAt(item, 'metadata', 'name'));
}

async function containersOf({ rest, discovery }: Cluster, namespace: string, pod: string): Promise<string[]> {
  const found: Json = await rest.json('GET', pathOf(await discovery.mappingFor('pods'), namespace, pod));
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    listAt(found, 'spec', list).map((container) => textAt(container, 'name')),
  );
}
