import { describe, expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../../api/objects';
import { copyState, hashState } from '../../base/state';
import { PACKER, Rig } from './scheduler.rig';

const GPU_TAINT = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const GPU = { 'nvidia.com/gpu': '1' };

describe('placing Pods', () => {
  test('binds a Pod and says so', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('train', { cpu: '1' });
    rig.run(100);
    expect(rig.nodeOf('train')).toBe('cpu-1');
    expect(rig.condition('train')?.status).toBe('True');
    const [event] = rig.events('Scheduled');
    expect(event).toMatchObject({
      message: 'Successfully assigned default/train to cpu-1',
      type: 'Normal',
      action: 'Binding',
      reportingComponent: 'default-scheduler',
      source: {},
    });
    expect(rig.scheduler.latest()).toMatchObject({
      name: 'train',
      outcome: 'Scheduled',
      node: 'cpu-1',
      attempt: 1,
      wokenBy: 'PodAdd',
    });
  });

  test('a Pod that keeps away from others is tried again when one of them goes, not when one more comes', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    for (const name of ['one', 'two']) rig.pod(name, {}, { affinity }, { app: 'web' });
    rig.run(3000);
    rig.pod('other', {}, {}, { app: 'other' });
    rig.run(5000);
    const waiting = rig.nodeOf('one') ? 'two' : 'one';
    expect(rig.scheduler.records('default', waiting)).toHaveLength(1);
    rig.admin.remove('pods', 'default', waiting === 'one' ? 'two' : 'one', { gracePeriodSeconds: 0 });
    rig.run(3000);
    expect(rig.nodeOf(waiting)).toBe('cpu-1');
  });

  test('a GPU Pod without toleration waits, and the taint going wakes it', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.node('gpu-1', { 'nvidia.com/gpu': '4' }, [GPU_TAINT]);
    rig.pod('train', GPU);
    rig.run(1000);
    const message =
      '0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint(s). ' +
      'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    expect(rig.condition('train')).toMatchObject({ status: 'False', reason: 'Unschedulable', message });
    expect(rig.events('FailedScheduling')[0]).toMatchObject({ message, type: 'Warning', action: 'Scheduling' });
    const [record] = rig.scheduler.records('default', 'train');
    expect(record?.refusals).toEqual([
      {
        plugin: 'NodeResourcesFit',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['Insufficient nvidia.com/gpu'],
        count: 1,
        nodes: ['cpu-1'],
      },
      {
        plugin: 'TaintToleration',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['node(s) had untolerated taint(s)'],
        count: 1,
        nodes: ['gpu-1'],
      },
    ]);
    rig.admin.patch('nodes', '', 'gpu-1', (node) => ({ ...node, spec: {} }));
    rig.run(2000);
    expect(rig.nodeOf('train')).toBe('gpu-1');
    expect(rig.scheduler.latest()).toMatchObject({
      attempt: 2,
      wokenBy: 'NodeUpdateTaint',
      wokenByObject: 'nodes/gpu-1',
    });
  });

  test('what cannot help does not wake a Pod', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('big', { cpu: '8' });
    rig.run(1000);
    rig.node('cpu-2', { cpu: '2' });
    rig.admin.patch('nodes', '', 'cpu-1', (node) => ({ ...node, metadata: { ...node.metadata, labels: { a: 'b' } } }));
    rig.run(60_000);
    expect(rig.scheduler.records('default', 'big')).toHaveLength(1);
    rig.node('cpu-3', { cpu: '16' });
    rig.run(100);
    expect(rig.nodeOf('big')).toBe('cpu-3');
  });

  test('a Pod that goes makes room for one that waits', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('first', { cpu: '3' });
    rig.run(100);
    rig.pod('second', { cpu: '3' });
    rig.run(5000);
    expect(rig.nodeOf('second')).toBeUndefined();
    rig.admin.remove('pods', 'default', 'first', { gracePeriodSeconds: 0 });
    rig.run(100);
    expect(rig.nodeOf('second')).toBe('cpu-1');
    expect(rig.scheduler.latest()?.wokenBy).toBe('AssignedPodDelete');
  });

  test('after five minutes an unschedulable Pod is tried again without a reason', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('big', { cpu: '8' });
    rig.run(6 * 60_000);
    expect(rig.scheduler.latest()).toMatchObject({ attempt: 2, wokenBy: 'UnschedulableTimeout' });
    expect(rig.events('FailedScheduling')).toHaveLength(2);
  });

  test('without nodes the Pod is tried again and again, longer and longer apart', () => {
    const rig = new Rig();
    rig.pod('early', { cpu: '1' });
    rig.run(60_000);
    expect(rig.condition('early')?.message).toBe('no nodes available to schedule pods');
    const atMs = rig.scheduler.records('default', 'early').map((record) => record.atMs);
    const gaps = atMs.slice(1).map((at, index) => Math.round((at - atMs[index]!) / 1000));
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 10, 10]);
    rig.node('cpu-1', {});
    rig.run(11_000);
    expect(rig.nodeOf('early')).toBe('cpu-1');
  });

  test('gates keep a Pod out until the last one is gone', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('gated', { cpu: '1' }, { schedulingGates: [{ name: 'example.com/quota' }] });
    rig.run(1000);
    expect(rig.scheduler.records('default', 'gated')).toMatchObject([
      { outcome: 'Gated', refusedBy: { reasons: ['waiting for scheduling gates: [example.com/quota]'] } },
    ]);
    expect(rig.events('FailedScheduling')).toEqual([]);
    rig.admin.patch('pods', 'default', 'gated', (pod) => {
      const { schedulingGates: _, ...spec } = pod.spec;
      return { ...pod, spec };
    });
    rig.run(1000);
    expect(rig.nodeOf('gated')).toBe('cpu-1');
  });

  test("another scheduler's Pods are left alone", () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('other', { cpu: '1' }, { schedulerName: 'volcano' });
    rig.run(1000);
    expect(rig.nodeOf('other')).toBeUndefined();
    expect(rig.scheduler.latest()).toBeUndefined();
  });

  test('two profiles: spread out, or packed', () => {
    const rig = new Rig();
    rig.configure(PACKER);
    rig.run(2000);
    for (const name of ['cpu-1', 'cpu-2', 'cpu-3']) rig.node(name, {});
    for (let index = 0; index < 3; index++) rig.pod(`spread-${index}`, { cpu: '1' });
    rig.run(1000);
    expect(new Set([0, 1, 2].map((index) => rig.nodeOf(`spread-${index}`))).size).toBe(3);
    for (let index = 0; index < 3; index++) rig.pod(`packed-${index}`, { cpu: '1' }, { schedulerName: 'packer' });
    rig.run(1000);
    expect(new Set([0, 1, 2].map((index) => rig.nodeOf(`packed-${index}`))).size).toBe(1);
    expect(rig.scheduler.latest()?.scorers).not.toContain('NodeResourcesBalancedAllocation');
  });
});

describe('preemption', () => {
  test('makes room for a Pod of higher priority', () => {
    const rig = new Rig();
    rig.node('gpu-1', { 'nvidia.com/gpu': '1' });
    rig.create('priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    });
    rig.pod('batch', GPU);
    rig.run(100);
    rig.pod('urgent', GPU, { priorityClassName: 'high' });
    rig.run(20);
    const urgent = rig.get('urgent');
    expect(urgent.status.nominatedNodeName).toBe('gpu-1');
    expect(rig.condition('urgent')?.message).toBe('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.');
    const batch = rig.get('batch');
    expect(batch.metadata.deletionTimestamp).toBeDefined();
    expect(batch.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting to accommodate a higher priority pod',
      }),
    );
    expect(rig.events('Preempted')[0]).toMatchObject({
      message: `Preempted by pod ${urgent.metadata.uid} on node gpu-1`,
      action: 'Preempting',
    });
    expect(rig.scheduler.latest()?.preemption).toEqual({ node: 'gpu-1', victims: ['default/batch'], candidates: 1 });
    rig.pod('late', GPU);
    rig.run(3000);
    rig.admin.remove('pods', 'default', 'batch', { gracePeriodSeconds: 0 });
    rig.run(3000);
    expect(rig.nodeOf('urgent')).toBe('gpu-1');
    expect(rig.nodeOf('late')).toBeUndefined();
  });

  test('the highest priority is placed first', () => {
    const rig = new Rig();
    rig.create('priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    });
    for (let index = 0; index < 4; index++) rig.pod(`low-${index}`, { cpu: '1' });
    rig.pod('high', { cpu: '3' }, { priorityClassName: 'high' });
    rig.node('cpu-1', {});
    rig.run(30_000);
    expect(rig.nodeOf('high')).toBe('cpu-1');
    expect([0, 1, 2, 3].filter((index) => rig.nodeOf(`low-${index}`))).toHaveLength(1);
  });
});

describe('volumes', () => {
  const CLAIM_SPEC = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'standard',
  };

  function claimRig(): Rig {
    const rig = new Rig();
    const storageClass = { provisioner: 'podium.dev/disk', volumeBindingMode: 'WaitForFirstConsumer' };
    rig.create('storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard' },
      ...storageClass,
    });
    rig.create('persistentvolumeclaims', {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default' },
      spec: CLAIM_SPEC,
    });
    rig.node('cpu-1', {});
    rig.pod('train', { cpu: '1' }, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
    return rig;
  }

  const provision = (rig: Rig): void => {
    const claim = rig.admin.get('persistentvolumeclaims', 'default', 'data')!;
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: claim.metadata.uid };
    const spec = {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      csi: { driver: 'podium.dev/disk', volumeHandle: 'v1' },
      claimRef,
    };
    rig.create('persistentvolumes', {
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec,
    });
    rig.admin.patch('persistentvolumeclaims', 'default', 'data', (current): PersistentVolumeClaim => {
      const annotations = { ...current.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
      return {
        ...current,
        metadata: { ...current.metadata, annotations },
        spec: { ...current.spec, volumeName: 'pv-1' },
      };
    });
  };

  test('a claim that waits for its consumer is told the node; binding waits for the volume', () => {
    const rig = claimRig();
    rig.run(5000);
    expect(rig.nodeOf('train')).toBeUndefined();
    const claim = rig.admin.get('persistentvolumeclaims', 'default', 'data')!;
    expect(claim.metadata.annotations?.['volume.kubernetes.io/selected-node']).toBe('cpu-1');
    expect(rig.scheduler.whatIf('default', 'train')).toBeUndefined();
    provision(rig);
    rig.run(1100);
    expect(rig.nodeOf('train')).toBe('cpu-1');
  });

  test('waiting for a provisioner does not keep the cluster busy; a claim that changes does', () => {
    const rig = claimRig();
    rig.run(5500);
    expect(rig.clock.quiet).toBe(true);
    provision(rig);
    rig.run(20);
    expect(rig.clock.quiet).toBe(false);
    rig.run(1100);
    expect(rig.nodeOf('train')).toBe('cpu-1');
  });

  test('Pods that share a claim follow it to its node at once', () => {
    const rig = claimRig();
    for (const name of ['cpu-2', 'cpu-3', 'cpu-4']) rig.node(name, {});
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    for (const name of ['second', 'third', 'fourth']) rig.pod(name, { cpu: '100m' }, { volumes });
    rig.run(30);
    const nodes = ['train', 'second', 'third', 'fourth'].map((name) => rig.scheduler.records('default', name)[0]?.node);
    expect(nodes[0]).toBeDefined();
    expect(new Set(nodes).size).toBe(1);
  });

  test('a provisioner that gives up sends the Pod back', () => {
    const rig = claimRig();
    rig.run(3000);
    rig.admin.patch('persistentvolumeclaims', 'default', 'data', (current) => {
      const { 'volume.kubernetes.io/selected-node': _, ...annotations } = current.metadata.annotations ?? {};
      return { ...current, metadata: { ...current.metadata, annotations: { ...annotations, kept: 'yes' } } };
    });
    rig.run(1100);
    expect(rig.condition('train')).toMatchObject({
      reason: 'SchedulerError',
      message: 'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"',
    });
    rig.run(3000);
    provision(rig);
    rig.run(1500);
    expect(rig.nodeOf('train')).toBe('cpu-1');
  });

  test('after ten minutes without a volume the Pod goes back to the queue', () => {
    const rig = claimRig();
    rig.run(601_000);
    expect(rig.condition('train')?.message).toContain('context deadline exceeded');
    expect(rig.scheduler.records('default', 'train').map(({ outcome }) => outcome)).toContain('Error');
  });
});

describe('state', () => {
  test('a scheduler that starts anew places what waits and knows what runs', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('first', { cpu: '3' });
    rig.run(100);
    rig.scheduler.stop();
    rig.pod('second', { cpu: '1' });
    rig.pod('third', { cpu: '1' });
    rig.run(1000);
    expect(rig.nodeOf('second')).toBeUndefined();
    rig.scheduler.start();
    rig.run(1000);
    expect([rig.nodeOf('second'), rig.nodeOf('third')].filter(Boolean)).toEqual(['cpu-1']);
  });

  test('a copy of the state goes on exactly as the original does', () => {
    const rig = new Rig();
    for (const name of ['cpu-1', 'cpu-2', 'cpu-3', 'cpu-4']) rig.node(name, {});
    for (let index = 0; index < 20; index++) rig.pod(`p-${index}`, { cpu: '500m' });
    rig.run(15);
    const parts = [
      rig.store,
      rig.store.causes,
      rig.clock,
      rig.hub,
      rig.informers,
      rig.scheduler,
      rig.api,
      rig.recorder,
    ];
    const copies = parts.map(({ state }) => copyState(state as object));
    rig.run(5000);
    const nodes = (): string[] => rig.admin.list('pods').map((pod) => `${pod.metadata.name} ${pod.spec.nodeName}`);
    const [first, hash] = [nodes(), hashState(rig.scheduler.state)];
    parts.forEach((part, index) => (part as { restore(state: object): void }).restore(copies[index]!));
    rig.run(5000);
    expect(nodes()).toEqual(first);
    expect(hashState(rig.scheduler.state)).toBe(hash);
  });
});
