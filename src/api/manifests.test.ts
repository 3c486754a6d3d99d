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
    ['what kube-proxy reads', object('EndpointSlice')],
    ['the Service of the API server', object('Service', {}, { name: 'kubernetes' })],
    ['the root certificate', object('ConfigMap', {}, { name: 'kube-root-ca.crt' })],
    ['what the cluster itself runs on', object('Deployment', {}, { namespace: 'kube-system' })],
    ['a token', object('Secret', { type: 'kubernetes.io/service-account-token' })],
    [
      'a volume that was provisioned',
      object('PersistentVolume', {}, { annotations: { 'pv.kubernetes.io/provisioned-by': 'x' } }),
    ],
    ['a machine', object('Node')],
  ])('is none of %s', (_what, made) => expect(manifestOf(made)).toBeUndefined());

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
    expect(manifestOf(object(kind, { spec, status: { phase: 'x' } }))).toMatchObject({ spec: kept }),
  );

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

it('a machine is a Node without what its conditions made of it', () => {
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
    spec: { taints: [taints[0]] },
    status: { capacity: { cpu: '8' }, allocatable: { cpu: '8' } },
  });
});
