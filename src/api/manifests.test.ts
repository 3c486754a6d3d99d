import { describe, expect, it } from 'vitest';
import type { JsonMap } from './json';
import { machineOf, manifestOf, manifestsOf, objectsIn } from './manifests';

const SERVER = {
  uid: 'a6f1',
  resourceVersion: '77',
  generation: 3,
  creationTimestamp: '2026-01-05T09:00:00Z',
  managedFields: [{ manager: 'kubectl' }],
  selfLink: '/x',
  finalizers: ['kubernetes.io/pvc-protection'],
};

const object = (kind: string, more: JsonMap = {}, metadata: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a', namespace: 'default', ...SERVER, ...metadata },
  ...more,
});

describe('a manifest', () => {
  it('keeps of metadata what its author wrote', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'deployment.kubernetes.io/revision': '2',
      'example.com/owner': 'ml',
    };
    expect(manifestOf(object('ConfigMap', { data: { k: 'v' } }, { labels: { app: 'a' }, annotations }))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default', labels: { app: 'a' }, annotations: { 'example.com/owner': 'ml' } },
      data: { k: 'v' },
    });
  });

  it.each([
    ['what a controller made', object('Pod', {}, { ownerReferences: [{ kind: 'Job', name: 'j', controller: true }] })],
    ['what tells what happened', object('Event')],
    [
      'what kube-proxy reads',
      object(
        'EndpointSlice',
        {},
        { labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' } },
      ),
    ],
    [
      'the Endpoints of Pods',
      object('Endpoints', { subsets: [{ addresses: [{ ip: '10.1.0.2', targetRef: { kind: 'Pod' } }] }] }),
    ],
    ['the Endpoints of no Pods', object('Endpoints')],
    ['the Service of the API server', object('Service', {}, { name: 'kubernetes' })],
    [
      'the Endpoints of the API server',
      object('Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] }, { name: 'kubernetes' }),
    ],
    ['the slice of the API server', object('EndpointSlice', {}, { name: 'kubernetes' })],
    ['the root certificate', object('ConfigMap', {}, { name: 'kube-root-ca.crt' })],
    ['what the cluster itself runs on', object('Deployment', {}, { namespace: 'kube-system' })],
    ['a token', object('Secret', { type: 'kubernetes.io/service-account-token' })],
    [
      'a volume that was provisioned',
      object('PersistentVolume', {}, { annotations: { 'pv.kubernetes.io/provisioned-by': 'x' } }),
    ],
    ['a machine', object('Node')],
  ])('is none of %s', (_what, made) => expect(manifestOf(made)).toBeUndefined());

  it.each([
    ['EndpointSlice', { endpoints: [{ addresses: ['192.0.2.7'] }] }],
    ['Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.7' }] }] }],
  ])('is one of the %s that somebody wrote for what is outside', (kind, more) => {
    expect(manifestOf(object(kind, more))).toMatchObject(more);
  });

  it('is one of what only refers to an owner that does not control it', () => {
    expect(manifestOf(object('Pod', {}, { ownerReferences: [{ kind: 'Job', name: 'j' }] }))).toBeDefined();
  });

  it.each<[string, JsonMap, JsonMap]>([
    [
      'Service',
      { clusterIP: '10.96.1.2', clusterIPs: ['10.96.1.2'], ports: [{ port: 80, nodePort: 30_001 }] },
      { ports: [{ port: 80 }] },
    ],
    ['Service', { clusterIP: 'None', ports: [] }, { clusterIP: 'None', ports: [] }],
    ['PersistentVolumeClaim', { storageClassName: 's', volumeName: 'pvc-1' }, { storageClassName: 's' }],
    [
      'Job',
      {
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
        template: { metadata: { labels: { app: 'a', 'controller-uid': 'u', 'batch.kubernetes.io/job-name': 'a' } } },
      },
      { template: { metadata: { labels: { app: 'a' } } } },
    ],
    [
      'Pod',
      {
        nodeName: 'cpu-1',
        containers: [
          { name: 'c', volumeMounts: [{ name: 'kube-api-access-x', mountPath: '/var/run' }] },
          { name: 'd', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ],
        volumes: [{ name: 'kube-api-access-x' }, { name: 'data' }],
        ephemeralContainers: [{ name: 'debugger-x1', image: 'busybox' }],
        tolerations: [
          { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        ],
      },
      {
        containers: [{ name: 'c' }, { name: 'd', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        volumes: [{ name: 'data' }],
      },
    ],
  ])('of a %s has none of what a cluster writes into its spec', (kind, spec, kept) =>
    expect(manifestOf(object(kind, { spec, status: { phase: 'x' } }))?.['spec']).toEqual(kept),
  );

  it('of a StatefulSet asks for claims as somebody wrote them', () => {
    const claim = {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', creationTimestamp: null },
      spec: { a: 1 },
    };
    const spec = { volumeClaimTemplates: [{ ...claim, status: { phase: 'Pending' } }] };
    expect(manifestOf(object('StatefulSet', { spec }))?.['spec']).toEqual({
      volumeClaimTemplates: [{ ...claim, metadata: { name: 'data' } }],
    });
  });

  it('of a Pod has none of what defaults and binding wrote beside its spec', () => {
    const marks = {
      labels: { app: 'a', 'topology.kubernetes.io/zone': 'b' },
      annotations: { 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu limit for container c' },
    };
    expect(manifestOf(object('Pod', {}, marks))?.['metadata']).toEqual({
      name: 'a',
      namespace: 'default',
      labels: { app: 'a' },
    });
    const volume = manifestOf(object('PersistentVolume', { spec: {} }, marks))?.['metadata'];
    expect(volume).toMatchObject({ labels: marks.labels });
  });

  it('of a kind with a strange name keeps its spec', () => {
    expect(manifestOf(object('toString', { spec: { a: 1 } }))).toMatchObject({ spec: { a: 1 } });
  });

  it('has no empty spec', () => {
    expect(manifestOf(object('Namespace', { spec: { finalizers: ['kubernetes'] } }))).not.toHaveProperty('spec');
  });

  it('of a volume that somebody made is bound to its claim by name, whatever that is called inside', () => {
    const claimRef = { namespace: 'default', name: 'data', uid: 'u', resourceVersion: '3' };
    expect(manifestOf(object('PersistentVolume', { spec: { capacity: {}, claimRef } }))!['spec']).toEqual({
      capacity: {},
      claimRef: { namespace: 'default', name: 'data' },
    });
  });

  it('comes after what it needs', () => {
    const kinds = [
      'Deployment',
      'Service',
      'ConfigMap',
      'Namespace',
      'CustomResourceDefinition',
      'PersistentVolumeClaim',
    ];
    expect(manifestsOf(kinds.map((kind) => object(kind))).map(({ kind }) => kind)).toEqual([
      'CustomResourceDefinition',
      'Namespace',
      'ConfigMap',
      'PersistentVolumeClaim',
      'Service',
      'Deployment',
    ]);
  });
});

it('lists are taken apart, lists of lists too, and what is no object is left out', () => {
  const pods = { apiVersion: 'v1', kind: 'PodList', items: [object('Pod'), object('Pod', {}, { name: 'b' })] };
  const list = { apiVersion: 'v1', kind: 'List', items: [pods, object('Service'), 'text'] };
  expect(objectsIn(list).map(({ kind }) => kind)).toEqual(['Pod', 'Pod', 'Service']);
});

it('a machine is a Node without what its conditions made of it, but for its cordon', () => {
  const taints = [
    { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2026-01-05T09:00:00Z' },
  ];
  const status = { capacity: { cpu: '8' }, allocatable: { cpu: '8' }, conditions: [{ type: 'Ready' }], nodeInfo: {} };
  const node = object(
    'Node',
    { spec: { taints, podCIDR: '10.1.0.0/24', unschedulable: true }, status },
    { labels: { zone: 'a' } },
  );
  expect(machineOf(node)).toEqual({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a', labels: { zone: 'a' } },
    spec: { taints: [taints[0]], unschedulable: true },
    status: { capacity: { cpu: '8' }, allocatable: { cpu: '8' } },
  });
});
