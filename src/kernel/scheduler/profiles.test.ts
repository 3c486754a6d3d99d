import { describe, expect, test } from 'vitest';
import type { Event } from '../../api/objects';
import { copyState, hashState } from '../../base/state';
import { PACKER, Rig } from './scheduler.rig';

describe('the configuration that the cluster holds', () => {
  test('a Pod for a profile that comes later is placed then', () => {
    const rig = new Rig();
    rig.node('cpu-1', {});
    rig.pod('early', { cpu: '1' }, { schedulerName: 'packer' });
    rig.run(5000);
    expect(rig.nodeOf('early')).toBeUndefined();
    rig.configure(PACKER);
    rig.run(5000);
    expect(rig.nodeOf('early')).toBe('cpu-1');
  });

  test('one that cannot be used is told in an Event, and the last good one stays', () => {
    const rig = new Rig();
    rig.configure(PACKER);
    rig.run(2000);
    rig.configure(
      'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: []\nprofils: 1\n',
    );
    rig.run(2000);
    rig.node('cpu-1', {});
    rig.pod('packed', { cpu: '1' }, { schedulerName: 'packer' });
    rig.run(2000);
    expect(rig.nodeOf('packed')).toBe('cpu-1');
    const [event] = rig.admin.list('events', 'kube-system') as Event[];
    expect(event).toMatchObject({
      reason: 'InvalidConfiguration',
      message: 'strict decoding error: unknown field "profils"',
      involvedObject: { kind: 'ConfigMap', name: 'kube-scheduler' },
    });
  });

  test('is part of the state: a copy goes on with it', () => {
    const rig = new Rig();
    rig.configure(PACKER);
    rig.run(2000);
    const { scheduler } = rig;
    const kept = copyState(scheduler.state);
    rig.configure('');
    rig.run(2000);
    expect(scheduler.state.configuration.profiles).toHaveLength(1);
    scheduler.restore(copyState(kept));
    expect(scheduler.state.configuration.profiles).toHaveLength(2);
    expect(hashState(scheduler.state)).toBe(hashState(kept));
  });
});
