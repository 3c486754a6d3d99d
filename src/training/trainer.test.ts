import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingConfig, TrainingResult, TrainingState } from '../api/training';
import { startTraining } from '../api/training';
import { parseTrainingEnvironment } from '../api/training-environment';
import { cpuBackend } from './backend-cpu';
import type { BackendSource } from './backends';
import { NEVER_LOST } from './backends';
import { createTrainer } from './trainer';

/** The WASM backend as Node finds it. */
const wasmInNode: BackendSource = {
  name: 'wasm',
  start: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    return null;
  },
  lost: NEVER_LOST,
};

function configure(environment: Record<string, string>): TrainingConfig {
  const parsed = parseTrainingEnvironment(environment);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.config;
}

const trainer = createTrainer([cpuBackend], () => {});

async function train(
  environment: Record<string, string>,
  steps: number,
  from: TrainingState | null = null,
  csv?: string,
): Promise<TrainingResult> {
  return trainer.trainStretch({ run: 'test', config: configure(environment), from, steps, ...(csv ? { csv } : {}) });
}

/** One row, x = (2, −1), y = 3, all weights zero: the residual is −3. */
const ONE_ROW = { DATASET: '/one.csv', LEARNING_RATE: 'constant', ETA0: '0.1', PENALTY: 'none' };
const ROW = '2,-1,3';

describe('a step of the update rule', () => {
  it.each<[string, Record<string, string>, number[], number]>([
    ['squared_error moves by eta × residual', {}, [0.6, -0.3], 0.3],
    ['huber moves by eta × epsilon beyond epsilon', { LOSS: 'huber', EPSILON: '0.5' }, [0.1, -0.05], 0.05],
    ['huber is squared_error within epsilon', { LOSS: 'huber', EPSILON: '5' }, [0.6, -0.3], 0.3],
    ['epsilon_insensitive moves by eta', { LOSS: 'epsilon_insensitive' }, [0.2, -0.1], 0.1],
    ['epsilon_insensitive rests within epsilon', { LOSS: 'epsilon_insensitive', EPSILON: '4' }, [0, 0], 0],
    [
      'squared_epsilon_insensitive moves by 2 eta × (residual − epsilon)',
      { LOSS: 'squared_epsilon_insensitive', EPSILON: '1' },
      [0.8, -0.4],
      0.4,
    ],
    ['without an intercept only the coefficients move', { FIT_INTERCEPT: 'false' }, [0.6, -0.3], 0],
    ['l1 takes eta × alpha off', { PENALTY: 'l1', ALPHA: '0.5' }, [0.55, -0.25], 0.3],
    ['l1 stops at zero', { PENALTY: 'l1', ALPHA: '4' }, [0.2, 0], 0.3],
    ['elasticnet takes the L1 share off', { PENALTY: 'elasticnet', ALPHA: '0.5', L1_RATIO: '0.4' }, [0.58, -0.28], 0.3],
  ])('%s', async (_, change, coef, intercept) => {
    const { state } = await train({ ...ONE_ROW, ...change }, 1, null, ROW);
    state.coef.forEach((value, index) => expect(value).toBeCloseTo(coef[index]!, 6));
    expect(state.intercept).toBeCloseTo(intercept, 6);
    expect(state).toMatchObject({ t: 2, epoch: 1, position: 0 });
  });

  it('l2 shrinks the coefficients before the step and leaves the intercept', async () => {
    const from = { ...startTraining(configure(ONE_ROW), 2), coef: [1, 1], intercept: 1 };
    const { state } = await train({ ...ONE_ROW, PENALTY: 'l2', ALPHA: '2' }, 1, from, ROW);
    // The residual is 2 − 1 + 1 − 3 = −1; the coefficients shrink by 0.1 × 2.
    expect(state.coef[0]).toBeCloseTo(1 * 0.8 + 0.2, 6);
    expect(state.coef[1]).toBeCloseTo(1 * 0.8 - 0.1, 6);
    expect(state.intercept).toBeCloseTo(1.1, 6);
  });

  it('l2 empties the coefficients where eta × alpha is above 1', async () => {
    const from = { ...startTraining(configure(ONE_ROW), 2), coef: [1, 1], intercept: 1 };
    const { state } = await train({ ...ONE_ROW, PENALTY: 'l2', ALPHA: '50' }, 1, from, ROW);
    expect(state.coef[0]).toBeCloseTo(0.2, 6);
  });

  it.each<[string, Record<string, string>, number]>([
    ['invscaling: eta0 ÷ t^power_t', { LEARNING_RATE: 'invscaling', POWER_T: '0.5' }, 0.1 / Math.sqrt(4)],
    ['optimal: 1 ÷ (alpha × (t0 + t − 1))', { LEARNING_RATE: 'optimal', ALPHA: '0.01' }, 1 / (0.01 * (31.6227766 + 3))],
    ['adaptive: eta0 at first', { LEARNING_RATE: 'adaptive' }, 0.1],
  ])('%s', async (_, change, eta) => {
    const environment = { ...ONE_ROW, ...change };
    const from = { ...startTraining(configure(environment), 2), t: 4 };
    const { state } = await train(environment, 1, from, ROW);
    expect(state.intercept).toBeCloseTo(eta * 3, 5);
  });

  it('takes the mean gradient of a batch', async () => {
    const two = '1,0,2\n0,1,4';
    const { state } = await train({ ...ONE_ROW, BATCH_SIZE: '2' }, 1, null, two);
    expect(state.coef[0]).toBeCloseTo(0.1, 6);
    expect(state.coef[1]).toBeCloseTo(0.2, 6);
    expect(state.intercept).toBeCloseTo(0.3, 6);
  });
});

const environments = fc.record({
  DATASET: fc.constantFrom('random-100x5', 'line-1000'),
  LOSS: fc.constantFrom('squared_error', 'huber', 'epsilon_insensitive', 'squared_epsilon_insensitive'),
  PENALTY: fc.constantFrom('none', 'l1', 'l2', 'elasticnet'),
  LEARNING_RATE: fc.constantFrom('constant', 'optimal', 'invscaling', 'adaptive'),
  ALPHA: fc.constantFrom('0.0001', '0.01'),
  BATCH_SIZE: fc.constantFrom('1', '7', '64', '5000'),
  SEED: fc.nat({ max: 1000 }).map(String),
});

describe('a stretch', () => {
  it('is the same in pieces as in one, bit for bit', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(environments, cuts, fc.nat({ max: 5 }), async (environment, pieces, curve) => {
        const total = pieces.reduce((sum, steps) => sum + steps, 0);
        const whole = await train(environment, total);
        let from: TrainingState | null = null;
        let last: TrainingResult | undefined;
        for (const steps of pieces) {
          const config = configure(environment);
          last = await trainer.trainStretch({ run: 'test', config, from, steps, curve });
          from = JSON.parse(JSON.stringify(last.state)) as TrainingState;
        }
        const { curve: points, ...rest } = last!;
        expect(points?.length ?? 0).toBe(Math.min(curve, pieces.at(-1)!));
        expect({ ...rest, steps: total }).toEqual(whole);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('learns the line', async () => {
    const { state, loss, r2 } = await train({ DATASET: 'line-1000', BATCH_SIZE: '8' }, 1200);
    expect(state.coef[0]).toBeCloseTo(2.4, 0);
    expect(state.intercept).toBeCloseTo(1.1, 0);
    expect(loss).toBeLessThan(0.1);
    expect(r2).toBeGreaterThan(0.95);
    expect(state).toMatchObject({ t: 1201, epoch: 9, position: 600 });
  });

  it('gives evenly spaced points of the curve, the last at its end', async () => {
    const config = configure({ DATASET: 'line-1000' });
    const result = await trainer.trainStretch({ run: 'curve', config, from: null, steps: 10, curve: 4 });
    expect(result.curve!.map(([step]) => step)).toEqual([3, 5, 8, 10]);
    expect(result.curve!.at(-1)).toEqual([10, result.loss]);
  });

  it('lowers an adaptive rate to a fifth once five epochs bring nothing', async () => {
    const environment = { DATASET: 'random-100x5', LEARNING_RATE: 'adaptive', BATCH_SIZE: '50' };
    const { state } = await train(environment, 400);
    expect(state.adaptive!.eta).toBeLessThan(0.01);
    const fifths = Math.log(0.01 / state.adaptive!.eta) / Math.log(5);
    expect(fifths).toBeCloseTo(Math.round(fifths), 6);
  });

  it('says so when the weights overflow, and keeps the state it began with', async () => {
    const environment = { ...ONE_ROW, ETA0: '1e30' };
    const result = await train(environment, 5, null, ROW);
    expect(result.failure).toBe('the weights overflowed by step 5: scale the data, or lower ETA0 (now 1e+30)');
    expect(result).toMatchObject({ steps: 0, loss: 0, r2: 0, state: startTraining(configure(environment), 2) });
  });

  it('says so when a checkpoint belongs to other data', async () => {
    const from = startTraining(configure({}), 3);
    const result = await train({ DATASET: 'line-1000' }, 5, from);
    expect(result.failure).toBe('the checkpoint has 3 coefficients, the data have 1 features');
  });

  it('stops when it is cancelled, and trains the next one', async () => {
    const controller = new AbortController();
    const config = configure({ DATASET: 'line-1000' });
    const request = { run: 'long', config, from: null, steps: 1_000_000 };
    const long = trainer.trainStretch(request, controller.signal);
    const next = trainer.trainStretch({ ...request, steps: 1 });
    setTimeout(() => controller.abort(new Error('cancelled')), 20);
    await expect(long).rejects.toThrow('cancelled');
    expect((await next).steps).toBe(1);
  });
});

describe('backends', () => {
  const request = { run: 'b', config: configure({ PENALTY: 'elasticnet', LOSS: 'huber' }), from: null, steps: 300 };

  it('train the same rule on WASM', async () => {
    const onWasm = await createTrainer([wasmInNode, cpuBackend], () => {}).trainStretch(request);
    const onCpu = await trainer.trainStretch(request);
    expect(onWasm.backend).toBe('wasm');
    onWasm.state.coef.forEach((value, index) => expect(value).toBeCloseTo(onCpu.state.coef[index]!, 5));
    expect(onWasm.loss).toBeCloseTo(onCpu.loss, 5);
  });

  it('fall back to the next one, with the reason', async () => {
    const said: string[] = [];
    const none: BackendSource = { ...wasmInNode, name: 'webgl', start: async () => 'is not available here' };
    const broken: BackendSource = { ...wasmInNode, start: () => Promise.reject(new Error('no memory')) };
    const fallen = createTrainer([none, broken, cpuBackend], (backend, reason) => said.push(`${backend}: ${reason}`));
    expect((await fallen.trainStretch(request)).backend).toBe('cpu');
    expect((await fallen.trainStretch(request)).backend).toBe('cpu');
    expect(said).toEqual(['cpu: WebGL is not available here, WASM did not start (no memory); computing on the CPU.']);
  });

  it('take over in the middle of a stretch from one that died', async () => {
    const said: string[] = [];
    let die: (why: string) => void = () => {};
    const lost = new Promise<string>((resolve) => (die = resolve));
    const dying: BackendSource = { ...wasmInNode, lost };
    const heir = createTrainer([dying, cpuBackend], (backend, reason) => said.push(`${backend}: ${reason}`));
    const long = { ...request, steps: 20_000 };
    const result = heir.trainStretch(long);
    setTimeout(() => die('lost its context'), 30);
    const onCpu = await trainer.trainStretch(long);
    expect(await result).toMatchObject({ backend: 'cpu', steps: 20_000 });
    expect((await result).loss).toBeCloseTo(onCpu.loss, 5);
    expect(said).toEqual(['wasm: ', 'cpu: WASM lost its context; computing on the CPU.']);
  });

  it('say that they died, not what came of it, where the work fails before the word of it comes', async () => {
    const said: string[] = [];
    let dead = false;
    const failing: BackendSource = {
      ...wasmInNode,
      lost: Promise.resolve('answered with zeros'),
      lossSoFar: () => (dead ? 'lost its context' : null),
    };
    const heir = createTrainer([failing, cpuBackend], (backend, reason) => said.push(`${backend}: ${reason}`));
    const result = heir.trainStretch(request);
    dead = true;
    expect((await result).backend).toBe('cpu');
    expect(said.at(-1)).toBe('cpu: WASM lost its context; computing on the CPU.');
  });

  it('compute on the CPU for a container without a GPU', async () => {
    const both = createTrainer([wasmInNode, cpuBackend], () => {});
    expect((await both.trainStretch({ ...request, device: 'cpu' })).backend).toBe('cpu');
    expect((await both.trainStretch({ ...request, device: 'tpu' })).backend).toBe('wasm');
  });

  it('fail in words where none works', async () => {
    const none: BackendSource = { ...cpuBackend, start: async () => 'is not available here' };
    await expect(createTrainer([none], () => {}).trainStretch(request)).rejects.toThrow(
      'nothing computes here: the CPU is not available here',
    );
  });
});
