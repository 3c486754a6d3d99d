import type { TrainingConfig, TrainingState } from '../api/training';
import { assert } from '../base/assert';

/** scikit-learn's `tol` and `n_iter_no_change`: an epoch that gains less per row is stale; five in a row lower eta. */
const TOLERANCE = 0.001;
const PATIENCE_EPOCHS = 5;
const SMALLEST_ETA = 1e-6;

/** The learning rate of the next step. Models sklearn/linear_model/_sgd_fast.pyx.tp _plain_sgd. */
export function learningRate(config: TrainingConfig, state: TrainingState): number {
  switch (config.learningRate) {
    case 'constant':
      return config.eta0;
    case 'invscaling':
      return config.eta0 / Math.pow(state.t, config.powerT);
    case 'optimal': {
      // Bottou's heuristic: the slope of every regression loss at its test point is negative, so its bound is 1.
      const typicalWeight = Math.sqrt(1 / Math.sqrt(config.alpha));
      return 1 / (config.alpha * (1 / (typicalWeight * config.alpha) + state.t - 1));
    }
    case 'adaptive':
      assert(state.adaptive !== null, 'an adaptive run keeps its learning rate in its state');
      return state.adaptive.eta;
  }
}

/** The L1 share of the penalty: all of `l1`, none of `l2`. */
export function l1Share(config: TrainingConfig): number {
  if (config.penalty === 'l1') return 1;
  return config.penalty === 'elasticnet' ? config.l1Ratio : 0;
}

/** What an adaptive run does at the end of an epoch: eta falls to a fifth after five epochs without progress. */
export function adapt(adaptive: NonNullable<TrainingState['adaptive']>, rows: number): TrainingState['adaptive'] {
  const best = adaptive.bestLoss ?? Infinity;
  const stale = adaptive.epochLoss > best - TOLERANCE * rows ? adaptive.staleEpochs + 1 : 0;
  const lowers = stale >= PATIENCE_EPOCHS && adaptive.eta > SMALLEST_ETA;
  return {
    eta: lowers ? adaptive.eta / 5 : adaptive.eta,
    bestLoss: Math.min(best, adaptive.epochLoss),
    staleEpochs: lowers ? 0 : stale,
    epochLoss: 0,
  };
}
