import { describe, expect, it } from 'vitest';
import { newRig } from './controllers.rig';

const RWO = ['ReadWriteOnce'];

const volume = (name: string, storage: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: RWO,
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'manual',
    ...('nfs' in spec || 'csi' in spec ? {} : { hostPath: { path: `/data/${name}` } }),
    ...spec,
  },
});

const claim = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes: RWO, resources: { requests: { storage: '1Gi' } }, storageClassName: 'manual', ...spec },
});

describe('persistentvolume-binder', () => {
  it('takes a volume with no more access modes than asked for before a smaller one with more', () => {
    const rig = newRig();
    rig.create('persistentvolumes', volume('a-many', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }));
    rig.create('persistentvolumes', volume('b-large', '5Gi'));
    rig.run(100);
    rig.create('persistentvolumeclaims', claim('data'));
    rig.run(200);
    expect(rig.get('persistentvolumeclaims', 'data')!.spec.volumeName).toBe('b-large');
  });

  it('leaves alone a volume that is reserved for a claim of other access modes', () => {
    const rig = newRig();
    const claimRef = { namespace: 'default', name: 'data' };
    rig.create('persistentvolumes', volume('reserved', '1Gi', { accessModes: ['ReadOnlyMany'], claimRef }));
    rig.create('persistentvolumeclaims', claim('data'));
    rig.run(200);
    expect(rig.get('persistentvolumeclaims', 'data')!.status.phase).toBe('Pending');
    expect(rig.get('persistentvolumes', 'reserved', '')!.status.phase).toBe('Available');
  });

  it.each([
    ['requested PV is too small', { capacity: { storage: '1Mi' } }],
    ['storageClassName does not match', { storageClassName: 'other' }],
    ['volumeAttributesClassName does not match', { volumeAttributesClassName: 'gold' }],
    ['incompatible volumeMode', { volumeMode: 'Block' }],
    ['incompatible accessMode', { accessModes: ['ReadOnlyMany'] }],
  ])('says why the volume that a claim names cannot serve it: %s', (why, spec) => {
    const rig = newRig();
    rig.create('persistentvolumes', volume('disk', '1Gi', spec));
    rig.create('persistentvolumeclaims', claim('data', { volumeName: 'disk' }));
    rig.run(200);
    expect(rig.events('PersistentVolumeClaim', 'data')).toEqual([
      `VolumeMismatch: Cannot bind to requested volume "disk": ${why}`,
    ]);
  });

  const csi = { driver: 'csi.example.com', volumeHandle: 'x' };
  it.each([
    [
      'Delete',
      { csi },
      'VolumeFailedDelete',
      'error getting deleter volume plugin for volume "disk": no volume plugin matched',
    ],
    [
      'Delete',
      { nfs: { server: 's', path: '/' } },
      'VolumeFailedDelete',
      'error getting deleter volume plugin for volume "disk": no deletable volume plugin matched',
    ],
    ['Recycle', { csi }, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!'],
  ])('fails to %s what no plugin of its own can: %o', (persistentVolumeReclaimPolicy, source, reason, message) => {
    const rig = newRig();
    rig.create('persistentvolumes', volume('disk', '1Gi', { ...source, persistentVolumeReclaimPolicy }));
    rig.create('persistentvolumeclaims', claim('data'));
    rig.run(500);
    rig.client.remove('persistentvolumeclaims', 'default', 'data');
    rig.run(60_000);
    expect(rig.get('persistentvolumes', 'disk', '')!.status).toMatchObject({ phase: 'Failed', message });
    expect(rig.events('PersistentVolume', 'disk')).toEqual([`${reason}: ${message}`]);
  });

  it('asks the CSI driver to which a plugin of the tree has moved', () => {
    const rig = newRig();
    rig.create('storageclasses', { metadata: { name: 'ssd' }, provisioner: 'kubernetes.io/gce-pd' });
    rig.create('persistentvolumeclaims', claim('data', { storageClassName: 'ssd' }));
    rig.run(300);
    const driver = 'pd.csi.storage.gke.io';
    expect(rig.get('persistentvolumeclaims', 'data')!.metadata.annotations).toEqual({
      'volume.beta.kubernetes.io/storage-provisioner': driver,
      'volume.kubernetes.io/storage-provisioner': driver,
    });
    expect(rig.events('PersistentVolumeClaim', 'data')[0]).toContain(`by the external provisioner '${driver}' or`);
  });
});

describe('persistentvolume-expander', () => {
  it('says once that somebody else has to expand a claim', () => {
    const rig = newRig();
    rig.create('persistentvolumes', volume('disk', '1Gi'));
    rig.create('storageclasses', {
      metadata: { name: 'manual' },
      provisioner: 'example.com/x',
      allowVolumeExpansion: true,
    });
    rig.create('persistentvolumeclaims', claim('data'));
    rig.run(500);
    const resources = { requests: { storage: '2Gi' } };
    rig.client.patch('persistentvolumeclaims', 'default', 'data', (one) => ({
      ...one,
      spec: { ...one.spec, resources },
    }));
    rig.run(60_000);
    expect(rig.events('PersistentVolumeClaim', 'data')).toEqual([
      'ExternalExpanding: waiting for an external controller to expand this PVC',
    ]);
  });
});

describe('ephemeral-volume-controller', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: {
      containers: [{ name: 'main', image: 'nginx:1.27' }],
      volumes: [
        {
          name: 'scratch',
          ephemeral: {
            volumeClaimTemplate: {
              metadata: { labels: { for: 'a' } },
              spec: { accessModes: RWO, resources: { requests: { storage: '1Gi' } }, storageClassName: 'manual' },
            },
          },
        },
      ],
    },
  };

  it('makes the claim of a Pod’s volume, which goes with the Pod', () => {
    const rig = newRig();
    const { uid } = rig.create('pods', pod).metadata;
    rig.run(300);
    expect(rig.get('persistentvolumeclaims', 'a-scratch')).toMatchObject({
      metadata: {
        labels: { for: 'a' },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Pod', name: 'a', uid, controller: true, blockOwnerDeletion: true },
        ],
      },
      spec: { storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } },
    });
    rig.client.remove('pods', 'default', 'a');
    rig.run(40_000);
    expect(rig.get('persistentvolumeclaims', 'a-scratch')).toBeUndefined();
  });

  it('says that a claim of the name is somebody else’s', () => {
    const rig = newRig();
    rig.create('persistentvolumeclaims', claim('a-scratch'));
    rig.create('pods', pod);
    rig.run(300);
    expect(rig.events('Pod', 'a')[0]).toBe(
      'FailedBinding: ephemeral volume scratch: PVC default/a-scratch was not created for pod default/a (pod is not owner)',
    );
  });
});
