import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeClient } from '../bridge/node-client';
import { CERTIFICATES } from '../bridge/test-certificates.rig';
import { parseKubeconfig } from '../kubectl/kubeconfig-file';
import { runKubectl } from '../kubectl/run';

/** A server that speaks TLS only, asks for a certificate, and answers who it was that asked. */
let server: Server;
let address = '';

const nameOf = (request: IncomingMessage): string => {
  const certificate = (request.socket as TLSSocket).getPeerCertificate();
  return (request.headers.authorization ?? (request.socket as TLSSocket & { authorized: boolean }).authorized)
    ? (request.headers.authorization ?? `certificate of ${String(certificate.subject?.CN)}`)
    : 'nobody';
};

beforeAll(async () => {
  server = createServer(
    {
      cert: CERTIFICATES.server,
      key: CERTIFICATES.serverKey,
      ca: CERTIFICATES.authority,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const who = nameOf(request);
      response.writeHead(who === 'nobody' ? 401 : 200, { 'content-type': 'application/json' });
      const { url } = request;
      response.end(
        JSON.stringify(
          who === 'nobody'
            ? { kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401, message: 'Unauthorized' }
            : { who, url },
        ),
      );
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function kubeconfig(cluster: string, user: string): string {
  return `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: '${address}'${cluster}}}]
users: [{name: u, user: {${user}}}]
`;
}

async function kubectl(config: string, ...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const printed = { out: '', err: '', code: 0 };
  printed.code = await runKubectl(
    ['get', '--raw', '/who', ...args],
    new NodeClient({ server: address, insecure: false, timeoutMs: 0 }),
    {
      stdout: (text) => (printed.out += text),
      stderr: (text) => (printed.err += text),
      readFile: () => undefined,
      nowMs: () => 0,
      kubeconfig: parseKubeconfig(config, 'config'),
      connect: (access) => new NodeClient(access),
    },
  );
  return printed;
}

describe('kubectl over TLS', () => {
  const authority = (): string => `, certificate-authority-data: ${base64(CERTIFICATES.authority)}`;
  const certificate = `client-certificate-data: ${base64(CERTIFICATES.client)}, client-key-data: ${base64(CERTIFICATES.clientKey)}`;

  it('shows the certificate of the kubeconfig', async () => {
    const { out } = await kubectl(kubeconfig(authority(), certificate));
    expect(out).toBe('{"who":"certificate of client","url":"/who"}\n');
  });

  it('shows the token of the kubeconfig, and rather that of the flag', async () => {
    const config = kubeconfig(authority(), 'token: secret');
    expect((await kubectl(config)).out).toContain('"Bearer secret"');
    expect((await kubectl(config, '--token=other')).out).toContain('"Bearer other"');
  });

  it('shows user and password', async () => {
    const { out } = await kubectl(kubeconfig(authority(), 'username: ann, password: x'));
    expect(out).toContain(`"Basic ${base64('ann:x')}"`);
  });

  it('is refused without any', async () => {
    const { err, code } = await kubectl(kubeconfig(authority(), ''));
    expect({ err, code }).toEqual({ err: 'error: You must be logged in to the server (Unauthorized)\n', code: 1 });
  });

  it('trusts no server that its authority does not vouch for, unless told to', async () => {
    const config = kubeconfig('', 'token: secret');
    const refused = await kubectl(config);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/certificate/);
    expect((await kubectl(config, '--insecure-skip-tls-verify')).out).toContain('Bearer secret');
  });

  it('goes to the server of the flag', async () => {
    const config = kubeconfig(authority(), 'token: secret').replace(address, 'https://127.0.0.1:1');
    expect((await kubectl(config)).err).toBe(
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
    );
    expect((await kubectl(config, '--server', address)).out).toContain('Bearer secret');
  });
});
