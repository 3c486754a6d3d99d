import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bridge } from '../bridge/bridge';
import { kubeconfigFor } from '../bridge/kubeconfig';
import { realKubectl } from './real-kubectl.rig';

/** Where a real kubectl is on the machine, of whatever release: what it opens into containers. */
const REAL = realKubectl((version) => version !== '');

const bridge = new Bridge();
const folder = mkdtempSync(join(tmpdir(), 'connections-'));
const running: ChildProcess[] = [];

const pod = (name: string, container: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', ...container }] },
});
const PODS = [
  pod('box', { image: 'busybox:1.36', command: ['sh', '-c', 'while true; do echo up; sleep 1; done'] }),
  pod('web', { image: 'nginx:1.27', ports: [{ containerPort: 80 }] }),
];

/** Starts kubectl; what it prints so far is in the result, and its code once it has ended. */
function kubectl(args: string[], env: Record<string, string>, input = '') {
  const printed = { out: '', err: '', code: undefined as number | null | undefined };
  const child = spawn(REAL!, args, {
    env: { ...process.env, ...env, HOME: folder, KUBECONFIG: join(folder, 'config') },
  });
  running.push(child);
  child.stdout.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
  child.on('close', (code) => (printed.code = code));
  child.stdin.end(input);
  return printed;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
}

beforeAll(async () => {
  if (REAL === undefined) return;
  expect(await bridge.start({ preset: 'laptop', seed: 1, speed: 0 })).toBeUndefined();
  const server = `http://127.0.0.1:${await bridge.listen(0)}`;
  writeFileSync(join(folder, 'config'), kubeconfigFor(server));
  const send = async (path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${server}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(status).toBeLessThan(300);
  };
  for (const one of PODS) await send('/api/v1/namespaces/default/pods', one);
  await send('/podium/v1/time', { advanceMs: 30_000 });
  await send('/podium/v1/time', { speed: 1 });
});

describe.skipIf(REAL === undefined).each([
  ['WebSockets', 'true'],
  ['SPDY', 'false'],
])(`the real kubectl (${REAL ?? 'there is none: set PODIUM_KUBECTL'}) over %s`, (_, webSockets) => {
  const env = { KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets, KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets };

  it('forwards a port to one connection after the other', async () => {
    const printed = kubectl(['port-forward', 'pod/web', ':80'], env);
    await until(() => printed.out.includes('Forwarding from 127.0.0.1:'));
    const port = /127\.0\.0\.1:(\d+)/.exec(printed.out)![1];
    for (const path of ['/', '/none', '/']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
      expect(answer.status).toBe(path === '/none' ? 404 : 200);
      await answer.text();
    }
    expect([printed.err, printed.code]).toEqual(['', undefined]);
  });

  it('says that nobody listens', async () => {
    const printed = kubectl(['port-forward', 'pod/web', ':81'], env);
    await until(() => printed.out.includes('Forwarding from 127.0.0.1:'));
    await fetch(`http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(printed.out)![1]}/`).catch(() => undefined);
    await until(() => printed.code !== undefined);
    expect(printed.err).toMatch(/connect: connection refused.*\n(error: lost connection to pod\n)?$/);
  });

  it('runs commands with their input, output and codes', async () => {
    const printed = kubectl(['exec', '-i', 'box', '--', 'sh', '-c', 'cat; echo no >&2; exit 3'], env, 'grüße\n');
    await until(() => printed.code !== undefined);
    expect(printed).toEqual({ out: 'grüße\n', err: 'no\ncommand terminated with exit code 3\n', code: 3 });
  });

  it('copies files in and out', async () => {
    const [there, back] = [join(folder, 'there'), join(folder, 'back')];
    writeFileSync(there, 'größer\n'.repeat(9_000));
    const copied = kubectl(['cp', there, 'box:/tmp/there'], env);
    await until(() => copied.code !== undefined);
    expect([copied.code, copied.err]).toEqual([0, '']);
    const brought = kubectl(['cp', 'box:/tmp/there', back], env);
    await until(() => brought.code !== undefined);
    expect(readFileSync(back, 'utf8')).toBe(readFileSync(there, 'utf8'));
  });

  it('attaches', async () => {
    const printed = kubectl(['attach', 'box'], env);
    await until(() => printed.out.includes('up\n'));
    expect(printed.code).toBeUndefined();
  });
});

afterAll(() => {
  for (const child of running) child.kill();
  bridge.close();
  rmSync(folder, { recursive: true });
});
