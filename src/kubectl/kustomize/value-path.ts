import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { isObject, setOwn } from '../format/json';
import { splitPath } from './field-path';

/** A place in an object where a value is, or is to be. */
export interface Slot {
  value: Json;
  /** Made just now: what it holds has no type yet. */
  made: boolean;
  set(value: Json): void;
}

/** The steps of a path with dots; brackets keep dots together. Models utils.SmarterPathSplitter. */
export function pathSteps(path: string): string[] {
  const steps: string[] = [];
  const parts = splitPath(path, '.');
  for (let index = 0; index < parts.length; index++) {
    let step = parts[index] ?? '';
    if (!step.startsWith('[') || step.endsWith(']')) {
      steps.push(step);
      continue;
    }
    while (index < parts.length - 1 && !step.endsWith(']')) step += `.${parts[++index]}`;
    steps.push(step.includes('=') ? step : step.replace(/^\[+|\]+$/g, ''));
  }
  return steps;
}

/** What a scalar or container is begun with where a path is made. */
type Begun = '' | 'map' | 'list';

/**
 * The places that a path means: names of fields, indices, `*` for each item, `[key=pattern]` for items with a field like
 * that and `[=pattern]` for items like that. `create` says what stands at the end of a path that is made. Models
 * yaml.PathMatcher.
 */
export function slotsAt(root: Slot, path: readonly string[], create: Begun | undefined): Slot[] {
  const [step, ...rest] = path;
  if (step === undefined) return [root];
  if (/^\d+$/.test(step)) return indexed(root, Number(step), rest, create);
  if (/^\[.*\]$/.test(step)) return matching(root, step, rest, create);
  if (step === '*') return itemsOf(root).flatMap((slot) => slotsAt(slot, rest, create));
  return field(root, step, rest, create);
}

export function rootSlot(value: Json): Slot {
  return { value, made: false, set: () => undefined };
}

function field(slot: Slot, name: string, rest: string[], create: Begun | undefined): Slot[] {
  const { value } = slot;
  if (!isObject(value)) {
    if (value === null || typeof value !== 'object') return [];
    throw new CliError('wrong node kind: expected MappingNode but was SequenceNode');
  }
  const known = Object.hasOwn(value, name);
  if (!known && create === undefined) return [];
  if (!known) setOwn(value, name, begin(rest[0], create ?? ''));
  return slotsAt({ value: value[name] ?? null, made: !known, set: (next) => setOwn(value, name, next) }, rest, create);
}

/** What a place begins with, by the step that follows it. */
function begin(next: string | undefined, create: Begun): Json {
  if (next === undefined) return create === 'map' ? {} : create === 'list' ? [] : '';
  return /^\d+$|^\[.*\]$|^\*$|^-$/.test(next) ? [] : {};
}

function listOf({ value }: Slot): Json[] {
  if (Array.isArray(value)) return value;
  throw new CliError(
    `wrong node kind: expected SequenceNode but was ${isObject(value) ? 'MappingNode' : 'ScalarNode'}`,
  );
}

function itemsOf(slot: Slot): Slot[] {
  const list = listOf(slot);
  return list.map((value, index) => ({ value, made: false, set: (next) => (list[index] = next) }));
}

function indexed(slot: Slot, index: number, rest: string[], create: Begun | undefined): Slot[] {
  const list = listOf(slot);
  const made = list.length === index && create !== undefined;
  if (made) list.push(begin(rest[0], create));
  const item = itemsOf(slot)[index];
  if (!item) throw new CliError(`index ${index} specified but only ${list.length} elements found`);
  return slotsAt({ ...item, made }, rest, create);
}

function matching(slot: Slot, step: string, rest: string[], create: Begun | undefined): Slot[] {
  const [, key = '', pattern = ''] = /^\[([^=]*)=([\s\S]*)\]$/.exec(step) ?? [];
  const list = listOf(slot);
  const fits = (): Slot[] => itemsOf(slot).filter(({ value }) => isLike(value, key, pattern));
  let found = fits();
  if (found.length === 0 && create !== undefined) {
    list.push(key === '' ? pattern : { [key]: pattern });
    found = fits();
  }
  return found.flatMap((item) => slotsAt(item, rest, create));
}

function isLike(item: Json, key: string, pattern: string): boolean {
  const value = key === '' ? item : isObject(item) && Object.hasOwn(item, key) ? item[key] : undefined;
  if (value === undefined || (value !== null && typeof value === 'object')) return false;
  return new RegExp(pattern).test(String(value));
}
