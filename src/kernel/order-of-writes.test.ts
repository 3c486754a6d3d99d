import { describe, expect, it } from 'vitest';
import type { Json } from '../api/objects';
import { ClusterRig } from './cluster.rig';

/** What depends on who comes first: the scheduler, which hears of a write, or a controller, which has to write in turn. */

const MERGE = { 'content-type': 'application/merge-patch+json' };
const SEEDS = [1, 2, 3, 4, 5, 6];
const MANIFEST = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'early', namespace: 'default' } };
const SERVER = { name: 'server', image: 'nginx:1.27' };

function reasons(rig: ClusterRig): string[] {
  const told = rig.events().filter(({ about, reason }) => about === 'Pod/early' && reason.includes('Schedul'));
  return [...new Set(told.map(({ reason, message }) => `${reason}: ${message.split('. ')[0]}`))];
}

describe.each(SEEDS)('with seed %i', (seed) => {
  it('a claim that is about to be bound is unbound to the scheduler', () => {
    const rig = new ClusterRig('laptop', seed);
    const claim = { accessModes: ['ReadWriteOnce'], storageClassName: 'manual' };
    const spec = { ...claim, capacity: { storage: '1Gi' }, hostPath: { path: '/data' } };
    const resources = { requests: { storage: '1Gi' } };
    rig.request('POST', '/api/v1/persistentvolumes', { kind: 'PersistentVolume', metadata: { name: 'disk' }, spec });
    rig.request('POST', '/api/v1/namespaces/default/persistentvolumeclaims', {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { ...claim, resources },
    });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const pod = { ...MANIFEST, spec: { containers: [SERVER], volumes } };
    rig.request('POST', '/api/v1/namespaces/default/pods', pod as unknown as Json);
    rig.run(5000);
    expect(reasons(rig)).toEqual([
      'FailedScheduling: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims',
      'Scheduled: Successfully assigned default/early to laptop',
    ]);
  });

  it('an uncordoned node still has its taint when the scheduler first looks', () => {
    const rig = new ClusterRig('laptop', seed);
    const cordon = (unschedulable: boolean | null): unknown =>
      rig.request('PATCH', '/api/v1/nodes/laptop', { spec: { unschedulable } }, MERGE);
    cordon(true);
    rig.run(2000);
    rig.request('POST', '/api/v1/namespaces/default/pods', { ...MANIFEST, spec: { containers: [SERVER] } } as Json);
    rig.run(6000);
    cordon(null);
    rig.run(5000);
    expect(reasons(rig)).toEqual([
      'FailedScheduling: 0/1 nodes are available: 1 node(s) were unschedulable',
      'FailedScheduling: 0/1 nodes are available: 1 node(s) had untolerated taint(s)',
      'Scheduled: Successfully assigned default/early to laptop',
    ]);
  });
});
