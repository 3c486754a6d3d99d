import { describe, expect, it } from 'vitest';
import { differencesOf, placesOf } from './differences';
import { Ids, makeFrame, ML_NODES, type Sketch } from './frames.rig';
import { FramePicture } from './frame-picture';
import type { Picture } from './picture';

function picture(sketch: Sketch): Picture {
  const { frame, details } = makeFrame({ atMs: 60_000, ...sketch }, new Ids());
  return new FramePicture(frame, details);
}

const said = (left: Sketch, right: Sketch): string[] =>
  differencesOf(picture(left), picture(right)).map(
    ({ name, leftWords, rightWords }) => `${name}: ${leftWords} | ${rightWords}`,
  );

describe('differences of two pictures', () => {
  const pod = { name: 'train-sgd-x7k2p', owner: 'train-sgd' };

  it('are none of a picture and itself', () => {
    const sketch: Sketch = { pods: [{ ...pod, node: 'cpu-1' }, { name: 'web' }] };
    expect(said(sketch, sketch)).toEqual([]);
  });

  it('are Pods on other nodes, in other phases, or in one picture only', () => {
    const left: Sketch = { pods: [{ ...pod, node: 'cpu-3' }, { name: 'a', node: 'cpu-1' }, { name: 'b' }] };
    const right: Sketch = { pods: [pod, { name: 'a', node: 'cpu-2' }] };
    expect(said(left, right)).toEqual([
      'train-sgd-x7k2p: Running on cpu-3 | Pending',
      'a: Running on cpu-1 | Running on cpu-2',
      'b: Pending | not there',
    ]);
    expect(differencesOf(picture(left), picture(right)).map((one) => [one.left?.name, one.right?.name])).toEqual([
      ['train-sgd-x7k2p', 'train-sgd-x7k2p'],
      ['a', 'a'],
      ['b', undefined],
    ]);
    const differences = differencesOf(picture(left), picture(right));
    expect(placesOf(differences, 'left').map(({ name }) => name)).toEqual(['train-sgd-x7k2p', 'a', 'kube-scheduler']);
    expect(placesOf(differences, 'right').map(({ name }) => name)).toEqual(['kube-scheduler', 'a']);
  });

  it('pair a Pod with what replaced it under another name', () => {
    const [ran, other] = [
      { ...pod, node: 'cpu-1' },
      { ...pod, name: 'train-sgd-m4c8w', node: 'cpu-1' },
    ];
    const words = said({ pods: [ran] }, { pods: [other, { ...other, name: 'train-sgd-zzzzz' }] });
    expect(words).toHaveLength(2);
    expect(words[0]).toContain('train-sgd-x7k2p Running on cpu-1 | train-sgd-m4c8w Running on cpu-1');
    expect(words[1]).toBe('train-sgd-zzzzz: not there | Running on cpu-1');
  });

  it('are nodes that are otherwise, and volumes and Services', () => {
    const nodes = ML_NODES.map((node) => (node.name === 'cpu-2' ? { ...node, state: 2 } : node)).slice(0, 5);
    const service = {
      key: 'default/web',
      name: 'web',
      endpoints: 2,
      ready: 2,
      pods: [],
      requestsPerSecond: 5,
      failuresPerSecond: 1,
    };
    const volume = {
      key: 'default/ckpt',
      claim: 'ckpt',
      volume: 'pv-1',
      size: '10Gi',
      accessMode: 'ReadWriteOnce',
      storageClass: '',
      bound: true,
      attachedTo: ['cpu-1'],
      refusedBy: [],
      checkpoints: 3,
    };
    const words = said(
      { nodes, services: [service], volumes: [volume] },
      {
        services: [{ ...service, ready: 1 }],
        volumes: [{ ...volume, attachedTo: [], checkpoints: 9 }],
      },
    );
    expect(words).toEqual([
      expect.stringMatching(/^cpu-2: NotReady.* \| Ready$/),
      expect.stringMatching(/^gpu-t4-1: not there \| Ready, taint/),
      'ckpt: attached to cpu-1 | attached to no node',
      'web: Service, 2 of 2 ready | Service, 1 of 2 ready',
    ]);
    expect(
      said({ services: [service] }, { services: [{ ...service, requestsPerSecond: 9, failuresPerSecond: 3 }] }),
    ).toEqual([]);
  });
});
