import type { Container, Pod } from '../../../api/objects';
import { addQuantities, compareQuantities, quantityOf, type Quantity } from '../../../api/quantity';

const RESOURCES = ['cpu', 'memory'] as const;

/** Models pkg/apis/core/v1/helper/qos ComputePodQOS. */
export function qosClassOf(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const { spec } = pod;
  if (spec.resources && (spec.resources.requests || spec.resources.limits)) return classOf([spec.resources]);
  const containers = [...(spec.containers ?? []), ...((spec.initContainers ?? []) as Container[])];
  return classOf(containers.map((container) => container.resources ?? {}));
}

type Resources = NonNullable<Container['resources']>;

function classOf(all: Resources[]): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const requests = sums(all.map((resources) => resources.requests));
  const limits = sums(all.map((resources) => resources.limits));
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const limited = all.every((resources) => RESOURCES.every((name) => isPositive(resources.limits?.[name])));
  const equal = RESOURCES.every((name) => {
    const request = requests.get(name);
    const limit = limits.get(name);
    return request === undefined ? limit === undefined : limit !== undefined && compareQuantities(request, limit) === 0;
  });
  return limited && equal ? 'Guaranteed' : 'Burstable';
}

function isPositive(amount: string | number | undefined): boolean {
  return amount !== undefined && quantityOf(amount).nano > 0n;
}

/** The positive amounts of CPU and memory, added up. */
function sums(all: (Record<string, string | number> | undefined)[]): Map<string, Quantity> {
  const totals = new Map<string, Quantity>();
  for (const amounts of all) {
    for (const name of RESOURCES) {
      const amount = amounts?.[name];
      if (!isPositive(amount)) continue;
      const quantity = quantityOf(amount!);
      const total = totals.get(name);
      totals.set(name, total ? addQuantities(total, quantity) : quantity);
    }
  }
  return totals;
}
