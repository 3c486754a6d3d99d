import { describe, expect, it } from 'vitest';
import { controllerOf } from '../../api/objects';
import { deployment, newRig } from './controllers.rig';

const replicaSet = (name: string, replicas: number): object => {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, namespace: 'default' }, spec };
};

describe('replicaset-controller', () => {
  it('replaces a deleted Pod at once, while the old one ends', () => {
    const rig = newRig();
    rig.create('replicasets', replicaSet('cache', 2));
    rig.run(3000);
    const [first] = rig.pods();
    rig.client.remove('pods', 'default', first!.metadata.name);
    rig.run(200);
    expect(rig.pods()).toHaveLength(3);
    expect(rig.get('replicasets', 'cache')!.status).toMatchObject({
      replicas: 2,
      readyReplicas: 1,
      terminatingReplicas: 1,
    });
    rig.run(3000);
    expect(rig.pods()).toHaveLength(2);
    expect(rig.get('replicasets', 'cache')!.status).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
      terminatingReplicas: 0,
    });
  });

  it('adopts a lone Pod that matches and lets go of one that matches no more', () => {
    const rig = newRig();
    const metadata = { name: 'lone', namespace: 'default', labels: { app: 'cache' } };
    const containers = [{ name: 'main', image: 'nginx:1.27' }];
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } });
    rig.create('replicasets', replicaSet('cache', 2));
    rig.run(3000);
    expect(rig.pods()).toHaveLength(2);
    expect(controllerOf(rig.get('pods', 'lone')!)?.name).toBe('cache');
    rig.client.patch('pods', 'default', 'lone', (pod) => {
      return { ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } };
    });
    rig.run(3000);
    expect(controllerOf(rig.get('pods', 'lone')!)).toBeUndefined();
    expect(rig.pods()).toHaveLength(3);
  });

  it('gives up Pods that are not ready first, then the youngest', () => {
    const rig = newRig();
    rig.create('replicasets', replicaSet('cache', 2));
    rig.run(40_000);
    rig.client.patch('replicasets', 'default', 'cache', (set) => ({ ...set, spec: { ...set.spec, replicas: 4 } }));
    rig.run(5000);
    const [oldest, second, third, fourth] = rig.pods().map((pod) => pod.metadata.name);
    rig.setPod(second!, () => ({
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: rig.clock.time }],
    }));
    rig.run(100);
    rig.client.patch('replicasets', 'default', 'cache', (set) => ({ ...set, spec: { ...set.spec, replicas: 1 } }));
    rig.run(5000);
    expect([third, fourth]).not.toContain(rig.pods()[0]!.metadata.name);
    expect(rig.pods().map((pod) => pod.metadata.name)).toEqual([oldest]);
  });

  it('counts a Pod as available only after minReadySeconds', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 1, { minReadySeconds: 10 }));
    rig.run(3000);
    expect(rig.get('deployments', 'web')!.status.readyReplicas).toBe(1);
    expect(rig.get('deployments', 'web')!.status.availableReplicas).toBeUndefined();
    rig.run(10_000);
    expect(rig.get('deployments', 'web')!.status.availableReplicas).toBe(1);
  });

  it('makes a thousand Pods without looking at each of them a thousand times', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 1000));
    const before = rig.store.revision;
    rig.until(() => rig.get('deployments', 'web')!.status.availableReplicas === 1000);
    expect(rig.pods()).toHaveLength(1000);
    expect(rig.store.revision - before).toBeLessThan(4000);
  });
});

describe('replication-controller', () => {
  const labels = { app: 'old' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } };
  const controller = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old', namespace: 'default' },
    spec: { replicas: 2, template },
  };

  it('keeps Pods as a ReplicaSet does, under its own name', () => {
    const rig = newRig();
    rig.create('replicationcontrollers', controller);
    rig.run(3000);
    const owners = rig.pods().map((pod) => controllerOf(pod)!);
    expect(owners.map(({ apiVersion, kind, name }) => [apiVersion, kind, name])).toEqual([
      ['v1', 'ReplicationController', 'old'],
      ['v1', 'ReplicationController', 'old'],
    ]);
    expect(rig.get('replicationcontrollers', 'old')!.status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 1,
    });
    rig.client.patch('replicationcontrollers', 'default', 'old', (one) => {
      return { ...one, spec: { ...one.spec, replicas: 1 } };
    });
    rig.run(40_000);
    expect(rig.pods()).toHaveLength(1);
  });

  it('adopts a Pod with its labels, and leaves its Pods behind when it is deleted without a word', () => {
    const rig = newRig();
    const metadata = { name: 'lone', namespace: 'default', labels };
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec });
    rig.create('replicationcontrollers', controller);
    rig.run(3000);
    expect(controllerOf(rig.get('pods', 'lone')!)?.kind).toBe('ReplicationController');
    expect(rig.pods()).toHaveLength(2);
    rig.client.remove('replicationcontrollers', 'default', 'old');
    rig.run(3000);
    expect(rig.get('replicationcontrollers', 'old')).toBeUndefined();
    expect(rig.pods().map(controllerOf)).toEqual([undefined, undefined]);
  });
});
