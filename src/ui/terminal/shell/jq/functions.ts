import type { Json } from '../../../../api/objects';
import type { Filter } from './parse';
import { JqError, arithmetic, compareValues, eachOf, indexed, isRecord, isTrue, shown, typeOf } from './values';

/** Evaluates one of a call's filters. */
export type Apply = (filter: Filter, input: Json) => Json[];

type Function = (input: Json, args: readonly Filter[], apply: Apply) => Json[];

/** A function of the input alone. */
const plain =
  (compute: (input: Json) => Json): Function =>
  (input) => [compute(input)];

/** A function of the input and the values of one argument. */
const withValue =
  (compute: (input: Json, argument: Json) => Json): Function =>
  (input, [filter], apply) =>
    apply(filter!, input).map((argument) => compute(input, argument));

/** Functions by name and number of arguments. */
export const FUNCTIONS: Record<string, Function> = {
  'empty/0': () => [],
  'length/0': plain(lengthOf),
  'utf8bytelength/0': plain((input) => new TextEncoder().encode(text(input)).length),
  'not/0': plain((input) => !isTrue(input)),
  'keys/0': plain((input) => (Array.isArray(input) ? input.map((_one, at) => at) : Object.keys(record(input)).sort())),
  'keys_unsorted/0': plain((input) => Object.keys(record(input))),
  'values/0': (input) => (input === null ? [] : [input]),
  'type/0': plain(typeOf),
  'tostring/0': plain((input) => (typeof input === 'string' ? input : JSON.stringify(input))),
  'tonumber/0': plain(toNumber),
  'tojson/0': plain((input) => JSON.stringify(input)),
  'fromjson/0': plain(fromJson),
  'ascii_downcase/0': plain((input) => text(input).toLowerCase()),
  'ascii_upcase/0': plain((input) => text(input).toUpperCase()),
  'floor/0': plain((input) => Math.floor(number(input))),
  'ceil/0': plain((input) => Math.ceil(number(input))),
  'round/0': plain((input) => Math.round(number(input))),
  'abs/0': plain((input) => Math.abs(number(input))),
  'add/0': plain((input) => eachOf(input).reduce<Json>((sum, one) => arithmetic('+', sum, one), null)),
  'add/1': (input, [of], apply) => [apply(of!, input).reduce<Json>((sum, one) => arithmetic('+', sum, one), null)],
  'any/0': plain((input) => eachOf(input).some(isTrue)),
  'all/0': plain((input) => eachOf(input).every(isTrue)),
  'any/1': (input, [test], apply) => [eachOf(input).some((one) => apply(test!, one).some(isTrue))],
  'all/1': (input, [test], apply) => [eachOf(input).every((one) => apply(test!, one).every(isTrue))],
  'first/0': plain((input) => indexed(input, 0)),
  'last/0': plain((input) => indexed(input, -1)),
  'first/1': (input, [of], apply) => apply(of!, input).slice(0, 1),
  'last/1': (input, [of], apply) => apply(of!, input).slice(-1),
  'limit/2': (input, [count, of], apply) =>
    apply(count!, input).flatMap((most) => apply(of!, input).slice(0, number(most))),
  'reverse/0': plain((input) => (typeof input === 'string' ? [...input].reverse().join('') : list(input).toReversed())),
  'sort/0': plain((input) => list(input).toSorted(compareValues)),
  'sort_by/1': (input, [by], apply) => [ranked(input, by!, apply).map((one) => one.value)],
  'group_by/1': (input, [by], apply) => [groups(input, by!, apply)],
  'unique/0': plain((input) =>
    list(input)
      .toSorted(compareValues)
      .filter((one, at, all) => at === 0 || compareValues(all[at - 1]!, one) !== 0),
  ),
  'unique_by/1': (input, [by], apply) => [groups(input, by!, apply).map((group) => list(group)[0]!)],
  'min/0': plain((input) => list(input).toSorted(compareValues)[0] ?? null),
  'max/0': plain((input) => list(input).toSorted(compareValues).at(-1) ?? null),
  'min_by/1': (input, [by], apply) => [ranked(input, by!, apply)[0]?.value ?? null],
  'max_by/1': (input, [by], apply) => [ranked(input, by!, apply).at(-1)?.value ?? null],
  'flatten/0': plain(flattened),
  'select/1': (input, [test], apply) =>
    apply(test!, input)
      .filter(isTrue)
      .map(() => input),
  'map/1': (input, [body], apply) => [eachOf(input).flatMap((one) => apply(body!, one))],
  'map_values/1': (input, [body], apply) => [mapValues(input, body!, apply)],
  'recurse/0': (input) => descend(input),
  'has/1': withValue((input, key) =>
    Array.isArray(input) ? number(key) >= 0 && number(key) < input.length : Object.hasOwn(record(input), text(key)),
  ),
  'in/1': withValue((input, holder) =>
    Array.isArray(holder) ? number(input) < holder.length : Object.hasOwn(record(holder), text(input)),
  ),
  'contains/1': withValue(contains),
  'inside/1': withValue((input, outer) => contains(outer, input)),
  'index/1': withValue((input, part) =>
    typeof input === 'string'
      ? orNull(input.indexOf(text(part)))
      : orNull(list(input).findIndex((one) => compareValues(one, part) === 0)),
  ),
  'startswith/1': withValue((input, part) => text(input).startsWith(text(part))),
  'endswith/1': withValue((input, part) => text(input).endsWith(text(part))),
  'ltrimstr/1': withValue((input, part) =>
    typeof input === 'string' && typeof part === 'string' && input.startsWith(part) ? input.slice(part.length) : input,
  ),
  'rtrimstr/1': withValue((input, part) =>
    typeof input === 'string' && typeof part === 'string' && part !== '' && input.endsWith(part)
      ? input.slice(0, -part.length)
      : input,
  ),
  'trim/0': plain((input) => text(input).trim()),
  'split/1': withValue((input, separator) => text(input).split(text(separator))),
  'join/1': withValue((input, separator) =>
    list(input)
      .map((one) => (one === null ? '' : typeof one === 'string' ? one : JSON.stringify(one)))
      .join(text(separator)),
  ),
  'test/1': withValue((input, pattern) => expression(pattern, '').test(text(input))),
  'test/2': (input, [pattern, flags], apply) => [
    expression(apply(pattern!, input)[0]!, text(apply(flags!, input)[0]!)).test(text(input)),
  ],
  'sub/2': (input, [pattern, by], apply) => [
    text(input).replace(expression(apply(pattern!, input)[0]!, ''), () => text(apply(by!, input)[0]!)),
  ],
  'gsub/2': (input, [pattern, by], apply) => [
    text(input).replace(expression(apply(pattern!, input)[0]!, 'g'), () => text(apply(by!, input)[0]!)),
  ],
  'to_entries/0': plain((input) => Object.entries(record(input)).map(([key, value]) => ({ key, value }))),
  'from_entries/0': plain(fromEntries),
  'with_entries/1': (input, [body], apply) => [
    fromEntries(Object.entries(record(input)).flatMap(([key, value]) => apply(body!, { key, value }))),
  ],
  'del/1': (input, [path], apply) => [without(input, path!, apply)],
  'range/1': (input, [end], apply) =>
    apply(end!, input).flatMap((stop) =>
      Array.from({ length: Math.min(100_000, Math.max(0, number(stop))) }, (_one, at) => at),
    ),
  'error/0': (input) => {
    throw new JqError(typeof input === 'string' ? input : shown(input));
  },
  '@base64/0': plain((input) => btoa(String.fromCharCode(...new TextEncoder().encode(plainText(input))))),
  '@base64d/0': plain((input) =>
    new TextDecoder().decode(Uint8Array.from(atob(text(input)), (one) => one.charCodeAt(0))),
  ),
  '@json/0': plain((input) => JSON.stringify(input)),
  '@text/0': plain(plainText),
  '@csv/0': plain((input) =>
    list(input)
      .map((one) =>
        typeof one === 'string'
          ? `"${one.replaceAll('"', '""')}"`
          : one === null
            ? ''
            : String(one as number | boolean),
      )
      .join(','),
  ),
  '@tsv/0': plain((input) =>
    list(input)
      .map((one) => (one === null ? '' : plainText(one)).replaceAll('\t', '\\t').replaceAll('\n', '\\n'))
      .join('\t'),
  ),
};

/** What `\( … )` and `@text` put in. */
export function plainText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A value and all that is in it, outer ones first. */
export function descend(value: Json): Json[] {
  return [value, ...(typeof value === 'object' && value !== null ? eachOf(value).flatMap(descend) : [])];
}

function lengthOf(input: Json): Json {
  if (input === null) return 0;
  if (typeof input === 'string') return [...input].length;
  if (typeof input === 'number') return Math.abs(input);
  if (typeof input === 'boolean') throw new JqError(`boolean (${input}) has no length`);
  return Array.isArray(input) ? input.length : Object.keys(input).length;
}

function text(value: Json): string {
  if (typeof value !== 'string') throw new JqError(`${shown(value)} is not a string`);
  return value;
}

function number(value: Json): number {
  if (typeof value !== 'number') throw new JqError(`${shown(value)} is not a number`);
  return value;
}

function list(value: Json): Json[] {
  if (!Array.isArray(value)) throw new JqError(`${shown(value)} is not an array`);
  return value;
}

function record(value: Json): { [key: string]: Json } {
  if (!isRecord(value)) throw new JqError(`${shown(value)} has no keys`);
  return value;
}

const orNull = (index: number): Json => (index < 0 ? null : index);

function toNumber(input: Json): Json {
  if (typeof input === 'number') return input;
  const value = typeof input === 'string' && input.trim() !== '' ? Number(input) : NaN;
  if (Number.isNaN(value)) throw new JqError(`${shown(input)} cannot be parsed as a number`);
  return value;
}

function fromJson(input: Json): Json {
  try {
    return JSON.parse(text(input)) as Json;
  } catch {
    /* The engine's words speak of places in a text that nobody sees. */
    throw new JqError(`${shown(input)} is no JSON`);
  }
}

function flattened(input: Json): Json[] {
  return list(input).flatMap((one) => (Array.isArray(one) ? flattened(one) : [one]));
}

function contains(outer: Json, inner: Json): boolean {
  if (typeof outer === 'string' && typeof inner === 'string') return outer.includes(inner);
  if (Array.isArray(outer) && Array.isArray(inner))
    return inner.every((one) => outer.some((other) => typeOf(other) === typeOf(one) && contains(other, one)));
  if (isRecord(outer) && isRecord(inner))
    return Object.entries(inner).every(([key, one]) => Object.hasOwn(outer, key) && contains(outer[key]!, one));
  if (typeOf(outer) !== typeOf(inner))
    throw new JqError(`${shown(outer)} and ${shown(inner)} cannot have their containment checked`);
  return compareValues(outer, inner) === 0;
}

function expression(pattern: Json, flags: string): RegExp {
  try {
    return new RegExp(text(pattern), flags.replace(/[^gimsu]/g, ''));
  } catch (thrown) {
    if (thrown instanceof JqError) throw thrown;
    throw new JqError(`${text(pattern)} is not a valid regex`);
  }
}

function ranked(input: Json, by: Filter, apply: Apply): { key: Json; value: Json }[] {
  return list(input)
    .map((value) => ({ key: apply(by, value), value }))
    .sort((left, right) => compareValues(left.key, right.key));
}

function groups(input: Json, by: Filter, apply: Apply): Json[] {
  const found: Json[][] = [];
  let last: Json | undefined;
  for (const { key, value } of ranked(input, by, apply)) {
    if (last === undefined || compareValues(last, key) !== 0) found.push([]);
    found.at(-1)!.push(value);
    last = key;
  }
  return found;
}

function mapValues(input: Json, body: Filter, apply: Apply): Json {
  if (Array.isArray(input)) return input.flatMap((one) => apply(body, one).slice(0, 1));
  return Object.fromEntries(
    Object.entries(record(input)).flatMap(([key, one]) =>
      apply(body, one)
        .slice(0, 1)
        .map((value) => [key, value]),
    ),
  );
}

function fromEntries(input: Json): Json {
  return Object.fromEntries(
    list(input).map((entry) => {
      const { key = null, k = null, name = null, value = null, v = null } = record(entry);
      return [plainText(key ?? k ?? name), value ?? v];
    }),
  );
}

/** Takes away what a path such as `.metadata.managedFields` or `.a, .b[0]` names. */
function without(input: Json, path: Filter, apply: Apply): Json {
  if (path.op === 'comma') return without(without(input, path.left, apply), path.right, apply);
  if (path.op !== 'index') throw new JqError('del takes paths such as .metadata.managedFields');
  const key = apply(path.by, input)[0] ?? null;
  const change = (holder: Json): Json => {
    if (Array.isArray(holder)) return holder.filter((_one, at) => at !== key);
    if (!isRecord(holder)) return holder;
    return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
  };
  return changedAt(input, path.of, apply, change);
}

function changedAt(input: Json, path: Filter, apply: Apply, change: (value: Json) => Json): Json {
  if (path.op === 'identity') return change(input);
  if (path.op === 'each')
    return changedAt(input, path.of, apply, (holder) =>
      Array.isArray(holder)
        ? holder.map(change)
        : Object.fromEntries(Object.entries(record(holder)).map(([name, one]) => [name, change(one)])),
    );
  if (path.op !== 'index') throw new JqError('del takes paths such as .metadata.managedFields');
  const key = apply(path.by, input)[0] ?? null;
  return changedAt(input, path.of, apply, (holder) => {
    if (Array.isArray(holder)) return holder.map((one, at) => (at === key ? change(one) : one));
    if (!isRecord(holder) || typeof key !== 'string' || !Object.hasOwn(holder, key)) return holder;
    return { ...holder, [key]: change(holder[key]!) };
  });
}
