import { describe, expect, it, test } from 'vitest';
import { bytesOf } from '../base/bytes';
import { TAR_END, tarEntries, tarEntry } from '../base/tar';
import type { ApiRequest, ChannelEnd } from '../api/client';
import { FakeCluster, type Printed } from './fake-cluster.rig';
import type { KubectlIo } from './io';

/** Commands that go into containers: what they ask, and what they make of the answer. */

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'box' },
  spec: { containers: [{ name: 'main' }, { name: 'side' }] },
  status: { phase: 'Running' },
};
const OK: ChannelEnd = { status: { metadata: {}, status: 'Success' } };
const exited = (code: number): ChannelEnd => ({
  status: {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: `${code}` }] },
  },
});
const failed: ChannelEnd = {
  status: { status: 'Failure', message: 'Internal error occurred: no such program', code: 500 },
};
const refused: ChannelEnd = {
  refusal: {
    code: 400,
    headers: {},
    body: {
      kind: 'Status',
      status: 'Failure',
      message: 'pod box does not have a host assigned',
      reason: 'BadRequest',
      code: 400,
    },
  },
};

const DEFAULTED = 'Defaulted container "main" out of: main, side\n';

test.each<[args: string[], answer: ReturnType<FakeCluster['exec']>, printed: Printed]>([
  [['exec', 'box', '--', 'ls'], { stdout: bytesOf('größe\n'), end: OK }, { out: 'größe\n', err: DEFAULTED, code: 0 }],
  [
    ['exec', 'box', '-c', 'side', '--', 'ls', '/none'],
    { stderr: 'ls: no\n', end: exited(2) },
    { out: '', err: 'ls: no\ncommand terminated with exit code 2\n', code: 2 },
  ],
  [
    ['exec', 'box', '-c', 'side', '--', 'nothing'],
    { end: failed },
    { out: '', err: 'error: Internal error occurred: no such program\n', code: 1 },
  ],
  [
    ['exec', 'box', '-c', 'side', '--', 'ls'],
    { end: refused },
    { out: '', err: 'Error from server (BadRequest): pod box does not have a host assigned\n', code: 1 },
  ],
  [
    ['exec', '-it', 'box', '-c', 'side', '--', 'sh'],
    { end: OK },
    { out: '', err: 'Unable to use a TTY - input is not a terminal or the right kind of file\n', code: 0 },
  ],
  [['attach', 'box', '-c', 'side', '-q'], { stdout: 'line\n', end: OK }, { out: 'line\n', err: '', code: 0 }],
])('%j', async (args, answer, printed) => {
  const cluster = new FakeCluster([POD]);
  cluster.exec = () => answer;
  expect(await cluster.kubectl(args)).toEqual(printed);
});

it('passes words and standard input on', async () => {
  const cluster = new FakeCluster([POD]);
  const heard: [readonly string[], string][] = [];
  cluster.exec = (command, input) => {
    heard.push([command, input]);
    return { end: OK };
  };
  await cluster.kubectl(['exec', '-i', 'box', '-c', 'side', '--', 'sh', '-c', 'cat'], { stdin: 'ü' });
  await cluster.kubectl(['exec', 'box', '-c', 'side', '--', 'cat'], { stdin: 'unheard' });
  expect(heard).toEqual([
    [['sh', '-c', 'cat'], bytesOf('ü')],
    [['cat'], ''],
  ]);
  const { query } = cluster.requests.find(({ path }) => path.endsWith('/exec')) as ApiRequest;
  expect(query).toEqual({ container: 'side', stdin: 'true', stdout: 'true', stderr: 'true' });
});

describe('cp', () => {
  const files = (list: Record<string, string>): Partial<KubectlIo> => ({
    readFile: (name) => list[name],
    fileNames: () => Object.keys(list),
    writeFile: (name, text) => void (list[name] = text),
  });

  it.each<[from: string, to: string, folders: string[], folder: string, names: string[]]>([
    ['a.txt', 'box:/tmp/b.txt', [], '/tmp/', ['b.txt']],
    ['a.txt', 'box:/tmp', ['/tmp'], '/tmp/', ['a.txt']],
    ['dir', 'default/box:/tmp/new', [], '/tmp/', ['new/c', 'new/d']],
  ])('takes %s to %s', async (from, to, folders, folder, names) => {
    const cluster = new FakeCluster([POD]);
    const heard: { command: readonly string[]; names: string[] }[] = [];
    cluster.exec = (command, input) => {
      if (command[0] === 'test') return { end: folders.includes(command[2]!) ? OK : exited(1) };
      heard.push({ command, names: [...tarEntries(input)].map(({ name }) => name) });
      return { end: OK };
    };
    const io = files({ 'a.txt': 'A', 'dir/c': 'C', 'dir/d': 'D' });
    expect(await cluster.kubectl(['cp', from, to, '-c', 'side'], io)).toEqual({ out: '', err: '', code: 0 });
    expect(heard).toEqual([{ command: ['tar', '-xmf', '-', '-C', folder], names }]);
  });

  it('brings files here', async () => {
    const cluster = new FakeCluster([POD]);
    const list: Record<string, string> = {};
    cluster.exec = () => ({ stdout: tarEntry('data/a', 'größe', 0) + tarEntry('data/b/c', '', 0) + TAR_END, end: OK });
    expect((await cluster.kubectl(['cp', 'box:/data', 'here', '-c', 'side'], files(list))).code).toBe(0);
    expect(list).toEqual({ 'here/a': 'größe', 'here/b/c': '' });
  });

  it('says what is not there', async () => {
    const cluster = new FakeCluster([POD]);
    const { err } = await cluster.kubectl(['cp', 'none', 'box:/tmp'], files({}));
    expect(err).toBe("error: none doesn't exist in local filesystem\n");
  });
});
