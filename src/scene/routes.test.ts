import { describe, expect, it } from 'vitest';
import { Ids, makeFrame, oneJob, row, type Sketch } from './frames.rig';
import { layoutMap, type StageLayout } from './layout';
import { pictureOf } from './picture';
import { cablesOf, dotsAt, glowing, riserOf, stubOf } from './routes';
import { Story } from './story';

function layout(sketch: Sketch = {}): StageLayout {
  const { frame, details } = makeFrame(sketch, new Ids());
  return layoutMap(pictureOf(frame, details), 740, 768, 1);
}

const volume = {
  claim: 'ckpt',
  volume: 'v',
  size: '10Gi',
  accessMode: 'ReadWriteOnce',
  storageClass: '',
  bound: true,
  checkpoints: 0,
};

describe('lines', () => {
  it('join each place to the trunk, and none to another place', () => {
    const stage = layout();
    expect(stubOf('etcd', stage)).toEqual([
      [130, 183],
      [130, 140],
    ]);
    expect(riserOf('gpu-t4-1', stage)).toEqual([
      [490, 183],
      [490, 499],
      [498, 499],
    ]);
    expect(riserOf('nobody', stage)).toEqual([]);
  });
});

describe('dots', () => {
  const stage = layout();
  const { rows, record } = oneJob();
  const story = new Story();
  story.add(rows, [record]);

  it('run from the learner to etcd, and burst there', () => {
    const start = story.messagesBetween(-Infinity, Infinity)[0]!;
    const at = (ms: number) => dotsAt(story, ms, stage, 1)[0]!;
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
    const dots = dotsAt(burst, 1100, stage, 1);
    expect(dots.length).toBeLessThanOrEqual(40);
    expect(dots.reduce((sum, dot) => sum + dot.count, 0)).toBe(500);
  });

  it('are bundles at high speeds, seen long enough to be seen', () => {
    const seen = Array.from({ length: 200 }, (_, index) => dotsAt(story, 900 + index * 100, stage, 20).length);
    expect(Math.max(...seen)).toBeGreaterThan(0);
  });
});

describe('cables', () => {
  it('end in a plug on the card, straight where the drum stands below it', () => {
    const [cable] = cablesOf(
      layout({ volumes: [{ ...volume, key: 'default/ckpt', attachedTo: ['gpu-a100-1'], refusedBy: [] }] }),
    );
    expect(cable!.path).toEqual([
      [60, 671],
      [60, 612],
    ]);
  });

  it('go by the channel and the gutter to cards above', () => {
    const stage = layout({
      volumes: [{ ...volume, key: 'default/ckpt', attachedTo: ['cpu-2'], refusedBy: ['gpu-a100-2'] }],
    });
    const [upper, refused] = cablesOf(stage);
    const card = stage.nodes.find((box) => box.node.name === 'cpu-2')!;
    expect(upper!.plug[1]).toBe(card.y + card.height);
    expect(upper!.path.length).toBe(6);
    expect(refused!.refused).toBe(true);
    for (const box of stage.nodes) {
      for (const [x, y] of upper!.path.slice(0, -1)) {
        expect(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height).toBe(false);
      }
    }
  });
});
