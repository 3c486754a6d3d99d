import type { Json } from '../../api/objects';
import { goJson } from './go-json';
import { goValue } from './go-text';
import { isObject, sortedKeys } from './json';
import type { ArrayParam, ListNode, PathNode } from './json-path-parser';
import { JsonPathError, parseJsonPath } from './json-path-parser';

/** A parsed JSONPath template that can be evaluated on many objects. Models k8s.io/client-go/util/jsonpath. */
export class JsonPath {
  private readonly root: ListNode;
  private readonly allowMissingKeys: boolean;

  /** Throws a JsonPathError where the template cannot be read. */
  constructor(template: string, allowMissingKeys = true) {
    this.root = parseJsonPath(template);
    this.allowMissingKeys = allowMissingKeys;
  }

  /** The values of each part of the template, one list a part. Throws a JsonPathError. */
  find(data: Json): Json[][] {
    const evaluation = new Evaluation(this.allowMissingKeys);
    return evaluation.run(this.root.nodes, [data]);
  }

  /** The text of the whole template. */
  print(data: Json): string {
    return this.find(data).map(printValues).join('');
  }

  /** Each part as a JSON list, indented. */
  printAsJson(data: Json): string {
    return this.find(data)
      .map((values) => `${goJson(values, '    ')}\n`)
      .join('');
  }
}

function printValues(values: Json[]): string {
  return values
    .map((value) => (typeof value === 'object' && value !== null ? goJson(value) : printable(value)))
    .join(' ');
}

const printable = (value: Json): string => (value === null ? 'null' : goValue(value));

class Evaluation {
  private beginRange = 0;
  private inRange = 0;
  private endRange = 0;
  private lastEnd: PathNode | undefined;
  private readonly allowMissingKeys: boolean;

  constructor(allowMissingKeys: boolean) {
    this.allowMissingKeys = allowMissingKeys;
  }

  run(nodes: PathNode[], input: Json[]): Json[][] {
    const full: Json[][] = [];
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index] as PathNode;
      const results = this.walk(input, node);
      if (this.endRange > 0 && this.endRange <= this.inRange) {
        this.endRange--;
        this.lastEnd = node;
        break;
      }
      if (this.beginRange === 0) {
        full.push(results);
        continue;
      }
      this.beginRange--;
      this.inRange++;
      const body = nodes.slice(index + 1);
      if (results.length > 0) for (const value of results) full.push(...this.run(body, [value]));
      else this.run(body, []);
      this.inRange--;
      const end = this.lastEnd ? nodes.indexOf(this.lastEnd, index + 1) : -1;
      if (end >= 0) index = end;
    }
    return full;
  }

  private walk(values: Json[], node: PathNode): Json[] {
    switch (node.type) {
      case 'list':
        return node.nodes.reduce<Json[]>((current, step) => this.walk(current, step), values);
      case 'text':
        return [node.text];
      case 'number':
      case 'boolean':
        return values.map(() => node.value);
      case 'field':
        return this.field(values, node.name);
      case 'array':
        return values.flatMap((value) => slice(value, node.params));
      case 'filter':
        return values.flatMap((value) => this.filter(value, node));
      case 'wildcard':
        return values.flatMap(children);
      case 'recursive':
        return descend(values);
      case 'union':
        return node.nodes.flatMap((part) => this.walk(values, part));
      case 'identifier':
        return this.identifier(values, node.name);
    }
  }

  private identifier(values: Json[], name: string): Json[] {
    if (name === 'range') {
      this.beginRange++;
      return values;
    }
    if (name !== 'end') throw new JsonPathError(`unrecognized identifier ${name}`);
    if (this.inRange === 0) throw new JsonPathError('not in range, nothing to end');
    this.endRange++;
    return [];
  }

  private field(values: Json[], name: string): Json[] {
    if (values.length === 0) return [];
    const results: Json[] = [];
    for (const value of values) {
      if (isObject(value) && Object.hasOwn(value, name)) results.push(value[name] ?? null);
    }
    if (results.length === 0 && !this.allowMissingKeys) throw new JsonPathError(`${name} is not found`);
    return results;
  }

  private filter(value: Json, node: Extract<PathNode, { type: 'filter' }>): Json[] {
    if (!Array.isArray(value))
      throw new JsonPathError(`${goValue(value)} is not array or slice and cannot be filtered`);
    return value.filter((item) => {
      const lefts = this.walk([item], node.left);
      if (node.operator === 'exists') return lefts.length > 0;
      if (lefts.length > 1) throw new JsonPathError('can only compare one element at a time');
      const rights = lefts.length === 0 ? [] : this.walk([item], node.right);
      if (rights.length > 1) throw new JsonPathError('can only compare one element at a time');
      if (rights.length === 0) return false;
      return compare(lefts[0] ?? null, rights[0] ?? null, node.operator);
    });
  }
}

function slice(value: Json, params: [ArrayParam, ArrayParam, ArrayParam]): Json[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
  const length = value.length;
  const [first, last, stride] = params;
  let start = first.known ? first.value : 0;
  if (start < 0) start += length;
  let end = last.known ? last.value : length;
  if (end < 0 || (end === 0 && last.derived)) end += length;
  if (start === end) return [];
  const outOfBounds = (index: number): JsonPathError =>
    new JsonPathError(`array index out of bounds: index ${index}, length ${length}`);
  if (start >= length || start < 0) throw outOfBounds(start);
  if (end > length || end < 0) throw outOfBounds(end - 1);
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
  if (stride.known && stride.value <= 0) throw new JsonPathError('step must be > 0');
  const step = stride.known ? stride.value : 1;
  return value.slice(start, end).filter((_item, index) => index % step === 0);
}

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return sortedKeys(value).map((key) => value[key] ?? null);
  return [];
}

function descend(values: Json[]): Json[] {
  return values.flatMap((value) => {
    const below = children(value);
    return below.length === 0 ? [] : [value, ...descend(below)];
  });
}

function goType(value: Json): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'map[string]interface {}';
}

function compare(left: Json, right: Json, operator: string): boolean {
  const comparable = typeof left === typeof right && typeof left !== 'object';
  if (!comparable) throw new JsonPathError('incompatible types for comparison');
  const [a, b] = [left as number, right as number];
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`);
  }
}

/**
 * Accepts `x.y`, `.x.y`, `{x.y}` and `{.x.y}` alike. Models pkg/cmd/get RelaxedJSONPathExpression.
 * Throws a JsonPathError.
 */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return expression;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (!match) {
    throw new JsonPathError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return `{.${match[1] ?? match[2] ?? ''}}`;
}
