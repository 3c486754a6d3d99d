import { isMap } from './json';
import type { TrainingBackend, TrainingResult, TrainingState } from './training';

const BACKENDS: readonly TrainingBackend[] = ['webgl', 'wasm', 'cpu'];

/**
 * Takes a training state out of JSON that somebody else may have written: a checkpoint on a volume, an entry of a
 * journal that came by a link. Null where it is not one.
 */
export function readTrainingState(value: unknown): TrainingState | null {
  if (!isMap(value)) return null;
  const { coef, intercept, t, epoch, position } = value;
  const l1 = readL1(value.l1, coef);
  const adaptive = readAdaptive(value.adaptive);
  if (!isNumbers(coef) || !isNumber(intercept) || l1 === undefined || adaptive === undefined) return null;
  if (!isCount(t) || t < 1 || !isCount(epoch) || !isCount(position)) return null;
  return { coef, intercept, t, epoch, position, l1, adaptive };
}

/** Takes a training result out of a journal entry. Null where it is not one. */
export function readTrainingResult(value: unknown): TrainingResult | null {
  if (!isMap(value)) return null;
  const { run, steps, loss, r2, curve, failure } = value;
  const state = readTrainingState(value.state);
  const backend = BACKENDS.find((name) => name === value.backend);
  if (state === null || backend === undefined || typeof run !== 'string') return null;
  if (!isCount(steps) || !isNumber(loss) || !isNumber(r2)) return null;
  if (failure !== undefined && typeof failure !== 'string') return null;
  if (curve !== undefined && !isCurve(curve)) return null;
  return { run, state, steps, loss, r2, backend, ...(curve ? { curve } : {}), ...(failure ? { failure } : {}) };
}

function readL1(value: unknown, coef: unknown): TrainingState['l1'] | undefined {
  if (value === null) return null;
  if (!isMap(value) || !isNumber(value.total) || !isNumbers(value.applied)) return undefined;
  if (!Array.isArray(coef) || coef.length !== value.applied.length) return undefined;
  return { total: value.total, applied: value.applied };
}

function readAdaptive(value: unknown): TrainingState['adaptive'] | undefined {
  if (value === null) return null;
  if (!isMap(value)) return undefined;
  const { eta, bestLoss, staleEpochs, epochLoss } = value;
  if (!isNumber(eta) || !isCount(staleEpochs) || !isNumber(epochLoss)) return undefined;
  return bestLoss === null || isNumber(bestLoss) ? { eta, bestLoss, staleEpochs, epochLoss } : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber);
}

function isCurve(value: unknown): value is Array<[number, number]> {
  return Array.isArray(value) && value.every((point) => isNumbers(point) && point.length === 2);
}
