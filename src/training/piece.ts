import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { concat, dispose, matMul, mean, square, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { TrainingConfig, TrainingState } from '../api/training';
import { BackendLost } from './backends';
import type { Batches } from './batches';
import { Breath } from './breath';
import { FactorSource } from './factors';
import { adapt, l1Share, learningRate } from './schedule';
import type { Weights } from './update';
import { takeStep } from './update';

/** Where a piece stands at its end. */
export type PieceEnd = { state: TrainingState; meanSquaredError: number };

/** Reads a tensor from the backend that computes the piece. */
export type ReadTensor = (tensor: Tensor) => Promise<Float32Array>;

/**
 * Trains `steps` steps from `from` and reads the weights back, once. Weights cross as 32-bit floats, exactly, so how
 * a run is cut into pieces changes no bit of it. Rejects when the backend is lost or `signal` is aborted.
 */
export async function trainPiece(
  batches: Batches,
  config: TrainingConfig,
  from: TrainingState,
  steps: number,
  read: ReadTensor,
  signal: AbortSignal | undefined,
): Promise<PieceEnd> {
  const { rows, features } = batches.data;
  const factors = new FactorSource(config, features);
  const breath = new Breath();
  const state = copyForWork(from);
  let weights = upload(state);
  try {
    for (let done = 0; done < steps; done++) {
      const eta = learningRate(config, state);
      if (state.l1 !== null) state.l1.total += l1Share(config) * eta * config.alpha;
      const next = batches.with(state.position, (batch) => {
        const factor = factors.at(eta, batch.size, state.l1?.total ?? null);
        state.position += batch.size;
        return tidy(() => takeStep(config, weights, batch, factor));
      });
      dispose(weights);
      weights = next;
      state.t += 1;
      if (state.position >= rows) endEpoch(state);
      if (breath.isDue) await breath.take();
      signal?.throwIfAborted();
    }
    return await readBack(batches, weights, state, read);
  } finally {
    dispose(weights);
    factors.dispose();
    breath.close();
  }
}

/** Scalars change in place; the arrays are replaced when the weights are read back. */
function copyForWork(state: TrainingState): TrainingState {
  return {
    ...state,
    l1: state.l1 === null ? null : { ...state.l1 },
    adaptive: state.adaptive === null ? null : { ...state.adaptive },
  };
}

function endEpoch(state: TrainingState): void {
  state.position = 0;
  state.epoch += 1;
}

function upload(state: TrainingState): Weights {
  const column = (values: number[]): Tensor2D => tensor2d(values, [values.length, 1], 'float32');
  return {
    column: column([...state.coef, state.intercept, 1]),
    applied: state.l1 === null ? undefined : column([...state.l1.applied, 0, 0]),
    epochLoss: state.adaptive === null ? undefined : column([state.adaptive.epochLoss]),
  };
}

/** One read for all that is wanted: on a GPU each costs a wait for everything before it. */
async function readBack(batches: Batches, weights: Weights, state: TrainingState, read: ReadTensor): Promise<PieceEnd> {
  const { rows, features } = batches.data;
  const all = tidy(() => {
    const error = mean(square(matMul(batches.all, weights.column)), 0, true) as Tensor2D;
    const parts = [error, weights.epochLoss, weights.column, weights.applied];
    return concat(
      parts.filter((part) => part !== undefined),
      0,
    );
  });
  try {
    const values = Array.from(await read(all));
    const meanSquaredError = values.shift()!;
    if (state.adaptive !== null) state.adaptive.epochLoss = values.shift()!;
    // A WebGL context that is gone reads as zeros, and says nothing.
    if (values[features + 1] === 0) throw new BackendLost('lost the weights');
    state.coef = values.slice(0, features);
    state.intercept = values[features]!;
    if (state.l1 !== null) state.l1.applied = values.slice(features + 2, 2 * features + 2);
    const epochEnds = state.position === 0;
    if (state.adaptive !== null && epochEnds) state.adaptive = adapt(state.adaptive, rows);
    return { state, meanSquaredError };
  } finally {
    all.dispose();
  }
}
