import { QUANTITY_PATTERN, canonicalQuantity } from '../../api/quantity';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { setOwn } from '../format/json';

/** `cpu=1,memory=2Gi` as a resource list. Throws for what is no quantity. Models populateResourceListV1. */
export function parseResources(text: string): JsonObject {
  const list: JsonObject = {};
  if (text === '') return list;
  for (const statement of text.split(',')) {
    const parts = statement.split('=');
    const [name = '', amount = ''] = parts;
    if (parts.length !== 2) {
      throw new CliError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    }
    const quantity = canonicalQuantity(amount);
    if (quantity === undefined) throw new CliError(QUANTITY_PATTERN);
    setOwn(list, name, quantity);
  }
  return list;
}
