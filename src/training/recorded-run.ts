import type { TrainingConfig, TrainingRequest, TrainingResult, TrainingState } from '../api/training';
import { parseTrainingEnvironment } from '../api/training-environment';

/** A recorded run of scikit-learn's `SGDRegressor.partial_fit`. */
export type RecordedRun = {
  id: string;
  /** scikit-learn's names and values; what is missing has its default. */
  params: Record<string, string | number | boolean | null>;
  x: number[][];
  y: number[];
  epochs: number;
  /** Each epoch is cut into so many calls of `partial_fit`. */
  batches: number;
};

/** One call of `partial_fit`: the model after it, and how well it does on all rows. */
type Observed = {
  rows: [number, number];
  coef: number[];
  intercept: number;
  t: number;
  meanSquaredError: number;
  r2: number;
};

type Replay = { actual: { steps: Observed[] } } | { problem: string };

/** The parameters of scikit-learn that the training program takes from its environment. */
const VARIABLES: Record<string, string> = {
  loss: 'LOSS',
  penalty: 'PENALTY',
  alpha: 'ALPHA',
  l1_ratio: 'L1_RATIO',
  fit_intercept: 'FIT_INTERCEPT',
  epsilon: 'EPSILON',
  learning_rate: 'LEARNING_RATE',
  eta0: 'ETA0',
  power_t: 'POWER_T',
};

/**
 * Repeats a recorded run with any trainer, through the environment and the requests of the training program. A run
 * that the program would refuse gives its usage line.
 */
export async function replayRun(
  one: RecordedRun,
  trainStretch: (request: TrainingRequest) => Promise<TrainingResult>,
): Promise<Replay> {
  const parsed = parseTrainingEnvironment(environmentOf(one.params));
  if ('error' in parsed) return { problem: parsed.error };
  return replayCalls(one, parsed.config, trainStretch);
}

function environmentOf(params: RecordedRun['params']): Record<string, string> {
  const environment: Record<string, string> = { DATASET: '/recorded.csv', BATCH_SIZE: '1' };
  for (const [name, value] of Object.entries(params)) {
    const variable = VARIABLES[name];
    if (variable !== undefined) environment[variable] = String(value ?? 'none');
  }
  return environment;
}

async function replayCalls(
  one: RecordedRun,
  config: TrainingConfig,
  trainStretch: (request: TrainingRequest) => Promise<TrainingResult>,
): Promise<Replay> {
  const csv = one.x.map((row, index) => [...row, one.y[index]].join(',')).join('\n');
  const observed: Observed[] = [];
  let from: TrainingState | null = null;
  for (let call = 0; call < one.epochs * one.batches; call++) {
    const rows = rowsOfPart(one.x.length, one.batches, call % one.batches);
    const request = { run: one.id, config, csv, from: from && forgetPenalty(from), steps: rows[1] - rows[0] };
    const { state, loss, r2, failure } = await trainStretch(request);
    if (failure !== undefined) return { problem: failure };
    observed.push({ rows, coef: state.coef, intercept: state.intercept, t: state.t, meanSquaredError: loss, r2 });
    from = state;
  }
  return { actual: { steps: observed } };
}

/** Each call of `partial_fit` begins a new account of the L1 penalty. */
function forgetPenalty(state: TrainingState): TrainingState {
  return { ...state, l1: state.l1 && { total: 0, applied: state.l1.applied.map(() => 0) } };
}

/** numpy's array_split: the first parts take one row more where the parts cannot be equal. */
function rowsOfPart(rows: number, parts: number, part: number): [number, number] {
  const size = Math.floor(rows / parts);
  const larger = rows % parts;
  const start = part * size + Math.min(part, larger);
  return [start, start + size + (part < larger ? 1 : 0)];
}
