import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../api/objects';
import { ClusterRig } from '../../kernel/cluster.rig';
import { NODE_FLAGS, NODE_STATES, POD_FLAGS, POD_PHASES, type Frame, type Mark } from '../../protocol/frame';
import { buffersOf } from '../../protocol/frame-message';
import { FrameReader } from '../../protocol/frame-reader';
import { FrameBuilder } from './frame-builder';
import { monogramOf } from './owners';
import type { FrameView, Usage } from './source';

/** What the two name servers ask for. */
const NAME_SERVERS_MILLI = 200;

let rig: ClusterRig;
let builder: FrameBuilder;
let view: FrameView;
let reader: FrameReader;

beforeEach(() => {
  rig = new ClusterRig('ml');
  builder = new FrameBuilder(rig.cluster);
  reader = new FrameReader();
  view = {
    endMs: 0,
    speed: 1,
    run: 'playing',
    note: '',
    saved: 'saved',
    branches: [],
    branch: 'main',
    inputs: rig.inputs,
    applied: 0,
  };
});

const build = (): Frame => reader.read(builder.build({ ...view, applied: rig.inputs.length }));

function post(path: string, body: Json): void {
  const answer = rig.request('POST', path, body);
  if (answer.code >= 400) throw new Error(JSON.stringify(answer.body));
}

function deployment(name: string, replicas: number): void {
  post('/apis/apps/v1/namespaces/default/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '1', memory: '2Gi' } } }] },
      },
    },
  });
}

function trainingJob(name: string, claim: string, namespace = 'default'): void {
  post(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim },
    spec: { accessModes: ['ReadWriteMany'], storageClassName: 'shared', resources: { requests: { storage: '10Gi' } } },
  });
  const env = { DATASET: 'line-1000', BATCH_SIZE: '8', STEPS: '400', CHECKPOINT_EVERY: '200', CHECKPOINT_DIR: '/ckpt' };
  post(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: {
        spec: {
          restartPolicy: 'OnFailure',
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          volumes: [{ name: 'ckpt', persistentVolumeClaim: { claimName: claim } }],
          containers: [
            {
              name: 'trainer',
              image: 'podium/sgd-regressor:1.0',
              env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              volumeMounts: [{ name: 'ckpt', mountPath: '/ckpt' }],
              resources: { limits: { cpu: '4', memory: '16Gi', 'nvidia.com/gpu': 1 } },
            },
          ],
        },
      },
    },
  });
}

/** Builds a frame each 100 ms for `ms`, and gives all of them. */
function play(ms: number): Frame[] {
  const frames: Frame[] = [];
  for (let passed = 0; passed < ms; passed += 100) {
    rig.run(100);
    frames.push(build());
  }
  return frames;
}

/** The rows of the Pods that are not the cluster's own. */
const rowsShown = ({ pods }: Frame): number[] =>
  Array.from({ length: pods.count }, (_, row) => row).filter((row) => !(pods.flags[row]! & POD_FLAGS.system));

const phasesOf = (frame: Frame): string[] => rowsShown(frame).map((row) => POD_PHASES[frame.pods.phase[row]!]!);

/** All that the columns say of each Pod, by its name. */
function rowsOf({ pods }: Frame, known: FrameReader): Record<string, number[]> {
  const { count, id, ...columns } = pods;
  const rows = Array.from({ length: count }, (_, row) => [
    known.pods.get(id[row]!)!.name,
    Object.values(columns).map((column) => column[row]!),
  ]);
  return Object.fromEntries(rows) as Record<string, number[]>;
}

describe('the first frame', () => {
  it('tells of all nodes once, with pools, taints and devices', () => {
    const frame = build();
    expect(frame.nodeDetails.map((node) => [node.name, node.pool, node.taints.length, node.deviceResource])).toEqual([
      ['cpu-1', 'cpu', 0, ''],
      ['cpu-2', 'cpu', 0, ''],
      ['cpu-3', 'cpu', 0, ''],
      ['gpu-a100-1', 'gpu', 1, 'nvidia.com/gpu'],
      ['gpu-a100-2', 'gpu', 1, 'nvidia.com/gpu'],
      ['gpu-t4-1', 'gpu', 2, 'nvidia.com/gpu'],
    ]);
    expect([...frame.nodes.devices]).toEqual([0, 0, 0, 4, 4, 2]);
    expect([...frame.nodes.state].map((state) => NODE_STATES[state])).toEqual(Array(6).fill('Ready'));
    expect(frame.controlPlane.loops).toEqual([
      { controller: 'node-controller', subject: '', want: 6, have: 6, atMs: 0 },
    ]);
    expect(frame.controlPlane.tape.length).toBe(5);
    expect(build().nodeDetails).toEqual([]);
  });

  it('knows when each node was last heard', () => {
    rig.run(30_000);
    const frame = build();
    for (const heardAtMs of frame.nodes.heardAtMs) {
      expect(heardAtMs).toBeGreaterThan(frame.atMs - 12_000);
      expect(heardAtMs).toBeLessThanOrEqual(frame.atMs);
    }
  });
});

describe('a Deployment', () => {
  it('is the owner, sums up on nodes, and goes from Pending to Running', () => {
    build();
    deployment('infer', 3);
    const frames = play(8_000);
    expect(frames.reduce((told, frame) => told + frame.podDetails.id.length, 0)).toBe(3);
    const details = [...reader.pods.values()].filter(({ namespace }) => namespace === 'default');
    expect(new Set(details.map((pod) => `${pod.ownerKind} ${pod.ownerName} ${pod.hue} ${pod.monogram}`))).toEqual(
      new Set(['Deployment infer 0 in']),
    );
    const last = frames.at(-1)!;
    expect(phasesOf(last)).toEqual(['Running', 'Running', 'Running']);
    expect([...last.nodes.cpuRequested].reduce((sum, milli) => sum + milli, 0)).toBe(3000 + NAME_SERVERS_MILLI);
    expect(
      last.controlPlane.loops
        .map((loop) => `${loop.subject} ${loop.want} ${loop.have}`)
        .slice(0, 2)
        .sort(),
    ).toEqual([expect.stringMatching(/^Deployment infer 3 3$/), expect.stringMatching(/^ReplicaSet infer-\w+ 3 3$/)]);
  });

  it('is told by causes with the node a Pod was bound to, and by attempts', () => {
    build();
    deployment('infer', 1);
    const frames = play(2_000);
    const rows = frames.flatMap((frame) => frame.causes).filter((cause) => cause.resource === 'pods');
    expect(rows[0]).toMatchObject({ verb: 'create', actor: 'replicaset-controller' });
    expect(rows[0]!.node).toBeUndefined();
    const bound = rows.find((cause) => cause.actor === 'kube-scheduler')!;
    expect(bound.node).toMatch(/^cpu-/);
    expect(rows.indexOf(bound)).toBeGreaterThan(0);
    const attempts = frames.flatMap((frame) => frame.scheduling);
    expect(attempts.map((attempt) => [attempt.outcome, attempt.node])).toEqual([['Scheduled', bound.node]]);
    const revisions = frames.flatMap((frame) => frame.causes).map((cause) => cause.revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it('tells at first what keeps a Pod out, however long it has been so', () => {
    post('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'wide' },
      spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '400' } } }] },
    });
    deployment('infer', 1);
    play(120_000);
    builder.reset();
    const [first, second] = [build(), build()];
    expect(first.scheduling.map(({ name, outcome }) => [name, outcome])).toEqual([['wide', 'Unschedulable']]);
    expect(second.scheduling).toEqual([]);
  });

  it('leaves marks: what you did and when its Pods started', () => {
    const marks: Mark[] = build().marks;
    deployment('infer', 2);
    marks.push(...play(8_000).flatMap((frame) => frame.marks));
    expect(marks.map((mark) => mark.kind)).toEqual(['start', 'you', 'started', 'started']);
    expect(marks[1]).toMatchObject({ label: 'Create infer', subject: 'deployments default/infer' });
  });
});

describe('training', () => {
  it('becomes a curve, checkpoints and a finished Job', () => {
    build();
    trainingJob('train-sgd', 'ckpt');
    const frames = play(70_000);
    const pieces = frames.flatMap((frame) => frame.curves);
    const steps = pieces.flatMap((piece) => [...piece.points].filter((_, index) => index % 3 === 0));
    expect(steps.at(-1)).toBe(400);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    /* Before its first step it is said that there will be a curve. */
    expect(pieces[0]).toMatchObject({ owner: 'Job train-sgd', points: new Float64Array(), backend: '' });
    expect(pieces[1]).toMatchObject({ owner: 'Job train-sgd', resumedFrom: 0, backend: 'cpu' });
    /* Also the one that is written in a frame without points. */
    expect(pieces.flatMap((piece) => piece.checkpoints)).toEqual([200, 400]);
    const volume = frames.at(-1)!.volumes[0]!;
    expect([volume.claim, volume.bound, volume.accessMode, volume.checkpoints]).toEqual([
      'ckpt',
      true,
      'ReadWriteMany',
      2,
    ]);
    expect(phasesOf(frames.at(-1)!)).toEqual(['Succeeded']);
    expect(frames.flatMap((frame) => frame.marks).map((mark) => mark.kind)).toEqual(
      expect.arrayContaining(['checkpoint', 'completed']),
    );
    const progress = frames.flatMap(({ pods }) =>
      Array.from(pods.progress).filter((_, row) => pods.flags[row]! & POD_FLAGS.pulling),
    );
    expect(progress.at(-1)!).toBeGreaterThan(progress[0]!);
  });

  it('of two Jobs of one name in two namespaces are two curves', () => {
    build();
    post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    trainingJob('train', 'ckpt');
    trainingJob('train', 'ckpt', 'team');
    const pieces = play(60_000).flatMap((frame) => frame.curves);
    for (const [owner, namespace] of [
      ['Job train', 'default'],
      ['Job team/train', 'team'],
    ]) {
      const own = pieces.filter((piece) => piece.owner === owner);
      expect(own.flatMap((piece) => [...piece.points]).length, owner).toBeGreaterThan(0);
      expect(new Set(own.map((piece) => piece.pod.split('/')[0]))).toEqual(new Set([namespace]));
    }
  });

  it('holds its GPU and its volume where it runs', () => {
    build();
    trainingJob('train-sgd', 'ckpt');
    const frame = play(20_000).at(-1)!;
    const node = frame.pods.node[rowsShown(frame)[0]!]!;
    expect(frame.nodes.devicesUsed[node]).toBe(1);
    expect(frame.volumes[0]!.attachedTo.length).toBe(1);
  });
});

describe('the Pods of kube-system', () => {
  it('leave no loops and no marks, whatever befalls them, but what you did', () => {
    expect(rowsShown(build())).toEqual([]);
    const coredns = rig.systemPods().find(({ metadata }) => metadata.name.startsWith('coredns'))!;
    rig.request('DELETE', `/api/v1/namespaces/kube-system/pods/${coredns.metadata.name}`);
    const frames = play(20_000);
    expect(frames.flatMap(({ marks }) => marks).map(({ kind }) => kind)).toEqual(['you']);
    expect(frames.every((frame) => rowsShown(frame).length === 0)).toBe(true);
    const loops = frames.flatMap(({ controlPlane }) => controlPlane.loops);
    expect(new Set(loops.map(({ controller }) => controller))).toEqual(new Set(['node-controller']));
  });
});

describe('faults and history', () => {
  it('says of which machines nobody can stop the kube-proxy', () => {
    const owns = ({ nodes }: Frame): boolean[] => Array.from(nodes.flags, (one) => (one & NODE_FLAGS.ownProxy) !== 0);
    expect(owns(build())).toEqual([false, false, false, false, false, false]);
    rig = new ClusterRig('pool:2xcpu');
    builder = new FrameBuilder(rig.cluster);
    reader = new FrameReader();
    expect(owns(build())).toEqual([true, true]);
  });

  it('shows a node that is off at once, and NotReady when the cluster knows', () => {
    build();
    rig.input({ kind: 'fault', fault: { type: 'NodeDown', node: 'cpu-1' } });
    const soon = play(1_000).at(-1)!;
    expect(soon.nodes.flags[0]! & NODE_FLAGS.off).toBe(NODE_FLAGS.off);
    expect(NODE_STATES[soon.nodes.state[0]!]).toBe('Ready');
    rig.run(60_000);
    const later = build();
    expect(NODE_STATES[later.nodes.state[0]!]).toBe('Unknown');
    expect(later.nodeDetails.map((node) => node.name)).toEqual(['cpu-1']);
    expect(later.controlPlane.loops.at(-1)).toMatchObject({ want: 6, have: 5 });
  });

  it('reads the store anew after a rewind, and says so by the epoch', () => {
    const snapshot = rig.cluster.snapshot();
    const before = build();
    deployment('infer', 2);
    play(5_000);
    rig.cluster.restore(snapshot);
    builder.reset();
    const after = reader.read(builder.build({ ...view, applied: 0 }));
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(rowsShown(after)).toEqual([]);
    expect(after.nodeDetails.length).toBe(6);
    expect([...after.nodes.cpuRequested]).toEqual([100, 0, 100, 0, 0, 0]);
  });

  it('built write by write equals one read anew', () => {
    build();
    deployment('infer', 4);
    trainingJob('train-sgd', 'ckpt');
    play(15_000);
    rig.request('DELETE', `/api/v1/namespaces/default/pods/${rig.pod('infer')!.metadata.name}`);
    play(6_000);
    const grown = build();
    const anew = new FrameReader();
    const read = anew.read(new FrameBuilder(rig.cluster).build({ ...view, applied: rig.inputs.length }));
    expect({ ...read.nodes, id: null }).toEqual({ ...grown.nodes, id: null });
    expect(rowsOf(read, anew)).toEqual(rowsOf(grown, reader));
    expect(read.volumes).toEqual(grown.volumes);
    expect(read.services).toEqual(grown.services);
  });
});

describe('a frame that follows another', () => {
  it('leaves Pods out while nothing changes, and gives away copies, not what it keeps', () => {
    deployment('infer', 3);
    play(8_000);
    const first = builder.build({ ...view, applied: rig.inputs.length });
    expect(first.pods).toBeUndefined();
    rig.request('DELETE', `/api/v1/namespaces/default/pods/${rig.pod('infer')!.metadata.name}`);
    const second = builder.build({ ...view, applied: rig.inputs.length });
    expect(second.pods?.count).toBe(3 + rig.systemPods().length);
    for (const buffer of buffersOf(second)) structuredClone(buffer, { transfer: [buffer] });
    expect(second.pods?.id.length).toBe(0);
    const third = play(6_000).at(-1)!;
    expect(phasesOf(third)).toEqual(['Running', 'Running', 'Running']);
    expect(third.podDetails.templates).toEqual([]);
  });

  it('measures many nodes some at a time, and all of them for its first frame and within a second of its own', () => {
    const many = new ClusterRig('pool:300xcpu');
    let measured = 0;
    const kubelets = new Map(
      [...many.cluster.kubelets].map(([name, { state }]) => {
        const used = (): Usage => ({ cpuMilli: (measured += 1), memoryBytes: many.cluster.clock.nowMs });
        return [name, { state, used }];
      }),
    );
    const source = new Proxy(many.cluster, {
      get: (cluster, key) => (key === 'kubelets' ? kubelets : (Reflect.get(cluster, key, cluster) as unknown)),
    });
    const builderOfMany = new FrameBuilder(source);
    const counts: number[] = [];
    let frame: Frame | undefined;
    for (const seconds of [0, 0, 1, 0, 0, 0, 1]) {
      many.run(seconds * 1000);
      measured = 0;
      frame = reader.read(builderOfMany.build(view));
      counts.push(measured);
    }
    expect(counts).toEqual([300, 0, 128, 128, 44, 0, 128]);
    expect(frame!.nodes.memoryUsed.filter((atMs) => atMs === many.cluster.clock.nowMs)).toHaveLength(128);
  });
});

describe('monograms', () => {
  it.each([
    ['train-sgd', 'ts'],
    ['infer', 'in'],
    ['notebook', 'no'],
    ['x', 'x·'],
  ])('%s is %s', (name, letters) => expect(monogramOf(name)).toBe(letters));
});
