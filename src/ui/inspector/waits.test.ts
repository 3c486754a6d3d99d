import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../api/json';
import type { VolumeView } from '../../protocol/frame';
import { waitOf, type WaitFacts } from './waits';

const subject = { resource: 'pods', namespace: 'default', name: 'train-m4c8w' };
const disk: VolumeView = {
  key: 'default/ckpt',
  claim: 'ckpt',
  volume: 'pvc-1',
  size: '10Gi',
  accessMode: 'ReadWriteOnce',
  storageClass: 'standard',
  bound: true,
  attachedTo: ['gpu-1'],
  refusedBy: ['gpu-2'],
  checkpoints: 3,
};

const pod = (change: JsonMap = {}, status: JsonMap = {}): JsonMap => ({
  metadata: { name: 'train-m4c8w' },
  spec: { nodeName: 'gpu-2', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'ckpt' } }], ...change },
  status,
});

const facts = (object: JsonMap, more: Partial<WaitFacts> = {}): WaitFacts => ({
  subject,
  object,
  attempts: [],
  volumes: [],
  off: new Set(),
  cut: new Set(),
  ...more,
});

describe('waitOf', () => {
  it('names the three ways out of a disk that is stuck on a node without power', () => {
    const wait = waitOf(facts(pod(), { volumes: [disk], off: new Set(['gpu-1']) }))!;
    expect(wait.text).toBe('Its volume ckpt is still attached to gpu-1, which cannot let go.');
    expect(wait.byItself).toMatch(/^Nothing will change by itself\. ReadWriteOnce/);
    expect(wait.ways.map((way) => way.label)).toEqual([
      'Power gpu-1 on',
      'Taint it out-of-service',
      'Delete its Pods by force',
    ]);
    expect(wait.ways.flatMap((way) => ('kubectl' in way ? [way.kubectl.join(' ')] : []))[0]).toBe(
      'taint nodes gpu-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
    );
  });

  it('says that a disk moves by itself when its node is alive', () => {
    const wait = waitOf(facts(pod(), { volumes: [disk] }))!;
    expect(wait.byItself).toBe('It is detached when the Pod on gpu-1 has ended.');
    expect(wait.ways).toEqual([]);
  });

  it('tells the API’s own words for a Pod that fits nowhere', () => {
    const message = '0/6 nodes are available: 3 Insufficient nvidia.com/gpu.';
    const object = pod({ nodeName: '' }, { conditions: [{ type: 'PodScheduled', status: 'False', message }] });
    expect(waitOf(facts(object))?.message).toBe(message);
  });

  it('offers to mend what cuts a Pod’s node off, or to delete the Pod by force', () => {
    const wait = waitOf(facts(pod(), { cut: new Set(['gpu-2']) }))!;
    expect(wait.ways.map((way) => way.label)).toEqual(['Mend the network of gpu-2', 'Delete this Pod by force']);
  });

  it('explains a back-off', () => {
    const object = pod(
      {},
      {
        containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s' } } }],
      },
    );
    expect(waitOf(facts(object))).toMatchObject({ text: 'Container c: CrashLoopBackOff.', message: 'back-off 20s' });
  });

  it('is silent about a Pod that waits for nothing', () => {
    expect(waitOf(facts(pod({}, { containerStatuses: [{ name: 'c', state: { running: {} } }] })))).toBeUndefined();
    expect(
      waitOf(
        facts(pod({}, { containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }] })),
      ),
    ).toBeUndefined();
  });

  it.each<[policy: string, exitCode: number, waits: boolean]>([
    ['OnFailure', 137, true],
    ['OnFailure', 0, false],
    ['Always', 0, true],
    ['Never', 1, false],
  ])('under %s, after exit code %i, a container waits for its next start: %s', (restartPolicy, exitCode, waits) => {
    const ended = { name: 'trainer', state: { terminated: { exitCode, reason: 'Error' } } };
    const wait = waitOf(facts(pod({ restartPolicy }, { phase: 'Running', containerStatuses: [ended] })));
    expect(wait?.text).toBe(
      waits ? `The next start of container trainer: it ended with exit code ${exitCode} (Error).` : undefined,
    );
  });

  it('says how many megabytes of an image are there', () => {
    const object = pod({}, { containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }] });
    const pull = { image: 'podium/sgd-regressor:1.4', doneMb: 312, totalMb: 1240 };
    expect(waitOf(facts(object, { pull }))?.text).toBe(
      'Its image podium/sgd-regressor:1.4: 312 of 1240 MB are pulled.',
    );
  });
});
