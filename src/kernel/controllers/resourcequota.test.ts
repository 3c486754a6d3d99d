import { describe, expect, it } from 'vitest';
import type { ResourceQuota } from '../../api/objects';
import { deployment, job, newRig } from './controllers.rig';

type Rig = ReturnType<typeof newRig>;

function quota(rig: Rig, hard: Record<string, string>, more: object = {}): void {
  const metadata = { name: 'team', namespace: 'default' };
  rig.create('resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard, ...more } });
  rig.run(100);
}

const usedOf = (rig: Rig): ResourceQuota['status']['used'] => rig.get('resourcequotas', 'team')!.status.used;

function pod(rig: Rig, name: string, resources: object = {}, more: object = {}): void {
  const containers = [{ name: 'main', image: 'nginx:1.27', resources }];
  rig.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers, ...more },
  });
}

const service = (name: string, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

describe('resource quotas', () => {
  it('lets in what there is room for, and says what there was none for', () => {
    const rig = newRig();
    quota(rig, { 'requests.cpu': '1', 'limits.memory': '1Gi' });
    expect(usedOf(rig)).toEqual({ 'requests.cpu': '0', 'limits.memory': '0' });
    expect(() => pod(rig, 'silent')).toThrow(
      'pods "silent" is forbidden: failed quota: team: must specify limits.memory for: main; requests.cpu for: main',
    );
    pod(rig, 'modest', { requests: { cpu: '600m' }, limits: { memory: '512Mi' } });
    expect(usedOf(rig)).toEqual({ 'requests.cpu': '600m', 'limits.memory': '512Mi' });
    expect(() => pod(rig, 'next', { requests: { cpu: '600m' }, limits: { memory: '512Mi' } })).toThrow(
      'pods "next" is forbidden: exceeded quota: team, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    );
  });

  it('allows everything until it was counted once', () => {
    const rig = newRig();
    const metadata = { name: 'team', namespace: 'default' };
    rig.create('resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '0' } } });
    pod(rig, 'early');
    rig.run(100);
    expect(usedOf(rig)).toEqual({ pods: '1' });
    expect(() => pod(rig, 'late')).toThrow('used: pods=1, limited: pods=0');
  });

  it('stops a ReplicaSet, which goes on when room is made', () => {
    const rig = newRig();
    quota(rig, { pods: '2' });
    rig.create('deployments', deployment('web', 4));
    rig.run(8000);
    expect(rig.pods()).toHaveLength(2);
    const [set] = rig.client.list('replicasets');
    const reasons = rig.events('ReplicaSet', set!.metadata.name).map((event) => event.split(':')[0]);
    expect(reasons.slice(0, 3)).toEqual(['SuccessfulCreate', 'FailedCreate', 'SuccessfulCreate']);
    rig.client.patch('resourcequotas', 'default', 'team', (one) => ({ ...one, spec: { hard: { pods: '10' } } }));
    rig.until(() => rig.pods().length === 4);
    expect(usedOf(rig)).toEqual({ pods: '4' });
  });

  it('frees what Pods held when they end, but goes on counting them as objects', () => {
    const rig = newRig();
    rig.life.runMs = 2000;
    quota(rig, { pods: '5', 'count/pods': '5', 'count/jobs.batch': '1' });
    rig.create('jobs', job('train'));
    rig.run(1500);
    expect(usedOf(rig)).toEqual({ pods: '1', 'count/pods': '1', 'count/jobs.batch': '1' });
    expect(() => rig.create('jobs', job('more'))).toThrow('exceeded quota: team, requested: count/jobs.batch=1');
    rig.run(5000);
    expect(usedOf(rig)).toEqual({ pods: '0', 'count/pods': '1', 'count/jobs.batch': '1' });
  });

  it('counts services by type and claims by class', () => {
    const rig = newRig();
    quota(rig, {
      services: '2',
      'services.nodeports': '1',
      'requests.storage': '3Gi',
      'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
    });
    rig.create('services', service('a', {}));
    rig.client.patch('services', 'default', 'a', (one) => ({ ...one, spec: { ...one.spec, type: 'NodePort' } }));
    expect(() => rig.create('services', service('b', { type: 'NodePort' }))).toThrow('requested: services.nodeports=1');
    const claim = (name: string, storage: string, storageClassName: string): unknown =>
      rig.create('persistentvolumeclaims', {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, namespace: 'default' },
        spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } },
      });
    expect(() => claim('big', '2Gi', 'fast')).toThrow('fast.storageclass.storage.k8s.io/requests.storage=2Gi');
    claim('slow', '2Gi', 'slow');
    expect(usedOf(rig)).toMatchObject({ services: '1', 'services.nodeports': '1', 'requests.storage': '2Gi' });
  });

  it.each([
    [{ scopes: ['BestEffort'] }, {}, { resources: { requests: { cpu: '1' } } }],
    [{ scopes: ['NotTerminating'] }, {}, { spec: { activeDeadlineSeconds: 60 } }],
    [
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } },
      { spec: { priorityClassName: 'high' } },
      {},
    ],
  ])('with %j counts only the Pods it is about', (scope, within: Shape, outside: Shape) => {
    const rig = newRig();
    rig.create('priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    });
    quota(rig, { pods: '0' }, scope);
    expect(() => pod(rig, 'within', within.resources, within.spec)).toThrow('exceeded quota: team');
    pod(rig, 'outside', outside.resources, outside.spec);
  });

  it('is charged for nothing that is not stored', () => {
    const rig = newRig();
    quota(rig, { pods: '3' });
    pod(rig, 'one');
    expect(() => pod(rig, 'one')).toThrow('already exists');
    expect(usedOf(rig)).toEqual({ pods: '1' });
  });
});

interface Shape {
  resources?: object;
  spec?: object;
}

describe('limit ranges', () => {
  function limit(rig: Rig, item: object): void {
    const metadata = { name: 'limits', namespace: 'default' };
    rig.create('limitranges', { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [item] } });
  }

  it('gives containers what they do not say, and notes it', () => {
    const rig = newRig();
    limit(rig, { type: 'Container', max: { cpu: '2' }, default: { memory: '256Mi' }, defaultRequest: { cpu: '100m' } });
    pod(rig, 'plain', { requests: { cpu: '200m' } });
    const { metadata, spec } = rig.get('pods', 'plain')!;
    expect(metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: memory request for container main; cpu, memory limit for container main',
    });
    expect(spec.containers[0]!.resources).toEqual({
      requests: { cpu: '200m', memory: '256Mi' },
      limits: { cpu: '2', memory: '256Mi' },
    });
  });

  it.each([
    [
      { type: 'Container', max: { cpu: '2' } },
      { limits: { cpu: '3' } },
      'maximum cpu usage per Container is 2, but limit is 3',
    ],
    [
      { type: 'Container', min: { cpu: '50m' } },
      { requests: { cpu: '10m' } },
      'minimum cpu usage per Container is 50m, but request is 10m',
    ],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      { requests: { cpu: '100m' }, limits: { cpu: '400m' } },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
    ],
    [{ type: 'Pod', max: { memory: '1Gi' } }, {}, 'maximum memory usage per Pod is 1Gi.  No limit is specified'],
    [
      { type: 'Pod', min: { cpu: '1', memory: '1Gi' } },
      { requests: { cpu: '10m' } },
      '[minimum cpu usage per Pod is 1, but request is 10m, minimum memory usage per Pod is 1Gi.  No request is specified]',
    ],
  ])('%j refuses %j', (item, resources, why) => {
    const rig = newRig();
    limit(rig, item);
    expect(() => pod(rig, 'odd', resources)).toThrow(`pods "odd" is forbidden: ${why}`);
  });
});
