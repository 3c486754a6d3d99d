import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../api/client';
import { objectsIn } from '../api/manifests';
import type { JsonMap } from '../api/json';
import { Bridge } from '../bridge/bridge';
import { kubeconfigFor } from '../bridge/kubeconfig';
import { settleDump, type Dump } from '../host/dump/dump';
import { dumpDocument } from '../host/dump/dump-document';
import { SimulationRig } from '../host/simulation.rig';
import { defaultKubeconfig } from '../kubectl/io';
import { readDocuments } from '../kubectl/manifest/stream';
import { runKubectl } from '../kubectl/run';
import { declaredIn } from '../lesson/build/declared';
import { yamlText } from '../lesson/build/wording';
import { NodeClient } from '../bridge/node-client';
import { realKubectl } from './real-kubectl.rig';

/** A real cluster's dump opens as a cluster that does the same, and goes out as manifests that a server takes strictly. */
const VISION = readFileSync(new URL('./dumps/vision.yaml', import.meta.url), 'utf8');
const REAL = realKubectl((version) => version.startsWith('v1.36.'));

const dumpOf = (text: string): Dump => settleDump([...readDocuments(text)].flatMap(objectsIn));
const written = (manifests: readonly JsonMap[]): string => manifests.map(yamlText).join('---\n');

/** Runs our kubectl with one file. Returns what it printed, complaints too. */
async function kubectl(client: ApiClient, text: string, ...args: string[]): Promise<string> {
  let printed = '';
  const print = (part: string): void => void (printed += part);
  await runKubectl(args, client, {
    stdout: print,
    stderr: print,
    readFile: () => text,
    fileNames: () => ['all.yaml'],
    folder: '/',
    writeFile: () => {},
    edit: async (before) => before,
    nowMs: () => 0,
    signal: new AbortController().signal,
    kubeconfig: defaultKubeconfig('http://podium'),
  });
  return printed;
}

class OpenedDump {
  private readonly rig = new SimulationRig();
  readonly client = { request: (request) => this.rig.simulation.request(request) } as ApiClient;

  async open(dump: Dump): Promise<string> {
    await this.rig.open();
    const { problem } = await this.rig.simulation.openText('dump', JSON.stringify(dumpDocument(dump)), { kept: false });
    expect(problem).toBeUndefined();
    let said = '';
    for (const part of [dump.definitions, dump.manifests])
      if (part.length > 0) said += await kubectl(this.client, written(part), 'apply', '-f', 'all.yaml');
    await this.rig.time({ advanceMs: 120_000 });
    return said;
  }

  /** `kubectl get WHAT` by columns, a line an object, without what is drawn by lot. */
  async rows(what: string, columns: string): Promise<string[]> {
    const flags = ['-A', '--no-headers', '-o', `custom-columns=${columns}`];
    const text = await kubectl(this.client, '', 'get', what, ...flags);
    return text
      .trim()
      .split('\n')
      .map((line) => line.trim().replace(/ +/g, ' '));
  }

  close(): void {
    this.rig.stop();
  }
}

describe('the dump of a real cluster', () => {
  const opened = new OpenedDump();
  const dump = dumpOf(VISION);
  let said = '';
  beforeAll(async () => {
    said = await opened.open(dump);
  });
  afterAll(() => opened.close());

  it('is applied without a refusal, a warning or a conflict', () => {
    const lines = said.trim().split('\n');
    expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
    expect(lines.length).toBe(dump.definitions.length + dump.manifests.length);
  });

  it.each<[what: string, columns: string, rows: string[]]>([
    [
      'nodes',
      'N:.metadata.name,U:.spec.unschedulable,T:.spec.taints[*].key',
      ['worker-1 <none> <none>', 'worker-2 true dedicated,node.kubernetes.io/unschedulable'],
    ],
    ['deployments', 'N:.metadata.name,R:.status.readyReplicas', ['scorer 2']],
    ['replicasets', 'O:.metadata.ownerReferences[*].name,R:.status.replicas', ['scorer 2']],
    ['statefulsets', 'N:.metadata.name,R:.status.readyReplicas', ['index 1']],
    ['jobs', 'N:.metadata.name,A:.status.active', ['label-pictures 2']],
    [
      'pods',
      'O:.metadata.ownerReferences[*].kind,P:.status.phase,N:.spec.nodeName',
      [
        '<none> Running worker-1',
        '<none> Running worker-1',
        'Job Running worker-1',
        'Job Running worker-1',
        'ReplicaSet Running worker-1',
        'ReplicaSet Running worker-1',
        'StatefulSet Running worker-1',
      ],
    ],
    [
      'persistentvolumeclaims',
      'N:.metadata.name,P:.status.phase,C:.spec.storageClassName',
      ['data-index-0 Bound gp3', 'pictures Bound'],
    ],
    [
      'persistentvolumes',
      'C:.spec.claimRef.name,S:.spec.csi.driver',
      ['data-index-0 disk.podium.dev', 'pictures <none>'],
    ],
    ['pytorchjobs', 'N:.metadata.name,W:.spec.workers', ['resnet 1']],
    [
      'priorityclasses',
      'N:.metadata.name,V:.value',
      ['batch-low 500', 'system-cluster-critical 2000000000', 'system-node-critical 2000001000'],
    ],
    ['validatingwebhookconfigurations', 'N:.metadata.name', ['']],
  ])('has its %s', async (what, columns, rows) => {
    expect((await opened.rows(what, columns)).sort()).toEqual([...rows].sort());
  });

  it('has the addresses that somebody wrote for a Service without Pods', async () => {
    expect(await opened.rows('endpointslices', 'N:.metadata.name,A:.endpoints[*].addresses[0]')).toContain(
      'warehouse-1 192.0.2.44',
    );
  });

  it('keeps nothing of the other server', async () => {
    const text = await kubectl(
      opened.client,
      '',
      'get',
      'all,cm,secret,sa,pvc,pv,endpointslices,leases,events',
      '-A',
      '-o',
      'yaml',
    );
    expect(text).not.toMatch(/5a54aab1|10\.100\.7|ebs\.csi|x2x4z|59d697b98/);
  });

  it('comes with what must be said of the rest', () => {
    expect(dump.told).toEqual({
      left: {
        twice: [],
        deleted: ['Pod vision/leaving'],
        ended: ['Job vision/import-2025'],
        unanswered: ['ValidatingWebhookConfiguration kyverno-resource-validating'],
      },
      alone: ['Pod vision/resnet-worker-0'],
      added: ['PriorityClass batch-low'],
      moved: [{ name: 'gp3', from: 'ebs.csi.aws.com', to: 'disk.podium.dev' }],
      mended: ['worker-2'],
    });
  });

  it('goes out as manifests that another server takes strictly, and that say the same there', async () => {
    const manifests = await declaredIn(opened.client);
    const server = new Bridge();
    expect(await server.start({ preset: 'laptop', seed: 2, speed: 0 })).toBeUndefined();
    const address = `http://127.0.0.1:${await server.listen(0)}`;
    const client = new NodeClient({ server: address, insecure: false, timeoutMs: 0 });
    const run = REAL === undefined ? ours(client) : theirs(REAL, address);
    const first = new Set(['CustomResourceDefinition', 'Namespace', 'PriorityClass']);
    const needed = manifests.filter(({ kind }) => first.has(String(kind)));
    const rest = manifests.filter(({ kind }) => !first.has(String(kind)));
    expect(refusals(await run(written(needed), '--validate=strict'))).toEqual([]);
    await client.request({ method: 'POST', path: '/podium/v1/time', body: { advanceMs: 5_000 } });
    expect(refusals(await run(written(rest), '--validate=strict', '--dry-run=server'))).toEqual([]);
    expect(refusals(await run(written(rest), '--validate=strict'))).toEqual([]);
    expect(await declaredIn(client)).toEqual(manifests);
    server.close();
  }, 60_000);
});

type Apply = (text: string, ...flags: string[]) => Promise<string>;

const ours =
  (client: ApiClient): Apply =>
  (text, ...flags) =>
    kubectl(client, text, 'apply', '-f', 'all.yaml', ...flags);

function theirs(real: string, address: string): Apply {
  const folder = mkdtempSync(join(tmpdir(), 'dumps-'));
  writeFileSync(join(folder, 'config'), kubeconfigFor(address));
  return (text, ...flags) =>
    new Promise((resolve) => {
      const args = ['--kubeconfig', join(folder, 'config'), 'apply', '-f', '-', ...flags];
      const child = execFile(real, args, { env: { HOME: folder } }, (_error, out, err) => resolve(out + err));
      child.stdin?.end(text);
    });
}

/** What is not taken: an object that each cluster begins with may be there already. */
const refusals = (said: string): string[] =>
  said
    .trim()
    .split('\n')
    .filter((line) => !/ (created|configured|unchanged)( \(server dry run\))?$/.test(line))
    .filter((line) => !/^Warning: resource \S+ is missing the kubectl.kubernetes.io\/last-applied/.test(line));
