import type { PodSpec } from '../../../api/objects';
import { containerTotals } from '../../../api/pod-resources';
import { formatQuantity } from '../../../api/quantity';

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
  for (const [name, total] of containerTotals(spec, 'requests'))
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
  for (const [name, total] of containerTotals(spec, 'limits')) {
    if (!isHugePages(name) || next[name] !== undefined || requests?.[name] !== undefined) continue;
    next = { ...next, [name]: formatQuantity(total) };
  }
  return next;
}
