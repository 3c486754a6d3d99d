import type { CelValue, Expression } from './cel-parser';
import { CelError, equalCel, isCelList, isCelMap, truth, type Scope } from './cel-values';

/** Functions and macros of the Common Expression Language, with those that Kubernetes adds for text and lists. */

type Run = (...values: CelValue[]) => CelValue;

const fail = (): never => {
  throw new CelError('no such overload');
};
const text = (value: CelValue | undefined): string => (typeof value === 'string' ? value : fail());
const list = (value: CelValue | undefined): readonly CelValue[] =>
  value !== undefined && isCelList(value) ? value : fail();
const number = (value: CelValue | undefined): number =>
  typeof value === 'bigint' || typeof value === 'number' ? Number(value) : fail();
const orEnd = (value: CelValue | undefined): number | undefined => (value === undefined ? undefined : number(value));

function sizeOf(value: CelValue | undefined): bigint {
  if (typeof value === 'string') return BigInt([...value].length);
  if (value !== undefined && value !== null && typeof value === 'object') {
    return BigInt(isCelMap(value) ? value.size : (value as readonly CelValue[]).length);
  }
  return fail();
}

function typeName(value: CelValue | undefined): string {
  if (value === null || value === undefined) return 'null_type';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return isCelMap(value) ? 'map' : 'list';
}

/** The greatest or least of a list, or of numbers given one by one. */
function extreme(values: readonly CelValue[], better: (left: number, right: number) => boolean): CelValue {
  const all = values.length === 1 && isCelList(values[0]!) ? values[0] : values;
  if (all.length === 0) throw new CelError('min/max called on empty list');
  return all.reduce((best, one) => (better(number(one), number(best)) ? one : best));
}

/** By name; what a function is called on is its first argument. */
export const FUNCTIONS: Readonly<Record<string, Run>> = {
  size: (value) => sizeOf(value),
  string: (value) => String(value),
  int: (value) => BigInt(Math.trunc(typeof value === 'string' ? Number(value) : number(value))),
  double: (value) => (typeof value === 'string' ? Number(value) : number(value)),
  type: (value) => typeName(value),
  startsWith: (value, start) => text(value).startsWith(text(start)),
  endsWith: (value, end) => text(value).endsWith(text(end)),
  contains: (value, part) => text(value).includes(text(part)),
  matches: (value, pattern) => new RegExp(text(pattern), 'u').test(text(value)),
  lowerAscii: (value) => text(value).toLowerCase(),
  upperAscii: (value) => text(value).toUpperCase(),
  trim: (value) => text(value).trim(),
  split: (value, by) => text(value).split(text(by)),
  join: (value, by = '') => list(value).map(text).join(text(by)),
  replace: (value, part, by) => text(value).replaceAll(text(part), text(by)),
  substring: (value, from, to) => [...text(value)].slice(number(from), orEnd(to)).join(''),
  indexOf: (value, one) =>
    BigInt(
      typeof value === 'string'
        ? value.indexOf(text(one))
        : list(value).findIndex((item) => equalCel(item, one ?? null)),
    ),
  isSorted: (value) => list(value).every((item, index, all) => index === 0 || number(all[index - 1]) <= number(item)),
  sum: (value) => list(value).reduce<bigint>((sum, item) => sum + BigInt(number(item)), 0n),
  min: (...values) => extreme(values, (left, right) => left < right),
  max: (...values) => extreme(values, (left, right) => left > right),
};

type Evaluate = (expression: Expression, scope: Scope) => CelValue;

export interface Macro {
  readonly arity: readonly number[];
  /** Whether it is called on something. */
  readonly receives: boolean;
  run(on: Expression | undefined, args: readonly Expression[], scope: Scope, evaluate: Evaluate): CelValue;
}

type Each = (item: CelValue, index: number) => CelValue;

/** Items of a list, or keys of a map, with the macro's variable bound to each. */
function bound(
  on: Expression,
  [variable, body]: readonly Expression[],
  scope: Scope,
  evaluate: Evaluate,
): { items: readonly CelValue[]; each: Each } {
  const value = evaluate(on, scope);
  const items = isCelMap(value) ? [...value.keys()] : list(value);
  if (variable?.kind !== 'name' || !body) return fail();
  return { items, each: (item) => evaluate(body, new Map([...scope, [variable.name, item]])) };
}

const over = (arity: readonly number[], fold: (items: readonly CelValue[], each: Each) => CelValue): Macro => ({
  arity,
  receives: true,
  run(on, args, scope, evaluate) {
    const { items, each } = bound(on!, args, scope, evaluate);
    return fold(items, each);
  },
});

export const MACROS: Readonly<Record<string, Macro>> = {
  has: {
    arity: [1],
    receives: false,
    run(_on, [field], scope, evaluate) {
      if (field?.kind !== 'select') return fail();
      const of = evaluate(field.of, scope);
      return isCelMap(of) ? of.has(field.field) : fail();
    },
  },
  all: over([2], (items, each) => items.every((item, index) => truth(each(item, index)))),
  exists: over([2], (items, each) => items.some((item, index) => truth(each(item, index)))),
  exists_one: over([2], (items, each) => items.filter((item, index) => truth(each(item, index))).length === 1),
  filter: over([2], (items, each) => items.filter((item, index) => truth(each(item, index)))),
  map: over([2], (items, each) => items.map(each)),
};
