import { afterEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import { settleDump } from '../../host/dump/dump';
import { dumpDocument } from '../../host/dump/dump-document';
import { SimulationRig } from '../../host/simulation.rig';
import type { Page } from '../page/page.svelte';
import { dumpWords } from './dump-words';
import { exportManifests, openClusterFile, readDump } from './manifest-files';

const rigs: SimulationRig[] = [];
afterEach(() => rigs.splice(0).forEach((rig) => rig.stop()));

async function opened(): Promise<SimulationRig> {
  const rig = new SimulationRig();
  rigs.push(rig);
  await rig.open();
  return rig;
}

const client = (rig: SimulationRig): ApiClient =>
  ({ request: (request) => rig.simulation.request(request) }) as ApiClient;

const labels = { app: 'infer' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const OBJECTS: [string, JsonMap][] = [
  ['/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }],
  [
    '/apis/apps/v1/namespaces/team/deployments',
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'infer', namespace: 'team' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    },
  ],
  [
    '/apis/batch/v1/namespaces/default/jobs',
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace: 'default' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } } },
    },
  ],
  [
    '/api/v1/namespaces/default/services',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'infer', namespace: 'default' },
      spec: { type: 'NodePort', selector: labels, ports: [{ port: 80 }] },
    },
  ],
  [
    '/api/v1/namespaces/default/persistentvolumeclaims',
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'ckpt', namespace: 'default' },
      spec: { storageClassName: 'shared', accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
  [
    '/api/v1/namespaces/default/pods',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
  ],
];

const PATHS: Record<string, string> = Object.fromEntries(OBJECTS.map(([path, { kind }]) => [String(kind), path]));
PATHS['StorageClass'] = '/apis/storage.k8s.io/v1/storageclasses';

describe('a cluster that goes out as manifests', () => {
  it('comes in again: all of it is taken, and goes out as the same', async () => {
    const rig = await opened();
    for (const [path, body] of OBJECTS) expect((await rig.request('POST', path, body)).code).toBe(201);
    await rig.time({ advanceMs: 60_000 });
    const text = await exportManifests(client(rig));
    expect(text).not.toMatch(/uid|resourceVersion|status:|nodeName|kube-api-access/);

    const dump = readDump(text);
    if ('problem' in dump) throw new Error(dump.problem);
    const again = await opened();
    await again.simulation.openText('dump', JSON.stringify(dumpDocument(dump)), { kept: false });
    for (const manifest of dump.manifests) {
      const path = PATHS[String(manifest['kind'])];
      if (!path) continue;
      const answer = await again.request('POST', path, manifest);
      expect([answer.code, manifest['kind']]).toEqual([201, manifest['kind']]);
    }
    await again.time({ advanceMs: 60_000 });
    expect(await exportManifests(client(again))).toBe(text);
  });

  it('has nothing that each API server makes itself', async () => {
    const kinds = (await exportManifests(client(await opened()))).match(/^kind: .*$/gm);
    expect([...new Set(kinds)]).toEqual(['kind: StorageClass']);
  });

  it('has the nodes of what kubectl printed, and those of a preset where it printed none', async () => {
    const rig = await opened();
    const nodes = (await rig.request('GET', '/api/v1/nodes')).body as JsonMap;
    const dump = readDump(
      JSON.stringify({
        ...nodes,
        items: (nodes['items'] as JsonMap[]).slice(0, 2).map((node) => ({ ...node, kind: 'Node', apiVersion: 'v1' })),
      }),
    );
    if ('problem' in dump) throw new Error(dump.problem);
    const again = await opened();
    await again.simulation.openText('dump', JSON.stringify(dumpDocument(dump)), { kept: false });
    await again.time({ advanceMs: 10_000 });
    expect((await again.names('/api/v1/nodes')).length).toBe(2);
    await again.simulation.openText('none', JSON.stringify(dumpDocument(settleDump([]))), { kept: false });
    expect((await again.names('/api/v1/nodes')).length).toBe(6);
  });
});

it.each([
  ['apiVersion: [', 'This cannot be read'],
  ['hello: world', 'There are no Kubernetes objects in it.'],
  ['', 'There are no Kubernetes objects in it.'],
])('says what is wrong with %j', (text, words) => {
  expect(readDump(text)).toMatchObject({ problem: expect.stringContaining(words) as string });
});

it('tells what is otherwise than in the file, a few names of each', () => {
  const nothing = {
    left: { twice: [], deleted: [], ended: [], unanswered: [] },
    alone: [],
    added: [],
    moved: [],
    mended: [],
  };
  expect(dumpWords(nothing)).toEqual([]);
  expect(
    dumpWords({
      ...nothing,
      left: { ...nothing.left, ended: ['Job a/1', 'Job a/2', 'Job a/3', 'Job a/4'] },
      moved: [{ name: 'gp3', from: 'ebs.csi.aws.com', to: 'disk.podium.dev' }],
      mended: ['n1', 'n2'],
    }),
  ).toEqual([
    'Job a/1, Job a/2, Job a/3 and 1 other: left out: over already and would run again.',
    'Volumes of class gp3 are made by disk.podium.dev: ebs.csi.aws.com is not here.',
    'n1 and n2: ready here.',
  ]);
});

it.each([
  ['a.yaml', 'kind: Pod\napiVersion: v1\n', 'as manifests'],
  ['a.json', '{"kind": "List", "apiVersion": "v1", "items": [{"kind": "Pod", "apiVersion": "v1"}]}', 'as manifests'],
  ['a.podium.json', '{"format": 1}', 'as a document'],
  ['a.json', '{', 'as a document'],
])('%s with %j is opened %s', async (name, text, how) => {
  const documents = { openText: async () => 'as manifests', openFile: async () => 'as a document' };
  const page = { documents, files: { accepts: () => true } } as unknown as Page;
  expect(await openClusterFile(page, new File([text], name))).toBe(how);
});
