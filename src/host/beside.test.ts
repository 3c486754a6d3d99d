import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../api/objects';
import { POD_PHASES } from '../protocol/frame';
import type { FrameMessage } from '../protocol/frame-message';
import { FrameReader } from '../protocol/frame-reader';
import { SimulationRig } from './simulation.rig';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';

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

let rig: SimulationRig;
let open: FrameReader;
let other: FrameReader;

beforeEach(async () => {
  rig = new SimulationRig();
  open = new FrameReader();
  other = new FrameReader();
  await rig.open();
});
afterEach(() => rig.stop());

/** Pods of the default namespace in a frame: name, node row and phase. */
function podsOf(message: FrameMessage, reader: FrameReader): string[] {
  const { pods } = reader.read(message);
  return [...pods.id]
    .map((id, row) => ({ detail: reader.pods.get(id)!, row }))
    .filter(({ detail }) => detail.namespace === 'default')
    .map(({ detail, row }) => `${detail.name} on ${pods.node[row]}, ${POD_PHASES[pods.phase[row]!]}`)
    .sort();
}

/** The Pods of the branch beside, once it stands at the open one's moment. */
async function beside(id: string): Promise<{ atMs: number; pods: string[] }> {
  let frame = rig.simulation.besideFrame(id)!;
  let pods = podsOf(frame, other);
  await expect
    .poll(() => {
      frame = rig.simulation.besideFrame(id)!;
      pods = podsOf(frame, other);
      return frame.run !== 'replaying' && frame.atMs === rig.simulation.session.nowMs;
    })
    .toBe(true);
  return { atMs: frame.atMs, pods };
}

describe('a branch beside the open one', () => {
  beforeEach(async () => {
    await rig.request('POST', DEPLOYMENTS, deployment('web', 2));
    await rig.time({ advanceMs: 30_000 });
    await rig.time({ rewindMs: 10_000 });
    await rig.request('DELETE', `${DEPLOYMENTS}/web`);
    await rig.request('POST', DEPLOYMENTS, deployment('api', 3));
    await rig.time({ advanceMs: 15_000 });
  });

  it('is as it is when it is opened, at each moment to which the head goes', async () => {
    for (const rewindMs of [25_000, 12_000, 10_000, 20_000, 3_000]) {
      await rig.time({ rewindMs });
      const { pods: shown } = await beside('main');
      await rig.time({ live: 'main' });
      await rig.time({ rewindMs });
      expect(podsOf(rig.simulation.frame(), open)).toEqual(shown);
      if (rewindMs >= 10_000) expect(shown.every((pod) => pod.startsWith('web-'))).toBe(true);
      await rig.time({ live: 'branch-1' });
    }
  });

  it('changes nothing of the open one, and follows it where it plays on, past its own end', async () => {
    const hash = await rig.hash();
    await beside('main');
    expect(await rig.hash()).toBe(hash);
    expect(await rig.names(PODS)).toHaveLength(3);
    await rig.time({ advanceMs: 20_000 });
    const { atMs, pods } = await beside('main');
    expect(atMs).toBe(45_000);
    expect(pods).toHaveLength(2);
    const main = rig.simulation.session.document.branches[0]!;
    expect([main.endMs, main.inputs.length]).toEqual([30_000, 1]);
    await rig.time({ rewindMs: 25_000 });
    await rig.time({ live: 'branch-1' });
    await rig.time({ rewindMs: 25_000 });
    expect(await rig.hash()).toBe(hash);
  });

  it('answers what an object is there, and changes nothing by it', async () => {
    const there = async (path: string): Promise<Json> =>
      (await rig.request('GET', `/podium/v1/beside?path=${encodeURIComponent(path)}`)).body;
    expect(await there(`${DEPLOYMENTS}/web`)).toBeNull();
    await beside('main');
    const hash = await rig.hash();
    expect(await there(`${DEPLOYMENTS}/web`)).toMatchObject({ kind: 'Deployment', spec: { replicas: 2 } });
    expect(await there(`${DEPLOYMENTS}/api`)).toBeNull();
    for (const path of ['', '/podium/v1/journal', '/api/v1/pods?watch=true'])
      expect((await rig.request('GET', `/podium/v1/beside?path=${encodeURIComponent(path)}`)).code).toBe(400);
    expect(await rig.hash()).toBe(hash);
  });

  it('is none where it is the open one, or there is none of that name', async () => {
    expect(rig.simulation.besideFrame('branch-1')).toBeUndefined();
    expect(rig.simulation.besideFrame('branch-9')).toBeUndefined();
    expect(rig.simulation.besideFrame(undefined)).toBeUndefined();
    await beside('main');
    await rig.time({ live: 'main' });
    expect(rig.simulation.besideFrame('main')).toBeUndefined();
  });
});

describe('a glance while the head is dragged', () => {
  it('stops short of its moment when there is no time, and is exact afterwards', async () => {
    await rig.request('POST', DEPLOYMENTS, deployment('web', 150));
    await rig.time({ advanceMs: 200_000 });
    await rig.time({ rewindMs: 123_456 });
    const exact = await rig.hash();
    await rig.time({ live: 'main' });
    const { atMs } = await rig.time({ rewindMs: 123_456, withinMs: 0 });
    expect(atMs).toBeLessThanOrEqual(123_456);
    expect(rig.simulation.frame().run).toBe('rewound');
    /* Forward again: a snapshot on the way is shown at once. */
    const ahead = await rig.time({ rewindMs: 190_000, withinMs: 0 });
    expect(ahead.atMs).toBeGreaterThan(atMs);
    expect((await rig.time({ rewindMs: 123_456 })).atMs).toBe(123_456);
    expect(await rig.hash()).toBe(exact);
  });
});
