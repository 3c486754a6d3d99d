import type { LossName, PenaltyName, ScheduleName, TrainingConfig } from './training';
import { BUILT_IN_DATASETS, isBuiltInDataset } from './training';

type Environment = Record<string, string>;
type Reader<T> = { describe: string; read: (text: string) => T | undefined };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MAX_STEPS = 1_000_000;
const MAX_PATH_LENGTH = 4096;

function wholeNumber(low: number, high: number): Reader<number> {
  return {
    describe: `a whole number from ${low} to ${high}`,
    read: (text) => {
      if (!/^\+?\d{1,15}$/.test(text)) return undefined;
      const value = Number(text);
      return value >= low && value <= high ? value : undefined;
    },
  };
}

function number(describe: string, allows: (value: number) => boolean): Reader<number> {
  return {
    describe,
    read: (text) => {
      if (!NUMBER.test(text)) return undefined;
      const value = Number(text);
      return Number.isFinite(value) && allows(value) ? value : undefined;
    },
  };
}

function oneOf<T extends string>(values: readonly T[]): Reader<T> {
  return { describe: `one of ${values.join(', ')}`, read: (text) => values.find((value) => value === text) };
}

const flag: Reader<boolean> = {
  describe: 'true or false',
  read: (text) => {
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === '1') return true;
    return lower === 'false' || lower === '0' ? false : undefined;
  },
};

const path: Reader<string> = {
  describe: 'an absolute path',
  read: (text) => (text.startsWith('/') && text.length <= MAX_PATH_LENGTH ? text : undefined),
};

const dataset: Reader<string> = {
  describe: `one of ${Object.keys(BUILT_IN_DATASETS).join(', ')}, or the absolute path of a CSV file`,
  read: (text) => (isBuiltInDataset(text) ? text : path.read(text)),
};

const notNegative = number('a number from 0 up', (value) => value >= 0);
const share = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
const positive = number('a number above 0', (value) => value > 0);

const LOSSES: readonly LossName[] = ['squared_error', 'huber', 'epsilon_insensitive', 'squared_epsilon_insensitive'];
const PENALTIES: readonly PenaltyName[] = ['l2', 'l1', 'elasticnet', 'none'];
const SCHEDULES: readonly ScheduleName[] = ['constant', 'optimal', 'invscaling', 'adaptive'];

/** A value that the program does not take; the message is its whole usage line. */
class UsageError extends Error {}

/** Reads one variable. Absent or empty, as a manifest without a value leaves it, means the default. */
function take<T, D>(environment: Environment, name: string, reader: Reader<T>, fallback: D): T | D {
  const text = Object.hasOwn(environment, name) ? environment[name]!.trim() : '';
  if (text === '') return fallback;
  const value = reader.read(text);
  if (value === undefined) throw new UsageError(`${name} must be ${reader.describe}, not "${text.slice(0, 80)}"`);
  return value;
}

/**
 * Parses the environment of `podium/sgd-regressor`. What is missing has scikit-learn's default where it has one.
 * A value out of range gives the usage line with which the program exits 2.
 */
export function parseTrainingEnvironment(environment: Environment): { config: TrainingConfig } | { error: string } {
  try {
    const config = readConfig(environment);
    checkTogether(environment, config);
    return { config };
  } catch (error) {
    if (error instanceof UsageError) return { error: `usage: sgd-regressor: ${error.message}` };
    throw error;
  }
}

function readConfig(environment: Environment): TrainingConfig {
  const steps = take(environment, 'STEPS', wholeNumber(1, MAX_STEPS), null);
  return {
    dataset: take(environment, 'DATASET', dataset, 'random-100x5'),
    steps,
    epochs: take(environment, 'EPOCHS', wholeNumber(1, MAX_STEPS), steps === null ? 10 : null),
    batchSize: take(environment, 'BATCH_SIZE', wholeNumber(1, 100_000), 1),
    learningRate: take(environment, 'LEARNING_RATE', oneOf(SCHEDULES), 'invscaling'),
    eta0: take(environment, 'ETA0', positive, 0.01),
    powerT: take(environment, 'POWER_T', notNegative, 0.25),
    alpha: take(environment, 'ALPHA', notNegative, 0.0001),
    penalty: take(environment, 'PENALTY', oneOf(PENALTIES), 'l2'),
    l1Ratio: take(environment, 'L1_RATIO', share, 0.15),
    loss: take(environment, 'LOSS', oneOf(LOSSES), 'squared_error'),
    epsilon: take(environment, 'EPSILON', notNegative, 0.1),
    fitIntercept: take(environment, 'FIT_INTERCEPT', flag, true),
    seed: take(environment, 'SEED', wholeNumber(0, 0xffff_ffff), 42),
    checkpointDir: take(environment, 'CHECKPOINT_DIR', path, null),
    checkpointEvery: take(environment, 'CHECKPOINT_EVERY', wholeNumber(1, MAX_STEPS), 100),
    logDir: take(environment, 'LOG_DIR', path, null),
    modelPath: take(environment, 'MODEL_PATH', path, null),
  };
}

/** What single variables cannot tell. */
function checkTogether(environment: Environment, config: TrainingConfig): void {
  if (config.steps !== null && config.epochs !== null) {
    throw new UsageError('give STEPS or EPOCHS, not both');
  }
  if (config.learningRate === 'optimal' && config.alpha === 0) {
    const given = environment['ALPHA']!.trim();
    throw new UsageError(`ALPHA must be above 0 where LEARNING_RATE is optimal, not "${given}"`);
  }
}
