import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { add, matMul, mul, relu, sign, sub } from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../api/training';
import { LOSSES, totalLoss } from './loss';

/**
 * The model as one column: the coefficients, the intercept, and a constant 1. A row of the data is then
 * (features, 1, −target), so that one product gives prediction − target and every step is five operations.
 */
export type Weights = {
  column: Tensor2D;
  /** The L1 penalty that each weight has had so far; undefined without L1. */
  applied: Tensor2D | undefined;
  /** The loss of this epoch's rows so far, 1×1; undefined where no schedule asks for it. */
  epochLoss: Tensor2D | undefined;
};

/** Rows of one step. */
export type Batch = {
  size: number;
  /** size × (features + 2): features, 1, −target. */
  rows: Tensor2D;
  /** (features + 2) × size: features, 1 (0 where no intercept is fitted), 0, which leaves the constant alone. */
  columns: Tensor2D;
};

/** The numbers that change from step to step. */
export type StepFactors = {
  /** −learning rate × the loss's factor ÷ batch size. */
  rate: Scalar;
  /** What L2 leaves of each weight; null where it leaves all. */
  decay: Tensor2D | null;
  /** The L1 penalty that each weight should have had by now; null without L1. */
  penalty: Tensor2D | null;
};

/**
 * One step of stochastic gradient descent, the only update rule there is: it runs on every backend. With one row it
 * is a step of scikit-learn's SGDRegressor. Models sklearn/linear_model/_sgd_fast.pyx.tp _plain_sgd.
 */
export function takeStep(config: TrainingConfig, weights: Weights, batch: Batch, factors: StepFactors): Weights {
  const residual: Tensor2D = matMul(batch.rows, weights.column);
  const pull = mul(LOSSES[config.loss].slope(residual, config.epsilon), factors.rate);
  const kept = factors.decay === null ? weights.column : mul(weights.column, factors.decay);
  const moved: Tensor2D = add(kept, matMul(batch.columns, pull));
  const epochLoss = weights.epochLoss && addLoss(config, weights.epochLoss, residual);
  if (weights.applied === undefined || factors.penalty === null) {
    return { column: moved, applied: undefined, epochLoss };
  }
  return { ...truncate(moved, weights.applied, factors.penalty), epochLoss };
}

function addLoss(config: TrainingConfig, epochLoss: Tensor2D, residual: Tensor2D): Tensor2D {
  return add(epochLoss, totalLoss(config.loss, residual, config.epsilon));
}

/**
 * The cumulative L1 penalty of Tsuruoka, Tsujii and Ananiadou (2009): each weight is pulled towards zero by what it
 * still owes and never across it. Models l1penalty of the same file.
 */
function truncate(moved: Tensor2D, applied: Tensor2D, penalty: Tensor2D): { column: Tensor2D; applied: Tensor2D } {
  const side = sign(moved);
  const owing = sub(moved, applied);
  const column: Tensor2D = mul(side, relu(sub(mul(side, owing), penalty)));
  return { column, applied: sub(column, owing) };
}
