import { describe, expect, it } from 'vitest';
import { parseTrainingEnvironment } from './training-environment';

const STARTER = {
  DATASET: 'line-1000',
  BATCH_SIZE: '8',
  STEPS: '1200',
  CHECKPOINT_DIR: '/checkpoints',
  CHECKPOINT_EVERY: '200',
};

describe('parseTrainingEnvironment', () => {
  it('has the defaults of scikit-learn', () => {
    expect(parseTrainingEnvironment({ PATH: '/bin', EPSILON: '' })).toEqual({
      config: {
        dataset: 'random-100x5',
        steps: null,
        epochs: 10,
        batchSize: 1,
        learningRate: 'invscaling',
        eta0: 0.01,
        powerT: 0.25,
        alpha: 0.0001,
        penalty: 'l2',
        l1Ratio: 0.15,
        loss: 'squared_error',
        epsilon: 0.1,
        fitIntercept: true,
        seed: 42,
        checkpointDir: null,
        checkpointEvery: 100,
        logDir: null,
        modelPath: null,
      },
    });
  });

  it('reads what is given', () => {
    expect(parseTrainingEnvironment({ ...STARTER, FIT_INTERCEPT: 'False', ETA0: '1e-3' })).toMatchObject({
      config: {
        dataset: 'line-1000',
        steps: 1200,
        epochs: null,
        batchSize: 8,
        checkpointDir: '/checkpoints',
        checkpointEvery: 200,
        fitIntercept: false,
        eta0: 0.001,
      },
    });
  });

  it.each([
    [{ BATCH_SIZE: 'abc' }, 'BATCH_SIZE must be a whole number from 1 to 100000, not "abc"'],
    [{ BATCH_SIZE: '0' }, 'BATCH_SIZE must be a whole number from 1 to 100000, not "0"'],
    [{ STEPS: '1.5' }, 'STEPS must be a whole number from 1 to 1000000, not "1.5"'],
    [{ STEPS: '10', EPOCHS: '2' }, 'give STEPS or EPOCHS, not both'],
    [{ ETA0: '0' }, 'ETA0 must be a number above 0, not "0"'],
    [{ ETA0: '1e999' }, 'ETA0 must be a number above 0, not "1e999"'],
    [{ ALPHA: '-1' }, 'ALPHA must be a number from 0 up, not "-1"'],
    [{ ALPHA: '0x10' }, 'ALPHA must be a number from 0 up, not "0x10"'],
    [{ ALPHA: '0', LEARNING_RATE: 'optimal' }, 'ALPHA must be above 0 where LEARNING_RATE is optimal, not "0"'],
    [{ L1_RATIO: '1.1' }, 'L1_RATIO must be a number from 0 to 1, not "1.1"'],
    [{ PENALTY: 'L2' }, 'PENALTY must be one of l2, l1, elasticnet, none, not "L2"'],
    [
      { LOSS: 'hinge' },
      'LOSS must be one of squared_error, huber, epsilon_insensitive, squared_epsilon_insensitive, not "hinge"',
    ],
    [{ FIT_INTERCEPT: 'yes' }, 'FIT_INTERCEPT must be true or false, not "yes"'],
    [{ CHECKPOINT_DIR: 'checkpoints' }, 'CHECKPOINT_DIR must be an absolute path, not "checkpoints"'],
    [
      { DATASET: '__proto__' },
      'DATASET must be one of random-100x5, line-1000, wide-10000x50, or the absolute path of a CSV file, ' +
        'not "__proto__"',
    ],
  ])('refuses %j', (environment, message) => {
    expect(parseTrainingEnvironment(environment as Record<string, string>)).toEqual({
      error: `usage: sgd-regressor: ${message}`,
    });
  });

  it('quotes no more than a line of a long value', () => {
    const answer = parseTrainingEnvironment({ LOSS: 'x'.repeat(100_000) });
    expect('error' in answer && answer.error.length).toBeLessThan(260);
  });
});
