import { isMap, type JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { readTrainingState } from '../../../api/training-checkpoint';
import type { TrainingState } from '../../../api/training';
import type { ProgramIo } from '../program';

/** A trained model as it lies on a volume. */
export type Model = { coef: number[]; intercept: number; dataset: string; steps: number; loss: number | null };

const NAME = /\/checkpoint-(\d{6,9})\.json$/;

/** Writes the optimiser's state into the directory, under a name that tells the step. */
export function writeCheckpoint(io: ProgramIo, directory: string, state: TrainingState, loss: number | null): string {
  const step = state.t - 1;
  const path = `${directory.replace(/\/+$/, '')}/checkpoint-${String(step).padStart(6, '0')}.json`;
  io.write(path, JSON.stringify({ format: 1, step, loss, state }));
  return path;
}

/** The newest checkpoint that can be read and fits the number of features; tells of those that cannot. */
export function newestCheckpoint(
  io: ProgramIo,
  directory: string,
  features: number,
): { path: string; state: TrainingState; loss: number | null } | undefined {
  const files = io
    .list(directory)
    .filter((path) => NAME.test(path))
    .sort((a, b) => Number(NAME.exec(b)![1]) - Number(NAME.exec(a)![1]));
  for (const path of files) {
    const content = parseJson(io.read(path));
    const state = content && readTrainingState(content['state']);
    if (state && state.coef.length === features) {
      const loss = content['loss'];
      return { path, state, loss: typeof loss === 'number' ? loss : null };
    }
    io.log(`${path} ${state ? 'belongs to other data' : 'is incomplete'}: skipped`);
  }
  return undefined;
}

/** Reads a model; `undefined` where there is none, null where the file is none. */
export function readModel(io: ProgramIo, path: string): Model | null | undefined {
  const text = io.read(path);
  if (text === undefined) return undefined;
  const content = parseJson(text);
  const coef = content?.['coef'];
  const intercept = content?.['intercept'];
  if (!content || !Array.isArray(coef) || !coef.every(isNumber) || !isNumber(intercept)) return null;
  const { dataset, steps, loss } = content;
  return {
    coef,
    intercept,
    dataset: typeof dataset === 'string' ? dataset : '',
    steps: isNumber(steps) ? steps : 0,
    loss: isNumber(loss) ? loss : null,
  };
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function parseJson(text: string | undefined): JsonMap | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
