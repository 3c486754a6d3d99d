import { describe, expect, it } from 'vitest';
import { Ids, makeFrame, row, type Sketch } from './frames.rig';
import { INITIAL_LAYERS } from './layer-set';
import { proxyFans, shownCables, usageLines } from './layers';
import { layoutMap } from './layout';
import { FramePicture } from './frame-picture';
import type { Picture } from './picture';
import { trafficAt } from './traffic';
import { Story } from './story';

const volume = (
  name: string,
  attachedTo: string[],
  refusedBy: string[] = [],
): NonNullable<Sketch['volumes']>[number] => ({
  key: `default/${name}`,
  claim: name,
  volume: `pvc-${name}`,
  size: '10Gi',
  accessMode: 'ReadWriteOnce',
  storageClass: '',
  bound: true,
  attachedTo,
  refusedBy,
  checkpoints: 0,
});

const sketch: Sketch = {
  pods: [{ name: 'a', node: 'gpu-a100-1', claims: ['one'] }],
  volumes: [volume('one', ['gpu-a100-1']), volume('two', ['cpu-2'], ['cpu-3'])],
};

function picture(): Picture {
  const { frame, details } = makeFrame(sketch, new Ids());
  frame.nodes.cpuUsed.set([2000, 9000]);
  frame.nodes.proxied.set([-1], 2);
  return new FramePicture(frame, details);
}

const scene = picture();
const layout = layoutMap(scene, 740, 768, 1);

describe('the Storage layer', () => {
  const cables = (storage: boolean, ref?: [resource: string, name: string]): string[] =>
    shownCables(
      layout,
      scene,
      { ...INITIAL_LAYERS, storage },
      ref && { resource: ref[0], namespace: 'default', name: ref[1] },
    ).map((cable) => cable.key);
  const refused = 'default/two cpu-3';

  it('draws the cables of all volumes', () => {
    expect(cables(true)).toEqual(['default/one gpu-a100-1', 'default/two cpu-2', refused]);
  });

  it.each<[string, [resource: string, name: string] | undefined, string[]]>([
    ['nothing', undefined, []],
    ['a claim', ['persistentvolumeclaims', 'one'], ['default/one gpu-a100-1']],
    ['a volume', ['persistentvolumes', 'pvc-two'], ['default/two cpu-2']],
    ['a Pod that mounts one', ['pods', 'a'], ['default/one gpu-a100-1']],
    ['a node', ['nodes', 'cpu-2'], ['default/two cpu-2']],
    ['something else', ['services', 'one'], []],
  ])('off, and %s selected: its cables alone, and those that were refused', (_, ref, shown) => {
    expect(cables(false, ref)).toEqual([...shown, refused]);
  });
});

describe('the Resources layer', () => {
  it('draws what is used over the meters, never longer than they are', () => {
    const lines = usageLines(layout);
    expect(lines.map((line) => [line.text, line.over])).toEqual([
      ['cpu-1 uses 25 % of its CPU', false],
      ['cpu-2 uses 113 % of its CPU', true],
    ]);
    const [part, full] = lines;
    expect(part!.length).toBeCloseTo(full!.length / 4);
  });
});

describe('the Network layer', () => {
  it('has a fan at the port of each node whose kube-proxy runs', () => {
    const fans = proxyFans(layout);
    expect(fans.map((fan) => fan.key)).toEqual(['cpu-1', 'cpu-2', 'gpu-a100-1', 'gpu-a100-2', 'gpu-t4-1']);
    expect(fans[0]).toMatchObject({ services: 2, text: 'kube-proxy on cpu-1 knows 2 Services' });
    expect([fans[0]!.x, fans[0]!.y]).toEqual([layout.nodes[0]!.x, layout.nodes[0]!.portY]);
  });
});

describe('the Messages and Leases layers', () => {
  const story = new Story();
  story.add(
    [
      row(1, 1000, 'kubelet/cpu-1', 'update leases kube-node-lease/cpu-1'),
      row(2, 1000, 'kubectl', 'create configmaps default/a'),
    ],
    [],
  );
  const drawn = (messages: boolean, leases: boolean): string[] =>
    trafficAt(story, 1100, layout, 1, { messages, leases }).dots.map((dot) => dot.message.row.resource);

  it.each([
    [true, false, ['configmaps']],
    [false, false, []],
    [false, true, ['leases']],
    [true, true, ['configmaps', 'leases']],
  ])('messages %s, leases %s', (messages, leases, resources) => {
    expect(drawn(messages, leases)).toEqual(resources);
  });
});
