import type { Plugin } from '../framework/plugin';
import type { NodeInfo } from '../node-info';
import { MAX_SCORE } from '../normalize';
import { signOf, type Resources } from '../resources';
import type { ResourceWeight } from '../scoring-strategy';

export interface BalancedAllocationArgs {
  readonly resources: readonly ResourceWeight[];
}

/** Prefers nodes whose resources the Pod uses up evenly. Models plugins/noderesources balanced_allocation.go. */
export function nodeResourcesBalancedAllocation({
  resources,
}: BalancedAllocationArgs): Plugin<unknown, readonly number[]> {
  const names = resources.map(({ name }) => name);
  return {
    name: 'NodeResourcesBalancedAllocation',
    registrations: [],
    sign: ({ info }) => signOf(info.requests),
    preScore({ info }) {
      const adds = names.map((name) => amountOf(info.requests, name));
      return adds.some((amount) => amount > 0) ? adds : undefined;
    },
    score(_, node, adds) {
      const before = balance(node, names, undefined, adds);
      const after = balance(node, names, adds, adds);
      return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + after - before) / 2);
    },
  };
}

function amountOf(resources: Resources, name: string): number {
  if (name === 'cpu') return resources.cpu;
  if (name === 'memory') return resources.memory;
  if (name === 'ephemeral-storage') return resources.ephemeralStorage;
  return resources.scalars.get(name) ?? 0;
}

const isBasic = (name: string): boolean => name === 'cpu' || name === 'memory' || name === 'ephemeral-storage';

/** 100 where all fractions are equal, less the more they deviate. Extended resources count only where asked for. */
function balance(
  node: NodeInfo,
  names: readonly string[],
  adds: readonly number[] | undefined,
  wanted: readonly number[],
): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  let first = 0;
  let second = 0;
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    const capacity = amountOf(node.allocatable, name);
    if (capacity === 0 || (wanted[index] === 0 && !isBasic(name))) continue;
    const fraction = Math.min(1, (amountOf(node.requested, name) + (adds?.[index] ?? 0)) / capacity);
    if (count === 0) first = fraction;
    else if (count === 1) second = fraction;
    count += 1;
    sum += fraction;
    squares += fraction * fraction;
  }
  let deviation = 0;
  if (count === 2) deviation = Math.abs((first - second) / 2);
  else if (count > 2) deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  return Math.trunc((1 - deviation) * MAX_SCORE);
}
