import { describe, expect, it } from 'vitest';
import type { Pod, StatefulSet } from '../../api/objects';
import type { ControllerRig } from '../machinery/controller.rig';
import { newRig, statefulSet } from './controllers.rig';

const names = (rig: ControllerRig): string[] => rig.pods().map((pod) => pod.metadata.name);
const imageOf = (pod: Pod | undefined): string | undefined => pod?.spec.containers[0]?.image;
const images = (rig: ControllerRig): string[] =>
  rig
    .pods()
    .map((pod) => `${pod.metadata.name} ${imageOf(pod)}`)
    .sort();

function change(rig: ControllerRig, spec: Partial<StatefulSet['spec']>): void {
  rig.client.patch('statefulsets', 'default', 'db', (set) => ({ ...set, spec: { ...set.spec, ...spec } }));
}

function setImage(rig: ControllerRig, image: string): void {
  const { template } = rig.get('statefulsets', 'db')!.spec;
  const containers = [{ ...template.spec!.containers[0]!, image }];
  change(rig, { template: { ...template, spec: { ...template.spec!, containers } } });
}

function running(spec: object = {}): ControllerRig {
  const rig = newRig();
  rig.create('statefulsets', statefulSet('db', 3, spec));
  rig.until(() => rig.get('statefulsets', 'db')!.status.readyReplicas === 3);
  rig.run(100);
  return rig;
}

const CLAIMS = {
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
};

describe('statefulset-controller', () => {
  it('makes one Pod after the other, each with its own name, labels and host name', () => {
    const rig = newRig();
    rig.create('statefulsets', statefulSet('db', 3));
    rig.run(900);
    expect(names(rig)).toEqual(['db-0']);
    rig.run(1100);
    expect(names(rig)).toEqual(['db-0', 'db-1']);
    rig.run(3000);
    const pod = rig.get('pods', 'db-2')!;
    expect(pod.spec).toMatchObject({ hostname: 'db-2', subdomain: 'db' });
    expect(pod.metadata.generateName).toBe('db-');
    const revision = rig.get('statefulsets', 'db')!.status.updateRevision;
    expect(pod.metadata.labels).toMatchObject({
      'statefulset.kubernetes.io/pod-name': 'db-2',
      'apps.kubernetes.io/pod-index': '2',
      'controller-revision-hash': revision,
    });
    expect(rig.events('StatefulSet', 'db')[0]).toBe('SuccessfulCreate: Create Pod db-0 in StatefulSet db successful');
  });

  it('counts from the first ordinal it is given, and moves when that changes', () => {
    const rig = newRig();
    rig.create('statefulsets', statefulSet('db', 2, { ordinals: { start: 3 } }));
    rig.run(4000);
    expect(names(rig)).toEqual(['db-3', 'db-4']);
    change(rig, { ordinals: { start: 4 } });
    rig.run(6000);
    expect(names(rig).sort()).toEqual(['db-4', 'db-5']);
  });

  it('makes and deletes all Pods at once where they are managed in parallel', () => {
    const rig = newRig();
    rig.create('statefulsets', statefulSet('db', 3, { podManagementPolicy: 'Parallel' }));
    rig.run(100);
    expect(names(rig)).toHaveLength(3);
    rig.run(2000);
    change(rig, { replicas: 1 });
    rig.run(100);
    expect(rig.pods().filter((pod) => pod.metadata.deletionTimestamp)).toHaveLength(2);
  });

  it('gives up the highest ordinal first, and the next one only when that is gone', () => {
    const rig = running();
    change(rig, { replicas: 1 });
    rig.run(500);
    const leaving = rig.pods().filter((pod) => pod.metadata.deletionTimestamp);
    expect(leaving.map((pod) => pod.metadata.name)).toEqual(['db-2']);
    rig.run(4000);
    expect(names(rig)).toEqual(['db-0']);
  });

  it('replaces Pods down to the partition, from the highest, and the rest when it falls', () => {
    const rig = running({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    setImage(rig, 'nginx:1.28');
    rig.run(10_000);
    expect(images(rig)).toEqual(['db-0 nginx:1.27', 'db-1 nginx:1.27', 'db-2 nginx:1.28']);
    const held = rig.get('statefulsets', 'db')!.status;
    expect(held).toMatchObject({ currentReplicas: 2, updatedReplicas: 1, availableReplicas: 3 });
    expect(held.currentRevision).not.toBe(held.updateRevision);
    rig.client.remove('pods', 'default', 'db-0');
    rig.run(5000);
    expect(imageOf(rig.get('pods', 'db-0'))).toBe('nginx:1.27');
    change(rig, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } });
    rig.run(15_000);
    expect(images(rig)).toEqual(['db-0 nginx:1.28', 'db-1 nginx:1.28', 'db-2 nginx:1.28']);
    const { currentRevision, updateRevision } = rig.get('statefulsets', 'db')!.status;
    expect(currentRevision).toBe(updateRevision);
  });

  it('stays stuck on a Pod that never gets ready until somebody deletes it', () => {
    const rig = running();
    rig.life.startMs = Infinity;
    setImage(rig, 'nginx:nope');
    rig.run(10_000);
    setImage(rig, 'nginx:1.28');
    rig.run(10_000);
    expect(imageOf(rig.get('pods', 'db-2'))).toBe('nginx:nope');
    rig.life.startMs = 1000;
    rig.client.remove('pods', 'default', 'db-2', { gracePeriodSeconds: 0 });
    rig.run(20_000);
    expect(images(rig)).toEqual(['db-0 nginx:1.28', 'db-1 nginx:1.28', 'db-2 nginx:1.28']);
  });

  it('leaves running Pods alone under OnDelete', () => {
    const rig = running({ updateStrategy: { type: 'OnDelete' } });
    setImage(rig, 'nginx:1.28');
    rig.run(5000);
    rig.client.remove('pods', 'default', 'db-1');
    rig.run(5000);
    expect(images(rig)).toEqual(['db-0 nginx:1.27', 'db-1 nginx:1.28', 'db-2 nginx:1.27']);
  });

  it('brings an old revision back under a higher number and forgets those beyond the limit', () => {
    const rig = running({ revisionHistoryLimit: 1 });
    for (const image of ['nginx:1.28', 'nginx:1.29', 'nginx:1.27']) {
      setImage(rig, image);
      rig.run(20_000);
    }
    const revisions = rig.client.list('controllerrevisions').map(({ revision }) => revision);
    expect(revisions.sort()).toEqual([3, 4]);
    expect(images(rig)[0]).toBe('db-0 nginx:1.27');
  });

  it('waits until a Pod has been ready for minReadySeconds', () => {
    const rig = newRig();
    rig.create('statefulsets', statefulSet('db', 2, { minReadySeconds: 10 }));
    rig.run(5000);
    expect(names(rig)).toEqual(['db-0']);
    expect(rig.get('statefulsets', 'db')!.status).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    rig.run(8000);
    expect(names(rig)).toEqual(['db-0', 'db-1']);
  });

  it('replaces a Pod that has ended, whatever it ended with', () => {
    const rig = running();
    const { uid } = rig.get('pods', 'db-1')!.metadata;
    rig.setPod('db-1', () => ({ phase: 'Succeeded' }));
    rig.run(5000);
    expect(rig.get('pods', 'db-1')!.metadata.uid).not.toBe(uid);
    expect(rig.get('pods', 'db-1')!.status.phase).toBe('Running');
  });

  it('makes each Pod a claim that outlives it', () => {
    const rig = running(CLAIMS);
    expect(rig.get('pods', 'db-1')!.spec.volumes).toContainEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'data-db-1' },
    });
    const message = 'SuccessfulCreate: Create Claim data-db-0 Pod db-0 in StatefulSet db success';
    expect(rig.events('StatefulSet', 'db')).toContain(message);
    change(rig, { replicas: 0 });
    rig.run(15_000);
    expect(rig.client.list('persistentvolumeclaims')).toHaveLength(3);
  });

  it('gives up claims with the Pods that are too many, and with the set, where it is told to', () => {
    const rig = running({
      ...CLAIMS,
      persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' },
    });
    const owner = rig.get('persistentvolumeclaims', 'data-db-0')!.metadata.ownerReferences?.[0];
    expect(owner?.kind).toBe('StatefulSet');
    change(rig, { replicas: 2 });
    rig.run(5000);
    const left = (): string[] => rig.client.list('persistentvolumeclaims').map(({ metadata }) => metadata.name);
    expect(left()).toEqual(['data-db-0', 'data-db-1']);
    rig.client.remove('statefulsets', 'default', 'db', { propagationPolicy: 'Background' });
    rig.run(5000);
    expect(left()).toEqual([]);
  });

  it('says why a Pod cannot be made, and tries again', () => {
    const rig = newRig();
    const missing = { name: 'main', image: 'nginx:1.27', volumeMounts: [{ name: 'nowhere', mountPath: '/x' }] };
    const set = statefulSet('db', 1) as { spec: { template: { spec: { containers: object[] } } } };
    set.spec.template.spec.containers = [missing];
    rig.create('statefulsets', set);
    rig.run(1000);
    const [event] = rig.events('StatefulSet', 'db');
    expect(event).toContain('FailedCreate: Create Pod db-0 in StatefulSet db failed error: Pod "db-0" is invalid');
    expect(rig.pods()).toHaveLength(0);
  });
});
