import type { Tensor2D } from '@tensorflow/tfjs-core';
import { abs, clipByValue, mul, sign, square, sub, sum } from '@tensorflow/tfjs-core';
import type { LossName } from '../api/training';

/** scikit-learn bounds every slope, so that a run that diverges does so in finite numbers. */
const STEEPEST = 1e12;

type Loss = {
  /** The derivative by the prediction, up to `factor`. `epsilon` is the loss's own parameter. */
  slope: (residual: Tensor2D, epsilon: number) => Tensor2D;
  /** Multiplies the slope; it is folded into the learning rate. */
  factor: number;
  /** The loss of each row. */
  value: (residual: Tensor2D, epsilon: number) => Tensor2D;
};

/** What of a residual lies outside ±epsilon; exactly zero inside. */
const outside = (residual: Tensor2D, epsilon: number): Tensor2D =>
  sub(residual, clipByValue(residual, -epsilon, epsilon));

/** A residual is prediction − target. Models the regression losses of sklearn/linear_model/_sgd_fast.pyx.tp. */
export const LOSSES: Record<LossName, Loss> = {
  squared_error: {
    slope: (residual) => clipByValue(residual, -STEEPEST, STEEPEST),
    factor: 1,
    value: (residual) => mul(square(residual), 0.5),
  },
  huber: {
    slope: (residual, epsilon) => clipByValue(residual, -epsilon, epsilon),
    factor: 1,
    value: (residual, epsilon) => {
      const clipped = clipByValue(residual, -epsilon, epsilon);
      return mul(clipped, sub(residual, mul(clipped, 0.5)));
    },
  },
  epsilon_insensitive: {
    slope: (residual, epsilon) => sign(outside(residual, epsilon)),
    factor: 1,
    value: (residual, epsilon) => abs(outside(residual, epsilon)),
  },
  squared_epsilon_insensitive: {
    slope: (residual, epsilon) => clipByValue(outside(residual, epsilon), -STEEPEST / 2, STEEPEST / 2),
    factor: 2,
    value: (residual, epsilon) => square(outside(residual, epsilon)),
  },
};

/** The loss of all rows together, as a 1×1 tensor. */
export function totalLoss(loss: LossName, residual: Tensor2D, epsilon: number): Tensor2D {
  return sum(LOSSES[loss].value(residual, epsilon), 0, true);
}
