import { afterEach, expect, it } from 'vitest';
import type { RequestRecord, ServiceTraffic } from '../api/requests';
import { SimulationRig } from './simulation.rig';

const CORE = '/api/v1/namespaces/default';
const rigs: SimulationRig[] = [];

afterEach(() => {
  for (const rig of rigs.splice(0)) rig.stop();
});

interface Answer {
  requests: number;
  failures: number;
  items: RequestRecord[];
}

/** nginx behind a Service that does not select it at first, and somebody who asks it once a second. */
async function visited(): Promise<SimulationRig> {
  const rig = new SimulationRig();
  rigs.push(rig);
  await rig.open();
  const pod = (name: string, container: object): Promise<unknown> =>
    rig.request('POST', `${CORE}/pods`, {
      metadata: { name, labels: { app: name } },
      spec: { containers: [{ name: 'main', ...container }] },
    } as never);
  await pod('web', { image: 'nginx:1.27' });
  const spec = { selector: { app: 'nobody' }, ports: [{ port: 80 }] };
  await rig.request('POST', `${CORE}/services`, { metadata: { name: 'web' }, spec });
  await pod('user', { image: 'busybox', command: ['sh', '-c', 'while true; do wget -qO- web; sleep 1; done'] });
  await rig.time({ advanceMs: 10_000 });
  return rig;
}

it('requests, their failures and the traffic of a Service can be read, at any moment that is looked at', async () => {
  const rig = await visited();
  const read = async (query = ''): Promise<Answer> =>
    (await rig.request('GET', `/podium/v1/requests${query}`)).body as unknown as Answer;
  const broken = await read();
  expect(broken.failures).toBeGreaterThan(3);
  expect(broken.requests).toBe(broken.failures);
  expect(broken.items.at(-1)).toMatchObject({ service: 'default/web', failure: { kind: 'ConnectionRefused' } });
  const merge = { 'content-type': 'application/merge-patch+json' };
  await rig.request('PATCH', `${CORE}/services/web`, { spec: { selector: { app: 'web' } } }, merge);
  await rig.time({ advanceMs: 2_000 });
  const mended = (await read()).items.at(-1)!.number;
  await rig.time({ advanceMs: 10_000 });
  const after = await read(`?since=${mended}&service=default/web`);
  expect(after.items.length).toBeGreaterThan(5);
  expect(after.items.every((one) => one.code === 200)).toBe(true);
  expect((await read(`?since=${mended}&failed=true`)).items).toEqual([]);
  expect((await read('?service=default/other')).items).toEqual([]);
  const traffic = (await rig.request('GET', '/podium/v1/traffic?service=default/web'))
    .body as unknown as ServiceTraffic;
  expect(traffic).toMatchObject({ requests: after.requests, failures: after.failures });
  expect(traffic.recent.p50Ms).toBeGreaterThan(1);
  await rig.time({ rewindMs: 10_000 });
  expect(await read()).toEqual(broken);
  expect((await rig.request('GET', '/podium/v1/traffic?service=default/none')).body).toBeNull();
  expect((await rig.request('GET', '/podium/v1/traffic')).code).toBe(400);
  expect((await rig.request('GET', '/podium/v1/requests?since=x')).code).toBe(400);
});
