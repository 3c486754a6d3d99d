import http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bridge } from './bridge';

interface Answer {
  code: number;
  headers: http.IncomingHttpHeaders;
  warnings: string[];
  text: string;
}

const bridge = new Bridge();
let port = 0;

beforeAll(async () => {
  expect(await bridge.start({ preset: 'empty', seed: 1, speed: 0 })).toBeUndefined();
  port = await bridge.listen(0);
});
beforeEach(async () => {
  expect((await send('POST', '/podium/v1/reset', {})).code).toBe(200);
  expect((await send('POST', '/podium/v1/time', { speed: 0 })).code).toBe(200);
});
afterAll(() => bridge.close());

/** Sends a request: an object as JSON, text as it is. The answer ends when the server ends it. */
function send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const request = http.request(
      { port, path, method, headers: payload === undefined ? {} : { 'content-type': type } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const warnings = response.rawHeaders.filter(
            (_, index, all) => all[index - 1]?.toLowerCase() === 'warning' && index % 2 === 1,
          );
          resolve({ code: response.statusCode ?? 0, headers: response.headers, warnings, text });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject).end(payload);
  });
}

const json = (answer: Answer): Record<string, unknown> => JSON.parse(answer.text) as Record<string, unknown>;

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string): unknown => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('the bridge', () => {
  it('answers with Kubernetes bodies, codes and types', async () => {
    const made = await send('POST', CONFIG_MAPS, configMap('one'));
    expect([made.code, made.headers['content-type']]).toEqual([201, 'application/json']);
    const missing = await send('GET', `${CONFIG_MAPS}/two`);
    expect([missing.code, json(missing)['reason']]).toEqual([404, 'NotFound']);
    expect(await send('GET', '/healthz')).toMatchObject({ code: 200, text: 'ok' });
  });

  it('takes text bodies as they are', async () => {
    const made = await send(
      'POST',
      CONFIG_MAPS,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\n',
      'application/yaml',
    );
    expect(made.code).toBe(201);
    expect((await send('POST', CONFIG_MAPS, '{"apiVersion":', 'application/json')).code).toBe(400);
    const patched = await send('PATCH', `${CONFIG_MAPS}/yaml`, '{"data":{"a":"b"}}', 'application/merge-patch+json');
    expect(json(patched)['data']).toEqual({ a: 'b' });
  });

  it('takes bodies in protobuf, as typed clients of Go send them', async () => {
    const secret =
      '6b3873000a0c0a0276311206536563726574121e0a110a017312001a0022002a0032003800420012070a016b120276ff1a001a002200';
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf', accept: 'application/json' };
    const path = `http://127.0.0.1:${port}/api/v1/namespaces/default/secrets`;
    const made = await fetch(path, { method: 'POST', headers, body: Buffer.from(secret, 'hex') });
    expect(await made.json()).toMatchObject({ metadata: { name: 's' }, data: { k: 'dv8=' }, type: 'Opaque' });
    expect((await fetch(path, { method: 'POST', headers, body: 'text' })).status).toBe(400);
  });

  it('says in its OpenAPI what types and fields are', async () => {
    type Schema = { description?: string; enum?: string[]; properties: Record<string, Schema> };
    const { components } = json(await send('GET', '/openapi/v3/api/v1')) as unknown as {
      components: { schemas: Record<string, Schema> };
    };
    const container = components.schemas['io.k8s.api.core.v1.Container']!;
    expect(container.description).toContain('application container');
    expect(container.properties['image']!.description).toMatch(/image name/);
    expect(components.schemas['io.k8s.api.core.v1.Pod']!.properties['kind']!.description).toContain('REST resource');
    const mute = Object.entries(components.schemas).filter(([, { properties = {} }]) =>
      Object.values(properties).some(({ description }) => description === undefined),
    );
    expect(mute.map(([name]) => name)).toEqual([]);
  });

  it('quotes warnings as header values, one a header', async () => {
    const answer = await send('POST', `${CONFIG_MAPS}?fieldValidation=Warn`, {
      ...(configMap('warned') as object),
      'o"ne': 1,
      two: 2,
    });
    expect(answer.code).toBe(201);
    expect(answer.warnings).toEqual(['299 - "unknown field \\"o\\\\\\"ne\\""', '299 - "unknown field \\"two\\""']);
  });

  it('stays up whatever it is asked', async () => {
    expect((await send('GET', '/api/v1/%zz')).code).toBe(400);
    expect((await send('GET', '//')).code).toBeGreaterThanOrEqual(400);
    expect((await send('POST', '/podium/v1/time', 'null')).code).toBe(400);
    expect((await send('POST', '/podium/v1/nowhere', {})).code).toBe(404);
    expect((await send('POST', '/api/v1/namespaces/default/pods', { kind: 'Pod', metadata: { name: 'x' } })).code).toBe(
      422,
    );
    expect((await send('GET', '/version')).code).toBe(200);
  });

  it('streams a watch while the clock stands, and ends it on wall time', async () => {
    const startMs = Date.now();
    const watch = send('GET', `${CONFIG_MAPS}?watch=1&timeoutSeconds=1`);
    await send('POST', CONFIG_MAPS, configMap('seen'));
    const { code, text } = await watch;
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(900);
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { name: string } } });
    expect(code).toBe(200);
    expect(events.map((event) => `${event.type} ${event.object.metadata.name}`)).toContain('ADDED seen');
  });

  it('refuses a watch with its own code, and takes a namespace called watch for a namespace', async () => {
    expect((await send('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=abc`)).code).toBeGreaterThanOrEqual(400);
    await send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'watch' } });
    expect(json(await send('GET', '/api/v1/namespaces/watch/configmaps'))['kind']).toBe('ConfigMapList');
  });

  it('moves time on request and says where it stands', async () => {
    const before = json(await send('GET', '/podium/v1/time'));
    const after = json(await send('POST', '/podium/v1/time', { advanceMs: 5_000 }));
    expect(Number(after['nowMs']) - Number(before['nowMs'])).toBe(5_000);
    expect(after['speed']).toBe(0);
  });

  it('is the same cluster for the same requests', async () => {
    const run = async (): Promise<unknown> => {
      await send('POST', '/podium/v1/reset', { seed: 7, preset: 'ml' });
      await send('POST', '/podium/v1/time', { speed: 0 });
      await send('POST', CONFIG_MAPS, configMap('same'));
      await send('POST', '/podium/v1/time', { advanceMs: 10_000 });
      return json(await send('GET', '/podium/v1/hash'))['hash'];
    };
    expect(await run()).toBe(await run());
  });
});
