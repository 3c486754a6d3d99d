import type { Json } from '../../../api/objects';
import { attempt, CliError, asError } from '../../errors';
import { goJson } from '../../format/go-json';
import { goQuote } from '../../format/go-text';
import type { JsonObject } from '../../format/json';
import { copyJson, isObject } from '../../format/json';
import { resolvePlain } from '../../manifest/yaml-values';
import { yamlToJson } from '../../manifest/yaml';
import { toYaml } from '../../printers/yaml';
import { decodeStruct } from '../decode';
import type { Folder } from '../folder';
import type { Identity } from '../identity';
import { effectiveNamespace, identityText, isSelected } from '../identity';
import type { Kustomization, Replacement, ReplacementOptions, Selector } from '../kustomization';
import { REPLACEMENT_SHAPE } from '../kustomization';
import type { Resource } from '../resource';
import { anchored, hasLabels } from '../resource-list';
import type { ResourceList } from '../resource-list';
import type { Slot } from '../value-path';
import { pathSteps, rootSlot, slotsAt } from '../value-path';

const NAME_PATH = 'metadata.name';
type Targets = NonNullable<Replacement['targets']>[number];

/** The replacements of a kustomization, and those of the files that it names. */
export function readReplacements({ replacements = [] }: Kustomization, folder: Folder): Replacement[] {
  return replacements.flatMap((one) => {
    if (!one.path) return [one];
    if (one.source || (one.targets ?? []).length > 0)
      throw new CliError('cannot specify both path and inline replacement');
    const value = yamlToJson(folder.read(one.path));
    const list = Array.isArray(value) ? value : [value];
    return list.map((item) => decodeStruct(item, REPLACEMENT_SHAPE) as Replacement);
  });
}

/** Copies a value from one field to others. Models filters/replacement. */
export function transformReplacement(list: ResourceList, replacement: Replacement): void {
  const { source, sourceValue, targets } = replacement;
  if ((sourceValue === undefined && !source) || !targets)
    throw new CliError('replacements must specify a source and at least one target');
  if (sourceValue !== undefined && source) throw new CliError('value and resource selectors are mutually exclusive');
  const value = source ? sourceValueOf(list, source) : (sourceValue ?? '');
  for (const target of targets) replaceIn(list, target, value);
}

function sourceValueOf(list: ResourceList, source: NonNullable<Replacement['source']>): Json {
  const { fieldPath = NAME_PATH, options } = source;
  const text = identityText({ group: '', version: '', kind: '', name: '', namespace: '', ...source });
  const shown = [text, source.fieldPath, optionsText(options)].filter(Boolean).join(':');
  const found = list.resources.filter((one) => one.identities.some((identity) => isMeant(identity, source)));
  const [only] = found;
  if (!only) throw new CliError(`nothing selected by ${shown}`);
  if (found.length > 1) throw new CliError(`multiple matches for selector ${shown}`);
  const value = slotsAt(rootSlot(only.object), pathSteps(fieldPath), undefined)[0]?.value ?? null;
  if (isEmpty(value)) throw new CliError(`fieldPath \`${fieldPath}\` is missing for replacement source ${text}`);
  return options?.delimiter ? part(value, options.delimiter, options.index ?? 0) : value;
}

function optionsText(options: ReplacementOptions | undefined): string {
  const { delimiter = '', index = 0, create = false } = options ?? {};
  return delimiter === '' && !create ? '' : `${delimiter}(${index}), create=${create}`;
}

function isMeant(identity: Identity, { name, namespace, ...gvk }: Selector): boolean {
  return (
    (!name || identity.name === name) &&
    (!namespace || effectiveNamespace(identity) === namespace) &&
    isSelected(identity, gvk)
  );
}

function isEmpty(value: Json): boolean {
  return (
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}

function part(value: Json, delimiter: string, index: number): string {
  if (value !== null && typeof value === 'object')
    throw new CliError('delimiter option can only be used with scalar nodes');
  const found = index < 0 ? undefined : String(value).split(delimiter)[index];
  if (found === undefined) throw new CliError(`options.index ${index} is out of bounds for value ${String(value)}`);
  return found;
}

function replaceIn(list: ResourceList, target: Targets, value: Json): void {
  const { select, reject = [], fieldPaths = [] } = target;
  if (!select) throw new CliError('target must specify resources to select');
  for (const resource of list.resources) {
    const labelled = reject.filter((one) => one.labelSelector || one.annotationSelector);
    if (!hasLabels(resource, select) || labelled.some((one) => hasLabels(resource, one))) continue;
    if (reject.some((one) => namesSomething(one) && isSelectedBy(resource, one)) || !isSelectedBy(resource, select))
      continue;
    for (const path of fieldPaths.length > 0 ? fieldPaths : [NAME_PATH])
      replaceAt(resource.object, path, value, target.options);
  }
}

const namesSomething = ({ group, version, kind, name, namespace }: Selector): boolean =>
  [group, version, kind, name, namespace].some(Boolean);

function isSelectedBy({ identities }: Resource, selector: Selector): boolean {
  const fields = ['group', 'version', 'kind', 'name', 'namespace'] as const;
  return identities.some((identity) =>
    fields.every((field) => !selector[field] || anchored(selector[field]).test(identity[field])),
  );
}

function replaceAt(object: JsonObject, path: string, value: Json, options: ReplacementOptions | undefined): void {
  const create = options?.create ? (Array.isArray(value) ? 'list' : isObject(value) ? 'map' : '') : undefined;
  const steps = pathSteps(path);
  if (replaceInText(object, steps, value, create)) return;
  const trouble = `unable to find ${create === undefined ? '' : 'or create '}field ${goQuote(path)} in replacement target`;
  let slots: Slot[];
  try {
    slots = slotsAt(rootSlot(object), steps, create);
  } catch (thrown) {
    throw new CliError(`${trouble}: ${asError(thrown).message}`);
  }
  if (slots.length === 0) throw new CliError(trouble);
  for (const slot of slots) fill(slot, withDelimiter(slot.value, value, options));
}

const isScalar = (value: Json): boolean => value === null || typeof value !== 'object';

/** A scalar that was there keeps its type as far as the new text allows it. */
function fill(slot: Slot, value: Json): void {
  if (!isScalar(slot.value)) return slot.set(copyJson(value));
  const text = isScalar(value) ? String(value ?? '') : '';
  slot.set(typeof slot.value === 'string' && !slot.made ? text : resolvePlain(text));
}

function withDelimiter(old: Json, value: Json, options: ReplacementOptions | undefined): Json {
  if (!options?.delimiter) return copyJson(value);
  if (!isScalar(old)) throw new CliError('delimiter option can only be used with scalar nodes');
  const parts = String(old ?? '').split(options.delimiter);
  const index = options.index ?? 0;
  const text = String(value ?? '');
  if (index < 0) parts.unshift(text);
  else if (index >= parts.length) parts.push(text);
  else parts[index] = text;
  return parts.join(options.delimiter);
}

/** Where a text on the way holds JSON or YAML itself, the value goes into that. Returns whether it did. */
function replaceInText(
  object: JsonObject,
  steps: string[],
  value: Json,
  create: '' | 'map' | 'list' | undefined,
): boolean {
  for (let end = 1; end < steps.length; end++) {
    const holder = attempt(() => slotsAt(rootSlot(object), steps.slice(0, end), undefined)[0]);
    if (typeof holder?.value !== 'string') continue;
    const text = holder.value;
    const inner = attempt(() => yamlToJson(text));
    if (inner === undefined || isScalar(inner)) return false;
    const slots = attempt(() => slotsAt(rootSlot(inner), steps.slice(end), create)) ?? [];
    if (slots.length === 0) return false;
    for (const slot of slots) fill(slot, value);
    const json = /^\s*[{[]/.test(text);
    holder.set(json ? goJson(inner, text.includes('\n') && text.includes('  ') ? '  ' : '') : toYaml(inner).trim());
    return true;
  }
  return false;
}
