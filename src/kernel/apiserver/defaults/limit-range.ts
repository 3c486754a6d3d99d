import type { LimitRange } from '../../../api/objects';
import { each, fill, within } from './fill';

type Item = LimitRange['spec']['limits'][number];
type Amounts = Record<string, string | number>;

/** Models SetDefaults_LimitRangeItem: what may be used at most is given to whoever does not say. */
export function defaultLimitRange(range: LimitRange): LimitRange {
  return within(range, 'spec', (spec) => within(spec, 'limits', (limits) => each(limits, defaultItem)));
}

function defaultItem(item: Item): Item {
  if (item.type !== 'Container') return item;
  const limit: Amounts = fill({ ...item.default } as Amounts, { ...item.max } as Amounts);
  const request: Amounts = fill(fill({ ...item.defaultRequest } as Amounts, limit), { ...item.min } as Amounts);
  return {
    ...item,
    ...(Object.keys(limit).length > 0 ? { default: limit } : {}),
    ...(Object.keys(request).length > 0 ? { defaultRequest: request } : {}),
  } as Item;
}
