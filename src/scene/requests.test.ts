import { describe, expect, it } from 'vitest';
import { Ids, makeFrame, type Sketch } from './frames.rig';
import { FramePicture } from './frame-picture';
import { layoutMap, type StageLayout } from './layout';
import { endpointLines, requestTicks, type EndpointLine } from './requests';

const line = (perSecond: number, failing = 0): EndpointLine => ({
  key: `at ${perSecond}`,
  from: [0, 100],
  to: [100, 0],
  perSecond,
  failing,
});

function layoutWith(requestsPerSecond: number): StageLayout {
  const pods = ['a', 'b', 'c'].map((name) => ({ name, node: 'cpu-1' }));
  const ids = new Ids();
  const { frame } = makeFrame({ pods }, ids);
  const service = {
    key: 'default/infer',
    name: 'infer',
    endpoints: 3,
    ready: 2,
    pods: [...frame.pods.id].slice(0, 2),
    requestsPerSecond,
    failuresPerSecond: requestsPerSecond / 4,
  };
  const sketch: Sketch = { pods, services: [service] };
  const again = makeFrame(sketch, ids);
  return layoutMap(new FramePicture(again.frame, again.details), 740, 768, 1);
}

describe('the lines to endpoints', () => {
  const chosen = { resource: 'services', namespace: 'default', name: 'infer' };

  it('are those of the selected Service, and of all in the Network layer', () => {
    const layout = layoutWith(8);
    expect(endpointLines(layout, undefined, false)).toEqual([]);
    expect(endpointLines(layout, { ...chosen, name: 'other' }, false)).toEqual([]);
    expect(endpointLines(layout, chosen, false)).toEqual(endpointLines(layout, undefined, true));
  });

  it('lead to the ready Pods, and share what goes to the Service', () => {
    const lines = endpointLines(layoutWith(8), chosen, false);
    expect(lines.map(({ perSecond, failing }) => [perSecond, failing])).toEqual([
      [4, 0.25],
      [4, 0.25],
    ]);
    expect(endpointLines(layoutWith(0), chosen, false).map(({ failing }) => failing)).toEqual([0, 0]);
  });
});

describe('requests in flight', () => {
  it('are as many as the rate says, on the line, and further at a later moment', () => {
    const ticks = requestTicks([line(10)], 5_000, 1);
    expect(ticks.length).toBe(7);
    for (const { x, y } of ticks) expect(x + y).toBeCloseTo(100);
    const [first] = ticks;
    const later = requestTicks([line(10)], 5_050, 1).find((tick) => tick.key === first!.key);
    expect(later!.x).toBeGreaterThan(first!.x);
  });

  it('are none where there is no traffic, and none above ×4', () => {
    expect(requestTicks([line(0)], 5_000, 1)).toEqual([]);
    expect(requestTicks([line(10)], 5_000, 20)).toEqual([]);
  });

  it('are forty at most on the whole stage', () => {
    const lines = Array.from({ length: 30 }, (_, index) => line(50 + index));
    for (let atMs = 10_000; atMs < 12_000; atMs += 37)
      expect(requestTicks(lines, atMs, 1).length).toBeLessThanOrEqual(40);
  });

  it('fail as often as the rate of failures says, and the same ones at every moment', () => {
    const seen = new Map<string, boolean>();
    for (let atMs = 0; atMs < 20_000; atMs += 100)
      for (const { key, failed } of requestTicks([line(10, 0.25)], atMs, 1)) {
        expect(seen.get(key) ?? failed).toBe(failed);
        seen.set(key, failed);
      }
    expect([...seen.values()].filter(Boolean).length / seen.size).toBeCloseTo(0.25, 1);
  });
});
