import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeCluster } from '../../kubectl/fake-cluster.rig';
import { Files } from '../files/files.svelte';
import { memoryStorage } from '../files/page-storage';
import type { PageStorage } from '../files/page-storage';
import { TerminalSession } from './terminal-session.svelte';

const pod = (name: string): Parameters<FakeCluster['add']>[0] => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'main', image: 'busybox' }] },
});

interface Rig {
  session: TerminalSession;
  files: Files;
  opened: string[];
  storage: PageStorage;
  /** Enters a line and returns what it printed. */
  type(line: string): Promise<string[]>;
}

function rig(storage: PageStorage = memoryStorage()): Rig {
  const files = new Files(storage, [{ name: 'a.yaml', text: 'apiVersion: v1\nkind: Pod\n' }]);
  const opened: string[] = [];
  const session = new TerminalSession({
    client: new FakeCluster([pod('web'), pod('db')]),
    nowMs: () => Date.UTC(2026, 5, 15, 12),
    files,
    openFile: (name) => {
      files.show(name);
      opened.push(name);
    },
    storage,
  });
  const lines = (): string[] => session.output.lines.map((line) => line.spans.map((span) => span.text).join(''));
  const type = async (line: string): Promise<string[]> => {
    const before = session.output.lines.length;
    await session.enter(line);
    await Promise.resolve();
    return lines().slice(before + 1);
  };
  return { session, files, opened, storage, type };
}

afterEach(() => vi.useRealTimers());

describe('the terminal', () => {
  it('runs kubectl within pipes, and k for it', async () => {
    const { type } = rig();
    expect(await type('k get pods -o name | grep web')).toEqual(['pod/web']);
    expect(await type("kubectl get pods -o json | jq -r '.items[].metadata.labels.app' | sort")).toEqual(['db', 'web']);
  });

  it('writes what kubectl prints into a file, which it then applies', async () => {
    const { type, files } = rig();
    await type('kubectl create cm x --from-literal=a=b --dry-run=client -o yaml > x.yaml');
    expect(files.read('x.yaml')).toContain('kind: ConfigMap');
    expect(await type('kubectl apply -f x.yaml')).toEqual(['configmap/x created']);
  });

  it('applies a kustomization of folders of its files, and says where one is missing', async () => {
    const { type, files } = rig();
    files.write('base/kustomization.yaml', 'configMapGenerator: [{name: settings, literals: [batch=8]}]\n');
    files.write('prod/kustomization.yaml', 'resources: [../base]\nnamePrefix: prod-\n');
    const [applied, ...more] = await type('kubectl apply -k prod/');
    expect(applied).toMatch(/^configmap\/prod-settings-[0-9a-z]{10} created$/);
    expect(more).toEqual([]);
    const name = applied?.split(' ')[0] ?? '';
    expect(await type('kubectl get -k prod -o name')).toEqual([name]);
    expect(await type('kubectl kustomize base | grep batch')).toEqual(['  batch: "8"']);
    expect(await type('kubectl delete -k ./prod')).toEqual([
      `${name.replace('/', ' "')}" deleted from default namespace`,
    ]);
    expect(await type('kubectl apply -k .')).toEqual([
      "error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '.'",
    ]);
    expect(await type('kubectl apply -k prod -f a.yaml')).toEqual(['error: only one of -f or -k can be specified']);
  });

  it('opens kubectl edit in the editor and goes on once it is saved', async () => {
    const { session, files, opened, type } = rig();
    const ended = type('kubectl edit pod web');
    await vi.waitFor(() => expect(session.editing?.name).toBe('kubectl-edit.yaml'));
    expect(opened).toEqual(['kubectl-edit.yaml']);
    files.write('kubectl-edit.yaml', files.read('kubectl-edit.yaml')!.replace('app: web', 'app: new'));
    await session.enter(':wq');
    expect(await ended).toContain('pod/web edited');
    expect(files.names).toEqual(['a.yaml']);
    expect(await type('kubectl get pods -l app=new -o name')).toEqual(['pod/web']);
  });

  it('leaves the object as it is where the edit is given up, and where it is interrupted', async () => {
    const { session, type } = rig();
    const ended = type('kubectl edit pod web');
    await vi.waitFor(() => expect(session.editing).toBeDefined());
    await session.enter(':q!');
    expect(await ended).toContain('Edit cancelled, no changes made.');
    const again = type('kubectl edit pod web');
    await vi.waitFor(() => expect(session.editing).toBeDefined());
    expect(session.interrupt()).toBe(true);
    await again;
    expect([session.editing, session.running]).toEqual([undefined, false]);
  });

  it.each<[line: string, words: string[]]>([
    ['kubec', ['kubectl']],
    ['k get pods | gr', ['grep']],
    ['k get po web | cat a', ['a.yaml']],
    ['k describe pod w', ['web']],
    ['watch -n 1 k describe pod w', ['web']],
    ['cat a', ['a.yaml']],
    ['kubectl apply -f a', ['a.yaml']],
    ['kubectl get pods && kubectl describe pod d', ['db']],
    ['kubectl roll', ['rollout']],
    ['kubectl get pods --show-l', ['--show-labels']],
  ])('completes %s', async (line, words) => {
    expect(await rig().session.complete(line, line.length)).toEqual(words);
  });

  it('keeps what was typed, several lines in one, from visit to visit', async () => {
    const { session, storage } = rig();
    await session.enter('cat <<EOF\nx\nEOF');
    await session.enter('ls');
    expect(rig(storage).session.history).toEqual(['cat <<EOF\nx\nEOF', 'ls']);
  });

  it('keeps whether output is read out', async () => {
    const { type, storage } = rig();
    await type('screenreader on');
    expect(rig(storage).session.announced).toBe(true);
  });
});
