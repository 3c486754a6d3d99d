import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../api/objects';
import { BEHAVIOUR, type Input } from '../kernel/input';
import { inputsOf, newDocument, type BranchRecord, type ClusterDocument } from './document';
import { insertInput, reliving } from './reliving';
import { SimulationRig, type MemoryStorage } from './simulation.rig';

const at = (atMs: number, kind: 'fault' | 'training' = 'fault'): Input =>
  (kind === 'training'
    ? { atMs, kind, run: `run-${atMs}`, result: {} }
    : { atMs, kind, fault: {} }) as unknown as Input;
const branch = (
  id: string,
  parent: string | null,
  sharedInputs: number,
  fromMs: number,
  inputs: Input[],
): BranchRecord => ({ id, name: id, parent, sharedInputs, fromMs, endMs: 100, inputs });

/** `b` leaves `main` after two inputs, `c` leaves `b` after three, `d` leaves `b` where only `main` had been. */
function forked(): ClusterDocument {
  return {
    ...newDocument({ preset: 'ml' }, 1),
    branches: [
      branch('main', null, 0, 0, [at(10), at(20, 'training'), at(60)]),
      branch('b', 'main', 2, 30, [at(40), at(50, 'training')]),
      branch('c', 'b', 3, 45, [at(70)]),
      branch('d', 'b', 1, 15, [at(80)]),
    ],
  };
}

const linesOf = (document: ClusterDocument): Record<string, number[]> =>
  Object.fromEntries(document.branches.map(({ id }) => [id, inputsOf(document, id).map(({ atMs }) => atMs)]));

describe('a document of another behaviour', () => {
  it('keeps on each branch what somebody did, and no results of training', () => {
    const { behaviour, branches, ...rest } = reliving({ ...forked(), behaviour: 1 });
    expect(behaviour).toBe(BEHAVIOUR);
    expect(linesOf({ ...rest, branches })).toEqual({ main: [10, 60], b: [10, 40], c: [10, 40, 70], d: [10, 80] });
  });

  it.each([
    ['b', 1, 12, { main: [10, 12, 60], b: [10, 12, 40], c: [10, 12, 40, 70], d: [10, 12, 80] }],
    ['b', 1, 25, { main: [10, 25, 60], b: [10, 25, 40], c: [10, 25, 40, 70], d: [10, 80] }],
    ['b', 1, 35, { main: [10, 60], b: [10, 35, 40], c: [10, 35, 40, 70], d: [10, 80] }],
    ['b', 2, 48, { main: [10, 60], b: [10, 40, 48], c: [10, 40, 70], d: [10, 80] }],
    ['main', 1, 35, { main: [10, 35, 60], b: [10, 40], c: [10, 40, 70], d: [10, 80] }],
    ['d', 2, 90, { main: [10, 60], b: [10, 40], c: [10, 40, 70], d: [10, 80, 90] }],
  ])('gets a result on %s before input %i at %i ms, wherever that is its past', (id, index, atMs, lines) => {
    const document = reliving({ ...forked(), behaviour: 1 });
    insertInput(document, id, index, at(atMs, 'training'));
    expect(linesOf(document)).toEqual(lines);
  });
});

const rigs: SimulationRig[] = [];
afterEach(() => rigs.splice(0).forEach((rig) => rig.stop()));

describe('a cluster that was saved with another behaviour', () => {
  const JOBS = '/apis/batch/v1/namespaces/default/jobs';
  const env = [
    { name: 'DATASET', value: 'line-1000' },
    { name: 'STEPS', value: '100' },
  ];
  const container = { name: 'trainer', image: 'podium/sgd-regressor:1.4', env };
  const spec = { template: { spec: { restartPolicy: 'Never', containers: [container] } } };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'train' }, spec } as Json;

  /** A cluster that has trained, and then been written to, as `change` leaves it. */
  async function saved(change: (document: ClusterDocument) => void): Promise<MemoryStorage> {
    const rig = new SimulationRig();
    rigs.push(rig);
    await rig.open();
    await rig.request('POST', JOBS, job);
    await rig.time({ advanceMs: 120_000 });
    await rig.request('POST', '/api/v1/namespaces', { metadata: { name: 'later' } });
    await rig.time({ advanceMs: 10_000 });
    const document = JSON.parse(await rig.text()) as ClusterDocument;
    change(document);
    await rig.storage.replace('default', document);
    return rig.storage;
  }

  async function openAgain(storage: MemoryStorage, trainer?: 'none'): Promise<{ rig: SimulationRig; said?: string }> {
    const rig =
      trainer === 'none'
        ? new SimulationRig(storage, { train: () => Promise.reject(new Error('nobody')) })
        : new SimulationRig(storage);
    rigs.push(rig);
    const { said } = await rig.open();
    return { rig, ...(said === undefined ? {} : { said }) };
  }

  const asOld = (document: ClusterDocument): void => {
    delete document.behaviour;
    for (const one of document.branches)
      one.inputs = one.inputs.map((input) =>
        input.kind === 'training' ? { ...input, run: `other/${input.run}` } : input,
      );
  };

  it('says so, trains anew, and is as if it had been so from the start', async () => {
    const storage = await saved(asOld);
    const { rig, said } = await openAgain(storage);
    expect(said).toMatch(/^This was saved by another version of Podium, .* may differ\.$/);
    const { branch, nowMs } = rig.simulation.session;
    expect(nowMs).toBeLessThan(branch.endMs);
    await rig.time({ rewindMs: branch.endMs });
    expect(rig.simulation.session.nowMs).toBe(130_000);
    expect(await rig.names('/api/v1/namespaces')).toContain('later');
    const [pod] = await rig.names('/api/v1/namespaces/default/pods');
    expect((await rig.request('GET', `/api/v1/namespaces/default/pods/${pod}/log`)).body).toContain('coefficients');
    await rig.request('POST', '/api/v1/namespaces', { metadata: { name: 'today' } });
    await expect.poll(() => rig.simulation.session.journal.state).toBe('saved');
    const hash = await rig.hash();
    const again = await openAgain(storage, 'none');
    expect(again.said).toBeUndefined();
    expect(await again.rig.hash()).toBe(hash);
  });

  it('says how much was refused this time', async () => {
    const storage = await saved((document) => {
      delete document.behaviour;
      const { inputs } = document.branches[0]!;
      const last = inputs.at(-1)!;
      inputs.splice(0, Infinity, last, last, last);
    });
    const { rig, said } = await openAgain(storage);
    expect(said).toMatch(/ 2 of your actions were refused this time\.$/);
    expect(rig.simulation.session.nowMs).toBe(130_000);
  });

  it('opens where nothing can train, and goes no further than that', async () => {
    const { rig, said } = await openAgain(await saved(asOld), 'none');
    expect(said).toBeDefined();
    const { nowMs } = rig.simulation.session;
    expect((await rig.time({ rewindMs: 130_000 })).atMs).toBe(nowMs);
    expect(rig.simulation.office.problem).toBe('Training waits: nobody');
  });

  it('says nothing where nobody has done anything', async () => {
    const rig = new SimulationRig();
    rigs.push(rig);
    await rig.open();
    const { behaviour: _recorded, ...document } = newDocument({ preset: 'ml' }, 1);
    expect(await rig.simulation.openText('default', JSON.stringify(document))).toEqual({});
  });
});
