import { describe, expect, it } from 'vitest';
import { KubeletRig } from './kubelet.rig';

const reasons = (rig: KubeletRig): string[] => rig.reasons('cpu-1').split(' > ');
const STARTED = [
  'Starting',
  'NodeHasSufficientMemory',
  'NodeHasNoDiskPressure',
  'NodeHasSufficientPID',
  'NodeAllocatableEnforced',
];

describe('a kubelet', () => {
  it('says that it starts and how its machine is', () => {
    const rig = new KubeletRig();
    expect(reasons(rig)).toEqual([...STARTED, 'NodeReady']);
    expect(rig.events('cpu-1')).toContain('Starting: Starting kubelet.');
    expect(rig.events('cpu-1')).toContain('NodeAllocatableEnforced: Updated Node Allocatable limit across pods');
  });

  it('says after the power was away that the machine was rebooted, and not after its own restart', () => {
    const rig = new KubeletRig();
    rig.kubelet().stopKubelet();
    rig.run(1000);
    rig.kubelet().startKubelet();
    rig.run(5000);
    expect(reasons(rig)).not.toContain('Rebooted');
    rig.kubelet().powerOff();
    rig.run(1000);
    rig.kubelet().powerOn();
    rig.run(5000);
    const { bootID } = rig.client.get('nodes', '', 'cpu-1')!.status.nodeInfo!;
    expect(rig.events('cpu-1')).toContain(`Rebooted: Node cpu-1 has been rebooted, boot id: ${bootID}`);
  });

  it('says what it knows again of conditions that had become unknown', () => {
    const rig = new KubeletRig();
    const told = rig.events('cpu-1').length;
    rig.client.patch(
      'nodes',
      '',
      'cpu-1',
      (node) => ({
        ...node,
        status: {
          ...node.status,
          conditions: node.status.conditions!.map((one) => ({ ...one, status: 'Unknown' as const })),
        },
      }),
      'status',
    );
    rig.run(15_000);
    const events = rig.client.list('events').filter((event) => event.involvedObject.name === 'cpu-1');
    expect(events).toHaveLength(told);
    expect(events.filter((event) => (event.count ?? 1) > 1).map((event) => event.reason)).toEqual([
      'NodeHasSufficientMemory',
      'NodeHasNoDiskPressure',
      'NodeHasSufficientPID',
    ]);
  });

  it('registers its Node once: one that is deleted stays so until it starts again', () => {
    const rig = new KubeletRig();
    rig.client.remove('nodes', '', 'cpu-1');
    rig.run(60_000);
    expect(rig.client.get('nodes', '', 'cpu-1')).toBeUndefined();
    rig.kubelet().stopKubelet();
    rig.kubelet().startKubelet();
    rig.run(5000);
    expect(rig.client.get('nodes', '', 'cpu-1')).toBeDefined();
  });
});
