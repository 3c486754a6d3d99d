import { afterEach, describe, expect, it } from 'vitest';
import { startTraining, type TrainingRequest, type TrainingResult } from '../api/training';
import type { Json } from '../api/objects';
import { JOBS, TOLERATION, trainingJob } from '../kernel/storm.rig';
import type { TrainingLine, TrainingRows, TrainingView } from '../protocol/control';
import { MemoryStorage, SimulationRig } from './simulation.rig';
import type { Trainer } from './trainer';

/** Weights that tell how many steps made them. */
const countingTrainer: Trainer = {
  train: async (request) => {
    const { run, config, from, steps } = request as unknown as TrainingRequest;
    const state = { ...(from ?? startTraining(config, 1)) };
    state.t += steps;
    state.coef = [state.t - 1];
    const result: TrainingResult = { run, state, steps, loss: config.eta0 / state.t, r2: 0.9, backend: 'cpu' };
    return result as unknown as Json;
  },
};

const OWNER = 'owner=Job%20train';
const rigs: SimulationRig[] = [];

afterEach(() => {
  for (const rig of rigs.splice(0)) rig.stop();
});

async function opened(): Promise<SimulationRig> {
  const rig = new SimulationRig(new MemoryStorage(), countingTrainer);
  rigs.push(rig);
  await rig.open();
  return rig;
}

async function training(): Promise<SimulationRig> {
  const rig = await opened();
  const job = trainingJob({ tolerations: [TOLERATION], steps: 400 }) as { metadata: { name: string } };
  await rig.request('POST', JOBS, { ...job, metadata: { ...job.metadata, name: 'train' } } as unknown as Json);
  return rig;
}

async function read<T>(rig: SimulationRig, what: string): Promise<T> {
  const answer = await rig.request('GET', `/podium/v1/${what}?${OWNER}`);
  expect(answer.code).toBe(200);
  return answer.body as T;
}

describe('the training of an owner', () => {
  it('is nothing before the first step', async () => {
    const rig = await training();
    expect(await read(rig, 'training')).toBeNull();
    expect(await read(rig, 'training-rows')).toBeNull();
    expect((await rig.request('GET', '/podium/v1/training')).code).toBe(400);
  });

  it('has the weights of the moment that is looked at, and earlier ones', async () => {
    const rig = await training();
    await rig.time({ advanceMs: 100_000 });
    const end = (await read<TrainingView>(rig, 'training'))!;
    expect(end.weights.map((one) => one.coef)).toEqual(end.weights.map((one) => [one.step]));
    expect(end.weights.map((one) => one.step)).toEqual([25, 45, 95, 195, 400]);
    const { atMs } = end.weights[3]!;
    const pointed = await rig.request('GET', `/podium/v1/training?${OWNER}&atMs=${atMs}`);
    expect((pointed.body as unknown as TrainingView).weights.at(-1)).toEqual(end.weights[3]);
    await rig.time({ rewindMs: atMs });
    const then = (await read<TrainingView>(rig, 'training'))!;
    expect(then.weights.at(-1)).toEqual(end.weights[3]);
  });

  it('knows its rows and what made them, also when the Pod and the Job are gone', async () => {
    const rig = await training();
    await rig.time({ advanceMs: 100_000 });
    await rig.request('DELETE', `${JOBS}/train`, { propagationPolicy: 'Background' } as Json);
    await rig.time({ advanceMs: 10_000 });
    expect(await rig.names('/api/v1/namespaces/default/pods')).toEqual([]);
    const rows = (await read<TrainingRows>(rig, 'training-rows'))!;
    expect([rows.x.length, rows.y.length, rows.plan.totalSteps]).toEqual([160, 160, 400]);
    expect(rows.truth).toEqual({ coef: [2.4], intercept: 1.1 });
    expect((await read<TrainingView>(rig, 'training'))!.container).toBe(rows.container);
  });

  it('has its curve ahead of the moment, and its curves on other branches since they left', async () => {
    const rig = await training();
    await rig.time({ advanceMs: 30_000 });
    await rig.time({ rewindMs: 20_000 });
    const [ahead] = (await read<{ items: TrainingLine[] }>(rig, 'training-lines')).items;
    expect(ahead).toMatchObject({ branch: 'main', ahead: true });
    const moments = ahead!.runs.flat().filter((_, index) => index % 3 === 2);
    expect(Math.max(...moments)).toBeGreaterThan(28_000);

    const [pod] = await rig.names('/api/v1/namespaces/default/pods');
    await rig.request('DELETE', `/api/v1/namespaces/default/pods/${pod}`);
    await rig.time({ advanceMs: 60_000 });
    const there = (await read<{ items: TrainingLine[] }>(rig, 'training-lines')).items;
    expect(there.map((line) => [line.branch, line.ahead])).toEqual([['main', false]]);
    expect(there[0]!.runs).toEqual(ahead!.runs);
    await rig.time({ live: 'main' });
    const [fork] = (await read<{ items: TrainingLine[] }>(rig, 'training-lines')).items;
    expect(fork).toMatchObject({ branch: 'branch-1', ahead: false });
    /* Its first run ended with its Pod; the other began anew. */
    expect(fork!.runs.at(-1)!.slice(0, 1)[0]).toBeLessThan(30);
  });

  it('is the same for a document that is opened again, whose Pods of then nobody has seen', async () => {
    const rig = await training();
    await rig.time({ advanceMs: 25_000 });
    const [pod] = await rig.names('/api/v1/namespaces/default/pods');
    await rig.request('DELETE', `/api/v1/namespaces/default/pods/${pod}`);
    await rig.time({ advanceMs: 60_000 });
    const text = await rig.text();
    const again = await opened();
    await again.simulation.openText('default', text);
    const { curves } = again.simulation.frame();
    expect(curves.filter((piece) => piece.points.length > 0).map((piece) => piece.owner)).toEqual([
      'Job train',
      'Job train',
    ]);
    expect(curves.map((piece) => piece.pod)).toContain(`default/${pod}`);
    expect(await read(again, 'training')).toEqual(await read(rig, 'training'));
  });
});
