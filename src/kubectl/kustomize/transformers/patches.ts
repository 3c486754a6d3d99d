import type { Json } from '../../../api/objects';
import { attempt, CliError, asError } from '../../errors';
import { goQuote } from '../../format/go-text';
import type { JsonObject } from '../../format/json';
import { copyJson, isObject, textAt } from '../../format/json';
import { yamlToJson } from '../../manifest/yaml';
import { toYaml } from '../../printers/yaml';
import type { Folder } from '../folder';
import { identityText } from '../identity';
import { withOperations } from '../json-operations';
import type { PatchEntry } from '../kustomization';
import { parseFile, parseResources } from '../parse';
import type { Resource } from '../resource';
import type { ResourceList } from '../resource-list';
import { mergeStrategic } from '../strategic-merge';

/** A patch of `patches`, read. */
export interface Patch {
  entry: PatchEntry;
  /** What errors call it. */
  source: string;
  strategic?: Resource[];
  operations?: Json[];
}

/** Reads a patch, of whichever of the two kinds it is. Throws where it is none or both. Models PatchTransformerPlugin. */
export function readPatch(entry: PatchEntry, folder: Folder): Patch {
  const patch = (entry.patch ?? '').trim();
  const shown = toYaml(copyJson({ ...entry, ...(patch ? { patch: entry.patch } : {}) } as unknown as JsonObject));
  const trouble = (words: string): CliError =>
    new CliError(`trouble configuring builtin PatchTransformer with config: \`\n${shown}\`: ${words}`);
  if (patch === '' && !entry.path) throw trouble(`must specify one of patch and path in\n${shown}`);
  if (patch !== '' && entry.path) throw trouble(`patch and path can't be set at the same time\n${shown}`);
  const source = patch ? `[patch: ${goQuote(patch)}]` : `[path: ${goQuote(entry.path ?? '')}]`;
  let text = patch;
  try {
    if (entry.path) text = folder.read(entry.path);
  } catch (thrown) {
    throw trouble(`failed to get the patch file from path(${entry.path}): ${asError(thrown).message}`);
  }
  const strategic = attempt(() => parseResources(text));
  const operations = attempt(() => readOperations(text));
  if (strategic?.length && operations?.length)
    throw trouble(`illegally qualifies as both an SM and JSON patch: ${source}`);
  if (strategic) return { entry, source, strategic };
  if (operations) return { entry, source, operations };
  throw trouble(`unable to parse SM or JSON patch from ${source}`);
}

/** The operations of a JSON patch, in JSON or YAML. Throws where it is none. */
function readOperations(text: string): Json[] {
  const value = text.startsWith('[') ? parsedJson(text) : yamlToJson(text);
  if (!Array.isArray(value) || !value.every(isObject)) throw new CliError('no JSON patch');
  return value;
}

function parsedJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new CliError('no JSON');
  }
}

export function transformPatch(list: ResourceList, patch: Patch): void {
  if (patch.strategic) return transformStrategic(list, patch, patch.strategic);
  if (!patch.entry.target) throw new CliError(`must specify a target for JSON patch ${patch.source}`);
  for (const resource of list.select(patch.entry.target)) {
    resource.storeIdentity();
    resource.object = withOperations(resource.object, patch.operations ?? []);
  }
}

function transformStrategic(list: ResourceList, { entry, source }: Patch, patches: Resource[]): void {
  if (entry.target) {
    const [only] = patches;
    if (patches.length > 1)
      throw new CliError(
        `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`,
      );
    if (only)
      for (const resource of list.select(entry.target))
        applyPatch(list, resource, asTarget(only.object, resource), entry);
    return;
  }
  for (const patch of patches) applyPatch(list, targetOf(list, patch), patch.object, entry);
}

/** A patch with a target need not name the version of what it is for. */
function asTarget(patch: JsonObject, { object }: Resource): JsonObject {
  return { ...patch, apiVersion: textAt(object, 'apiVersion') };
}

function targetOf(list: ResourceList, patch: Resource): Resource {
  const { identity } = patch;
  try {
    return list.one(identity);
  } catch (thrown) {
    throw new CliError(
      `no resource matches strategic merge patch ${goQuote(identityText(identity))}: ${asError(thrown).message}`,
    );
  }
}

/** Models Resource.ApplySmPatch: the name and the kind stay, unless the entry lets them change. */
function applyPatch(list: ResourceList, resource: Resource, patch: JsonObject, { options = {} }: PatchEntry): void {
  const { name, namespace } = resource;
  const kind = textAt(resource.object, 'kind');
  if (options.allowNameChange || options.allowKindChange) resource.storeIdentity();
  const merged = mergeStrategic(resource.object, copyJson(patch));
  if (!merged) {
    list.resources = list.resources.filter((one) => one !== resource);
    return;
  }
  resource.object = merged;
  if (!options.allowKindChange) merged['kind'] = kind;
  if (!options.allowNameChange) resource.name = name;
  resource.namespace = namespace;
}

/** The older `patchesStrategicMerge`: names of files, or the patches themselves. */
export function transformStrategicFiles(list: ResourceList, entries: readonly string[], folder: Folder): void {
  const patches = entries.flatMap(
    (entry) => attempt(() => parseResources(entry)) ?? parseFile(folder.read(entry), entry),
  );
  for (const patch of patches) applyPatch(list, list.one(patch.identity), patch.object, {});
}

/** The older `patchesJson6902`. */
export function transformJsonPatch(list: ResourceList, entry: PatchEntry, folder: Folder): void {
  if (!entry.target?.name) throw new CliError('must specify the target name');
  const { path, patch, target } = entry;
  if (!path && !patch) throw new CliError('empty file path and empty jsonOp');
  if (path && patch) throw new CliError('must specify a file path or jsonOp, not both');
  const operations = readOperations(path ? folder.read(path) : (patch ?? ''));
  for (const resource of list.select(target)) resource.object = withOperations(resource.object, operations);
}
