import type { Json } from '../../api/objects';
import { at, listAt, objectAt, sortedKeys, textAt } from '../format/json';
import { describerWithoutEvents } from './describer';
import type { Description } from './description';
import { valueText } from './description';

const HEADERS = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio';
const RULE = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------';
const FIELDS = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'];

/** Models pkg/describe LimitRangeDescriber. */
export const describeLimitRange = describerWithoutEvents((description, range) => {
  description.heading(range, true);
  description.line(0, HEADERS);
  description.line(0, RULE);
  writeLimits(description, range, '');
});

/** The limits of a namespace. Models DescribeLimitRanges. */
export function writeLimitRanges(description: Description, ranges: Json[]): void {
  if (ranges.length === 0) {
    description.line(0, 'No LimitRange resource.');
    return;
  }
  description.line(0, 'Resource Limits');
  description.line(0, ` ${HEADERS}`);
  description.line(0, ` ${RULE}`);
  for (const range of ranges) writeLimits(description, range, ' ');
}

function writeLimits(description: Description, range: Json, indent: string): void {
  for (const item of listAt(range, 'spec', 'limits')) {
    const names = new Set(FIELDS.flatMap((field) => sortedKeys(objectAt(item, field) ?? {})));
    for (const name of [...names].sort()) {
      const values = FIELDS.map((field) => valueText(at(item, field, name), '-'));
      description.line(0, `${indent}${[textAt(item, 'type'), name, ...values].join('\t')}`);
    }
  }
}
