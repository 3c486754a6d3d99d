import { MAX_SCORE } from './normalize';

/** A resource and how much it counts. */
export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** A point of a utilisation curve: percent in use → score from 0 to 10. */
interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** NodeResourcesFit's way of scoring. Models apis/config ScoringStrategy. */
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly ResourceWeight[];
  /** Only for RequestedToCapacityRatio. */
  readonly shape?: readonly ShapePoint[];
}

/** The score of a node by how much of each resource is requested, out of how much, in the order of the resources. */
type ResourceScorer = (requested: readonly number[], capacity: readonly number[]) => number;

/** Models plugins/noderesources least_allocated.go, most_allocated.go, requested_to_capacity_ratio.go. */
export function resourceScorer(strategy: ScoringStrategy): ResourceScorer {
  const weights = strategy.resources.map(({ weight }) => weight);
  switch (strategy.type) {
    case 'LeastAllocated':
      return weightedMean(weights, (requested, capacity) =>
        requested > capacity ? 0 : Math.floor(((capacity - requested) * MAX_SCORE) / capacity),
      );
    case 'MostAllocated':
      return weightedMean(weights, (requested, capacity) =>
        Math.floor((Math.min(requested, capacity) * MAX_SCORE) / capacity),
      );
    case 'RequestedToCapacityRatio':
      return ratioScorer(weights, strategy.shape ?? []);
  }
}

function weightedMean(
  weights: readonly number[],
  score: (requested: number, capacity: number) => number,
): ResourceScorer {
  return (requested, capacity) => {
    let sum = 0;
    let total = 0;
    for (let index = 0; index < weights.length; index++) {
      if (capacity[index] === 0) continue;
      sum += weights[index]! * score(requested[index]!, capacity[index]!);
      total += weights[index]!;
    }
    return total === 0 ? 0 : Math.floor(sum / total);
  };
}

function ratioScorer(weights: readonly number[], shape: readonly ShapePoint[]): ResourceScorer {
  const curve = shape.map(({ utilization, score }) => ({ utilization, score: score * (MAX_SCORE / 10) }));
  return (requested, capacity) => {
    let sum = 0;
    let total = 0;
    for (let index = 0; index < weights.length; index++) {
      const full = capacity[index] === 0 || requested[index]! > capacity[index]!;
      const utilization = full ? 100 : Math.trunc((requested[index]! * 100) / capacity[index]!);
      const score = onCurve(curve, utilization);
      if (score <= 0) continue;
      sum += weights[index]! * score;
      total += weights[index]!;
    }
    return total === 0 ? 0 : Math.round(sum / total);
  };
}

/** The broken line through the points, level before the first and after the last. Models BuildBrokenLinearFunction. */
function onCurve(curve: readonly ShapePoint[], utilization: number): number {
  for (let index = 0; index < curve.length; index++) {
    const point = curve[index]!;
    if (utilization > point.utilization) continue;
    const before = curve[index - 1];
    if (!before) return point.score;
    const rise = (point.score - before.score) * (utilization - before.utilization);
    return before.score + Math.trunc(rise / (point.utilization - before.utilization));
  }
  return curve.at(-1)?.score ?? 0;
}
