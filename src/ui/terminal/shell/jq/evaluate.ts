import type { Json } from '../../../../api/objects';
import { FUNCTIONS, descend, plainText } from './functions';
import type { Filter } from './parse';
import { JqError, arithmetic, compareValues, eachOf, indexed, isTrue } from './values';

export type Variables = Readonly<Record<string, Json>>;

/** What a filter makes of a value: any number of values. Throws JqError. */
export function evaluate(filter: Filter, input: Json, variables: Variables): Json[] {
  const on = (one: Filter, value: Json): Json[] => evaluate(one, value, variables);
  switch (filter.op) {
    case 'identity':
      return [input];
    case 'recurse':
      return descend(input);
    case 'literal':
      return [filter.value];
    case 'text':
      return [
        filter.parts.map((part) => (typeof part === 'string' ? part : plainText(on(part, input)[0] ?? ''))).join(''),
      ];
    case 'index':
      return on(filter.of, input).flatMap((value) => on(filter.by, input).map((key) => indexed(value, key)));
    case 'slice':
      return on(filter.of, input).map((value) =>
        sliced(value, filter.from && on(filter.from, input)[0], filter.to && on(filter.to, input)[0]),
      );
    case 'each':
      return on(filter.of, input).flatMap(eachOf);
    case 'try':
      return attempted(() => on(filter.body, input));
    case 'pipe':
      return on(filter.left, input).flatMap((value) => on(filter.right, value));
    case 'comma':
      return [...on(filter.left, input), ...on(filter.right, input)];
    case 'array':
      return [filter.body ? on(filter.body, input) : []];
    case 'object':
      return objects(filter.entries, input, on);
    case 'negate':
      return on(filter.body, input).map((value) => arithmetic('-', 0, value));
    case 'binary':
      return binary(filter, input, on);
    case 'if':
      return on(filter.condition, input).flatMap((value) => on(isTrue(value) ? filter.then : filter.otherwise, input));
    case 'as':
      return on(filter.source, input).flatMap((value) =>
        evaluate(filter.body, input, { ...variables, [filter.name]: value }),
      );
    case 'variable': {
      const value = variables[filter.name];
      if (value === undefined) throw new JqError(`$${filter.name} is not defined`);
      return [value];
    }
    case 'call': {
      const known = FUNCTIONS[`${filter.name}/${filter.args.length}`];
      if (!known) throw new JqError(`${filter.name}/${filter.args.length} is not defined`);
      return known(input, filter.args, on);
    }
  }
}

type On = (filter: Filter, value: Json) => Json[];

function binary({ sign, left, right }: Extract<Filter, { op: 'binary' }>, input: Json, on: On): Json[] {
  if (sign === '//') {
    const found = attempted(() => on(left, input)).filter(isTrue);
    return found.length > 0 ? found : on(right, input);
  }
  if (sign === 'and' || sign === 'or')
    return on(left, input).flatMap((one) =>
      isTrue(one) === (sign === 'or') ? [sign === 'or'] : on(right, input).map(isTrue),
    );
  return on(right, input).flatMap((second) =>
    on(left, input).map((first) =>
      sign in COMPARISONS ? COMPARISONS[sign]!(compareValues(first, second)) : arithmetic(sign, first, second),
    ),
  );
}

const COMPARISONS: Record<string, (order: number) => boolean> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function attempted(compute: () => Json[]): Json[] {
  try {
    return compute();
  } catch (thrown) {
    if (thrown instanceof JqError) return [];
    throw thrown;
  }
}

/** One object for each choice of values. */
function objects(entries: readonly { key: Filter; value: Filter }[], input: Json, on: On): Json[] {
  return entries.reduce<{ [key: string]: Json }[]>(
    (made, { key, value }) =>
      made.flatMap((object) =>
        on(key, input).flatMap((name) =>
          on(value, input).map((one) => {
            if (typeof name !== 'string') throw new JqError('Object keys must be strings');
            return { ...object, [name]: one };
          }),
        ),
      ),
    [{}],
  );
}

function sliced(value: Json, from: Json | undefined, to: Json | undefined): Json {
  if (value === null) return null;
  if (typeof value !== 'string' && !Array.isArray(value)) throw new JqError('Cannot index with object');
  const bound = (one: Json | undefined): number | undefined => (typeof one === 'number' ? one : undefined);
  return value.slice(bound(from), bound(to));
}
