import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Json } from '../api/objects';
import { MemoryStorage, quickTrainer, SimulationRig } from './simulation.rig';
import { TakenOver } from './storage';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

const configMap = (name: string): Json => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

function deployment(name: string, replicas: number): Json {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'server', image: 'nginx:1.27' }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template },
  };
}

const rigs: SimulationRig[] = [];

async function opened(storage?: MemoryStorage): Promise<SimulationRig> {
  const rig = new SimulationRig(storage);
  rigs.push(rig);
  await rig.open();
  return rig;
}

afterEach(() => rigs.splice(0).forEach((rig) => rig.stop()));

const own = (names: string[]): string[] => names.filter((name) => name !== 'kube-root-ca.crt');

describe('a simulation', () => {
  it('is the same again after it was closed: inputs, moment and hash', async () => {
    const storage = new MemoryStorage();
    const rig = await opened(storage);
    await rig.request('POST', DEPLOYMENTS, deployment('web', 3));
    await rig.time({ advanceMs: 20_000 });
    await rig.request('DELETE', `${PODS}/${(await rig.names(PODS))[0]}`);
    const hash = await rig.hash();
    rig.stop();
    const again = await opened(storage);
    expect(await again.hash()).toBe(hash);
    expect((await again.names(PODS)).length).toBeGreaterThanOrEqual(3);
  });

  it('tells in frames of all nodes of a large cluster, also while time stands still', async () => {
    const rig = new SimulationRig();
    rigs.push(rig);
    await rig.open('pool:600xlarge');
    await rig.time({ advanceMs: 5_000 });
    let told = 0;
    let frames = 0;
    const ask = (): void =>
      rig.simulation.nextFrame(undefined, ({ nodeDetails }) => {
        told += nodeDetails.length;
        frames += 1;
        ask();
      });
    ask();
    for (let turn = 0; turn < 100; turn++) await new Promise((next) => setImmediate(next));
    expect([told, frames < 10]).toEqual([600, true]);
  });

  it('keeps what somebody has set of the world', async () => {
    const storage = new MemoryStorage();
    const rig = await opened(storage);
    await rig.request('POST', '/podium/v1/world', { type: 'pool', pool: 'cpu', min: 4, max: 6, startSeconds: 20 });
    await rig.time({ advanceMs: 40_000 });
    expect(await rig.names('/api/v1/nodes')).toContain('cpu-4');
    await rig.request('POST', CONFIG_MAPS, configMap('last'));
    const hash = await rig.hash();
    rig.stop();
    expect(await (await opened(storage)).hash()).toBe(hash);
  });

  it('rebuilds the same cluster from its document', async () => {
    const rig = await opened();
    await rig.request('POST', DEPLOYMENTS, deployment('web', 2));
    await rig.time({ advanceMs: 15_000 });
    const [text, hash] = [await rig.text(), await rig.hash()];
    const other = await opened();
    await other.request('POST', CONFIG_MAPS, configMap('mine'));
    expect(await other.simulation.openText('default', text)).toEqual({});
    expect(await other.hash()).toBe(hash);
  });

  it('opens a document at a moment, and nothing goes on before that: its end is looked at as its end', async () => {
    const rig = await opened();
    await rig.request('POST', DEPLOYMENTS, deployment('web', 2));
    await rig.time({ advanceMs: 15_000 });
    const [text, endMs] = [await rig.text(), rig.simulation.session.endMs];
    for (const atMs of [endMs, 5_000]) {
      const other = await opened();
      await other.simulation.openText('default', text, { atMs });
      const { session, pacer } = other.simulation;
      expect([session.nowMs, session.endMs, pacer.speed]).toEqual([atMs, endMs, 0]);
    }
  });

  it('keeps what was there when a document cannot be read', async () => {
    const rig = await opened();
    await rig.request('POST', CONFIG_MAPS, configMap('mine'));
    const text = JSON.parse(await rig.text()) as Record<string, Json>;
    const bad: [string, RegExp][] = [
      ['', /not a Podium document/],
      ['[]', /not a Podium document/],
      ['{"format": 1}', /damaged/],
      [JSON.stringify({ ...text, format: 2 }), /newer Podium/],
      [JSON.stringify({ ...text, branches: [] }), /no history/],
      [JSON.stringify({ ...text, start: { preset: 'moon' } }), /unknown preset/],
      [
        JSON.stringify({ ...text, branches: [{ id: 'main', parent: null, inputs: [{ atMs: 1, kind: 'magic' }] }] }),
        /input 0/,
      ],
    ];
    for (const [document, words] of bad)
      expect((await rig.simulation.openText('default', document)).problem).toMatch(words);
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['mine']);
  });

  it('rewinds, looks, and goes on as a branch; the old future stays', async () => {
    const rig = await opened();
    await rig.request('POST', CONFIG_MAPS, configMap('one'));
    await rig.time({ advanceMs: 10_000 });
    const before = await rig.hash();
    await rig.time({ advanceMs: 10_000 });
    await rig.request('POST', CONFIG_MAPS, configMap('two'));
    await rig.time({ advanceMs: 10_000 });
    const future = await rig.hash();

    expect((await rig.time({ rewindMs: 10_000 })).atMs).toBe(10_000);
    expect(await rig.hash()).toBe(before);
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['one']);
    await rig.request('POST', CONFIG_MAPS, configMap('other'));
    await rig.time({ advanceMs: 30_000 });
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['one', 'other']);
    expect(rig.simulation.session.document.branches.map((branch) => branch.name)).toEqual([
      'main',
      'create configmap other',
    ]);

    await rig.time({ live: 'main' });
    expect(await rig.hash()).toBe(future);
    await rig.time({ live: 'branch-1' });
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['one', 'other']);
  });

  it('does not take a snapshot of the old future for a moment of the branch', async () => {
    const rig = await opened();
    await rig.request('POST', DEPLOYMENTS, deployment('web', 150));
    await rig.time({ advanceMs: 120_000 });
    await rig.time({ rewindMs: 10_000 });
    await rig.request('POST', CONFIG_MAPS, configMap('other'));
    await rig.time({ advanceMs: 110_000 });
    const hash = await rig.hash();
    for (const rewindMs of [60_000, 119_000]) {
      await rig.time({ rewindMs });
      expect(own(await rig.names(CONFIG_MAPS))).toEqual(['other']);
    }
    await rig.time({ live: 'branch-1' });
    expect(await rig.hash()).toBe(hash);
    await rig.time({ live: 'main' });
    await rig.time({ rewindMs: 60_000 });
    expect(own(await rig.names(CONFIG_MAPS))).toEqual([]);
    await rig.time({ live: 'branch-1' });
    expect(await rig.hash()).toBe(hash);
  });

  it('acknowledges nothing that another tab has not left room for', async () => {
    const storage = new MemoryStorage();
    const rig = await opened(storage);
    await rig.request('POST', CONFIG_MAPS, configMap('mine'));
    storage.append = () => Promise.reject(new TakenOver('written by another tab'));
    const refused = await rig.request('POST', CONFIG_MAPS, configMap('late'));
    expect([refused.code, (refused.body as { reason: string }).reason]).toEqual([403, 'Forbidden']);
    rig.simulation.lost();
    expect((await rig.request('POST', CONFIG_MAPS, configMap('later'))).code).toBe(403);
    expect(rig.simulation.frame().saved).toBe('viewer');
  });

  it('stands still and says so when a part of the cluster breaks; going back leads out', async () => {
    const rig = await opened();
    await rig.request('POST', CONFIG_MAPS, configMap('kept'));
    await rig.time({ advanceMs: 5_000 });
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { cluster } = rig.simulation.session;
    const broken = vi.spyOn(cluster, 'run').mockImplementation(() => {
      throw new Error('a timer has no owner');
    });
    await rig.time({ advanceMs: 5_000 });
    expect(rig.simulation.frame()).toMatchObject({
      note: expect.stringContaining('a timer has no owner') as string,
      speed: 0,
    });
    expect((await rig.request('POST', CONFIG_MAPS, configMap('next'))).code).toBe(500);
    broken.mockRestore();
    await rig.time({ rewindMs: 2_000 });
    expect(rig.simulation.frame().note).toBe('');
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['kept']);
    said.mockRestore();
  });

  it('undoes the last input, and keeps it as a branch', async () => {
    const rig = await opened();
    await rig.request('POST', CONFIG_MAPS, configMap('one'));
    await rig.time({ advanceMs: 5_000 });
    const before = await rig.hash();
    await rig.request('POST', CONFIG_MAPS, configMap('two'));
    await rig.time({ advanceMs: 5_000 });
    await rig.time({ undo: true });
    expect(await rig.hash()).toBe(before);
    await rig.time({ live: 'main' });
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['one', 'two']);
  });

  it('names a branch after what makes it another one, as soon as that is known', async () => {
    const rig = await opened();
    const names = (): string[] => rig.simulation.session.document.branches.map((branch) => branch.name);
    await rig.time({ advanceMs: 1_000 });
    await rig.request('POST', CONFIG_MAPS, configMap('one'));
    await rig.time({ advanceMs: 1_000 });
    await rig.request('POST', DEPLOYMENTS, deployment('web', 1));
    await rig.time({ advanceMs: 5_000 });
    await rig.time({ rewindMs: 0 });
    await rig.time({ fork: true });
    expect(names()).toEqual(['main', 'what if 1']);
    await rig.request('POST', DEPLOYMENTS, deployment('web', 3));
    await rig.request('DELETE', `${DEPLOYMENTS}/web`);
    expect(names()).toEqual(['main', 'replicas 1 → 3']);
    await rig.time({ undo: true });
    expect(names().at(-1)).toBe('without delete deployment web');
    await rig.request(
      'PATCH',
      `${DEPLOYMENTS}/web/scale`,
      { spec: { replicas: 1 } },
      {
        'content-type': 'application/merge-patch+json',
      },
    );
    await rig.time({ live: 'main' });
    await rig.time({ rewindMs: 0 });
    await rig.request('POST', CONFIG_MAPS, configMap('one'));
    expect(names().slice(2)).toEqual(['replicas 3 → 1', 'create configmap one']);
    await rig.request('POST', DEPLOYMENTS, deployment('web', 3));
    expect(names().at(-1)).toBe('replicas 1 → 3 (2)');
    await rig.time({ live: 'main' });
    expect(await rig.names(DEPLOYMENTS)).toEqual(['web']);
    const { branches, branchMarks } = rig.simulation.frame();
    expect(branches.map((branch) => branch.inputs)).toEqual([2, 2, 2, 2]);
    /* What was done on the others is told once, and of the open one as its own. */
    expect(branchMarks.map(({ branch, marks }) => [branch, ...marks.map(({ label }) => label)])).toEqual([
      ['branch-1', 'Create web', 'Delete web'],
      ['branch-2', 'Scale web'],
      ['branch-3', 'Create one', 'Create web'],
    ]);
    expect(rig.simulation.frame().branchMarks).toEqual([]);
  });

  it('steps from change to change, forward and back', async () => {
    const rig = await opened();
    await rig.request('POST', DEPLOYMENTS, deployment('web', 1));
    const seen: number[] = [];
    for (let index = 0; index < 6; index++) seen.push((await rig.time({ step: 'next' })).atMs);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(new Set(seen).size).toBeGreaterThan(3);
    const hash = await rig.hash();
    const back = await rig.time({ step: 'back' });
    expect(back.atMs).toBeLessThan(seen.at(-1)!);
    expect((await rig.time({ step: 'next' })).atMs).toBe(seen.at(-1));
    expect(await rig.hash()).toBe(hash);
  });

  it('runs on until something changes that one sees, and says when nothing does', async () => {
    const rig = await opened();
    const refused = await rig.request('POST', '/podium/v1/time', { step: 'change' });
    expect((refused.body as { message: string }).message).toContain('Nothing changes within the next 10 minutes');
    const quietMs = rig.simulation.session.nowMs;
    expect(quietMs).toBeGreaterThan(500_000);
    await rig.request('POST', DEPLOYMENTS, deployment('web', 1));
    const phases: string[] = [];
    for (let index = 0; index < 3; index++) {
      await rig.time({ step: 'change' });
      const [pod] = ((await rig.request('GET', PODS)).body as { items: { spec: Json; status: Json }[] }).items;
      phases.push(
        JSON.stringify([(pod?.spec as { nodeName?: string }).nodeName !== undefined, pod?.status]).slice(0, 400),
      );
    }
    expect(new Set(phases).size).toBe(3);
    expect(phases.at(-1)).toContain('Running');
    expect(rig.simulation.session.nowMs - quietMs).toBeLessThan(60_000);
    await rig.request('POST', '/podium/v1/faults', { type: 'NodeDown', node: 'cpu-2' });
    await rig.time({ step: 'change' });
    expect(rig.simulation.frame().marks.at(-1)?.label).toBe('Power off cpu-2');
  });

  it('marks a refused write where it was tried, and makes it no input', async () => {
    const rig = await opened();
    await rig.request('POST', CONFIG_MAPS, configMap('one'));
    rig.simulation.frame();
    expect((await rig.request('POST', CONFIG_MAPS, configMap('one'))).code).toBe(409);
    expect((await rig.request('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('one'))).code).toBe(409);
    expect(rig.simulation.frame().marks).toMatchObject([{ kind: 'refused', label: 'Create one: refused (409)' }]);
    expect(rig.simulation.session.timeline.inputs).toHaveLength(1);
  });

  it('ends watches as expired when history changes', async () => {
    const rig = await opened();
    await rig.time({ advanceMs: 5_000 });
    const heard: string[] = [];
    const request = { method: 'GET', path: PODS, query: { watch: 'true' } };
    const ended = new Promise<void>((resolve) => {
      rig.simulation.watch(
        request,
        (event) => heard.push(event.type),
        () => resolve(),
      );
    });
    await rig.time({ rewindMs: 1_000 });
    await ended;
    expect(heard.at(-1)).toBe('ERROR');
  });

  it('goes on from memory when storage refuses, and says so', async () => {
    const storage = new MemoryStorage();
    const rig = await opened(storage);
    await rig.request('POST', CONFIG_MAPS, configMap('one'));
    storage.refuse = true;
    expect((await rig.request('POST', CONFIG_MAPS, configMap('two'))).code).toBe(201);
    expect(rig.simulation.session.journal.state).toBe('not saved');
    expect(own(await rig.names(CONFIG_MAPS))).toEqual(['one', 'two']);
  });

  it('writes nothing of a document that was handed on before it is stored, which makes it its own', async () => {
    const storage = new MemoryStorage();
    const rig = await opened(storage);
    await rig.request('POST', DEPLOYMENTS, deployment('web', 2));
    const text = await rig.text();
    /* A large document takes a while; until then another's name is on it. */
    let replaced = false;
    const { replace, saveHead } = storage;
    storage.replace = async (...call) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      replaced = true;
      return replace.apply(storage, call);
    };
    storage.saveHead = (...call) =>
      replaced ? saveHead.apply(storage, call) : Promise.reject(new TakenOver('not claimed'));
    const opening = rig.simulation.openText('shared', text);
    rig.simulation.session.journal.headChanged();
    expect(await opening).toEqual({});
    await rig.request('POST', CONFIG_MAPS, configMap('mine'));
    expect(rig.simulation.session.journal.state).toBe('saved');
    expect(storage.documents.get('shared')!.inputs.get('main')!).toHaveLength(2);
  });

  it('has every acknowledged input in storage before it answers', async () => {
    const storage = new MemoryStorage();
    const rig = await opened(storage);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const answer = await rig.request('POST', CONFIG_MAPS, configMap(`c-${index}`));
        expect(answer.code).toBe(201);
        const stored = storage.documents.get('default')!.inputs.get('main') ?? [];
        expect(JSON.stringify(stored)).toContain(`"c-${index}"`);
      }),
    );
  });

  it('refuses what it cannot do, in words', async () => {
    const rig = await opened();
    const answers = await Promise.all([
      rig.request('POST', '/podium/v1/faults', { type: 'NodeDown', node: 'nowhere' }),
      rig.request('POST', '/podium/v1/faults', { type: 'Meteor' }),
      rig.request('POST', '/podium/v1/world', { type: 'pool', pool: 'tpu', min: 0, max: 3 }),
      rig.request('POST', '/podium/v1/world', { type: 'pool', pool: 'cpu', min: 1, max: 1 }),
      rig.request('POST', '/podium/v1/time', { speed: -1 }),
      rig.request('POST', '/podium/v1/time', {}),
      rig.request('POST', '/podium/v1/reset', { preset: 'pool:9000xcpu' }),
    ]);
    expect(answers.map((answer) => answer.code)).toEqual(answers.map(() => 400));
    expect((await rig.request('GET', '/podium/v1/nothing')).code).toBe(404);
    expect(rig.simulation.session.timeline.inputs).toEqual([]);
  });
});

describe('training', () => {
  const job: Json = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'train' },
    spec: {
      template: {
        spec: {
          restartPolicy: 'Never',
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
          containers: [
            {
              name: 'trainer',
              image: 'podium/sgd-regressor:1.4',
              env: [
                { name: 'DATASET', value: 'line-1000' },
                { name: 'BATCH_SIZE', value: '8' },
                { name: 'STEPS', value: '100' },
              ],
              resources: { limits: { 'nvidia.com/gpu': '1' } },
            },
          ],
        },
      },
    },
  };

  it('waits for real results, and a replay needs none', async () => {
    const rig = await opened();
    await rig.request('POST', '/apis/batch/v1/namespaces/default/jobs', job);
    await rig.time({ advanceMs: 60_000 });
    const [pod] = await rig.names(PODS);
    const log = String((await rig.request('GET', `${PODS}/${pod}/log`)).body);
    expect(log).toContain('Model coefficients');
    const [text, hash] = [await rig.text(), await rig.hash()];
    const replay = new SimulationRig(new MemoryStorage(), { train: () => Promise.reject(new Error('no trainer')) });
    rigs.push(replay);
    await replay.open();
    await replay.simulation.openText('default', text);
    expect(await replay.hash()).toBe(hash);
  });

  it('says in every frame of a training that it computes on less than it could, and no longer than that', async () => {
    const notice = 'WebGL is not available here; computing on WASM.';
    const rig = new SimulationRig(new MemoryStorage(), { ...quickTrainer, notice });
    rigs.push(rig);
    await rig.open();
    await rig.request('POST', '/apis/batch/v1/namespaces/default/jobs', job);
    const notes: string[] = [];
    for (let atMs = 0; atMs < 30_000; atMs += 250) {
      await rig.time({ advanceMs: 250 });
      notes.push(rig.simulation.frame().note);
    }
    const [first, last] = [notes.indexOf(notice), notes.lastIndexOf(notice)];
    expect(last - first).toBeGreaterThanOrEqual(35);
    expect(new Set(notes.slice(first, last + 1))).toEqual(new Set([notice]));
    expect(notes.at(-1)).toBe('');
  });

  it('says why it waits where nothing can compute', async () => {
    const rig = new SimulationRig(new MemoryStorage(), { train: () => Promise.reject(new Error('no backend')) });
    rigs.push(rig);
    await rig.open();
    await rig.request('POST', '/apis/batch/v1/namespaces/default/jobs', job);
    void rig.time({ advanceMs: 60_000 });
    await expect.poll(() => rig.simulation.office.problem).toBe('Training waits: no backend');
    expect(rig.simulation.session.nowMs).toBeLessThan(60_000);
  });
});
