import type { Json } from '../../api/objects';
import { compareQuantities, parseQuantity } from '../../api/quantity';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { at, listAt } from '../format/json';
import { JsonPath, relaxedJsonPath } from '../format/json-path';
import { JsonPathError } from '../format/json-path-parser';
import { goSort } from './sort';

/** A Table with its rows sorted by a field of their objects; undefined where that is not possible. */
export function sortTable(table: JsonObject, field: string): JsonObject | undefined {
  const rows = listAt(table, 'rows');
  if (rows.length < 2) return table;
  try {
    return { ...table, rows: sortObjects(rows, field, (row) => at(row, 'object') ?? null) };
  } catch (thrown) {
    if (thrown instanceof CliError || thrown instanceof JsonPathError) return undefined;
    throw thrown;
  }
}

/** Sorts objects by a field. Throws where no object has it. Models pkg/cmd/get SortObjects. */
export function sortObjects<T>(items: readonly T[], field: string, objectOf: (item: T) => Json): T[] {
  const path = new JsonPath(relaxedJsonPath(field));
  const keyed = items.map((item) => ({ item, values: path.find(objectOf(item)) }));
  if (items.length > 0 && !keyed.some(({ values }) => (values[0]?.length ?? 0) > 0)) {
    throw new CliError(`couldn't find any field with path "${relaxedJsonPath(field)}" in the list of objects`);
  }
  goSort(keyed, (left, right) => {
    if ((left.values[0]?.length ?? 0) === 0) return true;
    if ((right.values[0]?.length ?? 0) === 0) return false;
    return isLess(left.values[0]?.[0] ?? null, right.values[0]?.[0] ?? null);
  });
  return keyed.map(({ item }) => item);
}

/** Text that reads as quantities is compared as such. */
function isLess(left: Json, right: Json): boolean {
  if (left === null) return right !== null;
  if (right === null) return false;
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [parseQuantity(left), parseQuantity(right)];
    return a && b ? compareQuantities(a, b) < 0 : left < right;
  }
  throw new CliError(`unsortable type: ${typeof left}`);
}
