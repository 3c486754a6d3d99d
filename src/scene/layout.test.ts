import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailLevel } from './detail';
import { Ids, makeFrame, ML_NODES, type NodeSketch, type PodSketch, type Sketch } from './frames.rig';
import type { Rect } from './geometry';
import { layoutCompact } from './compact-layout';
import { layoutMap, type StageLayout } from './layout';
import { meterParts, sockets } from './node-layout';
import { FramePicture } from './frame-picture';
import type { Picture } from './picture';
import { layoutRows } from './rows-layout';

function picture(sketch: Sketch): Picture {
  const { frame, details } = makeFrame(sketch, new Ids());
  return new FramePicture(frame, details);
}

const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width - 0.01 &&
  b.x < a.x + a.width - 0.01 &&
  a.y < b.y + b.height - 0.01 &&
  b.y < a.y + a.height - 0.01;
const within = (inner: Rect, outer: Rect): boolean =>
  inner.x >= outer.x - 0.01 &&
  inner.y >= outer.y - 0.01 &&
  inner.x + inner.width <= outer.x + outer.width + 0.01 &&
  inner.y + inner.height <= outer.y + outer.height + 0.01;

/** All that must stand apart, and all that must stand within something. */
function problems(layout: StageLayout): string[] {
  const found: string[] = [];
  const apart: [string, Rect][] = [
    ...Object.entries(layout.boxes).map(([name, box]): [string, Rect] => [name, box]),
    ['trunk', layout.trunk],
    ...layout.nodes.map((box): [string, Rect] => [box.node.name, box]),
    ...layout.volumes.map((box): [string, Rect] => [box.volume.key, box]),
    ...layout.services.map((box): [string, Rect] => [box.service.key, box]),
  ];
  for (const [index, [name, rect]] of apart.entries()) {
    for (const [other, second] of apart.slice(index + 1))
      if (overlaps(rect, second)) found.push(`${name} overlaps ${other}`);
    if (!within(rect, { x: 0, y: 0, width: layout.width, height: layout.height })) found.push(`${name} is cut`);
  }
  for (const box of layout.nodes) {
    const parts = [...box.pods, ...box.gates.map((gate) => gate.plate)];
    for (const [index, part] of parts.entries()) {
      if (!within(part, box)) found.push(`something sticks out of ${box.node.name}`);
      for (const second of parts.slice(index + 1))
        if (overlaps(part, second)) found.push(`things overlap in ${box.node.name}`);
    }
  }
  return found;
}

const podsOn = (node: string, count: number): PodSketch[] =>
  Array.from({ length: count }, (_, index) => ({ name: `web-6b8f7c9d5-${node}${index}`, owner: 'web', node }));

const TAINTS = ['nvidia.com/gpu=present:NoSchedule', 'dedicated=vision:NoSchedule', 'lost:NoExecute'];

const servicesOf = (count: number): Sketch['services'] & {} =>
  Array.from({ length: count }, (_, index) => ({
    key: `default/s${index}`,
    name: `s${index}`,
    endpoints: 0,
    ready: 0,
    pods: [],
    requestsPerSecond: 0,
    failuresPerSecond: 0,
  }));

describe('the map', () => {
  it('of the ml cluster on a desktop stands where the design puts it', () => {
    const layout = layoutMap(picture({}), 740, 768, 1);
    expect(layout.nodes.map((box) => [box.x, Math.round(box.y), box.width, box.height])).toEqual([
      [18, 246, 224, 156],
      [258, 246, 224, 156],
      [498, 246, 224, 156],
      [18, 440, 224, 172],
      [258, 440, 224, 172],
      [498, 440, 224, 172],
    ]);
    expect(layout.boxes.scheduler).toEqual({ x: 498, y: 38, width: 224, height: 102 });
    expect([layout.trunk.y, layout.trunk.height, layout.lowerLane.y]).toEqual([166, 34, 638]);
    expect([...layout.riserX.values()].slice(0, 3)).toEqual([10, 250, 490]);
    expect(layout.pools.map((pool) => [pool.name, pool.note])).toEqual([
      ['Pool cpu', 'no taints'],
      ['Pool gpu', 'nvidia.com/gpu=present:NoSchedule'],
    ]);
  });

  it.each([
    [560, 500],
    [664, 636],
    [740, 768],
    [1100, 900],
    [1700, 1200],
  ])('at %d × %d has no overlaps, whatever stands on it', (width, height) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 9 }),
        (counts, things) => {
          const nodes: NodeSketch[] = counts.map((_, index) => ({
            name: `n${index}`,
            pool: index % 3 === 0 ? 'gpu' : 'cpu',
            gpus: index % 3 === 0 ? 8 : 0,
            taints: TAINTS.slice(0, index % 4),
          }));
          const pods = counts.flatMap((count, index) => podsOn(`n${index}`, count));
          const shown = picture({ nodes, pods, services: servicesOf(things) });
          expect(problems(layoutMap(shown, width, height, detailLevel(pods.length, nodes.length)))).toEqual([]);
        },
      ),
      { seed: 5, numRuns: 40 },
    );
  });

  it('never draws cards larger than life, and grows columns instead', () => {
    const nodes = Array.from({ length: 8 }, (_, index) => ({ name: `n${index}` }));
    const wide = layoutMap(picture({ nodes }), 2000, 900, 1);
    expect(wide.width).toBe(2000);
    expect(new Set(wide.nodes.map((box) => box.x)).size).toBe(8);
  });

  it('names pills while they fit, then turns to squares, then to specks and a count', () => {
    const forms = (count: number): [string[], number] => {
      const [box] = layoutMap(picture({ nodes: [{ name: 'n' }], pods: podsOn('n', count) }), 740, 768, 1).nodes;
      return [[...new Set(box!.pods.map((pod) => pod.form))], box!.more];
    };
    expect(forms(3)).toEqual([['pill'], 0]);
    expect(forms(4)).toEqual([['square'], 0]);
    expect(forms(21)).toEqual([['square'], 0]);
    expect(forms(60)).toEqual([['dot'], 0]);
    expect(forms(200)[1]).toBeGreaterThan(0);
  });

  it('lays out five thousand nodes at the last level', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => ({ name: `n${index}` }));
    const layout = layoutMap(picture({ nodes }), 740, 768, 4);
    expect(layout.nodes.length).toBe(5000);
    expect(layout.nodes.at(-1)!.y).toBeLessThan(layout.lowerLane.y);
  });

  it('draws five thousand nodes as wide as the stage is', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => ({ name: `n${index}` }));
    const { nodes: cards, width, height } = layoutMap(picture({ nodes }), 740, 768, 4);
    const right = Math.max(...cards.map((card) => card.x + card.width));
    expect((right - cards[0]!.x) / width).toBeGreaterThan(0.9);
    /* Cells are as small as they must be, so that words keep their size. */
    expect([width, height]).toEqual([740, 768]);
  });
});

describe('the compact stage', () => {
  it('has no overlaps, whatever is on it, and shows the ml cluster at its full size in 704 × 330', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 24 }),
        fc.nat({ max: 9 }),
        fc.nat({ max: 5 }),
        fc.integer({ min: 560, max: 1500 }),
        fc.integer({ min: 150, max: 399 }),
        (counts, things, waiting, width, height) => {
          const nodes = counts.map((_, index): NodeSketch => ({
            name: `${index % 3 === 0 ? 'gpu-a100' : 'n'}-${index}`,
            gpus: index % 5,
            taints: TAINTS.slice(index % 4),
          }));
          const pods: PodSketch[] = [
            ...nodes.flatMap(({ name }, index) => podsOn(name, counts[index]!)),
            ...Array.from({ length: waiting }, (_, index) => ({ name: `wide-${index}` })),
          ];
          const layout = layoutCompact(picture({ nodes, pods, services: servicesOf(things) }), width, height);
          expect(layout ? problems(layout) : []).toEqual([]);
        },
      ),
      { seed: 11, numRuns: 60 },
    );
    expect(layoutCompact(picture({}), 704, 330)).toMatchObject({ width: 704, height: 330 });
  });

  it('is none where the map shows as much', () => {
    const nodes = Array.from({ length: 24 }, (_, index) => ({ name: `n${index}` }));
    expect(layoutCompact(picture({ nodes }), 560, 150)).toBeUndefined();
  });
});

describe('the rows stage', () => {
  it.each([320, 390, 559])('at %d px has no overlaps', (width) => {
    const pods: PodSketch[] = [
      ...podsOn('cpu-1', 7),
      ...podsOn('gpu-t4-1', 2),
      { name: 'wide-1' },
      { name: 'wide-2', tolerates: ['nvidia.com/gpu'] },
      { name: 'wide-3' },
    ];
    const volumes = [
      {
        key: 'default/ckpt',
        claim: 'ckpt',
        volume: 'v',
        size: '10Gi',
        accessMode: 'ReadWriteOnce',
        storageClass: '',
        bound: true,
        attachedTo: [],
        refusedBy: [],
        checkpoints: 0,
      },
    ];
    expect(problems(layoutRows(picture({ pods, volumes }), width, 600))).toEqual([]);
  });
});

describe('levels of detail', () => {
  it.each([
    [10, 6, 1],
    [41, 6, 2],
    [401, 6, 3],
    [10_001, 6, 4],
    [10, 13, 2],
    [10, 500, 4],
  ])('%d Pods on %d nodes: level %d', (pods, nodes, level) => expect(detailLevel(pods, nodes)).toBe(level));

  it('do not flicker at a limit', () => {
    expect(detailLevel(44, 6, 1)).toBe(1);
    expect(detailLevel(44, 6, 2)).toBe(2);
    expect(detailLevel(48, 6, 1)).toBe(2);
  });
});

describe('on a card', () => {
  const shown = picture({
    nodes: ML_NODES,
    pods: [
      { name: 'a', node: 'gpu-a100-1', gpus: 2, cpu: 2 },
      { name: 'b', node: 'gpu-a100-1', gpus: 1, cpu: 1, phase: 'Succeeded' },
    ],
  });
  const node = shown.nodes.find((one) => one.name === 'gpu-a100-1')!;

  it('sockets are held by Pods that still run', () => {
    expect(sockets({ ...node, devicesUsed: 2 }, shown.pods).map((socket) => socket.hue)).toEqual([0, 0, -1, -1]);
  });

  it('meters are split by owner, with what is not shown at the end', () => {
    expect(meterParts(shown.pods, 'cpu', 4000, 8000)).toEqual([
      { hue: 0, from: 0, to: 0.25 },
      { hue: 6, from: 0.25, to: 0.5 },
    ]);
    expect(meterParts(shown.pods, 'cpu', 0, 0)).toEqual([]);
  });
});
