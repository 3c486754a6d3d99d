import type { TrainingBackend, TrainingConfig, TrainingRequest, TrainingResult, TrainingState } from '../api/training';
import { startTraining } from '../api/training';
import { assert } from '../base/assert';
import type { BackendSource } from './backends';
import { BackendLost, Backends } from './backends';
import { Batches } from './batches';
import { loadDataset } from './dataset';
import type { PieceEnd } from './piece';
import { trainPiece } from './piece';

/** Weights are on the CPU side again at least this often: what a lost context costs at most. */
const MAX_PIECE_STEPS = 1000;
/** Data sets kept on the backend, the least recently used out first. */
const MAX_DATASETS = 4;

export type Trainer = {
  /**
   * Trains one stretch. Stretches run one after another, in the order asked. What is wrong with the data or with the
   * numbers is in the result's `failure`; rejects when `signal` is aborted or nothing computes here.
   */
  trainStretch: (request: TrainingRequest, signal?: AbortSignal) => Promise<TrainingResult>;
};

/** A trainer over these backends, best first. `report` hears which one computes, and why not a better one. */
export function createTrainer(
  sources: readonly BackendSource[],
  report: (backend: TrainingBackend, reason: string) => void,
): Trainer {
  const stretches = new Stretches(new Backends(sources, report));
  let last: Promise<unknown> = Promise.resolve();
  const trainStretch = (request: TrainingRequest, signal?: AbortSignal): Promise<TrainingResult> => {
    const start = (): Promise<TrainingResult> => stretches.train(request, signal);
    // tfjs has one current backend, so stretches wait for each other, whether the one before went well or not.
    const result = last.then(start, start);
    last = result;
    return result;
  };
  return { trainStretch };
}

/** The weights left the range of numbers. */
class Diverged extends Error {}

class Stretches {
  private readonly datasets = new Map<string, Batches>();

  constructor(private readonly backends: Backends) {}

  async train(request: TrainingRequest, signal: AbortSignal | undefined): Promise<TrainingResult> {
    assert(Number.isInteger(request.steps) && request.steps >= 1, 'a stretch has at least one step');
    signal?.throwIfAborted();
    let backend = await this.backends.use(request.device ?? 'gpu');
    const loaded = this.load(request, backend);
    if ('problem' in loaded) return failed(request, backend, loaded.problem, request.from);

    const start = resume(request.config, request.from, loaded.batches.data.features);
    let state = start;
    let end: PieceEnd = { state, meanSquaredError: 0 };
    const curve: Array<[number, number]> = [];
    const stops = curveStops(request);
    for (let done = 0; done < request.steps;) {
      const untilStop = (stops[0] ?? request.steps) - done;
      const steps = Math.min(untilStop, MAX_PIECE_STEPS, stepsToAdapt(loaded.batches.data.rows, request.config, state));
      try {
        ({ end, backend } = await this.piece(request, state, steps, signal));
      } catch (error) {
        if (error instanceof Diverged) return failed(request, backend, error.message, start);
        throw error;
      }
      state = end.state;
      done += steps;
      if (done !== stops[0]) continue;
      stops.shift();
      curve.push([state.t - 1, end.meanSquaredError]);
    }
    const result = { run: request.run, state, steps: request.steps, loss: end.meanSquaredError, backend };
    return { ...result, r2: r2(end.meanSquaredError, loaded.batches), ...(request.curve ? { curve } : {}) };
  }

  /** One piece, on the next backend where this one dies under it. */
  private async piece(
    request: TrainingRequest,
    state: TrainingState,
    steps: number,
    signal: AbortSignal | undefined,
  ): Promise<{ end: PieceEnd; backend: TrainingBackend }> {
    for (;;) {
      const backend = await this.backends.use(request.device ?? 'gpu');
      const loaded = this.load(request, backend);
      assert('batches' in loaded, 'what could be loaded at the start of a stretch can be loaded again');
      const read = (tensor: Parameters<Backends['read']>[1]): Promise<Float32Array> =>
        this.backends.read(backend, tensor);
      try {
        const end = await trainPiece(loaded.batches, request.config, state, steps, read, signal);
        if (!isSound(end)) throw new Diverged(divergence(end.state, request.config));
        return { end, backend };
      } catch (error) {
        if (error instanceof Diverged || signal?.aborted || backend === 'cpu') throw error;
        this.backends.drop(backend, error instanceof BackendLost ? error.message : `failed (${String(error)})`);
        this.forget(backend);
      }
    }
  }

  /** The data on the current backend. */
  private load(request: TrainingRequest, backend: TrainingBackend): { batches: Batches } | { problem: string } {
    const { dataset, seed, batchSize, fitIntercept } = request.config;
    const key = JSON.stringify([backend, dataset, seed, batchSize, fitIntercept, request.csv]);
    let batches = this.datasets.get(key);
    if (batches === undefined) {
      const data = loadDataset(request.config, request.csv);
      if (typeof data === 'string') return { problem: data };
      batches = new Batches(data, batchSize, fitIntercept);
    }
    this.datasets.delete(key);
    this.datasets.set(key, batches);
    for (const [oldest, old] of this.datasets) {
      if (this.datasets.size <= MAX_DATASETS) break;
      this.datasets.delete(oldest);
      old.dispose();
    }
    const coefficients = request.from?.coef.length ?? batches.data.features;
    if (coefficients === batches.data.features) return { batches };
    return {
      problem: `the checkpoint has ${coefficients} coefficients, the data have ${batches.data.features} features`,
    };
  }

  /** Lets go of what lay on a dead backend. There is nothing left to dispose of. */
  private forget(backend: TrainingBackend): void {
    for (const key of [...this.datasets.keys()]) {
      if (key.startsWith(`["${backend}"`)) this.datasets.delete(key);
    }
  }
}

/** Where to look at the loss, in steps of this stretch: evenly spaced, the last at the end. */
function curveStops(request: TrainingRequest): number[] {
  const count = Math.min(request.curve ?? 0, request.steps);
  return Array.from({ length: count }, (_, index) => Math.ceil(((index + 1) * request.steps) / count));
}

/** An adaptive run looks at its loss when an epoch ends; other runs never have to stop. */
function stepsToAdapt(rows: number, config: TrainingConfig, state: TrainingState): number {
  return state.adaptive === null ? Infinity : Math.ceil((rows - state.position) / config.batchSize);
}

/** The state to go on from; a checkpoint of a run with other settings brings along what still has a meaning. */
function resume(config: TrainingConfig, from: TrainingState | null, features: number): TrainingState {
  const fresh = startTraining(config, features);
  if (from === null) return fresh;
  return {
    ...from,
    l1: fresh.l1 && (from.l1 ?? fresh.l1),
    adaptive: fresh.adaptive && (from.adaptive ?? fresh.adaptive),
  };
}

function isSound(end: PieceEnd): boolean {
  const { coef, intercept } = end.state;
  return [end.meanSquaredError, intercept, ...coef].every(Number.isFinite);
}

function divergence(state: TrainingState, config: TrainingConfig): string {
  return `the weights overflowed by step ${state.t - 1}: scale the data, or lower ETA0 (now ${config.eta0})`;
}

/** scikit-learn's r2_score; a target that never changes is either predicted exactly (1) or not (0). */
function r2(meanSquaredError: number, { data, spread }: Batches): number {
  if (spread === 0) return meanSquaredError === 0 ? 1 : 0;
  return 1 - (meanSquaredError * data.rows) / spread;
}

function failed(
  request: TrainingRequest,
  backend: TrainingBackend,
  failure: string,
  start: TrainingState | null,
): TrainingResult {
  const state = start ?? startTraining(request.config, 0);
  return { run: request.run, state, steps: 0, loss: 0, r2: 0, backend, failure };
}
