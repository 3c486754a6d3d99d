import { describe, expect, it, test } from 'vitest';
import { NODE_FLAGS } from '../protocol/frame';
import { placeOf } from './actors';
import { captionAt, kindForms, kindOf } from './captions';
import { componentRows, lastWords, loopRows, schedulerView } from './control-plane';
import { Ids, makeFrame, oneJob, type Sketch } from './frames.rig';
import { layoutMap } from './layout';
import { actionsFor } from './menu';
import { neighbour } from './navigation';
import { FramePicture } from './frame-picture';
import type { Picture } from './picture';
import { changedRefs, describeRef, rectOf } from './places';
import { refKey, type Ref } from './ref';
import { restingWords } from './resting';
import { Story } from './story';
import { nodeNote, nodeSentence, podSentence, serviceTexts, volumeTexts } from './words';

function picture(sketch: Sketch): Picture {
  const { frame, details } = makeFrame(sketch, new Ids());
  return new FramePicture(frame, details);
}

const pod: Ref = { resource: 'pods', namespace: 'default', name: 'train-1' };
const node: Ref = { resource: 'nodes', namespace: '', name: 'gpu-a100-1' };

describe('actors', () => {
  it.each([
    ['kubelet/cpu-1', 'node:cpu-1'],
    ['kube-scheduler', 'scheduler'],
    ['job-controller', 'controllers'],
    ['generic-garbage-collector', 'controllers'],
    ['csi-provisioner/disk.podium.dev', 'controllers'],
    ['persistent-volume-binder', 'controllers'],
    ['kubectl/v1.36', 'learner'],
    ['podium', 'learner'],
  ])('%s stands at %s', (actor, place) => expect(placeOf(actor)).toBe(place));
});

test.each([
  ['endpoints', 'E'],
  ['daemonsets', 'DS'],
  ['controllerrevisions', 'CR'],
  ['deployments', 'deploy'],
])('%s have a name for little room', (resource, short) => {
  expect(kindForms(kindOf(resource))[1]).toBe(short);
});

describe('what a still stage waits for', () => {
  const off = { name: 'gpu-1', flags: NODE_FLAGS.off };
  const dead = { name: 'gpu-1', flags: NODE_FLAGS.off, state: 2 };
  const onIt = { name: 'train-1', node: 'gpu-1' };

  it.each<[string, Sketch]>([
    ['', { nodes: [{ name: 'gpu-1' }], pods: [onIt] }],
    ['gpu-1 is silent. 50 s of silence, then NotReady. 300 s more, then evicted.', { nodes: [off], pods: [onIt] }],
    ['gpu-1 is NotReady. Its Pods tolerate that for 300 s, then they are evicted.', { nodes: [dead], pods: [onIt] }],
    ['', { nodes: [dead], pods: [{ ...onIt, phase: 'Succeeded' }] }],
    [
      'What ran on gpu-1 is replaced, not repaired. Nobody can confirm that it stopped there.',
      { nodes: [dead], pods: [{ ...onIt, phase: 'Terminating' }] },
    ],
  ])('%s', (words, sketch) => expect(restingWords(picture(sketch))).toBe(words));
});

describe('captions', () => {
  const { rows, record } = oneJob();
  const story = new Story();
  story.add(rows, [record]);
  const told = new Set<string>();
  for (let ms = 1000; ms < 12_000; ms += 20) {
    const caption = captionAt(story, ms);
    if (caption) told.add(`${caption.lead} ${caption.text}`.trim());
  }

  it('tell the whole way of a Job in its order', () => {
    const steps = [...told];
    const order = [
      'The API server checks Job train, etcd remembers it.',
      'The Job controller was watching.',
      'The Job controller asks for a Pod. Nothing runs yet.',
      'Filter: where could train-1 run?',
      'Score: where best?',
      '2 of 6 nodes fit; gpu-a100-1 is best with 390.',
      'The scheduler writes one field: nodeName is gpu-a100-1.',
      'The kubelet on gpu-a100-1 sees its name, and starts work.',
    ];
    expect(
      order
        .map((text) => steps.indexOf(text))
        .every((index, at, all) => index >= 0 && (at === 0 || index > all[at - 1]!)),
    ).toBe(true);
  });
});

describe('the control plane', () => {
  const { rows, record } = oneJob();
  const story = new Story();
  story.add(rows, [record]);
  const loop = { controller: 'job-controller', subject: 'Job train', want: 1, have: 1, atMs: 1006 };
  const shown = picture({
    controlPlane: { loops: [loop], down: ['kube-scheduler'], lastWords: [['waits to lead']] },
  });

  it('has not yet what is still on its way to etcd', () => {
    const row = (ms: number) => loopRows(shown.controlPlane, story, ms)[0]!;
    expect(row(story.heldAt(11)! - 10).text).toBe('want 1, have 0');
    expect(row(story.heldAt(11)! - 10).unequal).toBe(true);
    expect(row(story.heldAt(11)! + 10).text).toBe('want 1, have 1');
  });

  it('shows the scheduler deciding, waiting or idle', () => {
    expect(schedulerView(shown, story, story.momentAt(story.heldAt(13)! - 1000)!.startMs).mode).toBe('deciding');
    const waiting = picture({
      pods: [{ name: 'train-1' }],
      controlPlane: {
        scheduler: { pod: 'default/train-1', nodes: 6, fit: 0, winner: '', active: 0, backoff: 0, unschedulable: 1 },
      },
    });
    expect(schedulerView(waiting, new Story(), 0)).toMatchObject({
      mode: 'waiting',
      title: 'Cannot place',
      note: '0 of 6 nodes fit',
      refused: true,
    });
    expect(schedulerView(shown, new Story(), 0)).toEqual({ mode: 'idle', last: '', note: '' });
    expect(lastWords(shown.controlPlane, 'scheduler')).toEqual(['waits to lead']);
    expect(lastWords(shown.controlPlane, 'etcd')).toEqual([]);
    expect(componentRows(shown.controlPlane).map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'etcd: 3 of 3 members agree',
      'kube-apiserver: works',
      'kube-controller-manager: works',
      'kube-scheduler: waits to lead',
    ]);
  });
});

it('a Service says how much of its traffic fails', () => {
  const service = {
    key: 'default/infer',
    name: 'infer',
    endpoints: 2,
    ready: 1,
    pods: [1],
    requestsPerSecond: 12,
    failuresPerSecond: 3,
  };
  expect(serviceTexts(service)).toEqual([
    'Service, 1 of 2 ready, 12 requests/s, 3 fail',
    '1 of 2 ready, 12 requests/s, 3 fail',
    '1 of 2 ready',
  ]);
  expect(serviceTexts({ ...service, endpoints: 0 })[1]).toBe('no Pods, 3 fail');
  expect(serviceTexts({ ...service, failuresPerSecond: 0 })[1]).toBe('1 of 2 ready, 12 requests/s');
});

describe('arrow keys', () => {
  const shown = picture({
    pods: [{ name: 'train-1', node: 'gpu-a100-1' }, { name: 'wide-1' }],
    services: [
      {
        key: 'default/infer',
        name: 'infer',
        endpoints: 0,
        ready: 0,
        pods: [],
        requestsPerSecond: 0,
        failuresPerSecond: 0,
      },
    ],
  });
  const layout = layoutMap(shown, 740, 768, 1);
  const go = (from: Ref | undefined, ...keys: Parameters<typeof neighbour>[1][]): string =>
    refKey(keys.reduce<Ref | undefined>((ref, key) => neighbour(ref, key, shown, layout), from)!);

  it.each<[string, Ref | undefined, Parameters<typeof neighbour>[1][], string]>([
    ['nothing to the first node', undefined, ['down'], 'nodes//cpu-1'],
    ['a node to its Pod and below it', node, ['down'], 'pods/default/train-1'],
    ['a Pod to what outlives it', pod, ['down'], 'services/default/infer'],
    ['a Pod to its node', pod, ['up'], 'nodes//gpu-a100-1'],
    ['a node to the trunk', node, ['up'], 'components//kube-apiserver'],
    [
      'the scheduler to the Pod that waits',
      { resource: 'components', namespace: '', name: 'kube-scheduler' },
      ['down'],
      'pods/default/wide-1',
    ],
    ['siblings in a ring', node, ['left', 'left', 'left', 'left'], 'nodes//gpu-t4-1'],
  ])('lead from %s', (_, from, keys, expected) => expect(go(from, ...keys)).toBe(expected));

  it('reach everything that can be pointed at', () => {
    expect(rectOf(pod, layout, shown)).toBeDefined();
    expect(rectOf({ resource: 'services', namespace: 'default', name: 'infer' }, layout, shown)).toBeDefined();
    expect(rectOf({ resource: 'pods', namespace: 'default', name: 'nobody' }, layout, shown)).toBeUndefined();
  });
});

describe('what can be done', () => {
  const shown = picture({
    nodes: [{ name: 'gpu-a100-1', flags: NODE_FLAGS.off }],
    pods: [{ name: 'train-1', node: 'gpu-a100-1' }],
    controlPlane: { down: ['kube-scheduler'] },
  });

  it('to a Pod', () => {
    expect(actionsFor(pod, shown).find((action) => action.key === 'K')?.fault).toEqual({
      type: 'ContainerCrash',
      namespace: 'default',
      pod: 'train-1',
      container: 'main',
      exitCode: 137,
    });
    expect(
      actionsFor(pod, shown)
        .map((action) => action.command)
        .filter(Boolean),
    ).toEqual(['kubectl delete pod train-1', 'kubectl describe pod train-1']);
  });

  it('to a node that is off, and to a component that is down, is the opposite', () => {
    expect(actionsFor(node, shown).find((action) => action.key === 'O')?.fault).toEqual({
      type: 'NodeUp',
      node: 'gpu-a100-1',
    });
    const scheduler = { resource: 'components', namespace: '', name: 'kube-scheduler' };
    expect(actionsFor(scheduler, shown).find((action) => action.key === 'O')?.fault).toEqual({
      type: 'ComponentUp',
      component: 'kube-scheduler',
    });
  });
});

describe('words', () => {
  const shown = picture({
    nodes: [{ name: 'gpu-a100-1', gpus: 4, taints: ['nvidia.com/gpu=present:NoSchedule'] }],
    pods: [{ name: 'train-1', node: 'gpu-a100-1', gpus: 1 }],
  });

  it('say what a node is', () => {
    expect(nodeSentence(shown.nodes[0]!, 1, 0)).toBe(
      'Ready, taint nvidia.com/gpu=present:NoSchedule, 3 of 4 GPUs free, cpu 0 of 8, mem 0 of 32 Gi, 1 Pod',
    );
    expect(nodeNote({ ...shown.nodes[0]!, state: 'Unknown' }, 374_000)).toEqual({ text: 'silent 6:14', bad: true });
  });

  it('say what a Pod is at', () => {
    const base = shown.pods[0]!;
    expect(podSentence(base, 0)).toBe('Running on gpu-a100-1.');
    const backingOff = {
      ...base,
      phase: 'CrashLoopBackOff' as const,
      ring: { what: 'back-off' as const, fromMs: 0, untilMs: 20_000 },
    };
    expect(podSentence(backingOff, 5000)).toBe('CrashLoopBackOff on gpu-a100-1; starts again in 0:15.');
    expect(describeRef(pod, shown)).toEqual({ title: 'train-1', text: 'Running on gpu-a100-1. Job train-1.' });
  });

  it('say what a drum holds, shorter where there is less room', () => {
    const volume = {
      key: 'default/c',
      claim: 'c',
      volume: 'v',
      size: '10Gi',
      accessMode: 'ReadWriteOnce',
      storageClass: '',
      bound: true,
      attachedTo: ['a'],
      refusedBy: [],
      checkpoints: 2,
    };
    expect(volumeTexts(volume)[0]).toBe('10Gi, ReadWriteOnce, 2 checkpoints');
    expect(volumeTexts({ ...volume, refusedBy: ['b'] })[0]).toBe('attached to a');
  });

  it('name what changed for those who see no motion', () => {
    const story = new Story();
    story.add(oneJob().rows, []);
    expect(changedRefs(story, story.heldAt(11)! + 1, 1500).map(refKey)).toContain('pods/default/train-1');
    expect(changedRefs(story, 900, 1500)).toEqual([]);
  });
});
