import { afterEach, describe, expect, it } from 'vitest';
import type { ApiRequest, ApiResponse } from '../api/client';
import type { Json } from '../api/objects';
import { FrameReader } from '../protocol/frame-reader';
import type { Frame, Mark } from '../protocol/frame';
import { newDocument } from './document';
import { SimulationRig } from './simulation.rig';

const PODS = '/api/v1/namespaces/default/pods';
const rigs: SimulationRig[] = [];

async function opened(preset: string): Promise<SimulationRig> {
  const rig = new SimulationRig();
  rigs.push(rig);
  await rig.open(preset);
  return rig;
}

afterEach(() => rigs.splice(0).forEach((rig) => rig.stop()));

const fault = (
  rig: SimulationRig,
  type: string,
  component: string,
  more: { member?: string } = {},
): Promise<ApiResponse> => rig.request('POST', '/podium/v1/faults', { type, component, ...more });

function framesOf(rig: SimulationRig): () => Frame {
  const reader = new FrameReader();
  return () => reader.read(rig.simulation.frame());
}

describe('while no API server answers', () => {
  it('watches end, new ones and requests are refused, and a refused write is a mark and no input', async () => {
    const rig = await opened('laptop');
    const frame = framesOf(rig);
    frame();
    const ends: (ApiResponse | undefined)[] = [];
    const request: ApiRequest = { method: 'GET', path: PODS, query: { watch: 'true' } };
    const watch = (): void =>
      void rig.simulation.watch(
        request,
        () => {},
        (refusal) => ends.push(refusal),
      );
    watch();
    await fault(rig, 'ComponentDown', 'kube-apiserver');
    await rig.time({ advanceMs: 1_000 });
    expect(ends).toEqual([undefined]);
    watch();
    expect(ends[1]).toMatchObject({ refused: true });
    const pod: Json = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'a', image: 'nginx' }] },
    };
    expect(await rig.request('POST', PODS, pod)).toMatchObject({ refused: true });
    expect(rig.simulation.session.timeline.inputs.length).toBe(1);
    const { marks, controlPlane } = frame();
    expect(marks.map((mark) => mark.label)).toContain('Create a: connection refused');
    expect(controlPlane.down).toEqual(['kube-apiserver']);
    expect(controlPlane.lastWords).toEqual([['stopped by you', 'stopped']]);
    await fault(rig, 'ComponentUp', 'kube-apiserver');
    expect((await rig.request('POST', PODS, pod)).code).toBe(201);
    watch();
    expect(ends.length).toBe(2);
  });
});

describe('while etcd has no quorum', () => {
  it('an answer comes after its deadline of virtual time, and at once where time stands still', async () => {
    const rig = await opened('laptop');
    const frame = framesOf(rig);
    await fault(rig, 'ComponentDown', 'etcd', { member: 'etcd-1' });
    expect(frame().controlPlane.members).toBe('2 of 3 members agree');
    await fault(rig, 'ComponentDown', 'etcd', { member: 'etcd-2' });
    const { controlPlane } = frame();
    expect([controlPlane.down, controlPlane.lastWords]).toEqual([
      ['etcd'],
      [['1 of 3 members: no quorum', 'stopped by you', 'no quorum']],
    ]);
    const refused = { code: 500, body: { message: 'etcdserver: request timed out' } };
    const startMs = rig.simulation.session.nowMs;
    expect(await rig.request('GET', PODS)).toMatchObject(refused);
    expect(rig.simulation.session.nowMs).toBe(startMs);
    rig.simulation.pacer.setSpeed(100);
    expect(await rig.request('GET', PODS)).toMatchObject(refused);
    expect(rig.simulation.session.nowMs).toBeGreaterThanOrEqual(startMs + 7_000);
    rig.simulation.pacer.setSpeed(0);
    expect((await rig.request('GET', `${PODS}?resourceVersion=0`)).code).toBe(200);
  });

  it('an answer that is still to come comes at once when another document is opened', async () => {
    const rig = await opened('laptop');
    for (const member of ['etcd-1', 'etcd-2']) await fault(rig, 'ComponentDown', 'etcd', { member });
    rig.simulation.pacer.setSpeed(0.01);
    const answer = rig.request('GET', PODS);
    await new Promise((underWay) => setImmediate(underWay));
    await rig.simulation.openText('other', JSON.stringify(newDocument({ preset: 'laptop' }, 2)));
    rig.simulation.pacer.setSpeed(0.01);
    expect((await answer).code).toBe(500);
    expect(rig.simulation.session.nowMs).toBeLessThan(7_000);
  });
});

describe('the control plane of a managed cluster', () => {
  it("is not the learner's: its provider says when it is back, and a mark that it was it", async () => {
    const rig = await opened('ml');
    const frame = framesOf(rig);
    frame();
    await fault(rig, 'ComponentDown', 'kube-scheduler');
    await rig.time({ advanceMs: 18_000 });
    expect(frame().controlPlane.lastWords[0]![0]).toBe('stopped by you; the provider starts it in 42 s');
    await rig.time({ advanceMs: 42_000 });
    const marks: Mark[] = frame().marks;
    expect(marks.filter((mark) => mark.label.includes('provider'))).toEqual([
      { atMs: 60_000, kind: 'started', label: 'The provider started kube-scheduler' },
    ]);
    expect(frame().marks).toEqual([]);
    expect(frame().controlPlane.lastWords).toEqual([["waits for the old leader's lease", 'waits to lead']]);
  });
});
