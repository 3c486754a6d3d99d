import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Attach, Cp, Exec, KubeConfig, PortForward, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { runKubectl } from '../kubectl/run';
import { Bridge } from './bridge';
import { kubeconfigFor } from './kubeconfig';
import { NodeClient } from './node-client';

/** Kubernetes' own client library, unchanged, in containers of the simulated cluster. */

const bridge = new Bridge();
const config = new KubeConfig();
let server = '';

const pod = (name: string, container: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'main', ...container }] },
});
const PODS = [
  pod('box', {
    image: 'busybox:1.36',
    command: ['sh', '-c', 'echo hello > /data/a; echo up; while true; do sleep 1; done'],
  }),
  pod('web', { image: 'nginx:1.27', ports: [{ containerPort: 80, name: 'http' }] }),
  pod('echo', { image: 'busybox:1.36', stdin: true, command: ['cat'] }),
];
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80 }] },
};

async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status, path).toBeLessThan(300);
}

beforeAll(async () => {
  expect(await bridge.start({ preset: 'laptop', seed: 1, speed: 0 })).toBeUndefined();
  server = `http://127.0.0.1:${await bridge.listen(0)}`;
  config.loadFromString(kubeconfigFor(server));
  for (const one of PODS) await post('/api/v1/namespaces/default/pods', one);
  await post('/api/v1/namespaces/default/services', SERVICE);
  await post('/podium/v1/time', { advanceMs: 30_000 });
});
afterAll(() => bridge.close());

interface Outcome {
  out: string;
  err: string;
  status: V1Status;
}

async function kubectl(args: string[], stdin?: string): Promise<{ out: string; err: string; code: number }> {
  const printed = { out: '', err: '', code: 0 };
  printed.code = await runKubectl(args, new NodeClient({ server, insecure: false, timeoutMs: 0 }), {
    stdout: (text) => (printed.out += text),
    stderr: (text) => (printed.err += text),
    readFile: () => undefined,
    nowMs: () => 0,
    ...(stdin === undefined ? {} : { stdin }),
  });
  return printed;
}

/** Runs a command to its end. */
function exec(command: string[], options: { pod?: string; input?: string; tty?: boolean } = {}): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const outcome = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (outcome.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (outcome.err += chunk.toString()));
  const stdin = options.input === undefined ? null : new PassThrough();
  return new Promise((resolve, reject) => {
    const done = (status: V1Status): void => setImmediate(() => resolve({ ...outcome, status })) as never;
    new Exec(config)
      .exec('default', options.pod ?? 'box', 'main', command, stdout, stderr, stdin, options.tty ?? false, done)
      .then(() => stdin?.end(options.input), reject);
  });
}

const FAILED = 'Internal error occurred: Internal error occurred: error executing command in container: failed to exec';

describe('exec', () => {
  test.each<[string[], { out: string; err?: string; code?: number; input?: string }]>([
    [['cat', '/data/a'], { out: 'hello\n' }],
    [['ls', '/data'], { out: 'a\n' }],
    [['sh', '-c', 'echo -n one; echo two >&2; exit 3'], { out: 'one', err: 'two\n', code: 3 }],
    [['cat', '/none'], { out: '', err: 'cat: /none: No such file or directory\n', code: 1 }],
    [['sh', '-c', 'cat /none 2>/dev/null || echo none'], { out: 'none\n' }],
    [['sh', '-c', 'x=$(cat /none 2>&1); echo "<$x>"'], { out: '<cat: /none: No such file or directory>\n' }],
    [['sh', '-c', 'nothing'], { out: '', err: 'sh: nothing: not found\n', code: 127 }],
    [['cat'], { input: 'grüße\n', out: 'grüße\n' }],
    [['sh', '-c', 'cat > /tmp/b; wc -l < /tmp/b'], { input: '1\n2\n', out: '2\n' }],
    [['sh', '-c', 'echo x | cat'], { input: 'unread', out: 'x\n' }],
    [['grep', 'b'], { input: 'abc\ndef\n', out: 'abc\n' }],
    [['sh'], { input: 'x=1\nfor i in 1 2; do\necho $i$x\ndone\nexit 4\n', out: '11\n21\n', code: 4 }],
    [['sh'], { input: 'fi\necho still here', out: 'still here\n', err: 'sh: syntax error: unexpected "fi"\n' }],
  ])('runs %j', async (command, { out, err = '', code = 0, input }) => {
    const outcome = await exec(command, input === undefined ? {} : { input });
    expect([outcome.out, outcome.err]).toEqual([out, err]);
    expect(outcome.status).toEqual(
      code === 0
        ? { metadata: {}, status: 'Success' }
        : {
            metadata: {},
            status: 'Failure',
            message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
            reason: 'NonZeroExitCode',
            details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
          },
    );
  });

  test.each([
    [['nothing'], 'exec: "nothing": executable file not found in $PATH: unknown'],
    [['/opt/nothing'], 'exec: "/opt/nothing": stat /opt/nothing: no such file or directory: unknown'],
  ])('says of %j what the runtime says', async (command, words) => {
    const { status } = await exec(command);
    expect(status).toMatchObject({ code: 500, reason: 'InternalError' });
    expect(status.message).toContain(FAILED.replace('Internal error occurred: Internal', 'Internal'));
    expect(status.message!.endsWith(words)).toBe(true);
  });

  it('shows at a terminal what is typed, and ends with Ctrl-D', async () => {
    const { out, status } = await exec(['sh'], { input: 'echo ab\x7fc\r\x04', tty: true });
    expect(out).toBe('/ # echo ab\b \bc\r\nac\r\n/ # ');
    expect(status.status).toBe('Success');
  });

  it('waits for as long as the command runs in the time of the cluster', async () => {
    const running = exec(['sh', '-c', 'sleep 5; echo done']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await post('/podium/v1/time', { advanceMs: 6_000 });
    expect((await running).out).toBe('done\n');
  });

  it('is refused before it is a connection', async () => {
    await expect(exec(['ls'], { pod: 'none' })).rejects.toBeDefined();
    const answer = await fetch(`${server}/api/v1/namespaces/default/pods/box/exec?command=ls`);
    expect([answer.status, ((await answer.json()) as V1Status).message]).toEqual([400, 'Upgrade request required']);
  });
});

describe('cp', () => {
  it('copies files in and out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podium-'));
    try {
      writeFileSync(join(folder, 'model.txt'), 'größer\n'.repeat(300));
      await new Cp(config).cpToPod('default', 'box', 'main', folder, '/data');
      let lines = '';
      for (let tries = 0; tries < 200 && lines === ''; tries++)
        lines = (await exec(['wc', '-l', '/data/model.txt'])).out;
      expect(lines).toBe('300\n');
      const { out } = await exec(['tar', 'cf', '-', '-C', '/data', 'model.txt']);
      expect(out.slice(0, 9)).toBe('model.txt');
      expect((await exec(['tar', 'tf', '-'], { input: out })).out).toBe('model.txt\n');
      expect(readFileSync(join(folder, 'model.txt'), 'utf8')).toBe(out.slice(512).replace(/\0+$/, ''));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('attach', () => {
  it('reaches the main process, and shows its log from then on', async () => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    let seen = '';
    stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const socket = await new Attach(config).attach('default', 'echo', 'main', stdout, null, stdin, false);
    stdin.end('over and out\n');
    for (let tries = 0; tries < 100 && seen === ''; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toBe('over and out\n');
    (socket as unknown as WebSocket).close();
  });
});

describe('kubectl from Node', () => {
  it('runs commands over a connection of its own making, which needs no WebSocket of the platform', async () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(await kubectl(['exec', 'box', '--', 'echo', 'hi'])).toEqual({ out: 'hi\n', err: '', code: 0 });
    const text = 'größer\n'.repeat(20_000);
    expect((await kubectl(['exec', 'box', '-i', '--', 'cat'], text)).out).toBe(text);
    expect((await kubectl(['exec', 'box', '-i', '--', 'wc', '-l'], text)).out).toBe('20000\n');
    vi.unstubAllGlobals();
  });

  it('says why a connection was refused', async () => {
    const channel = (path: string): Promise<unknown> =>
      new Promise((resolve) =>
        new NodeClient({ server, insecure: false, timeoutMs: 0 }).channel(
          { method: 'GET', path, query: { command: 'ls', stdout: 'true' } },
          { onData: () => undefined, onEnd: resolve },
        ),
      );
    const refused = { refusal: { code: 404, body: { message: 'pods "nosuch" not found' } } };
    expect(await channel('/api/v1/namespaces/default/pods/nosuch/exec')).toMatchObject(refused);
  });
});

describe('programs that listen', () => {
  /** Sends text to a forwarded port and waits for what comes back. */
  async function forward(port: number, text: string): Promise<{ out: string; err: string }> {
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const heard = { out: '', err: '' };
    output.on('data', (chunk: Buffer) => (heard.out += chunk.toString()));
    errors.on('data', (chunk: Buffer) => (heard.err += chunk.toString()));
    const socket = (await new PortForward(config).portForward(
      'default',
      'web',
      [port],
      output,
      errors,
      input,
    )) as WebSocket;
    input.write(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await post('/podium/v1/time', { advanceMs: 2_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.close();
    return heard;
  }

  it('are reached by port-forward', async () => {
    const { out, err } = await forward(80, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(out).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\n<!DOCTYPE html>/);
    expect(err).toBe('');
    expect((await forward(81, 'GET / HTTP/1.1\r\n\r\n')).err).toContain('connect: connection refused');
    expect((await forward(80, '\0\0\0\x08')).err).toContain('HTTP only');
  });

  async function ask(path: string): Promise<[number, string]> {
    const answer = fetch(`${server}/api/v1/namespaces/default/${path}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await post('/podium/v1/time', { advanceMs: 2_000 });
    const { status } = await answer;
    return [status, await (await answer).text()];
  }

  test.each([
    ['services/web/proxy/', 200, 'Welcome to nginx!'],
    ['services/web:80/proxy/none', 404, '404 Not Found'],
    ['services/web:81/proxy/', 503, 'no service port \\"81\\" found for service \\"web\\"'],
    ['services/none/proxy/', 404, 'services \\"none\\" not found'],
    ['pods/web/proxy/', 200, 'Welcome to nginx!'],
    ['pods/web:http/proxy/', 200, 'Welcome to nginx!'],
    ['pods/web:81/proxy/', 503, 'connect: connection refused'],
  ])('are reached by %s', async (path, code, text) => {
    const [status, body] = await ask(path);
    expect([status, body]).toEqual([code, expect.stringContaining(text)]);
  });
});

describe('a cluster with connections', () => {
  it('is the same cluster again when its journal is replayed', async () => {
    const hash = async (): Promise<unknown> => (await (await fetch(`${server}/podium/v1/hash`)).json()) as unknown;
    await post('/podium/v1/time', { advanceMs: 1_000 });
    const before = await hash();
    const { nowMs } = bridge.simulation.session;
    await post('/podium/v1/time', { rewindMs: 0 });
    await post('/podium/v1/time', { advanceMs: nowMs });
    expect(await hash()).toEqual(before);
  });
});
