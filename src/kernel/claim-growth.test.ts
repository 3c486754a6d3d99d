import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../api/objects';
import { ClusterRig } from './cluster.rig';

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const MERGE = { 'content-type': 'application/merge-patch+json' };

/** A claim of a class with a Pod that uses it, both ready. */
function started(storageClassName: string): ClusterRig {
  const rig = new ClusterRig('ml');
  const accessModes = [storageClassName === 'shared' ? 'ReadWriteMany' : 'ReadWriteOnce'];
  const spec = { storageClassName, accessModes, resources: { requests: { storage: '1Gi' } } };
  rig.request('POST', CLAIMS, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec });
  addPod(rig);
  rig.until('the Pod runs', () => rig.pod('user')?.status.phase === 'Running');
  return rig;
}

function addPod(rig: ClusterRig): void {
  const volumeMounts = [{ name: 'v', mountPath: '/data' }];
  const spec = {
    containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', 'infinity'], volumeMounts }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    terminationGracePeriodSeconds: 0,
  };
  const path = '/api/v1/namespaces/default/pods';
  rig.request('POST', path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'user' }, spec });
}

const claimOf = (rig: ClusterRig): PersistentVolumeClaim =>
  rig.cluster.store.get('persistentvolumeclaims', 'default/data') as PersistentVolumeClaim;

const volumeOf = (rig: ClusterRig): PersistentVolume =>
  rig.cluster.store.get('persistentvolumes', claimOf(rig).spec.volumeName!) as PersistentVolume;

const grow = (rig: ClusterRig, storage: string): number =>
  rig.request('PATCH', `${CLAIMS}/data`, { spec: { resources: { requests: { storage } } } }, MERGE).code;

const said = (rig: ClusterRig, about: string): string[] =>
  rig
    .events()
    .filter((event) => event.about === about && /Expanding|Resiz/.test(event.reason))
    .map(({ reason, message }) => `${reason}: ${message}`);

describe('a claim that is to grow', () => {
  it('has its disk made larger, and its file system by the kubelet of the Pod that uses it', () => {
    const rig = started('standard');
    expect(grow(rig, '2Gi')).toBe(200);
    rig.run(500);
    expect(claimOf(rig).status).toMatchObject({
      capacity: { storage: '1Gi' },
      allocatedResources: { storage: '2Gi' },
      allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
      conditions: [{ type: 'Resizing', status: 'True' }],
    });
    rig.until('the disk is larger', () => volumeOf(rig).spec.capacity?.['storage'] === '2Gi', 4000);
    expect(claimOf(rig).status).toMatchObject({
      capacity: { storage: '1Gi' },
      allocatedResourceStatuses: { storage: 'NodeResizePending' },
      conditions: [
        {
          type: 'FileSystemResizePending',
          message: 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
        },
      ],
    });
    rig.until('the file system is larger', () => claimOf(rig).status.capacity?.['storage'] === '2Gi', 95_000);
    expect(claimOf(rig).status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '2Gi' },
      allocatedResources: { storage: '2Gi' },
    });
    const { name } = volumeOf(rig).metadata;
    const done = `FileSystemResizeSuccessful: MountVolume.NodeExpandVolume succeeded for volume "${name}" ${rig.pod('user')!.spec.nodeName}`;
    expect(said(rig, 'PersistentVolumeClaim/data')).toEqual([
      'ExternalExpanding: waiting for an external controller to expand this PVC',
      `Resizing: External resizer is resizing volume ${name}`,
      'FileSystemResizeRequired: Require file system resize of volume on node',
      done,
    ]);
    expect(said(rig, 'Pod/user')).toEqual([done]);
  });

  it('waits for a Pod where none uses it', () => {
    const rig = started('standard');
    rig.request('DELETE', '/api/v1/namespaces/default/pods/user');
    rig.until('the Pod is gone', () => !rig.pod('user'));
    grow(rig, '2Gi');
    rig.run(120_000);
    expect(claimOf(rig).status.capacity).toEqual({ storage: '1Gi' });
    expect(claimOf(rig).status.conditions).toMatchObject([{ type: 'FileSystemResizePending' }]);
    addPod(rig);
    rig.until('the Pod runs', () => (rig.pod('user') as Pod).status.phase === 'Running');
    expect(claimOf(rig).status.capacity).toEqual({ storage: '2Gi' });
  });

  it('has grown at once on a network file system', () => {
    const rig = started('shared');
    grow(rig, '5Gi');
    rig.run(4000);
    expect(claimOf(rig).status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteMany'],
      capacity: { storage: '5Gi' },
      allocatedResources: { storage: '5Gi' },
    });
    expect(said(rig, 'PersistentVolumeClaim/data').at(-1)).toBe('VolumeResizeSuccessful: Resize volume succeeded');
  });

  it('again while it grows goes on to the newer size afterwards', () => {
    const rig = started('shared');
    grow(rig, '2Gi');
    rig.run(500);
    grow(rig, '3Gi');
    rig.run(8000);
    expect(claimOf(rig).status.capacity).toEqual({ storage: '3Gi' });
    expect(volumeOf(rig).spec.capacity).toEqual({ storage: '3Gi' });
  });
});
