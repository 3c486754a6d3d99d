import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../api/json';
import { breakagesOf } from './breakages';

describe('what can be broken about a Pod', () => {
  it('is also each device that its containers hold, which is mended the same way', () => {
    const resources = [
      { resourceID: 'nvidia0', health: 'Healthy' },
      { resourceID: 'nvidia1', health: 'Unhealthy' },
    ];
    const status = {
      name: 'trainer',
      state: { running: {} },
      allocatedResourcesStatus: [{ name: 'nvidia.com/gpu', resources }],
    };
    const pod = { spec: { nodeName: 'gpu-a100-1' }, status: { containerStatuses: [status] } } as unknown as JsonMap;
    const subject = { resource: 'pods', namespace: 'default', name: 'train' } as Parameters<typeof breakagesOf>[0];
    const offered = breakagesOf(subject, pod, undefined, []);
    expect(offered.slice(-2)).toMatchObject([
      { label: 'Break nvidia0', fault: { type: 'GpuFault', node: 'gpu-a100-1', device: 'nvidia0' } },
      { label: 'Repair nvidia1', fault: { type: 'GpuRepaired', node: 'gpu-a100-1', device: 'nvidia1' } },
    ]);
  });
});

describe('what can be broken about a node', () => {
  const subject = { resource: 'nodes', namespace: '', name: 'cpu-1' };
  const sound = {
    off: false,
    cut: false,
    kubeletDown: false,
    proxyDown: false,
    ownProxy: false,
    diskPressure: false,
    memoryPressure: false,
  };
  const faults = (truth: Partial<typeof sound>) =>
    breakagesOf(subject, {} as JsonMap, { ...sound, ...truth }, []).flatMap((one) =>
      'fault' in one ? [one.fault] : [],
    );

  it('is its machine, its network and both of its agents; what is broken is mended by the opposite', () => {
    expect(faults({}).map(({ type }) => type)).toEqual([
      'NodeDown',
      'NodeNetworkDown',
      'ComponentDown',
      'ComponentDown',
      'DiskPressure',
      'MemoryPressure',
    ]);
    expect(faults({ proxyDown: true })).toContainEqual({ type: 'ComponentUp', component: 'kube-proxy', node: 'cpu-1' });
  });

  it('is no kube-proxy where the machine does its work itself', () => {
    expect(faults({ ownProxy: true })).not.toContainEqual(expect.objectContaining({ component: 'kube-proxy' }));
    expect(faults({ ownProxy: true })).toHaveLength(5);
  });
});
