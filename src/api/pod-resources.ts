import type { Container, Pod } from './objects';
import { addQuantities, compareQuantities, quantityOf, type Quantity } from './quantity';

type Field = 'requests' | 'limits';
type Totals = Map<string, Quantity>;

/**
 * What a Pod asks for by its only container, where nothing else asks for anything: Pods of one template share it, so that
 * what follows from it is worked out once for all of them. `undefined` where more has to be looked at.
 */
export function onlyResources({ spec }: Pod): object | undefined {
  const [only, ...others] = spec.containers;
  if (!only || others.length > 0 || spec.initContainers?.length || spec.overhead || spec.resources) return undefined;
  return only.resources && Object.isFrozen(only.resources) ? only.resources : undefined;
}

/** `make`, once for all Pods that have the same in `onlyResources`. It must look at nothing else of a Pod. */
export function onceForResources<T>(make: (pod: Pod) => T): (pod: Pod) => T {
  const known = new WeakMap<object, T>();
  return (pod) => {
    const shared = onlyResources(pod);
    if (!shared) return make(pod);
    let made = known.get(shared);
    if (made === undefined) known.set(shared, (made = make(pod)));
    return made;
  };
}

/** What a Pod has: its containers together, and what the runtime itself costs. Models k8s.io/component-helpers/resource PodRequests and PodLimits. */
export function podTotals({ spec }: Pod, field: Field): Totals {
  const total = containerTotals(spec, field);
  addOverhead(total, (spec.overhead ?? {}) as Record<string, string | number>, field);
  return total;
}

/**
 * What a Pod's containers have together: the sum of those that run side by side, or what is needed while one init
 * container runs, if that is more. Models AggregateContainerRequests and AggregateContainerLimits.
 */
export function containerTotals(spec: Pod['spec'], field: Field): Totals {
  const total: Totals = new Map();
  const started: Totals = new Map();
  const whileStarting: Totals = new Map();
  for (const container of spec.containers ?? []) add(total, amounts(container, field));
  for (const init of (spec.initContainers ?? []) as Container[]) {
    const own = amounts(init, field);
    if (init.restartPolicy === 'Always') {
      add(total, own);
      add(started, own);
      raise(whileStarting, started);
    } else {
      const needed: Totals = new Map(started);
      add(needed, own);
      raise(whileStarting, needed);
    }
  }
  raise(total, whileStarting);
  return total;
}

/** What the runtime itself costs counts too; no limit comes of it where there is none. */
function addOverhead(total: Totals, overhead: Record<string, string | number>, field: Field): void {
  const counted = Object.entries(overhead).filter(([name]) => field === 'requests' || total.has(name));
  add(total, new Map(counted.map(([name, text]) => [name, quantityOf(text)])));
}

function amounts(container: Container, field: Field): Totals {
  const list = (container.resources?.[field] ?? {}) as Record<string, string | number>;
  return new Map(Object.entries(list).map(([name, text]) => [name, quantityOf(text)]));
}

function add(total: Totals, other: Totals): void {
  for (const [name, quantity] of other) {
    const known = total.get(name);
    total.set(name, known ? addQuantities(known, quantity) : quantity);
  }
}

function raise(total: Totals, other: Totals): void {
  for (const [name, quantity] of other) {
    const known = total.get(name);
    if (!known || compareQuantities(known, quantity) < 0) total.set(name, quantity);
  }
}
