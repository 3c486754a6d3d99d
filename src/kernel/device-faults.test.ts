import { describe, expect, it } from 'vitest';
import type { Json, Node, Pod } from '../api/objects';
import { ClusterRig } from './cluster.rig';

const MINUTE = 60_000;

function job(name: string, gpus: string, restartPolicy: string, backoffLimit = 20): Json {
  const resources = { limits: { 'nvidia.com/gpu': gpus } };
  const env = [{ name: 'DATASET', value: 'line-1000' }];
  const containers = [{ name: 'trainer', image: 'podium/sgd-regressor:1.4', env, resources }];
  const tolerations = [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default' },
    spec: { backoffLimit, template: { spec: { restartPolicy, tolerations, containers } } },
  } as Json;
}

function training(restartPolicy: string, gpus = '1'): { rig: ClusterRig; pod: Pod; device: string } {
  const rig = new ClusterRig('ml', 5);
  rig.request('POST', '/apis/batch/v1/namespaces/default/jobs', job('train', gpus, restartPolicy));
  rig.until('training', () => rig.pod('train')?.status.phase === 'Running');
  rig.run(2000);
  const pod = rig.pod('train')!;
  return { rig, pod, device: healthOf(pod)[0]!.split(' ')[0]! };
}

function healthOf(pod: Pod): string[] {
  const statuses = pod.status.containerStatuses?.[0]?.allocatedResourcesStatus ?? [];
  return statuses.flatMap(({ resources = [] }) => resources.map(({ resourceID, health }) => `${resourceID} ${health}`));
}

const fault = (rig: ClusterRig, type: 'GpuFault' | 'GpuRepaired', node: string, device: string): void => {
  rig.input({ kind: 'fault', fault: { type, node, device } });
};
const allocatable = (rig: ClusterRig, node: string): unknown =>
  (rig.cluster.store.get('nodes', node) as Node).status.allocatable?.['nvidia.com/gpu'];

describe('a device that fails', () => {
  it('is told by the Node and by the Pod that has it, and the program that computes on it ends', () => {
    const { rig, pod, device } = training('Never', '2');
    const node = pod.spec.nodeName!;
    expect(pod.status.containerStatuses![0]!.allocatedResourcesStatus).toEqual([
      { name: 'nvidia.com/gpu', resources: [expect.objectContaining({ health: 'Healthy' }), expect.anything()] },
    ]);
    const before = Number(allocatable(rig, node));
    fault(rig, 'GpuFault', node, device);
    rig.run(3000);
    expect(Number(allocatable(rig, node))).toBe(before - 1);
    expect((rig.cluster.store.get('nodes', node) as Node).status.capacity?.['nvidia.com/gpu']).toBe(String(before));
    const after = rig.pods().find((one) => one.metadata.uid === pod.metadata.uid)!;
    expect(healthOf(after).sort()[0]).toBe(`${device} Unhealthy`);
    expect(healthOf(after).filter((text) => text.endsWith(' Healthy'))).toHaveLength(1);
    expect(after.status.containerStatuses![0]!.state!.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(rig.log(pod.metadata.name, 'trainer')).toContain(
      `RuntimeError: CUDA error: uncorrectable ECC error encountered (device ${device})`,
    );
    rig.until('the next Pod', () =>
      rig.pods().some((one) => one.metadata.uid !== pod.metadata.uid && one.status.phase === 'Running'),
    );
    const next = rig.pods().find((one) => one.metadata.uid !== pod.metadata.uid)!;
    rig.run(2000);
    const held = rig.pods().find((one) => one.metadata.uid === next.metadata.uid)!;
    expect(healthOf(held)).toHaveLength(2);
    expect(healthOf(held).every((text) => text.endsWith(' Healthy'))).toBe(true);
  });

  it('keeps a container that is started anew in the same Pod from working until it is repaired', () => {
    const { rig, pod, device } = training('OnFailure');
    const node = pod.spec.nodeName!;
    fault(rig, 'GpuFault', node, device);
    rig.until(
      'back-off',
      () => rig.pod('train')?.status.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
    );
    expect(healthOf(rig.pod('train')!)).toEqual([`${device} Unhealthy`]);
    fault(rig, 'GpuRepaired', node, device);
    rig.run(1000);
    expect(healthOf(rig.pod('train')!)).toEqual([`${device} Healthy`]);
    rig.until(
      'training again',
      () => rig.pod('train')?.status.phase === 'Running' && rig.pod('train')!.status.containerStatuses![0]!.ready,
      2 * MINUTE,
    );
    expect(allocatable(rig, node)).toBe('4');
  });

  it('leaves no room for a Pod that wants all', () => {
    const rig = new ClusterRig('ml', 5);
    for (const node of ['gpu-a100-1', 'gpu-a100-2']) fault(rig, 'GpuFault', node, 'nvidia2');
    rig.request('POST', '/apis/batch/v1/namespaces/default/jobs', job('train', '4', 'Never'));
    rig.run(10_000);
    const condition = rig.pod('train')!.status.conditions!.find(({ type }) => type === 'PodScheduled');
    expect(condition?.message).toContain('5 Insufficient nvidia.com/gpu');
    fault(rig, 'GpuRepaired', 'gpu-a100-2', 'nvidia2');
    rig.run(MINUTE);
    expect(rig.pod('train')!.spec.nodeName).toBe('gpu-a100-2');
  });
});
