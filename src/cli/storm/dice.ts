import { nextBelow, type RandomState } from '../../base/random';

/** One of several. */
export function pick<const T>(random: RandomState, from: readonly T[]): T {
  return from[nextBelow(random, from.length)]!;
}

/** An integer from `low` to `high`, both among them. */
export function between(random: RandomState, low: number, high: number): number {
  return low + nextBelow(random, high - low + 1);
}
