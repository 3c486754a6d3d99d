import { describe, expect, it } from 'vitest';
import type { Json } from '../../api/objects';
import { deployment, job, newRig } from './controllers.rig';

type Rig = ReturnType<typeof newRig>;

const started = (rig: Rig, name = 'web'): void => {
  rig.create('deployments', deployment(name, 2));
  rig.until(() => rig.get('deployments', name)!.status.availableReplicas === 2);
};

const counts = (rig: Rig): number[] =>
  (['deployments', 'replicasets', 'pods'] as const).map((resource) => rig.client.list(resource, 'default').length);

describe('generic-garbage-collector', () => {
  it('collects dependents in the background', () => {
    const rig = newRig();
    started(rig);
    rig.client.remove('deployments', 'default', 'web', { propagationPolicy: 'Background' });
    expect(counts(rig)).toEqual([0, 1, 2]);
    rig.run(5000);
    expect(counts(rig)).toEqual([0, 0, 0]);
  });

  it('keeps the owner until its dependents are gone in the foreground', () => {
    const rig = newRig();
    started(rig);
    rig.life.stopMs = 4000;
    rig.client.remove('deployments', 'default', 'web', { propagationPolicy: 'Foreground' });
    rig.run(2000);
    expect(counts(rig)).toEqual([1, 1, 2]);
    rig.run(5000);
    expect(counts(rig)).toEqual([0, 0, 0]);
  });

  it('leaves dependents where it orphans, and a new Deployment adopts them', () => {
    const rig = newRig();
    started(rig);
    const before = rig.pods().map((pod) => pod.metadata.uid);
    rig.client.remove('deployments', 'default', 'web', { propagationPolicy: 'Orphan' });
    rig.run(3000);
    expect(counts(rig)).toEqual([0, 1, 2]);
    expect(rig.client.list('replicasets', 'default')[0]!.metadata.ownerReferences).toBeUndefined();
    started(rig);
    rig.run(3000);
    expect(rig.pods().map((pod) => pod.metadata.uid)).toEqual(before);
    expect(rig.client.list('replicasets', 'default')[0]!.metadata.ownerReferences?.[0]?.kind).toBe('Deployment');
  });

  it('collects what names an owner that does not exist', () => {
    const rig = newRig();
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'gone', uid: 'no-such-uid' }];
    const metadata = { name: 'settings', namespace: 'default', ownerReferences };
    rig.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    rig.run(1000);
    expect(rig.get('configmaps', 'settings')).toBeUndefined();
  });

  it('says of an owner in another namespace that it owns nothing here', () => {
    const rig = newRig();
    rig.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } });
    const settings = { apiVersion: 'v1', kind: 'ConfigMap' };
    const { uid } = rig.create('configmaps', { ...settings, metadata: { name: 'owner', namespace: 'lab' } }).metadata;
    rig.run(1000);
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    rig.create('configmaps', { ...settings, metadata: { name: 'owned', namespace: 'default', ownerReferences } });
    rig.run(1000);
    const owner = `[v1/ConfigMap, namespace: default, name: owner, uid: ${uid}]`;
    expect(rig.events('ConfigMap', 'owned')).toEqual([
      `OwnerRefInvalidNamespace: ownerRef ${owner} does not exist in namespace "default"`,
    ]);
    expect(rig.get('configmaps', 'owned')).toBeUndefined();
  });

  it('leaves what is in no namespace alone, whatever in a namespace it names as its owner', () => {
    const rig = newRig();
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'no-such-uid' }];
    rig.create('persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk', ownerReferences },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
    });
    rig.run(5000);
    expect(rig.get('persistentvolumes', 'disk', '')?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('takes the Pods of a deleted Job, finalizer and all', () => {
    const rig = newRig();
    rig.create('jobs', job('train', { parallelism: 2 }));
    rig.run(3000);
    rig.client.remove('jobs', 'default', 'train', { propagationPolicy: 'Background' });
    rig.run(5000);
    expect(rig.pods()).toEqual([]);
  });
});

describe('namespace-controller', () => {
  it('waits five seconds, ends the Pods, then the rest', () => {
    const rig = newRig();
    rig.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } });
    rig.run(1000);
    expect(rig.get('serviceaccounts', 'default', 'lab')).toBeDefined();
    expect(rig.get('configmaps', 'kube-root-ca.crt', 'lab')).toBeDefined();
    const metadata = { name: 'held', namespace: 'lab', finalizers: ['example.com/keep'] };
    rig.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r', namespace: 'lab' },
    };
    rig.create('roles', role);
    rig.client.remove('namespaces', '', 'lab');
    rig.run(4000);
    expect(rig.get('serviceaccounts', 'default', 'lab')).toBeDefined();
    rig.run(3000);
    expect(rig.get('serviceaccounts', 'default', 'lab')).toBeUndefined();
    expect(rig.get('roles', 'r', 'lab')).toBeUndefined();
    const conditions = rig.get('namespaces', 'lab', '')!.status.conditions!;
    expect(conditions.map(({ type, status, message }) => [type, status, message])).toEqual([
      ['NamespaceDeletionDiscoveryFailure', 'False', 'All resources successfully discovered'],
      ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'All legacy kube types successfully parsed'],
      ['NamespaceDeletionContentFailure', 'False', 'All content successfully deleted, may be waiting on finalization'],
      ['NamespaceContentRemaining', 'True', 'Some resources are remaining: configmaps. has 1 resource instances'],
      [
        'NamespaceFinalizersRemaining',
        'True',
        'Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances',
      ],
    ]);
    rig.client.patch('configmaps', 'lab', 'held', ({ metadata: { finalizers: _, ...rest }, ...map }) => ({
      ...map,
      metadata: rest,
    }));
    const tookSeconds = rig.until(() => rig.get('namespaces', 'lab', '') === undefined, 30_000);
    expect(tookSeconds).toBeGreaterThan(2);
    expect(tookSeconds).toBeLessThan(8.5);
  });

  it('calls it a failure that Pods are still there when their grace is over', () => {
    const rig = newRig();
    rig.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } });
    rig.run(100);
    rig.life.stopMs = 600_000;
    const spec = { containers: [{ name: 'main', image: 'nginx' }], terminationGracePeriodSeconds: 20 };
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stuck', namespace: 'lab' }, spec });
    rig.run(2000);
    rig.client.remove('namespaces', '', 'lab');
    const failure = (): object =>
      rig
        .get('namespaces', 'lab', '')!
        .status.conditions!.find((one) => one.type === 'NamespaceDeletionContentFailure')!;
    rig.run(15_000);
    expect(failure()).toMatchObject({ status: 'False', reason: 'ContentDeleted' });
    rig.run(15_000);
    const why = 'unexpected items still remain in namespace: lab for gvr: /v1, Resource=pods';
    expect(failure()).toMatchObject({
      status: 'True',
      reason: 'ContentDeletionFailed',
      message: `Failed to delete all resource types, 1 remaining: ${why}`,
    });
  });
});

it('namespace-controller takes along what definitions added', () => {
  const rig = newRig();
  const ask = (path: string, body: object): number => {
    const request = { method: 'POST', path, headers: {}, body: body as Json };
    return rig.api.handle(request, { actor: 'test' }).code;
  };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const spec = {
    group: 'dig.example.com',
    scope: 'Namespaced',
    names: { plural: 'mines', kind: 'Mine' },
    versions: [{ name: 'v1', served: true, storage: true, schema }],
  };
  rig.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } });
  const metadata = { name: 'mines.dig.example.com' };
  expect(ask('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { metadata, spec })).toBe(201);
  expect(ask('/apis/dig.example.com/v1/namespaces/lab/mines', { metadata: { name: 'm' } })).toBe(201);
  rig.client.remove('namespaces', '', 'lab');
  rig.until(() => rig.get('namespaces', 'lab', '') === undefined, 30_000);
  expect(rig.store.get('mines.dig.example.com', 'lab/m')).toBeUndefined();
});

describe('endpoint-controller', () => {
  const service = (spec: object): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', labels: { tier: 'a' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  });

  it('lists ready and other addresses of each Service, and goes with it', () => {
    const rig = newRig();
    rig.create('services', service({}));
    rig.create('deployments', deployment('web', 2));
    rig.run(5000);
    const [first, second] = rig.pods().map((pod) => pod.metadata.name);
    const subsets = (): object => rig.get('endpoints', 'web')!.subsets!;
    const to = (...names: (string | undefined)[]): unknown =>
      expect.arrayContaining(
        names.map((name) => expect.objectContaining({ targetRef: expect.objectContaining({ name }) as object })),
      );
    const labels = { tier: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
    expect(rig.get('endpoints', 'web')!.metadata.labels).toEqual(labels);
    const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }];
    expect(subsets()).toEqual([{ addresses: to(first, second), ports }]);
    rig.setPod(second!, () => ({
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: rig.clock.time }],
    }));
    rig.run(1000);
    expect(subsets()).toEqual([{ addresses: to(first), notReadyAddresses: to(second), ports }]);
    rig.client.remove('services', 'default', 'web');
    rig.run(1000);
    expect(rig.get('endpoints', 'web')).toBeUndefined();
  });

  it('marks headless Services, and leaves alone those without a selector', () => {
    const rig = newRig();
    rig.create('services', service({ clusterIP: 'None' }));
    rig.create('services', { ...service({ selector: undefined }), metadata: { name: 'own', namespace: 'default' } });
    const own = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'own', namespace: 'default' } };
    rig.create('endpoints', { ...own, subsets: [{ addresses: [{ ip: '10.9.9.9' }] }] });
    rig.run(3000);
    expect(rig.get('endpoints', 'web')!.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
    expect(rig.get('endpoints', 'own')!.subsets).toEqual([{ addresses: [{ ip: '10.9.9.9' }] }]);
  });
});

describe('endpointslicemirroring-controller', () => {
  it('mirrors what was written by hand for a Service without a selector', () => {
    const rig = newRig();
    const metadata = { name: 'db', namespace: 'default' };
    const spec = { ports: [{ port: 5432 }] };
    rig.create('services', { apiVersion: 'v1', kind: 'Service', metadata, spec });
    const subsets = [
      { addresses: [{ ip: '10.9.9.9' }], notReadyAddresses: [{ ip: '10.9.9.8' }], ports: [{ port: 5432 }] },
      { addresses: [{ ip: 'fd00::9' }], ports: [{ port: 5432 }] },
    ];
    const labelled = { ...metadata, labels: { tier: 'db' } };
    rig.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: labelled, subsets });
    rig.run(1000);
    const slices = (): unknown[] => rig.client.list('endpointslices', 'default');
    const labels = {
      tier: 'db',
      'kubernetes.io/service-name': 'db',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    };
    const endpoints = [
      { addresses: ['10.9.9.9'], conditions: { ready: true } },
      { addresses: ['10.9.9.8'], conditions: { ready: false } },
    ];
    const ports = [{ name: '', port: 5432, protocol: 'TCP' }];
    const [four, six] = slices() as [{ metadata: object }, object];
    expect(four).toMatchObject({ addressType: 'IPv4', metadata: { labels, generateName: 'db-' }, endpoints, ports });
    expect(six).toMatchObject({ addressType: 'IPv6', endpoints: [{ addresses: ['fd00::9'] }] });
    const current = rig.get('endpoints', 'db')!;
    rig.client.update('endpoints', { ...current, subsets: current.subsets!.slice(0, 1) });
    rig.run(1000);
    expect(slices()).toEqual([four]);
    rig.client.remove('endpoints', 'default', 'db');
    rig.run(1000);
    expect(slices()).toEqual([]);
  });

  it('leaves alone what says so', () => {
    const rig = newRig();
    const metadata = { name: 'db', namespace: 'default' };
    rig.create('services', { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 1 }] } });
    const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
    const subsets = [{ addresses: [{ ip: '10.9.9.9' }] }];
    rig.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...metadata, labels }, subsets });
    rig.run(1000);
    expect(rig.client.list('endpointslices', 'default')).toEqual([]);
  });
});

describe('persistentvolume-binder', () => {
  const volume = (name: string, storage: string, policy = 'Retain', path = `/data/${name}`): object => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: policy,
      storageClassName: 'manual',
      hostPath: { path },
    },
  });
  const claim = (name: string, storage: string, storageClassName = 'manual'): object => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName },
  });

  it('binds the smallest volume that fits and releases it with the claim', () => {
    const rig = newRig();
    for (const [name, size] of [
      ['small', '5Gi'],
      ['fit', '10Gi'],
      ['large', '100Gi'],
    ])
      rig.create('persistentvolumes', volume(name!, size!));
    rig.run(100);
    rig.create('persistentvolumeclaims', claim('data', '8Gi'));
    rig.run(200);
    const bound = rig.get('persistentvolumeclaims', 'data')!;
    expect(bound.spec.volumeName).toBe('fit');
    expect(bound.status).toMatchObject({
      phase: 'Bound',
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
    });
    expect(bound.metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    });
    expect(rig.get('persistentvolumes', 'fit', '')!.status.phase).toBe('Bound');
    rig.client.remove('persistentvolumeclaims', 'default', 'data');
    rig.run(200);
    expect(rig.get('persistentvolumeclaims', 'data')).toBeUndefined();
    expect(rig.get('persistentvolumes', 'fit', '')!.status.phase).toBe('Released');
  });

  it('deletes a volume of its own machine with the claim only below /tmp', () => {
    const rig = newRig();
    rig.create('persistentvolumes', volume('safe', '1Gi', 'Delete'));
    rig.create('persistentvolumes', volume('scratch', '5Gi', 'Delete', '/tmp/scratch'));
    rig.create('persistentvolumeclaims', claim('first', '1Gi'));
    rig.create('persistentvolumeclaims', claim('second', '5Gi'));
    rig.run(500);
    for (const name of ['first', 'second']) rig.client.remove('persistentvolumeclaims', 'default', name);
    rig.run(500);
    const why = 'host_path deleter only supports /tmp/.+ but received provided /data/safe';
    expect(rig.get('persistentvolumes', 'safe', '')!.status).toMatchObject({ phase: 'Failed', message: why });
    expect(rig.events('PersistentVolume', 'safe')).toEqual([`VolumeFailedDelete: ${why}`]);
    expect(rig.get('persistentvolumes', 'scratch', '')).toBeUndefined();
    rig.run(60_000);
    expect(rig.events('PersistentVolume', 'safe')).toHaveLength(1);
  });

  it('finds a volume that comes late at its next look', () => {
    const rig = newRig();
    rig.create('persistentvolumeclaims', claim('data', '10Gi'));
    rig.run(1000);
    expect(rig.get('persistentvolumeclaims', 'data')!.status.phase).toBe('Pending');
    expect(rig.events('PersistentVolumeClaim', 'data')).toEqual([
      'ProvisioningFailed: storageclass.storage.k8s.io "manual" not found',
    ]);
    rig.create('persistentvolumes', volume('late', '10Gi'));
    const took = rig.until(() => rig.get('persistentvolumeclaims', 'data')!.status.phase === 'Bound');
    expect(took).toBeGreaterThan(5);
    expect(took).toBeLessThan(15);
  });

  it('keeps a claim that a Pod uses until the Pod is gone', () => {
    const rig = newRig();
    rig.create('persistentvolumes', volume('disk', '10Gi'));
    rig.create('persistentvolumeclaims', claim('data', '10Gi'));
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const spec = { containers: [{ name: 'main', image: 'nginx:1.27' }], volumes };
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'user', namespace: 'default' }, spec });
    rig.run(3000);
    rig.client.remove('persistentvolumeclaims', 'default', 'data');
    rig.run(5000);
    expect(rig.get('persistentvolumeclaims', 'data')!.metadata.deletionTimestamp).toBeDefined();
    rig.client.remove('pods', 'default', 'user');
    rig.run(2000);
    expect(rig.get('persistentvolumeclaims', 'data')).toBeUndefined();
  });

  it('waits for the first consumer where the class says so', () => {
    const rig = newRig();
    const storageClass = { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' };
    rig.create('storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'manual' },
      ...storageClass,
    });
    rig.create('persistentvolumes', volume('disk', '10Gi'));
    rig.create('persistentvolumeclaims', claim('data', '10Gi'));
    rig.run(1000);
    expect(rig.get('persistentvolumeclaims', 'data')!.status.phase).toBe('Pending');
    expect(rig.events('PersistentVolumeClaim', 'data')).toEqual([
      'WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ]);
  });
});

describe('endpointslice-controller', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } };

  it('follows readiness, termination and the end of Pods', () => {
    const rig = newRig();
    rig.create('services', { ...service, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] } });
    rig.run(200);
    const slices = (): unknown[] => rig.client.list('endpointslices', 'default');
    expect(slices()).toMatchObject([{ addressType: 'IPv4', endpoints: null, ports: null }]);
    started(rig);
    rig.run(200);
    expect(slices()).toMatchObject([
      {
        metadata: { generateName: 'web-' },
        endpoints: [
          { conditions: { ready: true, serving: true, terminating: false }, nodeName: 'cpu-1', zone: 'zone-a' },
          { conditions: { ready: true, serving: true, terminating: false } },
        ],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
    ]);
    rig.life.startMs = Infinity;
    rig.life.stopMs = 3000;
    rig.client.remove('pods', 'default', rig.pods()[0]!.metadata.name);
    rig.run(500);
    expect(slices()).toMatchObject([
      {
        endpoints: [
          { conditions: { ready: false, serving: true, terminating: true } },
          { conditions: { ready: true } },
        ],
      },
    ]);
    rig.run(4000);
    expect((slices()[0] as { endpoints: unknown[] }).endpoints).toHaveLength(1);
    rig.client.remove('services', 'default', 'web');
    rig.run(1000);
    expect(slices()).toEqual([]);
  });

  it.each([
    ['PreferSameZone', { forZones: [{ name: 'zone-a' }] }],
    ['PreferClose', { forZones: [{ name: 'zone-a' }] }],
    ['PreferSameNode', { forNodes: [{ name: 'cpu-1' }], forZones: [{ name: 'zone-a' }] }],
  ])('says for whom ready endpoints are, where a Service wants %s', (trafficDistribution, hints) => {
    const rig = newRig();
    const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
    rig.create('services', { ...service, spec: { ...spec, trafficDistribution } });
    started(rig);
    rig.run(200);
    const shown = (): unknown[] => rig.client.list('endpointslices', 'default')[0]!.endpoints!.map((one) => one.hints);
    expect(shown()).toEqual([hints, hints]);
    rig.setPod(rig.pods()[0]!.metadata.name, () => ({ conditions: [] }));
    rig.run(200);
    expect(shown()).toEqual([undefined, hints]);
    rig.client.patch('services', 'default', 'web', (one) => ({ ...one, spec: spec as typeof one.spec }));
    rig.run(200);
    expect(shown()).toEqual([undefined, undefined]);
  });

  it('splits what is more than a hundred', () => {
    const rig = newRig();
    rig.create('services', { ...service, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
    rig.create('deployments', deployment('web', 250));
    rig.run(5000);
    const sizes = rig.client.list('endpointslices', 'default').map((slice) => slice.endpoints!.length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('makes a new slice rather than fill one that does not take all', () => {
    const rig = newRig();
    rig.create('services', { ...service, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
    const sizes = (): number[] => rig.client.list('endpointslices', 'default').map((slice) => slice.endpoints!.length);
    const add = (from: number, count: number): void => {
      for (let index = from; index < from + count; index++) {
        const metadata = { name: `web-${index}`, namespace: 'default', labels: { app: 'web' } };
        const spec = { containers: [{ name: 'main', image: 'nginx' }] };
        rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
      }
      rig.run(5000);
    };
    add(0, 60);
    expect(sizes()).toEqual([60]);
    add(60, 50);
    expect(sizes()).toEqual([60, 50]);
    add(110, 40);
    expect(sizes()).toEqual([100, 50]);
  });
});
