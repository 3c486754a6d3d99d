import { addQuantities, compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../api/quantity';
import type { Container, Pod } from '../../api/objects';
import type { PodResources } from './state';

type Resources = NonNullable<Container['resources']>;
type Field = 'requests' | 'limits';

/** What a Pod's containers have together: the sum of those that run side by side, or one init container if that is more. */
export function resourcesOf(pod: Pod): PodResources {
  const requests = totals(pod, 'requests');
  const limits = totals(pod, 'limits');
  return Object.freeze({ ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) });
}

function totals(pod: Pod, field: Field): Record<string, string> | undefined {
  const { containers, initContainers = [] } = pod.spec;
  const sum = new Map<string, Quantity>();
  for (const one of [...containers, ...initContainers.filter((init) => init.restartPolicy === 'Always')]) {
    for (const [name, quantity] of amounts(one.resources, field)) {
      const known = sum.get(name);
      sum.set(name, known ? addQuantities(known, quantity) : quantity);
    }
  }
  for (const one of initContainers.filter((init) => init.restartPolicy !== 'Always')) {
    for (const [name, quantity] of amounts(one.resources, field)) {
      const known = sum.get(name);
      if (!known || compareQuantities(known, quantity) < 0) sum.set(name, quantity);
    }
  }
  if (sum.size === 0) return undefined;
  return Object.freeze(Object.fromEntries([...sum].map(([name, quantity]) => [name, formatQuantity(quantity)])));
}

function* amounts(resources: Resources | undefined, field: Field): Iterable<[string, Quantity]> {
  for (const [name, text] of Object.entries(resources?.[field] ?? {})) yield [name, quantityOf(text as string)];
}
