import { describe, expect, it } from 'vitest';
import { Ids, makeFrame, type Sketch } from './frames.rig';
import { layoutMap, type StageLayout } from './layout';
import { FramePicture } from './frame-picture';
import { allRisers, cablesOf, riserFrom, riserOf, stubOf } from './routes';

function layout(sketch: Sketch = {}): StageLayout {
  const { frame, details } = makeFrame(sketch, new Ids());
  return layoutMap(new FramePicture(frame, details), 740, 768, 1);
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

describe('risers as they are drawn', () => {
  it('begin at the card above, the first at the trunk, and all of them are one path', () => {
    const stage = layout();
    const drawn = (name: string): unknown =>
      riserFrom(
        stage.nodes.find((box) => box.node.name === name)!,
        stage,
      ).path[0];
    expect(drawn('cpu-1')).toEqual([10, 200]);
    expect(drawn('gpu-a100-1')).toEqual([10, stage.nodes[0]!.portY]);
    expect(allRisers(stage).match(/M/g)?.length).toBe(stage.nodes.length);
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
