import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FramePicture } from './frame-picture';
import { Ids, makeFrame, oneJob, row } from './frames.rig';
import { layoutMap, type StageLayout } from './layout';
import { glowing } from './routes';
import { Story } from './story';
import { trafficAt, type Traffic } from './traffic';

const NAMES = Array.from({ length: 30 }, (_, index) => `cpu-${index}`);

function layout(names?: readonly string[]): StageLayout {
  const sketch = names ? { nodes: names.map((name) => ({ name })) } : {};
  const { frame, details } = makeFrame(sketch, new Ids());
  return layoutMap(new FramePicture(frame, details), 740, 768, 1);
}

const stage = layout();
const wide = layout(NAMES);

const countOf = ({ dots, flows }: Traffic): number => [...dots, ...flows].reduce((sum, one) => sum + one.count, 0);

describe('dots', () => {
  const { rows, record } = oneJob();
  const story = new Story();
  story.add(rows, [record]);

  it('run from the learner to etcd, and burst there', () => {
    const start = story.messagesBetween(-Infinity, Infinity)[0]!;
    const at = (ms: number) => trafficAt(story, ms, stage, 1).dots[0]!;
    expect([at(start.startMs).x, at(start.startMs).y]).toEqual([0, 183]);
    expect(at(start.endMs).x).toBeCloseTo(130);
    expect(at(start.endMs).y).toBeCloseTo(140);
    expect(at(start.endMs + 80).radius).toBeGreaterThan(at(start.endMs).radius);
    expect(at(start.endMs + 80).opacity).toBeLessThan(1);
    expect(glowing(story, start.endMs + 10)).toEqual(new Set(['etcd']));
  });

  it('are bounded: many on one way are one', () => {
    const burst = new Story();
    burst.add(
      Array.from({ length: 500 }, (_, index) =>
        row(index + 1, 1000, 'replicaset-controller', `create pods default/p${index}`),
      ),
      [],
    );
    const dots = trafficAt(burst, 1100, stage, 1).dots;
    expect(dots.length).toBeLessThanOrEqual(40);
    expect(dots.reduce((sum, dot) => sum + dot.count, 0)).toBe(500);
  });

  it('are bundles at high speeds, seen long enough to be seen', () => {
    const seen = Array.from({ length: 200 }, (_, index) => trafficAt(story, 900 + index * 100, stage, 20).dots.length);
    expect(Math.max(...seen)).toBeGreaterThan(0);
  });
});

/** Status writes of the kubelets, `aSecond` of them a second, for some seconds. */
function statuses(aSecond: number, seconds: number, names = NAMES): Story {
  const story = new Story();
  story.add(
    Array.from({ length: aSecond * seconds }, (_, index) => {
      const node = names[index % names.length]!;
      const atMs = 1000 + (index * 1000) / aSecond;
      return row(index + 1, atMs, `kubelet/${node}`, `update pods default/p${index}`, [], node);
    }),
    [],
  );
  return story;
}

describe('messages by their rate', () => {
  it('are a dot each up to 40 a second', () => {
    const { dots, flows } = trafficAt(statuses(40, 4), 3000, wide, 1);
    expect(dots.every((dot) => dot.count === 1)).toBe(true);
    expect([dots.length > 15, flows.length]).toEqual([true, 0]);
  });

  it('are bundles above that, with an area that is their number', () => {
    const { dots, flows } = trafficAt(statuses(60, 4, NAMES.slice(0, 3)), 3000, wide, 1);
    expect(flows).toEqual([]);
    const flying = dots.filter((dot) => dot.opacity === 1);
    expect(flying.some((dot) => dot.count > 1)).toBe(true);
    for (const dot of flying) expect(dot.radius ** 2 / 5.5 ** 2).toBeCloseTo(Math.min(9.6, dot.count));
  });

  it('are flows on the risers where there are too many ways, as fast as their rate', () => {
    const moved = (aSecond: number): number => {
      const story = statuses(aSecond, 4);
      let way = 0;
      for (let ms = 2500; ms < 3000; ms += 5) {
        const [now, next] = [ms, ms + 5].map((at) => trafficAt(story, at, wide, 1).flows[0]);
        if (now && next && now.each === next.each) way += ((next.phase - now.phase + 1) % 1) * now.each;
      }
      return way * 2;
    };
    const [slow, fast] = [moved(300), moved(900)];
    const lanes = new Set(wide.riserX.values()).size;
    expect(slow).toBeGreaterThan(0.7 * (300 / lanes));
    expect(fast / slow).toBeGreaterThan(2);
    expect(fast / slow).toBeLessThan(4.5);
    expect(trafficAt(statuses(300, 4), 3000, wide, 1).flows.length).toBe(lanes);
  });

  it('leave the dots of the control plane as they are', () => {
    const story = new Story();
    const kubelets = statuses(300, 3)
      .messagesBetween(-Infinity, Infinity)
      .map((one) => one.row);
    story.add([...kubelets, row(10_000, 3900, 'kube-scheduler', 'update pods default/p1')], []);
    const { dots } = trafficAt(story, story.heldAt(10_000)! - 200, wide, 1);
    expect(dots.map((dot) => dot.message.from)).toContain('scheduler');
  });

  it('are all there, whatever their rate, and the same from wherever a moment is reached', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1000, max: 4500 }),
        (aSecond, nodes, ms) => {
          const story = statuses(aSecond, 3, NAMES.slice(0, nodes));
          const traffic = trafficAt(story, ms, wide, 1);
          expect(countOf(traffic)).toBe(story.messagesAt(ms).length);
          trafficAt(story, 4500, wide, 1);
          expect(trafficAt(story, ms, wide, 1)).toEqual(traffic);
        },
      ),
      { seed: 3, numRuns: 40 },
    );
  });
});
