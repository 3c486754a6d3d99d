import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Bridge } from './bridge';
import { SpdyClient } from './spdy/client.rig';

/** What clients do that speak SPDY: kubectl's port-forward, and exec of clients that know no WebSocket. */

const bridge = new Bridge();
let port = 0;

const pod = (name: string, container: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', ...container }] },
});
const PODS = [
  pod('box', { image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 1; done'] }),
  pod('web', { image: 'nginx:1.27', ports: [{ containerPort: 80 }] }),
];

async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status, path).toBeLessThan(300);
}

beforeAll(async () => {
  expect(await bridge.start({ preset: 'laptop', seed: 1, speed: 0 })).toBeUndefined();
  port = await bridge.listen(0);
  for (const one of PODS) await post('/api/v1/namespaces/default/pods', one);
  await post('/podium/v1/time', { advanceMs: 30_000 });
});
afterAll(() => bridge.close());

/** Waits on the wall clock while the cluster's runs in small steps. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries++) {
    await post('/podium/v1/time', { advanceMs: 100 });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(holds()).toBe(true);
}

const PATH = '/api/v1/namespaces/default/pods';

async function connected(path: string, protocols: string[], tunnel = false): Promise<SpdyClient> {
  const client = new SpdyClient(port, `${PATH}/${path}`, protocols, tunnel);
  await until(() => client.switched);
  return client;
}

describe.each([
  ['SPDY', 'portforward.k8s.io', false],
  ['SPDY within a WebSocket', 'SPDY/3.1+portforward.k8s.io', true],
])('port-forward over %s', (_, protocol, tunnel) => {
  const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const pair = (client: SpdyClient, to: number, requestid: string): [number, number] => [
    client.open({ streamtype: 'error', port: String(to), requestid }, true),
    client.open({ streamtype: 'data', port: String(to), requestid }),
  ];

  it('carries several connections to several ports', async () => {
    const client = await connected('web/portforward', [protocol], tunnel);
    expect(client.answer).toContain(protocol);
    const [error, data] = pair(client, 80, '0');
    const [error2, data2] = pair(client, 81, '1');
    client.write(data, GET);
    client.write(data2, GET);
    await until(() => client.heard.get(error2)!.ended && client.heard.get(data)!.text !== '');
    expect(client.heard.get(error2)!.text).toContain('dial tcp4 127.0.0.1:81: connect: connection refused');
    expect(client.heard.get(data2)).toEqual({ text: '', ended: true });
    expect(client.heard.get(data)!.text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*<!DOCTYPE html>/);
    expect([client.heard.get(data)!.ended, client.heard.get(error)!.ended]).toEqual([false, false]);
    client.write(data, GET, true);
    await until(() => client.heard.get(error)!.ended);
    expect(client.heard.get(data)!.text.match(/200 OK/g)).toHaveLength(2);
    expect(client.heard.get(data)!.ended).toBe(true);
    client.leave();
  });

  it('gives up what names no port, and what it is told twice', async () => {
    const client = await connected('web/portforward', [protocol], tunnel);
    const none = client.open({ streamtype: 'data', requestid: '7' });
    const wrong = client.open({ streamtype: 'stdin', port: '80', requestid: '7' });
    const error = client.open({ streamtype: 'error', port: '80', requestid: '8' });
    client.open({ streamtype: 'error', port: '80', requestid: '8' });
    await until(() => client.heard.get(error)!.text !== '');
    expect([client.heard.get(none)!.ended, client.heard.get(wrong)!.ended]).toEqual([true, true]);
    expect(client.heard.get(error)!.text).toBe('error processing stream for request 8: error stream already assigned');
    client.leave();
  });
});

describe('exec over SPDY', () => {
  const QUERY = 'stdin=true&stdout=true&stderr=true';

  async function run(command: string, input: string | undefined, protocol: string) {
    const query = `${input === undefined ? QUERY.replace('stdin=true&', '') : QUERY}&command=sh&command=-c`;
    const client = await connected(`box/exec?${query}&command=${encodeURIComponent(command)}`, [protocol]);
    const [error, out] = [client.open({ streamtype: 'error' }), client.open({ streamtype: 'stdout' })];
    const err = client.open({ streamtype: 'stderr' });
    if (input !== undefined) client.write(client.open({ streamtype: 'stdin' }), input, true);
    await until(() => client.heard.get(error)!.ended);
    client.leave();
    const text = (id: number): string => client.heard.get(id)!.text;
    return { out: text(out), err: text(err), error: text(error) };
  }

  it('runs a command with its streams and tells its code', async () => {
    const { out, err, error } = await run('cat; echo no >&2; exit 3', 'grüße', 'v4.channel.k8s.io');
    expect([out, err]).toEqual(['grüße', 'no\n']);
    expect(JSON.parse(error)).toMatchObject({ reason: 'NonZeroExitCode', details: { causes: [{ message: '3' }] } });
  });

  test.each([
    ['v4.channel.k8s.io', 'true', '{"metadata":{},"status":"Success"}'],
    ['v3.channel.k8s.io', 'true', ''],
    ['v2.channel.k8s.io', 'exit 4', 'command terminated with non-zero exit code: command terminated with exit code 4'],
  ])('tells in %s how %s went', async (protocol, command, told) => {
    expect((await run(command, undefined, protocol)).error).toBe(told);
  });

  it('begins once all streams are there', async () => {
    const client = await connected('box/exec?stdout=true&command=touch&command=/tmp/began', ['v4.channel.k8s.io']);
    const error = client.open({ streamtype: 'error' });
    await post('/podium/v1/time', { advanceMs: 1_000 });
    expect((await run('ls /tmp', undefined, 'v4.channel.k8s.io')).out).not.toContain('began');
    client.open({ streamtype: 'stdout' });
    await until(() => client.heard.get(error)!.ended);
    expect((await run('ls /tmp', undefined, 'v4.channel.k8s.io')).out).toContain('began');
    client.leave();
  });

  it('has a stream for the size of a terminal', async () => {
    const client = await connected(`box/exec?${QUERY}&tty=true&command=sh`, ['v4.channel.k8s.io']);
    const [error, input, out] = ['error', 'stdin', 'stdout'].map((streamtype) => client.open({ streamtype }));
    client.write(client.open({ streamtype: 'resize' }), '{"Width":80,"Height":24}');
    client.write(input!, 'echo hi\rexit\r');
    await until(() => client.heard.get(error!)!.ended);
    expect(client.heard.get(out!)!.text).toBe('/ # echo hi\r\nexit\r\nhi\r\n');
    client.leave();
  });
});

describe('a connection is refused', () => {
  test.each([
    [
      'box/exec?stdout=true&command=ls',
      ['v9.channel.k8s.io'],
      403,
      'unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts [v4.channel.k8s.io',
    ],
    ['box/exec?stdout=true&command=ls', [], 400, 'header X-Stream-Protocol-Version does not exist in request with'],
    ['none/exec?stdout=true&command=ls', ['v4.channel.k8s.io'], 404, 'pods \\"none\\" not found'],
    ['none/portforward', ['portforward.k8s.io'], 404, 'pods \\"none\\" not found'],
  ])('%s in %j: %d', async (path, protocols, code, words) => {
    const client = new SpdyClient(port, `${PATH}/${path}`, protocols);
    await until(() => client.closed);
    expect(client.answer).toContain(`HTTP/1.1 ${code} `);
    expect(client.answer).toContain(words);
  });
});
