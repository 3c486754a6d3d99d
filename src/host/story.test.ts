import { afterEach, expect, test } from 'vitest';
import type { StoryView } from '../api/story';
import { SimulationRig } from './simulation.rig';

let rig: SimulationRig | undefined;
afterEach(() => rig?.stop());

async function opened(): Promise<{ rig: SimulationRig; story: (query?: string) => Promise<StoryView> }> {
  rig = new SimulationRig();
  await rig.open();
  const here = rig;
  const story = async (query = ''): Promise<StoryView> =>
    (await here.request('GET', `/podium/v1/story?resources=pods,nodes${query}`)).body as unknown as StoryView;
  return { rig: here, story };
}

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'server', image: 'podium/model-server:1.0' }] },
};
const PODS = '/api/v1/namespaces/default/pods';

test('a story goes on where the last one ended, each write at its moment and with who wrote it', async () => {
  const { rig, story } = await opened();
  const before = await story();
  expect(before).toMatchObject({ whole: true, inputs: 0, happenings: [] });
  expect(before.events.filter(({ resource }) => resource === 'nodes').length).toBeGreaterThanOrEqual(6);
  await rig.time({ advanceMs: 1_500 });
  await rig.request('POST', PODS, POD);
  await rig.time({ advanceMs: 20_000 });
  const since = await story(`&since=${before.revision}&inputs=0&after=${before.atMs}`);
  expect(since.happenings).toEqual([{ atMs: before.atMs + 1_500, kind: 'request' }]);
  const writes = since.events.filter(({ resource }) => resource === 'pods');
  expect(writes[0]).toMatchObject({ type: 'ADDED', key: 'default/web', by: 'learner', atMs: before.atMs + 1_500 });
  expect(writes[1]!.by).toContain('scheduler');
  expect(writes.every((one, index) => index === 0 || one.atMs >= writes[index - 1]!.atMs)).toBe(true);
  expect(JSON.stringify(writes)).not.toContain('managedFields');
  expect((await story(`&since=${since.revision}&inputs=${since.inputs}&after=${since.atMs}`)).events).toEqual([]);
});

test('another namespace is not told, faults and repairs are', async () => {
  const { rig, story } = await opened();
  await rig.request('POST', PODS, POD);
  expect((await story('&namespace=other')).events.every(({ resource }) => resource === 'nodes')).toBe(true);
  const fault = { type: 'ComponentDown', component: 'kube-scheduler' };
  await rig.request('POST', '/podium/v1/faults', fault);
  const { atMs } = await rig.time({ advanceMs: 90_000 });
  const told = (await story()).happenings.filter(({ kind }) => kind !== 'request');
  expect(told).toMatchObject([
    { kind: 'fault', fault },
    { kind: 'repair', component: 'kube-scheduler' },
  ]);
  expect((await story(`&inputs=2&after=${atMs}`)).happenings).toEqual([]);
});

test('going back in time is another epoch', async () => {
  const { rig, story } = await opened();
  const { atMs } = await rig.time({ advanceMs: 10_000 });
  const before = await story();
  await rig.time({ rewindMs: atMs - 8_000 });
  const after = await story();
  expect(after.epoch).not.toBe(before.epoch);
  expect(after.atMs).toBe(atMs - 8_000);
});

test.each(['resources=', 'resources=pods;x', 'resources=pods&since=x', 'resources=pods&inputs=one'])(
  '%s is refused',
  async (query) => {
    const { rig } = await opened();
    expect((await rig.request('GET', `/podium/v1/story?${query}`)).code).toBe(400);
  },
);
