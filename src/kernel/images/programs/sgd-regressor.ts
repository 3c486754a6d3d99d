import { assert } from '../../../base/assert';
import type { Json } from '../../../api/objects';
import {
  BUILT_IN_DATASETS,
  isBuiltInDataset,
  planTraining,
  type TrainingConfig,
  type TrainingPlan,
  type TrainingState,
} from '../../../api/training';
import { readTrainingResult } from '../../../api/training-checkpoint';
import { parseTrainingCsv } from '../../../api/training-csv';
import { parseTrainingEnvironment } from '../../../api/training-environment';
import { formatArray, formatLoss } from '../../../api/training-text';
import type { Program, ProgramIo } from '../program';
import { newestCheckpoint, writeCheckpoint } from './checkpoint';

interface Trainer {
  config: TrainingConfig;
  plan: TrainingPlan;
  csv: string | null;
  /** The end of the last finished stretch; null before the first. */
  at: TrainingState | null;
  loss: number | null;
  r2: number | null;
  /** The stretch that is being trained. */
  run: string | null;
  ended: boolean;
}

type Data = { shape: { rows: number; features: number }; csv: string | null };

/** Virtual milliseconds of a step. */
const PACE_MS = { gpu: 100, tpu: 100, cpu: 1000 };
const MIN_STEPS_BETWEEN_LINES = 10;
const MAX_STEPS_BETWEEN_LINES = 200;
const SECOND_MS = 1000;
const MEBIBYTE = 1 << 20;

/** `podium/sgd-regressor`: linear regression by stochastic gradient descent, trained by the training worker. */
export const sgdRegressor: Program<Trainer> = {
  start(io) {
    const parsed = parseTrainingEnvironment(io.setup.env);
    if ('error' in parsed) return refuse(io, parsed.error, 2);
    const data = loadData(io, parsed.config);
    if ('error' in data) return refuse(io, data.error, 1);
    if (io.context.brokenDevice !== '') return refuse(io, deviceError(io, io.context.brokenDevice), 1);
    const { config } = parsed;
    const plan = planTraining(config, data.shape);
    const trainer: Trainer = { config, plan, csv: data.csv, at: null, loss: null, r2: null, run: null, ended: false };
    announce(io, trainer);
    resume(io, trainer);
    next(io, trainer);
    return trainer;
  },
  on(trainer, event, io) {
    if (trainer.ended) return trainer;
    if (event.kind === 'signal') interrupt(io, trainer);
    else if (event.kind === 'deviceFailed') crash(io, trainer, event.device);
    else if (event.kind === 'training' && event.run === trainer.run) takeResult(io, trainer, event.result);
    return trainer;
  },
};

/** What a framework says when its next operation finds the device gone. */
function deviceError(io: ProgramIo, device: string): string {
  if (io.setup.device === 'tpu') return `RuntimeError: TPU initialization failed: device ${device} is unhealthy`;
  return `RuntimeError: CUDA error: uncorrectable ECC error encountered (device ${device})`;
}

/** The device is gone: what was computed since the last checkpoint is lost. */
function crash(io: ProgramIo, trainer: Trainer, device: string): void {
  trainer.ended = true;
  io.log(deviceError(io, device));
  io.exit(1);
}

function refuse(io: ProgramIo, message: string, code: number): Trainer {
  io.log(message);
  io.exit(code);
  const config = parseTrainingEnvironment({});
  assert('config' in config, 'the defaults are a configuration');
  const plan = planTraining(config.config, { rows: 1, features: 1 });
  return { config: config.config, plan, csv: null, at: null, loss: null, r2: null, run: null, ended: true };
}

function loadData(io: ProgramIo, config: TrainingConfig): Data | { error: string } {
  if (isBuiltInDataset(config.dataset)) return { shape: BUILT_IN_DATASETS[config.dataset], csv: null };
  const text = io.read(config.dataset);
  if (text === undefined) return { error: `cannot open ${config.dataset}: No such file or directory` };
  const parsed = parseTrainingCsv(text);
  if ('error' in parsed) return { error: `${config.dataset}: ${parsed.error}` };
  return { shape: parsed.data, csv: text };
}

function announce(io: ProgramIo, { config, plan }: Trainer): void {
  const { device } = io.setup;
  io.log(device === 'tpu' ? 'device: tpu (computed on the same backend as a gpu)' : `device: ${device}`);
  io.log(`data: ${config.dataset} X (${plan.rows}, ${plan.features}) y (${plan.rows},)`);
  io.do({ kind: 'useCpu', milli: device === 'cpu' ? 1000 : 300 });
  io.do({ kind: 'useMemory', bytes: 256 * MEBIBYTE + plan.rows * plan.features * 8 });
}

function resume(io: ProgramIo, trainer: Trainer): void {
  const { checkpointDir } = trainer.config;
  if (checkpointDir === null) {
    io.log('no CHECKPOINT_DIR: starting at step 0, and so again after a restart');
    return;
  }
  const found = newestCheckpoint(io, checkpointDir, trainer.plan.features);
  if (!found) {
    io.log(`no checkpoint in ${checkpointDir}: starting at step 0`);
    return;
  }
  trainer.at = found.state;
  trainer.loss = found.loss;
  io.log(`resumed from ${found.path} at step ${stepsDone(trainer)}`);
}

const stepsDone = (trainer: Trainer): number => (trainer.at ? trainer.at.t - 1 : 0);

/** Steps from one printed line to the next: an epoch where that is neither too short nor too long. */
function stepsBetweenLines({ stepsPerEpoch }: TrainingPlan): number {
  if (stepsPerEpoch > MAX_STEPS_BETWEEN_LINES) return MAX_STEPS_BETWEEN_LINES / 2;
  return stepsPerEpoch * Math.ceil(MIN_STEPS_BETWEEN_LINES / stepsPerEpoch);
}

/** Asks for the next stretch: up to the next line, checkpoint or virtual second, whichever comes first. */
function next(io: ProgramIo, trainer: Trainer): void {
  const { config, plan, at, csv } = trainer;
  const done = stepsDone(trainer);
  if (done >= plan.totalSteps) return finish(io, trainer);
  const pace = PACE_MS[io.setup.device];
  const untilSecond = Math.floor((SECOND_MS - (io.context.nowMs % SECOND_MS)) / pace);
  const steps = Math.min(
    plan.totalSteps - done,
    stepsTo(done, stepsBetweenLines(plan)),
    stepsTo(done, plan.stepsPerEpoch),
    config.checkpointDir === null ? Infinity : stepsTo(done, config.checkpointEvery),
    Math.max(1, untilSecond),
  );
  trainer.run = `step-${done}`;
  const request = { config, device: io.setup.device, from: at, steps, ...(csv === null ? {} : { csv }) };
  io.do({ kind: 'train', run: trainer.run, request: request as unknown as Json, ms: steps * pace });
}

const stepsTo = (done: number, every: number): number => every - (done % every);

function takeResult(io: ProgramIo, trainer: Trainer, value: Json): void {
  const result = readTrainingResult(value);
  trainer.run = null;
  if (!result || result.failure !== undefined) {
    io.log(`training failed: ${result?.failure ?? 'the result cannot be read'}`);
    trainer.ended = true;
    return io.exit(1);
  }
  trainer.at = result.state;
  trainer.loss = result.loss;
  trainer.r2 = result.r2;
  report(io, trainer);
  const { checkpointDir, checkpointEvery } = trainer.config;
  if (checkpointDir !== null && stepsDone(trainer) % checkpointEvery === 0) {
    writeCheckpoint(io, checkpointDir, result.state, result.loss);
  }
  next(io, trainer);
}

function report(io: ProgramIo, { config, plan, at, loss }: Trainer): void {
  const step = at!.t - 1;
  const every = stepsBetweenLines(plan);
  const isEpoch = step % plan.stepsPerEpoch === 0 && every <= plan.stepsPerEpoch;
  if (step % every !== 0 && !isEpoch && step < plan.totalSteps) return;
  const epoch = Math.ceil(step / plan.stepsPerEpoch);
  io.log(`epoch ${epoch}/${plan.epochs} step ${step} loss ${formatLoss(loss!)}`);
  if (config.logDir === null) return;
  const path = `${config.logDir.replace(/\/+$/, '')}/scalars.csv`;
  io.write(path, `${io.read(path) ?? 'step,epoch,loss\n'}${step},${epoch},${loss}\n`);
}

function finish(io: ProgramIo, trainer: Trainer): void {
  const { config, at, loss } = trainer;
  assert(at, 'training has ended after at least one step');
  io.log(`Model coefficients: ${formatArray(at.coef)}`);
  io.log(`Intercept: ${formatArray([at.intercept])}`);
  if (trainer.r2 !== null) io.log(`R2: ${trainer.r2.toFixed(4)}`);
  const path =
    config.modelPath ??
    (config.checkpointDir === null ? null : `${config.checkpointDir.replace(/\/+$/, '')}/model.json`);
  if (path !== null) {
    const model = { coef: at.coef, intercept: at.intercept, dataset: config.dataset, steps: stepsDone(trainer), loss };
    io.write(path, JSON.stringify(model));
    io.log(`saved model to ${path}`);
  }
  trainer.ended = true;
  io.exit(0);
}

/** SIGTERM: a last checkpoint of the last finished stretch. */
function interrupt(io: ProgramIo, trainer: Trainer): void {
  const { checkpointDir } = trainer.config;
  trainer.ended = true;
  if (checkpointDir !== null && trainer.at) {
    const path = writeCheckpoint(io, checkpointDir, trainer.at, trainer.loss);
    io.log(`SIGTERM at step ${stepsDone(trainer)}: saved ${path}`);
  } else io.log(`SIGTERM at step ${stepsDone(trainer)}: nothing saved`);
  io.exit(143);
}
