import type { Json } from '../../api/objects';
import type { Quantity } from '../../api/quantity';
import { addQuantities, compareQuantities, parseQuantity } from '../../api/quantity';
import { at, listAt, objectAt, textAt } from '../format/json';

export type Resources = Map<string, Quantity>;

/** What a Pod asks for, all containers together. Models k8s.io/component-helpers/resource PodRequests. */
export function podRequests(pod: Json): Resources {
  return podTotal(pod, 'requests');
}

export function podLimits(pod: Json): Resources {
  return podTotal(pod, 'limits');
}

/** Adds `more` to `total`. */
export function addResources(total: Resources, more: Resources): void {
  for (const [name, quantity] of more) {
    const present = total.get(name);
    total.set(name, present ? addQuantities(present, quantity) : quantity);
  }
}

function podTotal(pod: Json, field: 'requests' | 'limits'): Resources {
  const total: Resources = new Map();
  for (const container of listAt(pod, 'spec', 'containers')) addResources(total, listOf(container, field));
  for (const container of listAt(pod, 'spec', 'initContainers')) {
    if (textAt(container, 'restartPolicy') === 'Always') addResources(total, listOf(container, field));
  }
  raise(total, initialPeak(pod, field));
  for (const [name, quantity] of listOf(at(pod, 'spec') ?? null, field)) total.set(name, quantity);
  for (const [name, quantity] of quantities(at(pod, 'spec', 'overhead'))) {
    const present = total.get(name);
    if (field === 'requests' || present) total.set(name, present ? addQuantities(present, quantity) : quantity);
  }
  return total;
}

/** The most that init containers need at once; those that keep running count on. */
function initialPeak(pod: Json, field: 'requests' | 'limits'): Resources {
  const running: Resources = new Map();
  const peak: Resources = new Map();
  for (const container of listAt(pod, 'spec', 'initContainers')) {
    const own = listOf(container, field);
    if (textAt(container, 'restartPolicy') === 'Always') {
      addResources(running, own);
      raise(peak, running);
      continue;
    }
    const together: Resources = new Map(running);
    addResources(together, own);
    raise(peak, together);
  }
  return peak;
}

/** Takes the larger quantity of each resource. */
function raise(total: Resources, other: Resources): void {
  for (const [name, quantity] of other) {
    const present = total.get(name);
    if (!present || compareQuantities(quantity, present) > 0) total.set(name, quantity);
  }
}

const listOf = (holder: Json, field: string): Resources => quantities(at(holder, 'resources', field));

function quantities(list: Json | undefined): Resources {
  const found: Resources = new Map();
  for (const [name, value] of Object.entries(objectAt(list ?? null) ?? {})) {
    const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
    if (quantity) found.set(name, quantity);
  }
  return found;
}
