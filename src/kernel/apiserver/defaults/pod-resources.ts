import type { Container, PodSpec } from '../../../api/objects';
import { addQuantities, compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../../api/quantity';

/** Models pkg/apis/core/v1 defaultHugePagePodLimits and defaultPodRequests: what a whole Pod asks for where only part is said. */

type Amounts = Record<string, string | number>;

const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isForPods = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

export function defaultPodResources(spec: PodSpec): PodSpec {
  const { resources } = spec;
  if (!resources) return spec;
  const limits = withHugePages(spec, resources as { requests?: Amounts; limits?: Amounts });
  if (Object.keys(limits).length === 0) return spec;
  const before = (resources.requests ?? {}) as Amounts;
  const requests = { ...before };
  for (const [name, total] of totalsOf(spec, 'requests'))
    if (isForPods(name) && !isHugePages(name)) requests[name] ??= formatQuantity(total);
  for (const name in limits) if (isForPods(name)) requests[name] ??= limits[name]!;
  const isSame = Object.keys(requests).length === Object.keys(before).length && limits === resources.limits;
  return isSame
    ? spec
    : { ...spec, resources: { ...resources, limits, requests } as NonNullable<PodSpec['resources']> };
}

/** Pages that containers may use the whole Pod may use, unless it says otherwise. */
function withHugePages(spec: PodSpec, { requests, limits = {} }: { requests?: Amounts; limits?: Amounts }): Amounts {
  if (Object.keys(limits).length === 0 && Object.keys(requests ?? {}).length === 0) return limits;
  let next = limits;
  for (const [name, total] of totalsOf(spec, 'limits')) {
    if (!isHugePages(name) || next[name] !== undefined || requests?.[name] !== undefined) continue;
    next = { ...next, [name]: formatQuantity(total) };
  }
  return next;
}

/** What containers that run together come to. */
export function totalsOf(spec: PodSpec, key: 'requests' | 'limits'): Map<string, Quantity> {
  const totals = new Map<string, Quantity>();
  for (const container of spec.containers ?? [])
    for (const [name, amount] of Object.entries((container.resources?.[key] ?? {}) as Amounts)) {
      const before = totals.get(name);
      totals.set(name, before ? addQuantities(before, quantityOf(amount)) : quantityOf(amount));
    }
  return withInit(spec, key, totals);
}

/** Sidecars add to all; what an init container asks for is needed once, beside the sidecars before it. */
function withInit(spec: PodSpec, key: 'requests' | 'limits', totals: Map<string, Quantity>): Map<string, Quantity> {
  const sidecars = new Map<string, Quantity>();
  const peaks = new Map<string, Quantity>();
  for (const container of (spec.initContainers ?? []) as Container[])
    for (const [name, amount] of Object.entries((container.resources?.[key] ?? {}) as Amounts)) {
      const before = sidecars.get(name);
      const beside = before ? addQuantities(before, quantityOf(amount)) : quantityOf(amount);
      if (container.restartPolicy === 'Always') sidecars.set(name, beside);
      const peak = peaks.get(name);
      if (!peak || compareQuantities(beside, peak) > 0) peaks.set(name, beside);
    }
  for (const [name, amount] of sidecars) {
    const total = totals.get(name);
    totals.set(name, total ? addQuantities(total, amount) : amount);
  }
  for (const [name, peak] of peaks) {
    const total = totals.get(name);
    if (!total || compareQuantities(peak, total) > 0) totals.set(name, peak);
  }
  return totals;
}
