import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../api/json';
import { settleDump } from './dump';
import { dumpDocument } from './dump-document';
import { keyOf } from './parts';

const GROUPS: Record<string, string> = { PriorityClass: 'scheduling.k8s.io/v1', StorageClass: 'storage.k8s.io/v1' };
const object = (kind: string, name: string, more: JsonMap = {}, metadata: JsonMap = {}): JsonMap => ({
  apiVersion: GROUPS[kind] ?? 'v1',
  kind,
  metadata: { name, ...metadata },
  ...more,
});
const inTeam = (kind: string, name: string, more: JsonMap = {}, metadata: JsonMap = {}): JsonMap =>
  object(kind, name, more, { namespace: 'team', ...metadata });
const owned = (kind: string, name: string, uid = 'u1'): JsonMap => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});
const keys = (manifests: readonly JsonMap[]): string[] => manifests.map(keyOf);

describe('what is owned', () => {
  const pod = inTeam('Pod', 'web-1', {}, owned('ReplicaSet', 'web'));
  it.each<[what: string, objects: JsonMap[], opens: string[], alone: string[]]>([
    ['is made again by its owner', [inTeam('ReplicaSet', 'web', {}, { uid: 'u1' }), pod], ['ReplicaSet team/web'], []],
    ['stands by itself where only it was printed', [pod], ['Pod team/web-1'], ['Pod team/web-1']],
    [
      'stands by itself where its owner is another one of that name',
      [inTeam('ReplicaSet', 'web', {}, { uid: 'u2' }), pod],
      ['Pod team/web-1', 'ReplicaSet team/web'],
      ['Pod team/web-1'],
    ],
    [
      'stands by itself where the owner has its name in another namespace',
      [object('ReplicaSet', 'web', {}, { uid: 'u1', namespace: 'other' }), pod],
      ['ReplicaSet other/web', 'Pod team/web-1'],
      ['Pod team/web-1'],
    ],
    [
      'goes with an owner that was being deleted',
      [inTeam('ReplicaSet', 'web', {}, { uid: 'u1', deletionTimestamp: '2026-01-05T09:00:00Z' }), pod],
      [],
      [],
    ],
    ['is a mirror of a file on a node', [inTeam('Pod', 'etcd-1', {}, owned('Node', 'cp-1'))], [], []],
    [
      'is not made again by an owner whose controller is not here',
      [inTeam('Train', 'web', {}, { uid: 'u1' }), inTeam('Pod', 'web-1', {}, owned('Train', 'web'))],
      ['Train team/web', 'Pod team/web-1'],
      ['Pod team/web-1'],
    ],
  ])('%s', (_, objects, opens, alone) => {
    const { manifests, told } = settleDump(objects);
    expect(keys(manifests).sort()).toEqual([...opens].sort());
    expect(told.alone).toEqual(alone);
    expect(JSON.stringify(manifests)).not.toContain('ownerReferences');
  });
});

it.each<[what: string, of: JsonMap]>([
  ['Succeeded', inTeam('Pod', 'a', { status: { phase: 'Succeeded' } })],
  ['Failed', inTeam('Pod', 'a', { status: { phase: 'Failed' } })],
  ['Complete', inTeam('Job', 'a', { status: { conditions: [{ type: 'Complete', status: 'True' }] } })],
])('what is %s does not run again', (_, of) => {
  const { manifests, told } = settleDump([of]);
  expect(manifests).toEqual([]);
  expect(told.left.ended).toEqual([keyOf(of)]);
});

it('a Job that may yet be Complete does run', () => {
  const job = inTeam('Job', 'a', { status: { conditions: [{ type: 'Complete', status: 'False' }] } });
  expect(keys(settleDump([job]).manifests)).toEqual(['Job team/a']);
});

describe('what was not printed and others need', () => {
  const spec = { serviceAccountName: 'runner', priorityClassName: 'low', containers: [] };
  const deployment = inTeam('Deployment', 'web', { spec: { template: { spec } } }, { uid: 'u1' });
  const running = inTeam('Pod', 'web-1', { spec: { ...spec, priority: 7 } }, owned('Deployment', 'web'));
  const claim = inTeam('PersistentVolumeClaim', 'data', {
    spec: { storageClassName: 'efs', accessModes: ['ReadWriteMany'] },
  });

  it('is made: Namespaces, ServiceAccounts, classes', () => {
    const { namespaces, manifests, told } = settleDump([deployment, running, claim]);
    expect(keys(namespaces)).toEqual(['Namespace team']);
    expect(keys(manifests)).toEqual([
      'PriorityClass low',
      'StorageClass efs',
      'ServiceAccount team/runner',
      'PersistentVolumeClaim team/data',
      'Deployment team/web',
    ]);
    expect(manifests[0]).toMatchObject({ value: 7 });
    expect(manifests[1]).toMatchObject({ provisioner: 'files.podium.dev' });
    expect(told.added.length).toBe(4);
  });

  it('is left alone where it was', () => {
    const printed = [
      object('Namespace', 'team'),
      inTeam('ServiceAccount', 'runner'),
      object('PriorityClass', 'low', { value: 9 }),
      object('StorageClass', 'efs', { provisioner: 'efs.csi.aws.com' }),
    ];
    const { told, manifests } = settleDump([deployment, claim, ...printed]);
    expect(told.added).toEqual([]);
    expect(told.moved).toEqual([{ name: 'efs', from: 'efs.csi.aws.com', to: 'files.podium.dev' }]);
    expect(manifests).toContainEqual(printed[2]);
  });
});

it('what is there twice is opened once', () => {
  const node = object('Node', 'n1', { status: { capacity: { cpu: '1' } } });
  const dump = settleDump([node, node, object('Namespace', 'team'), object('Namespace', 'team')]);
  expect(dump.machines.length).toBe(1);
  expect(dump.namespaces.length).toBe(1);
  expect(dump.told.left.twice).toEqual(['Node n1', 'Namespace team']);
});

it('what has the kind and name of another group is another thing', () => {
  const other = { ...inTeam('Service', 'web'), apiVersion: 'serving.knative.dev/v1' };
  expect(settleDump([inTeam('Service', 'web'), other]).manifests.length).toBe(2);
});

it.each([
  object('Namespace', 'Not A Name'),
  object('Namespace', 'team', {}, { labels: { 'a b': 'c' } }),
  object('Namespace', 'team', {}, { labels: { a: 'b c' } }),
  object('Namespace', 'team', {}, { annotations: { a: 1 } }),
])('a Namespace that no server takes is applied, and refused, like anything else: %j', (strange) => {
  const dump = settleDump([strange]);
  expect(dump.namespaces).toEqual([]);
  expect(dump.manifests.length).toBe(1);
});

it('a cluster begins with the classes of each preset, unless others of their names are to come', () => {
  const startOf = (...objects: JsonMap[]): string[] => {
    const { start } = dumpDocument(settleDump(objects));
    return 'objects' in start ? keys(start.objects as unknown as JsonMap[]) : [];
  };
  expect(startOf()).toContain('StorageClass standard');
  expect(startOf(object('StorageClass', 'standard', { provisioner: 'a' }))).not.toContain('StorageClass standard');
  expect(startOf(object('Namespace', 'team'))).toContain('Namespace team');
});
