import type { Json } from '../../../api/objects';
import { BUILT_IN_DATASETS, isBuiltInDataset, startTraining, type TrainingConfig } from '../../../api/training';
import { readTrainingResult } from '../../../api/training-checkpoint';
import { parseTrainingCsv } from '../../../api/training-csv';
import { parseTrainingEnvironment } from '../../../api/training-environment';
import { formatLoss } from '../../../api/training-text';
import type { Program, ProgramIo } from '../program';
import { readModel } from './checkpoint';

type Evaluate = { run: string };

const EVALUATION_MS = 1000;

/** `podium/evaluate`: prints a model's MSE and R² on data; exits 1 below MIN_R2. */
export const evaluateModel: Program<Evaluate> = {
  start(io) {
    const problem = ask(io);
    if (problem !== undefined) {
      io.log(problem);
      io.exit(2);
    }
    return { run: 'evaluate' };
  },
  on(state, event, io) {
    if (event.kind === 'signal') io.exit(143);
    else if (event.kind === 'training') conclude(io, event.result);
    return state;
  },
};

/** Asks for the loss of the model on the data, after no further step. Returns what is wrong, if anything is. */
function ask(io: ProgramIo): string | undefined {
  const parsed = parseTrainingEnvironment(io.setup.env);
  if ('error' in parsed) return parsed.error.replace('sgd-regressor', 'evaluate');
  const { config } = parsed;
  const path = config.modelPath ?? '/models/model.json';
  const model = readModel(io, path);
  if (!model) return model === null ? `${path} is no model` : `cannot open ${path}: No such file or directory`;
  const data = dataOf(io, config);
  if ('error' in data) return data.error;
  if (data.features !== model.coef.length)
    return `the model has ${model.coef.length} features, the data ${data.features}`;
  const from = { ...startTraining(config, data.features), coef: model.coef, intercept: model.intercept };
  const request = {
    config,
    device: io.setup.device,
    from,
    steps: 0,
    ...(data.csv === undefined ? {} : { csv: data.csv }),
  };
  io.do({ kind: 'train', run: 'evaluate', request: request as unknown as Json, ms: EVALUATION_MS });
  return undefined;
}

function dataOf(io: ProgramIo, config: TrainingConfig): { features: number; csv?: string } | { error: string } {
  if (isBuiltInDataset(config.dataset)) return { features: BUILT_IN_DATASETS[config.dataset].features };
  const csv = io.read(config.dataset);
  if (csv === undefined) return { error: `cannot open ${config.dataset}: No such file or directory` };
  const parsed = parseTrainingCsv(csv);
  return 'error' in parsed ? { error: `${config.dataset}: ${parsed.error}` } : { features: parsed.data.features, csv };
}

function conclude(io: ProgramIo, value: Json): void {
  const result = readTrainingResult(value);
  if (!result || result.failure !== undefined) {
    io.log(`evaluation failed: ${result?.failure ?? 'the result cannot be read'}`);
    return io.exit(1);
  }
  io.log(`MSE: ${formatLoss(result.loss)}`);
  io.log(`R2: ${result.r2.toFixed(4)}`);
  const wanted = Number(io.setup.env['MIN_R2'] ?? -Infinity);
  if (result.r2 >= wanted) return io.exit(0);
  io.log(`R2 is below ${wanted}`);
  io.exit(1);
}
