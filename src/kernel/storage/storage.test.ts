import { describe, expect, it } from 'vitest';
import type { Node, PersistentVolumeClaim } from '../../api/objects';
import { ControllerRig } from '../machinery/controller.rig';
import { Clock } from '../time/clock';
import { STORAGE_CLASSES } from './classes';
import type { StorageParts } from './parts';
import { STORAGE_CONTROLLERS } from './table';
import { VolumeFiles } from './volume-contents';

type Rig = ControllerRig<StorageParts>;

const volumes = new VolumeFiles(new Clock(0));

function newRig(seed = 1): Rig {
  volumes.restore({ volumes: new Map() });
  const resources = {
    pods: ['claim', 'node'],
    nodes: [],
    persistentvolumes: [],
    persistentvolumeclaims: [],
    storageclasses: [],
    volumeattachments: ['node', 'volume'],
  } as const;
  const rig = new ControllerRig<StorageParts>(STORAGE_CONTROLLERS, { resources, latencyMs: [1, 5] }, seed, { volumes });
  rig.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  for (const storageClass of STORAGE_CLASSES) rig.create('storageclasses', storageClass);
  rig.addNode('cpu-1', 'zone-a');
  rig.addNode('cpu-2', 'zone-b');
  return rig;
}

/** A claim as the binder leaves it when it asks a provisioner. */
function ask(rig: Rig, name: string, storageClassName: string, node?: string): PersistentVolumeClaim {
  const driver = storageClassName === 'standard' ? 'disk.podium.dev' : 'files.podium.dev';
  const annotations = {
    'volume.kubernetes.io/storage-provisioner': driver,
    ...(node ? { 'volume.kubernetes.io/selected-node': node } : {}),
  };
  const accessModes = [storageClassName === 'standard' ? 'ReadWriteOnce' : 'ReadWriteMany'];
  const spec = { storageClassName, accessModes, resources: { requests: { storage: '10Gi' } } };
  const metadata = { name, namespace: 'default', annotations };
  return rig.create('persistentvolumeclaims', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec });
}

/** What the binder does once there is a volume. */
function bind(rig: Rig, claim: PersistentVolumeClaim): string {
  const volumeName = `pvc-${claim.metadata.uid}`;
  const { name } = claim.metadata;
  rig.client.patch('persistentvolumeclaims', 'default', name, (one) => ({ ...one, spec: { ...one.spec, volumeName } }));
  rig.client.patch('persistentvolumes', '', volumeName, (one) => ({ ...one, status: { phase: 'Bound' } }), 'status');
  return volumeName;
}

function addPod(rig: Rig, name: string, claimName: string, nodeName: string): void {
  rig.life.nodeName = nodeName;
  rig.life.startMs = 100;
  const spec = {
    containers: [{ name: 'main', image: 'busybox' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  };
  rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec });
  rig.run(300);
}

const attached = (rig: Rig, node: string): string[] =>
  (rig.get('nodes', node, '')!.status.volumesAttached ?? []).map((one) => one.name);

const setStatus = (rig: Rig, node: string, change: (status: Node['status']) => Partial<Node['status']>): void =>
  void rig.client.patch(
    'nodes',
    '',
    node,
    (one) => ({ ...one, status: { ...one.status, ...change(one.status) } }),
    'status',
  );

function withDisk(seed = 1): { rig: Rig; volume: string; disk: string } {
  const rig = newRig(seed);
  const claim = ask(rig, 'data', 'standard', 'cpu-1');
  rig.run(4000);
  const volume = bind(rig, claim);
  return { rig, volume, disk: `kubernetes.io/csi/disk.podium.dev^${volume}` };
}

describe('provisioner', () => {
  it('makes a zonal disk in the zone of the chosen node, in one to three seconds', () => {
    const rig = newRig();
    const claim = ask(rig, 'data', 'standard', 'cpu-2');
    const name = `pvc-${claim.metadata.uid}`;
    const took = rig.until(() => rig.get('persistentvolumes', name, '') !== undefined);
    expect(took).toBeGreaterThan(0.9);
    expect(took).toBeLessThan(3.2);
    expect(rig.get('persistentvolumes', name, '')).toMatchObject({
      metadata: { annotations: { 'pv.kubernetes.io/provisioned-by': 'disk.podium.dev' } },
      spec: {
        capacity: { storage: '10Gi' },
        claimRef: { name: 'data', namespace: 'default', uid: claim.metadata.uid },
        csi: { driver: 'disk.podium.dev', volumeHandle: name },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ values: ['zone-b'] }] }] } },
        persistentVolumeReclaimPolicy: 'Delete',
      },
    });
    expect(volumes.exists(name)).toBe(true);
    expect(rig.events('PersistentVolumeClaim', 'data')).toEqual([
      'Provisioning: External provisioner is provisioning volume for claim "default/data"',
      `ProvisioningSucceeded: Successfully provisioned volume ${name}`,
    ]);
  });

  it('waits for a node where the class binds late, and not where it does not', () => {
    const rig = newRig();
    rig.create('storageclasses', {
      metadata: { name: 'soon' },
      provisioner: 'files.podium.dev',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    });
    ask(rig, 'late', 'standard');
    ask(rig, 'late-too', 'shared');
    ask(rig, 'soon', 'soon');
    rig.run(10_000);
    const made = rig.client.list('persistentvolumes').map((one) => one.spec.claimRef?.name);
    expect(made).toEqual(['soon']);
    expect(rig.client.list('persistentvolumes')[0]!.spec.nodeAffinity).toBeUndefined();
  });

  it('removes a released volume and its bytes', () => {
    const { rig, volume } = withDisk();
    volumes.write(volume, '/model', 'weights');
    rig.client.patch('persistentvolumes', '', volume, (one) => ({ ...one, status: { phase: 'Released' } }), 'status');
    rig.run(3000);
    const left = rig.get('persistentvolumes', volume, '')?.metadata;
    expect(left?.deletionTimestamp).toBeDefined();
    expect(left?.finalizers).toEqual(['kubernetes.io/pv-protection']);
    expect(volumes.exists(volume)).toBe(false);
  });
});

describe('attachdetach-controller', () => {
  it('attaches a disk for the Pod that needs it and takes it off after it', () => {
    const { rig, volume, disk } = withDisk();
    addPod(rig, 'first', 'data', 'cpu-1');
    const took = rig.until(() => attached(rig, 'cpu-1').includes(disk));
    expect(took).toBeGreaterThan(1.5);
    expect(took).toBeLessThan(5);
    expect(rig.events('Pod', 'first')).toEqual([
      `SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "${volume}" `,
    ]);
    setStatus(rig, 'cpu-1', () => ({ volumesInUse: [disk] }));
    rig.client.remove('pods', 'default', 'first');
    rig.run(10_000);
    expect(attached(rig, 'cpu-1')).toEqual([disk]);
    setStatus(rig, 'cpu-1', () => ({ volumesInUse: [] }));
    rig.run(5000);
    expect(attached(rig, 'cpu-1')).toEqual([]);
    expect(rig.client.list('volumeattachments')).toEqual([]);
  });

  it('does not attach a disk twice, says so, and moves it when it is free', () => {
    const { rig, volume, disk } = withDisk();
    addPod(rig, 'first', 'data', 'cpu-1');
    rig.run(5000);
    addPod(rig, 'second', 'data', 'cpu-2');
    rig.run(10_000);
    expect(attached(rig, 'cpu-2')).toEqual([]);
    expect(rig.events('Pod', 'second')).toEqual([
      `FailedAttachVolume: Multi-Attach error for volume "${volume}" Volume is already used by pod(s) first`,
    ]);
    rig.client.remove('pods', 'default', 'first');
    rig.until(() => attached(rig, 'cpu-2').includes(disk), 20_000);
    expect(attached(rig, 'cpu-1')).toEqual([]);
  });

  it.each([
    ['after six minutes', undefined, 355, 375],
    ['at once when it is out of service', 'node.kubernetes.io/out-of-service', 1, 15],
  ])('takes a disk from a dead node by force %s', (_, taint, atLeast, atMost) => {
    const { rig, disk } = withDisk();
    addPod(rig, 'first', 'data', 'cpu-1');
    rig.run(5000);
    setStatus(rig, 'cpu-1', ({ conditions }) => ({
      volumesInUse: [disk],
      conditions: conditions!.map((one) => ({ ...one, status: 'Unknown' as const })),
    }));
    rig.run(1000);
    rig.client.remove('pods', 'default', 'first', { gracePeriodSeconds: 0 });
    addPod(rig, 'second', 'data', 'cpu-2');
    expect(rig.events('Pod', 'second')[0]).toContain(
      "Volume is already exclusively attached to one node and can't be attached",
    );
    const taints = taint ? [{ key: taint, effect: 'NoExecute' as const }] : [];
    rig.client.patch('nodes', '', 'cpu-1', (node) => ({ ...node, spec: { ...node.spec, taints } }));
    const took = rig.until(() => attached(rig, 'cpu-2').includes(disk), 400_000);
    expect(took).toBeGreaterThan(atLeast);
    expect(took).toBeLessThan(atMost);
  });
});

describe('a deleted node', () => {
  it('holds the disks it had mounted for six minutes more', () => {
    const { rig, disk } = withDisk();
    addPod(rig, 'first', 'data', 'cpu-1');
    rig.run(5000);
    setStatus(rig, 'cpu-1', () => ({ volumesInUse: [disk] }));
    rig.client.remove('nodes', '', 'cpu-1');
    rig.run(1000);
    rig.client.remove('pods', 'default', 'first', { gracePeriodSeconds: 0 });
    addPod(rig, 'second', 'data', 'cpu-2');
    const took = rig.until(() => attached(rig, 'cpu-2').includes(disk), 400_000);
    expect(took).toBeGreaterThan(355);
  });
});

describe('VolumeFiles', () => {
  it('keeps files in the order of first writing and forgets them with the volume', () => {
    const files = new VolumeFiles(new Clock(0));
    files.create('disk');
    files.write('disk', '/b', '1');
    files.write('disk', '/a', '2');
    files.write('disk', '/b', '3');
    expect(files.list('disk')).toEqual(['/b', '/a']);
    expect(files.read('disk', '/b')?.text).toBe('3');
    files.delete('disk', '/b');
    expect(files.list('disk')).toEqual(['/a']);
    files.remove('disk');
    expect(files.exists('disk')).toBe(false);
  });

  it('lets the oldest files go where a volume would grow without end', () => {
    const files = new VolumeFiles(new Clock(0));
    for (let index = 0; index < 10; index++) files.write('disk', `/${index}`, 'x'.repeat(1_000_000));
    expect(files.list('disk')).toEqual(['/2', '/3', '/4', '/5', '/6', '/7', '/8', '/9']);
  });
});
