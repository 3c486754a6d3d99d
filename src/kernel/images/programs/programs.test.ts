import { describe, expect, it } from 'vitest';
import type { Json } from '../../../api/objects';
import { startTraining, type TrainingRequest } from '../../../api/training';
import { ProgramRig, type RigOptions } from '../program.rig';

/** A trainer that learns nothing but counts: the loss is one over the steps done. */
const train: NonNullable<RigOptions['train']> = (ask) => {
  const request = ask.request as unknown as TrainingRequest;
  const from = request.from ?? startTraining(request.config, 1);
  const t = from.t + request.steps;
  const state = { ...from, coef: [2.5], intercept: 1.25, t, epoch: 0, position: 0 };
  return { run: ask.run, state, steps: request.steps, loss: 1 / t, r2: 0.9, backend: 'cpu' } as unknown as Json;
};

const trainer = (env: Record<string, string>, more: RigOptions = {}): ProgramRig =>
  new ProgramRig('sgd-regressor', { train, ...more, setup: { env, device: 'gpu', ...more.setup } });

const STARTER = {
  DATASET: 'line-1000',
  BATCH_SIZE: '8',
  STEPS: '400',
  CHECKPOINT_DIR: '/ckpt',
  CHECKPOINT_EVERY: '200',
};

describe('sgd-regressor', () => {
  it('prints what a training script prints, saves checkpoints and the model, and exits 0', () => {
    const rig = trainer(STARTER).run();
    expect(rig.log).toEqual([
      'device: gpu',
      'data: line-1000 X (1000, 1) y (1000,)',
      'no checkpoint in /ckpt: starting at step 0',
      'epoch 1/4 step 125 loss 0.0079',
      'epoch 2/4 step 250 loss 0.0040',
      'epoch 3/4 step 375 loss 0.0027',
      'epoch 4/4 step 400 loss 0.0025',
      'Model coefficients: [2.5]',
      'Intercept: [1.25]',
      'R2: 0.9000',
      'saved model to /ckpt/model.json',
    ]);
    expect(rig.code).toBe(0);
    expect(rig.seconds).toBeCloseTo(40);
    expect([...rig.files.keys()]).toEqual([
      '/ckpt/checkpoint-000200.json',
      '/ckpt/checkpoint-000400.json',
      '/ckpt/model.json',
    ]);
  });

  it('asks in stretches that end at a line, a checkpoint or a second', () => {
    const rig = trainer(STARTER).run();
    const ends = rig.asked.map((ask) => Number(ask.run.slice(5)) + (ask.request as unknown as TrainingRequest).steps);
    expect(ends.slice(0, 14)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 125, 130]);
    expect(ends).toContain(200);
    expect(ends).toContain(250);
    expect(Math.max(...rig.asked.map((ask) => ask.ms))).toBe(1000);
  });

  it('takes a second a step on a CPU', () => {
    const rig = trainer({ DATASET: 'line-1000', STEPS: '20', BATCH_SIZE: '100' }, { setup: { device: 'cpu' } }).run();
    expect(rig.seconds).toBe(20);
    expect(rig.log[0]).toBe('device: cpu');
    expect(rig.log[2]).toBe('no CHECKPOINT_DIR: starting at step 0, and so again after a restart');
  });

  it('resumes from the newest whole checkpoint of its data', () => {
    const first = trainer(STARTER);
    first.termAt(33);
    first.run();
    expect(first.code).toBe(143);
    expect(first.log.at(-1)).toBe('SIGTERM at step 320: saved /ckpt/checkpoint-000320.json');
    const files = { ...Object.fromEntries(first.files), '/ckpt/checkpoint-000399.json': '{"format":1,"step":399,"sta' };
    const second = trainer(STARTER, { files }).run();
    expect(second.log.slice(2, 5)).toEqual([
      '/ckpt/checkpoint-000399.json is incomplete: skipped',
      'resumed from /ckpt/checkpoint-000320.json at step 320',
      'epoch 3/4 step 375 loss 0.0027',
    ]);
    expect(second.seconds).toBeCloseTo(8);
  });

  it('prints its usage and exits 2 for values out of range', () => {
    const rig = trainer({ BATCH_SIZE: 'many' });
    expect(rig.code).toBe(2);
    expect(rig.log).toEqual(['usage: sgd-regressor: BATCH_SIZE must be a whole number from 1 to 100000, not "many"']);
  });

  it('reads a CSV file, and says what is wrong with it', () => {
    const env = { DATASET: '/data/houses.csv', EPOCHS: '2', BATCH_SIZE: '1' };
    expect(trainer(env).log).toEqual(['cannot open /data/houses.csv: No such file or directory']);
    expect(trainer(env, { files: { '/data/houses.csv': 'a,b\n1,x\n' } }).log).toEqual([
      '/data/houses.csv: line 2: "x" is not a number',
    ]);
    const rig = trainer(env, { files: { '/data/houses.csv': 'a,b\n1,2\n3,4\n' } });
    expect(rig.log[1]).toBe('data: /data/houses.csv X (2, 1) y (2,)');
    expect((rig.asked[0]!.request as unknown as TrainingRequest).csv).toContain('3,4');
  });

  it('fails when training fails', () => {
    const failing: NonNullable<RigOptions['train']> = (ask) =>
      ({ ...(train(ask) as object), failure: 'loss is not a number' }) as Json;
    const rig = trainer(STARTER, { train: failing }).run();
    expect(rig.code).toBe(1);
    expect(rig.log.at(-1)).toBe('training failed: loss is not a number');
  });
});

describe('model-server', () => {
  const MODEL = JSON.stringify({ coef: [2, 3], intercept: 1, dataset: 'x', steps: 10, loss: 0.5 });

  it('waits for a model and serves it once it is there', () => {
    const rig = new ProgramRig('model-server');
    expect(rig.ask('GET', '/healthz')?.code).toBe(503);
    rig.files.set('/models/model.json', MODEL);
    rig.run(3);
    expect(rig.log).toEqual([
      'no model at /models/model.json: waiting for it',
      'loaded /models/model.json: 2 features, trained for 10 steps',
    ]);
    expect(rig.ask('GET', '/healthz')).toMatchObject({ code: 200, body: 'ok' });
    expect(rig.ask('POST', '/predict', { features: [1, 1] })).toMatchObject({ code: 200, body: { predictions: [6] } });
    expect(
      rig.ask('POST', '/predict', {
        instances: [
          [0, 0],
          [1, 0],
        ],
      })?.body,
    ).toEqual({ predictions: [1, 3] });
  });

  it('refuses what it cannot predict', () => {
    const rig = new ProgramRig('model-server', { files: { '/models/model.json': MODEL } });
    expect(rig.ask('POST', '/predict', { features: [1] })).toMatchObject({
      code: 400,
      body: { error: 'send {"features": [2 numbers]}' },
    });
    expect(rig.ask('GET', '/predict')?.code).toBe(405);
    expect(rig.ask('GET', '/nothing')?.code).toBe(404);
  });

  it('reads features by their key, and says what keeps it from them', () => {
    const files = { '/models/model.json': MODEL };
    const setup = { env: { FEATURES_URL: 'postgres://db' } };
    const answers: NonNullable<RigOptions['answers']> = {
      'postgres://db/user1': { code: 200, body: [1, 1] },
      'postgres://db/user2': { code: 404, body: null },
      'postgres://db/user3': { code: 200, body: [1] },
    };
    const rig = new ProgramRig('model-server', { files, setup, answers });
    const predict = (key: string): { code: number; body?: Json } | undefined => {
      rig.ask('POST', '/predict', { key });
      rig.run();
      return rig.responses.at(-1);
    };
    expect(predict('user1')).toMatchObject({ code: 200, body: { predictions: [6] } });
    expect(predict('user2')).toMatchObject({ code: 404, body: { error: 'db has no features of user2' } });
    expect(predict('user3')).toMatchObject({ code: 502, body: { error: 'db has no 2 features of user3' } });
    answers['postgres://db/user1'] = {
      failure: { kind: 'ConnectionRefused', host: 'db', address: '10.96.1.1', port: 5432, afterMs: 1 },
    };
    expect(predict('user1')).toMatchObject({ code: 503, body: { error: 'no features from db: Connection refused' } });
    expect(rig.log.at(-1)).toBe('features of user1 from db: Connection refused');
  });

  it('answers later the more it is asked', () => {
    const rig = new ProgramRig('model-server', { files: { '/models/model.json': MODEL } });
    const latencies = Array.from({ length: 120 }, () => rig.ask('POST', '/predict', { features: [1, 1] })!.afterMs);
    expect(latencies[0]).toBeLessThan(6);
    expect(latencies[90]).toBeGreaterThan(40);
    expect(latencies[119]).toBe(2000);
  });
});

describe('load', () => {
  it('sends at its rate and reports every ten seconds', () => {
    const url = 'http://infer/predict';
    const rig = new ProgramRig('load', {
      setup: { env: { URL: url, RATE: '2' } },
      answers: { [url]: { code: 200, body: {} } },
    }).run(10.2);
    expect(rig.log).toEqual([
      `sending 2 requests a second to ${url}`,
      '20 requests: 20 ok, 0 failed, p50 0 ms, p95 0 ms',
    ]);
  });

  it('counts failures by their words', () => {
    const rig = new ProgramRig('load', { setup: { env: { URL: 'http://gone', RATE: '1' } } }).run(10.2);
    expect(rig.log.slice(1)).toEqual(['10 requests: 0 ok, 10 failed', "  10 × bad address 'gone'"]);
  });

  it('follows a curve of the day: least at four at night, most at four in the afternoon', () => {
    const env = { URL: 'http://gone', RATE: '0.5', CURVE: 'day' };
    const rig = new ProgramRig('load', { setup: { env } });
    const inAnHour = (hour: number): number => {
      rig.run((hour - 9) * 3600);
      const before = rig.log.length;
      rig.run((hour - 8) * 3600);
      const counts = rig.log.slice(before).map((line) => Number(/^(\d+) requests/.exec(line)?.[1] ?? 0));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const [afternoon, night, morning] = [inAnHour(15.5), inAnHour(27.5), inAnHour(34)];
    expect(afternoon).toBeGreaterThan(0.95 * 1800);
    expect(night).toBeLessThan(0.15 * 1800);
    expect(morning).toBeGreaterThan(night * 3);
    expect(morning).toBeLessThan(afternoon);
  });

  it('needs a URL', () => {
    expect(new ProgramRig('load')).toMatchObject({ code: 2 });
  });
});

describe('evaluate', () => {
  const files = {
    '/models/model.json': JSON.stringify({ coef: [2], intercept: 1, dataset: 'line-1000', steps: 10, loss: 0.5 }),
  };
  const evaluate = (env: Record<string, string>): ProgramRig =>
    new ProgramRig('evaluate', { train, files, setup: { env: { DATASET: 'line-1000', ...env } } }).run();

  it('prints the numbers, and exits by them', () => {
    expect(evaluate({})).toMatchObject({ code: 0, log: ['MSE: 1.0000', 'R2: 0.9000'] });
    expect(evaluate({ MIN_R2: '0.95' })).toMatchObject({
      code: 1,
      log: ['MSE: 1.0000', 'R2: 0.9000', 'R2 is below 0.95'],
    });
  });

  it('says what is missing', () => {
    expect(evaluate({ MODEL_PATH: '/none.json' })).toMatchObject({
      code: 2,
      log: ['cannot open /none.json: No such file or directory'],
    });
    expect(evaluate({ DATASET: 'random-100x5' })).toMatchObject({
      code: 2,
      log: ['the model has 1 features, the data 5'],
    });
  });
});

describe('servers', () => {
  it('nginx serves its page and files of its root, and ends on SIGTERM', () => {
    const rig = new ProgramRig('nginx', { files: { '/usr/share/nginx/html/a.txt': 'A' } });
    expect(rig.ask('GET', '/')?.body).toContain('Welcome to nginx!');
    expect(rig.ask('GET', '/a.txt')).toMatchObject({ code: 200, body: 'A' });
    expect(rig.ask('GET', '/b')?.code).toBe(404);
    rig.termAt(1);
    expect(rig.run()).toMatchObject({ code: 0, seconds: 1 });
  });

  it('redis keeps its keys where its data directory outlives it', () => {
    const first = new ProgramRig('redis');
    expect(first.ask('PUT', '/user:1', { age: 36 })?.body).toBe('OK');
    const kept = new ProgramRig('redis', { files: Object.fromEntries(first.files) });
    expect(kept.ask('GET', '/user:1')?.body).toEqual({ age: 36 });
    expect(new ProgramRig('redis').ask('GET', '/user:1')?.code).toBe(404);
  });

  it('postgres asks for a password first', () => {
    expect(new ProgramRig('postgres')).toMatchObject({ code: 1 });
    expect(new ProgramRig('postgres', { setup: { env: { POSTGRES_PASSWORD: 'x' } } }).log).toEqual([
      'database system is ready to accept connections',
    ]);
  });

  it('an unknown image says that it is simulated, and ends after ten seconds where it has a command and does not restart', () => {
    const setup = { image: 'acme/etl:1', command: ['run'], restartPolicy: 'Never' };
    expect(new ProgramRig('unknown', { setup }).run()).toMatchObject({ code: 0, seconds: 10 });
    expect(new ProgramRig('unknown', { setup: { ...setup, restartPolicy: 'Always' } }).run()).toMatchObject({
      code: null,
      log: ['Podium does not have acme/etl:1: this process is simulated and does nothing.'],
    });
  });
});
