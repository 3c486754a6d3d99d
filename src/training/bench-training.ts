import type { Tensor2D } from '@tensorflow/tfjs-core';
import { add, matMul, mean, mul, reshape, scalar, sub, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../api/training';
import { parseTrainingEnvironment } from '../api/training-environment';
import { assert } from '../base/assert';
import { cpuBackend } from './backend-cpu';
import { loadDataset } from './dataset';
import { createTrainer } from './trainer';

const ENVIRONMENT = { DATASET: 'random-100x5', BATCH_SIZE: '16', LEARNING_RATE: 'constant' };
const ROUND_STEPS = 4000;
const ROUNDS = 8;

/**
 * The trainer beside a loop of tfjs operations that does the same steps and nothing else, on the CPU backend. They
 * take turns and each is judged by its best round, so that what else the machine does weighs little.
 */
export async function benchTraining(): Promise<{ stepsPerSecond: number; bareStepsPerSecond: number; ratio: number }> {
  const parsed = parseTrainingEnvironment(ENVIRONMENT);
  assert('config' in parsed, 'the environment of the benchmark is well formed');
  const { config } = parsed;
  const trainer = createTrainer([cpuBackend], () => {});
  const request = { run: 'bench', config, from: null, steps: ROUND_STEPS };
  await trainer.trainStretch(request);
  const bare = bareLoop(config);
  let trainerMs = Infinity;
  let bareMs = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    trainerMs = Math.min(trainerMs, await duration(() => trainer.trainStretch(request)));
    bareMs = Math.min(bareMs, await duration(() => bare(ROUND_STEPS)));
  }
  const perSecond = (ms: number): number => (ROUND_STEPS / ms) * 1000;
  return { stepsPerSecond: perSecond(trainerMs), bareStepsPerSecond: perSecond(bareMs), ratio: bareMs / trainerMs };
}

async function duration(run: () => unknown): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

/** Linear regression with an L2 penalty as one would write it by hand: batches ready, gradients explicit. */
function bareLoop(config: TrainingConfig): (steps: number) => void {
  const data = loadDataset(config, undefined);
  assert(typeof data !== 'string', 'the data set of the benchmark is built in');
  const batches: Array<{ x: Tensor2D; y: Tensor2D }> = [];
  for (let start = 0; start < data.rows; start += config.batchSize) {
    const end = Math.min(start + config.batchSize, data.rows);
    const x = data.x.slice(start * data.features, end * data.features);
    batches.push({
      x: tensor2d(x, [end - start, data.features]),
      y: tensor2d(data.y.slice(start, end), [end - start, 1]),
    });
  }
  let coef = tensor2d(new Float32Array(data.features), [data.features, 1]);
  let intercept = tensor2d([0], [1, 1]);
  const eta = scalar(config.eta0);
  const decay = scalar(1 - config.eta0 * config.alpha);
  return (steps) => {
    for (let step = 0; step < steps; step++) {
      const { x, y } = batches[step % batches.length]!;
      const next = tidy(() => {
        const residual: Tensor2D = sub(add(matMul(x, coef), intercept), y);
        const slope: Tensor2D = mul(matMul(x, residual, true), 1 / x.shape[0]);
        const newCoef: Tensor2D = sub(mul(coef, decay), mul(slope, eta));
        return { coef: newCoef, intercept: sub(intercept, mul(reshape(mean(residual), [1, 1]), eta)) as Tensor2D };
      });
      coef.dispose();
      intercept.dispose();
      ({ coef, intercept } = next);
    }
  };
}
