/**
 * The training program's data: what it is configured with, what the optimiser needs to go on, what is asked of the
 * trainer and what comes back. All of it is plain JSON: it crosses threads and lies in the journal and in checkpoints.
 */

export type LossName = 'squared_error' | 'huber' | 'epsilon_insensitive' | 'squared_epsilon_insensitive';
export type PenaltyName = 'l2' | 'l1' | 'elasticnet' | 'none';
export type ScheduleName = 'constant' | 'optimal' | 'invscaling' | 'adaptive';
export type BuiltInDataset = 'random-100x5' | 'line-1000' | 'wide-10000x50';

/** What the container asked for; a GPU or TPU prefers WebGL. */
export type TrainingDevice = 'gpu' | 'tpu' | 'cpu';
/** What really computes. */
export type TrainingBackend = 'webgl' | 'wasm' | 'cpu';

/** The environment of `podium/sgd-regressor`, parsed. Exactly one of `steps` and `epochs` is a number. */
export type TrainingConfig = {
  /** A built-in data set, or the absolute path of a CSV file. */
  dataset: string;
  steps: number | null;
  epochs: number | null;
  /** Rows of one step; the gradient is their mean. */
  batchSize: number;
  learningRate: ScheduleName;
  eta0: number;
  powerT: number;
  alpha: number;
  penalty: PenaltyName;
  /** Share of L1 in `elasticnet`. */
  l1Ratio: number;
  loss: LossName;
  /** Where huber turns linear; the insensitive zone of the epsilon losses. */
  epsilon: number;
  fitIntercept: boolean;
  seed: number;
  checkpointDir: string | null;
  /** Steps from one checkpoint to the next. */
  checkpointEvery: number;
  logDir: string | null;
  modelPath: string | null;
};

/** Everything the optimiser needs to go on, bit for bit, from where it stopped. */
export type TrainingState = {
  coef: number[];
  intercept: number;
  /** scikit-learn's `t_`: 1 before the first step, so `t - 1` steps are done. */
  t: number;
  /** Full passes over the data that are done. */
  epoch: number;
  /** The row at which the next step begins. */
  position: number;
  /** The L1 penalty every coefficient could have had (`total`) and what each one had (`applied`). */
  l1: { total: number; applied: number[] } | null;
  /** What the adaptive schedule remembers; `bestLoss` is null before the first epoch ends. */
  adaptive: { eta: number; bestLoss: number | null; staleEpochs: number; epochLoss: number } | null;
};

export type TrainingRequest = {
  /** Names the run; comes back with the result. */
  run: string;
  config: TrainingConfig;
  /** Default: gpu. */
  device?: TrainingDevice;
  /** The text of the file that `config.dataset` names, where it is not built in. */
  csv?: string;
  /** Null: weights of zero. */
  from: TrainingState | null;
  steps: number;
  /** How many points of the loss curve are wanted, evenly spaced, the last at the end. */
  curve?: number;
};

export type TrainingResult = {
  run: string;
  state: TrainingState;
  /** Steps done in this stretch. */
  steps: number;
  /** Mean squared error on all rows at the end of the stretch. */
  loss: number;
  /** Coefficient of determination on all rows at the end of the stretch. */
  r2: number;
  /** Points [step since the run began, loss]. */
  curve?: Array<[number, number]>;
  backend: TrainingBackend;
  /** Why the stretch could not be trained. Then `state` is where it began, and steps, loss and r2 are 0. */
  failure?: string;
};

/** Rows of features and what they should predict, as 32-bit floats. */
export type TrainingData = {
  rows: number;
  features: number;
  /** Row after row. */
  x: Float32Array;
  y: Float32Array;
};

/** How much there is to do. */
export type TrainingPlan = {
  rows: number;
  features: number;
  stepsPerEpoch: number;
  totalSteps: number;
  /** Passes over the data, the last one perhaps cut short. */
  epochs: number;
};

export const BUILT_IN_DATASETS: Record<BuiltInDataset, { rows: number; features: number }> = {
  'random-100x5': { rows: 100, features: 5 },
  'line-1000': { rows: 1000, features: 1 },
  'wide-10000x50': { rows: 10_000, features: 50 },
};

export function isBuiltInDataset(name: string): name is BuiltInDataset {
  return Object.hasOwn(BUILT_IN_DATASETS, name);
}

/** Steps and epochs of a run over data of this shape. */
export function planTraining(config: TrainingConfig, shape: { rows: number; features: number }): TrainingPlan {
  const stepsPerEpoch = Math.ceil(shape.rows / config.batchSize);
  const totalSteps = config.steps ?? (config.epochs ?? 1) * stepsPerEpoch;
  return {
    rows: shape.rows,
    features: shape.features,
    stepsPerEpoch,
    totalSteps,
    epochs: Math.ceil(totalSteps / stepsPerEpoch),
  };
}

/** The state before the first step: all weights zero, as scikit-learn starts. */
export function startTraining(config: TrainingConfig, features: number): TrainingState {
  const sparse = config.penalty === 'l1' || config.penalty === 'elasticnet';
  return {
    coef: new Array<number>(features).fill(0),
    intercept: 0,
    t: 1,
    epoch: 0,
    position: 0,
    l1: sparse ? { total: 0, applied: new Array<number>(features).fill(0) } : null,
    adaptive:
      config.learningRate === 'adaptive' ? { eta: config.eta0, bestLoss: null, staleEpochs: 0, epochLoss: 0 } : null,
  };
}
