import { CliError, asError } from '../errors';
import { toBase64 } from '../format/base64';
import { contentHash } from '../format/content-hash';
import { goJson } from '../format/go-json';
import { goList, goQuote } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { isObject, sortedKeys, textAt } from '../format/json';
import type { Folder } from './folder';
import type { GeneratorEntry, GeneratorOptions } from './kustomization';
import type { Behavior } from './resource';
import { Resource } from './resource';

const BEHAVIORS: readonly string[] = ['create', 'merge', 'replace'];
const BASE64_LINE = 70;

/** The ConfigMap or Secret of a generator. Throws where a source is missing or names a key again. */
export function generate(
  kind: 'ConfigMap' | 'Secret',
  entry: GeneratorEntry,
  global: GeneratorOptions | undefined,
  folder: Folder,
): Resource {
  if (!entry.name) throw new CliError('a configmap must have a name');
  const options = mergedOptions(entry.options, global);
  const metadata: JsonObject = { name: entry.name };
  if (entry.namespace) metadata['namespace'] = entry.namespace;
  if (options.labels && Object.keys(options.labels).length > 0) metadata['labels'] = { ...options.labels };
  if (options.annotations && Object.keys(options.annotations).length > 0)
    metadata['annotations'] = { ...options.annotations };
  const object: JsonObject = { apiVersion: 'v1', kind, metadata };
  const data = pairsOf(entry, folder);
  if (kind === 'Secret') {
    object['type'] = entry.type || 'Opaque';
    object['data'] = Object.fromEntries([...data].map(([key, value]) => [key, wrapped(toBase64(value))]));
  } else if (data.size > 0) object['data'] = Object.fromEntries(data);
  if (options.immutable) object['immutable'] = true;
  const resource = new Resource(object);
  resource.behavior = BEHAVIORS.includes(entry.behavior ?? '') ? (entry.behavior as Behavior) : 'unspecified';
  resource.needsHash = options.disableNameSuffixHash !== true;
  return resource;
}

function mergedOptions(own: GeneratorOptions = {}, global: GeneratorOptions = {}): GeneratorOptions {
  return {
    labels: { ...global.labels, ...own.labels },
    annotations: { ...global.annotations, ...own.annotations },
    disableNameSuffixHash: own.disableNameSuffixHash === true || global.disableNameSuffixHash === true,
    immutable: own.immutable === true || global.immutable === true,
  };
}

/** Keys and values, from files of variables, then literals, then files. Models kv.Loader.Load. */
function pairsOf(entry: GeneratorEntry, folder: Folder): Map<string, string> {
  const envs = [...(entry.envs ?? []), ...(entry.env ? [entry.env] : [])];
  const pairs: [string, string][] = [
    ...read(`env source files: ${goList(envs)}`, () => envs.flatMap((name) => variables(folder.read(name)))),
    ...read(`literal sources ${goList(entry.literals ?? [])}`, () => (entry.literals ?? []).map(literal)),
    ...read(`file sources: ${goList(entry.files ?? [])}`, () =>
      (entry.files ?? []).map((source): [string, string] => {
        const [key, path] = fileSource(source);
        return [key, folder.read(path)];
      }),
    ),
  ];
  const known = new Map<string, string>();
  for (const [key, value] of pairs) {
    if (known.has(key)) throw new CliError(`configmap ${entry.name ?? ''} illegally repeats the key \`${key}\``);
    known.set(key, value);
  }
  return known;
}

function read<T>(what: string, readSources: () => T): T {
  try {
    return readSources();
  } catch (thrown) {
    throw new CliError(`loading KV pairs: ${what}: ${asError(thrown).message}`);
  }
}

function variables(text: string): [string, string][] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, string] => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    })
    .filter(([key]) => key !== '');
}

function literal(source: string): [string, string] {
  const equals = source.indexOf('=');
  if (equals <= 0) throw new CliError(`invalid literal source ${source}, expected key=value`);
  const value = source.slice(equals + 1);
  const quoted = value.length >= 2 && /^(["'])[\s\S]*\1$/.test(value);
  return [source.slice(0, equals), quoted ? value.slice(1, -1) : value];
}

function fileSource(source: string): [key: string, path: string] {
  const [key = '', path = '', ...more] = source.split('=');
  if (more.length > 0) throw new CliError(`source ${goQuote(source)} key name or file path contains '='`);
  if (!source.includes('=')) return [source.split('/').at(-1) ?? '', source];
  if (key === '') throw new CliError(`missing key name for file path ${goQuote(path)} in source ${goQuote(source)}`);
  if (path === '') throw new CliError(`missing file path for key name ${goQuote(key)} in source ${goQuote(source)}`);
  return [key, path];
}

/** Long base64 goes over several lines. */
function wrapped(text: string): string {
  if (text.length < BASE64_LINE) return text;
  return text.replace(new RegExp(`.{1,${BASE64_LINE}}`, 'g'), '$&\n');
}

/** The hash of what a resource says, which goes to the end of its name. Models api/hasher. */
export async function hashOf({ object }: Resource): Promise<string> {
  const kind = textAt(object, 'kind');
  const said: JsonObject = { kind, name: '', data: object['data'] ?? '' };
  if (kind === 'Secret') said['type'] = object['type'] ?? '';
  const more = kind === 'Secret' ? 'stringData' : 'binaryData';
  if (isObject(object[more])) said[more] = object[more];
  return contentHash(goJson(said));
}

/** A map of texts in the order of its keys. */
export function sortedTexts(map: Record<string, string>): [string, string][] {
  return sortedKeys(map).map((key) => [key, map[key] ?? '']);
}
