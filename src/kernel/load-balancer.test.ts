import { describe, expect, it } from 'vitest';
import type { Service } from '../api/objects';
import { ClusterRig } from './cluster.rig';

const SERVICES = '/api/v1/namespaces/default/services';
const MERGE = { 'content-type': 'application/merge-patch+json' };

function withBalancer(rig: ClusterRig, name = 'web', spec: object = {}): void {
  const body = {
    metadata: { name },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'web' }, ...spec },
  };
  expect(rig.request('POST', SERVICES, body).code).toBe(201);
}

const serviceOf = (rig: ClusterRig, name = 'web'): Service | undefined =>
  rig.cluster.store.get('services', `default/${name}`) as Service | undefined;
const addressOf = (rig: ClusterRig, name = 'web'): string | undefined =>
  serviceOf(rig, name)?.status.loadBalancer?.ingress?.[0]?.ip;
const told = (rig: ClusterRig): string[] =>
  rig.events().flatMap(({ about, reason, message }) => (about === 'Service/web' ? [`${reason}: ${message}`] : []));

describe('a Service of type LoadBalancer', () => {
  it('gets an address from the provider after a while, and Pods behind it are reached there', () => {
    const rig = new ClusterRig();
    const container = { name: 'main', image: 'nginx:1.27' };
    rig.request('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { containers: [container] },
    });
    withBalancer(rig);
    rig.run(25_000);
    expect(addressOf(rig)).toBeUndefined();
    expect(told(rig)).toEqual(['EnsuringLoadBalancer: Ensuring load balancer']);
    expect(serviceOf(rig)!.metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup']);
    rig.run(30_000);
    expect(addressOf(rig)).toBe('203.0.113.1');
    expect(told(rig).at(-1)).toBe('EnsuredLoadBalancer: Ensured load balancer');
    withBalancer(rig, 'other');
    rig.run(55_000);
    expect(addressOf(rig, 'other')).toBe('203.0.113.2');
    const user = { name: 'main', image: 'busybox', command: ['wget', '-qO-', 'http://203.0.113.1'] };
    const spec = { containers: [user], restartPolicy: 'Never' };
    rig.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'user' }, spec });
    rig.until('the user is done', () => rig.pod('user')?.status.phase === 'Succeeded');
    expect(rig.log('user', 'main')).toContain('Welcome to nginx!');
  });

  it('gives it back before it goes, or when it is of another type', () => {
    const rig = new ClusterRig();
    withBalancer(rig);
    rig.run(55_000);
    rig.request('PATCH', `${SERVICES}/web`, { spec: { type: 'ClusterIP' } }, MERGE);
    rig.run(20_000);
    expect(serviceOf(rig)!.metadata.finalizers ?? []).toEqual([]);
    expect(addressOf(rig)).toBeUndefined();
    expect(told(rig).slice(-2)).toEqual([
      'DeletingLoadBalancer: Deleting load balancer',
      'DeletedLoadBalancer: Deleted load balancer',
    ]);
    rig.request('PATCH', `${SERVICES}/web`, { spec: { type: 'LoadBalancer' } }, MERGE);
    rig.run(55_000);
    expect(addressOf(rig)).toBe('203.0.113.1');
    rig.request('DELETE', `${SERVICES}/web`);
    rig.run(3_000);
    expect(serviceOf(rig)!.metadata.deletionTimestamp).toBeDefined();
    rig.run(20_000);
    expect(serviceOf(rig)).toBeUndefined();
  });

  it('waits for ever where another class is to make it, or where no provider is', () => {
    const rig = new ClusterRig();
    withBalancer(rig, 'web', { loadBalancerClass: 'example.com/own' });
    rig.run(60_000);
    expect(addressOf(rig)).toBeUndefined();
    const own = new ClusterRig();
    const labels = { 'node-role.kubernetes.io/control-plane': '' };
    own.request('PATCH', '/api/v1/nodes/cpu-1', { metadata: { labels } }, MERGE);
    own.run(1000);
    withBalancer(own);
    own.run(60_000);
    expect(addressOf(own)).toBeUndefined();
    expect(told(own)).toEqual([]);
  });

  it('is the same after a snapshot in between', () => {
    const rig = new ClusterRig();
    withBalancer(rig);
    rig.run(20_000);
    const kept = rig.cluster.snapshot();
    rig.run(40_000);
    const hash = rig.cluster.hash();
    rig.cluster.restore(kept);
    rig.run(40_000);
    expect(rig.cluster.hash()).toBe(hash);
    expect(addressOf(rig)).toBe('203.0.113.1');
  });
});
