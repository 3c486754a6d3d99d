import { beforeEach, describe, expect, it, test } from 'vitest';
import { copyState, hashState } from '../../base/state';
import { parseUrl } from './names';
import { NetworkRig } from './network.rig';

test.each([
  ['http://infer/predict', { host: 'infer', port: 80, path: '/predict' }],
  ['infer.shop:8080', { host: 'infer.shop', port: 8080, path: '/' }],
  ['redis://cache/key', { host: 'cache', port: 6379, path: '/key' }],
  ['postgres://user:pw@db.shop.svc:5433/rows', { host: 'db.shop.svc', port: 5433, path: '/rows' }],
  ['not a url', undefined],
])('%s', (url, parsed) => {
  expect(parseUrl(url)).toEqual(parsed);
});

let rig: NetworkRig;
beforeEach(() => {
  rig = new NetworkRig();
  rig.pod('client', 'cpu-1', '10.64.0.2');
  rig.pod('infer-a', 'cpu-2', '10.64.1.2');
  rig.pod('infer-b', 'cpu-2', '10.64.1.3');
  rig.run(100);
});

describe('a request', () => {
  it('goes by name, Service and proxy to a ready Pod, and leaves a record of its hops', () => {
    rig.service('infer', { 'infer-a': {}, 'infer-b': { ready: false } });
    const record = rig.ask('http://infer/predict', { method: 'POST' });
    expect(record.hops.map(({ kind, name, node }) => `${kind} ${name} ${node}`.trim())).toEqual([
      'client shop/client cpu-1',
      'dns infer.shop.svc.cluster.local',
      'service shop/infer',
      'kube-proxy kube-proxy cpu-1',
      'endpoint shop/infer-a cpu-2',
    ]);
    expect(record).toMatchObject({ number: 1, service: 'shop/infer', code: 200, method: 'POST' });
    expect(record.failure).toBeUndefined();
    expect(record.hops.map((hop) => hop.atMs)).toEqual(record.hops.map((hop) => hop.atMs).toSorted((a, b) => a - b));
    expect(record.endMs).toBeGreaterThanOrEqual(record.hops.at(-1)!.atMs + 5);
    const [heard] = rig.listeners.get('cpu-2')!.heard;
    expect(heard).toMatchObject({ kind: 'request', data: { port: 8080, path: '/predict' } });
    expect(heard!.key.startsWith(rig.store.get('pods', 'shop/infer-a')!.metadata.uid)).toBe(true);
    expect(rig.responses()).toEqual([{ id: 'r1', code: 200, body: 'ok' }]);
  });

  it('goes to all ready Pods by chance, and is counted', () => {
    rig.service('infer', { 'infer-a': {}, 'infer-b': {} });
    rig.run(2000 - (rig.clock.nowMs % 1000));
    for (let index = 0; index < 40; index++) rig.send('http://infer');
    rig.run(100);
    expect(new Set(rig.network.requests().map((record) => record.hops.at(-1)!.name)).size).toBe(2);
    expect(rig.network.rates().get('shop/infer')).toEqual({ perSecond: 40, failed: 0 });
    const { recent, ...sums } = rig.network.traffic('shop/infer')!;
    expect(sums).toEqual({ requests: 40, failures: 0, perSecond: 40 });
    expect(recent).toMatchObject({ requests: 40, failures: 0 });
    expect(recent.p50Ms).toBeGreaterThan(5);
    expect(recent.p95Ms).toBeGreaterThanOrEqual(recent.p50Ms);
    expect(recent.p95Ms).toBeLessThan(15);
    rig.run(120_000);
    expect(rig.network.traffic('shop/infer')).toMatchObject({ perSecond: 0, recent: { requests: 0 }, requests: 40 });
  });

  it.each([
    ['http://nowhere/', 'UnknownHost', 10],
    ['http://infer.default/', 'UnknownHost', 10],
    ['http://', 'BadUrl', 10],
    ['http://empty/', 'ConnectionRefused', 10],
    ['http://infer:9999/', 'ConnectTimeout', 127_010],
    ['http://10.96.77.77/', 'ConnectTimeout', 127_010],
    ['http://192.0.2.1/', 'ConnectTimeout', 127_010],
    ['http://10.128.0.3:22/', 'ConnectionRefused', 10],
    ['http://10.64.9.9/', 'ConnectTimeout', 127_010],
    ['http://gone/', 'NoRouteToHost', 3010],
  ])('%s fails: %s', (url, kind, withinMs) => {
    rig.service('infer', { 'infer-a': {} });
    rig.service('empty', { 'infer-b': { ready: false } });
    rig.service('gone', { nobody: {} });
    const { failure, atMs, endMs } = rig.ask(url);
    expect(failure?.kind).toBe(kind);
    expect(failure?.afterMs).toBe(endMs - atMs);
    expect(endMs - atMs).toBeLessThanOrEqual(withinMs);
    expect(endMs - atMs).toBeGreaterThanOrEqual(withinMs - 11);
    expect(rig.responses().at(-1)?.failure?.kind).toBe(kind);
  });

  it('fails when its client has waited long enough', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.listeners.get('cpu-2')!.answers = false;
    expect(rig.ask('http://infer', { timeoutMs: 3000 })).toMatchObject({ failure: { kind: 'Timeout', afterMs: 3000 } });
    expect(rig.ask('http://infer').failure).toMatchObject({ kind: 'Timeout', afterMs: 900_000 });
    expect(rig.ask('http://infer:81', { connectTimeoutMs: 2000 }).failure?.kind).toBe('ConnectTimeout');
    expect(rig.ask('http://infer:81', { timeoutMs: 2000 }).failure).toMatchObject({ kind: 'Timeout', afterMs: 2000 });
    expect(rig.network.totals()).toEqual({ requests: 4, failures: 4 });
    expect(rig.network.traffic('shop/infer')).toMatchObject({ requests: 4, failures: 4, recent: { failures: 3 } });
  });

  it('is over for its client when the server answers too late', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.listeners.get('cpu-2')!.answers = false;
    rig.send('http://infer', { timeoutMs: 100 });
    rig.run(50);
    const { request } = rig.listeners.get('cpu-2')!.heard[0]!.data as never;
    rig.network.answer(request, { id: 'r1', code: 200 }, 60);
    rig.run(1000);
    rig.network.answer(request, { id: 'r1', code: 200 }, 0);
    rig.run(1000);
    expect(rig.responses()).toHaveLength(1);
    expect(rig.network.requests()).toMatchObject([{ failure: { kind: 'Timeout' } }]);
  });

  it('is kept with the last thousand alone', () => {
    for (let index = 0; index < 1010; index++) rig.send('http://nowhere');
    rig.run(100);
    expect(rig.network.requests()).toHaveLength(1000);
    expect(rig.network.totals()).toEqual({ requests: 1010, failures: 1010 });
    expect(rig.network.requests(1005)).toHaveLength(5);
  });

  it('under way is in a snapshot, and ends the same after it', () => {
    rig.service('infer', { 'infer-a': {}, 'infer-b': {} }, { sessionAffinity: 'ClientIP' });
    rig.network.disturb(20, 0.3);
    for (let index = 0; index < 20; index++) rig.send('http://infer', { timeoutMs: 4000 });
    rig.run(15);
    const kept = copyState(rig.network.state);
    const clock = copyState(rig.clock.state);
    rig.run(5000);
    const hash = hashState(rig.network.state);
    rig.network.restore(copyState(kept));
    rig.clock.restore(clock);
    rig.run(5000);
    expect(hashState(rig.network.state)).toBe(hash);
    expect(rig.network.totals().requests).toBe(20);
  });
});

describe('machines that cannot be reached', () => {
  it('answer nothing, and within them Pods reach one another by address alone', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.machines.get('cpu-2')!.linked = false;
    expect(rig.ask('http://infer', { timeoutMs: 5000 })).toMatchObject({ failure: { kind: 'Timeout', afterMs: 5000 } });
    expect(rig.network.requests().at(-1)!.hops.at(-1)!.problem).toBe('the machine cannot be reached');
    const inside = { node: 'cpu-2', client: 'infer-b' };
    expect(rig.reached('http://10.64.1.2:8080', inside)).toBe('infer-a');
    expect(rig.ask('http://infer', inside)).toMatchObject({ failure: { kind: 'NoNameServer', afterMs: 10_000 } });
  });

  it('lose the answers that are under way when they are cut off', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.listeners.get('cpu-2')!.answers = false;
    rig.send('http://infer', { timeoutMs: 5000 });
    rig.run(50);
    rig.machines.get('cpu-2')!.linked = false;
    const { request } = rig.listeners.get('cpu-2')!.heard[0]!.data as never;
    rig.network.answer(request, { id: 'r1', code: 200 }, 1);
    rig.run(6000);
    expect(rig.network.requests()).toMatchObject([{ failure: { kind: 'Timeout' } }]);
  });
});

describe('a disturbed network', () => {
  it('delays what goes to and from a machine, and nothing within it', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.network.disturb(300, 0, 'cpu-2');
    const { atMs, endMs } = rig.ask('http://infer');
    expect(endMs - atMs).toBeGreaterThan(1200);
    expect(endMs - atMs).toBeLessThan(1230);
    const inside = rig.ask('http://10.64.1.2:8080', { node: 'cpu-2', client: 'infer-b' });
    expect(inside.endMs - inside.atMs).toBeLessThan(10);
    rig.network.disturb(0, 0, 'cpu-2');
    const after = rig.ask('http://infer');
    expect(after.endMs - after.atMs).toBeLessThan(20);
  });

  it('makes slow requests fail by the rules of their clients', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.network.disturb(800, 0);
    expect(rig.ask('http://infer', { timeoutMs: 2000 })).toMatchObject({ failure: { kind: 'Timeout', afterMs: 2000 } });
    expect(rig.ask('http://infer', { connectTimeoutMs: 1000 }).failure?.kind).toBe('ConnectTimeout');
    expect(rig.ask('http://infer').code).toBe(200);
  });

  it('loses packets, which are sent again, by the seed', () => {
    const times = (seed: number): number[] => {
      const lossy = new NetworkRig(['cpu-1', 'cpu-2'], seed);
      lossy.pod('infer-a', 'cpu-2', '10.64.1.2');
      lossy.run(100);
      lossy.network.disturb(0, 0.2);
      return Array.from({ length: 60 }, () => lossy.ask('http://10.64.1.2:8080')).map((one) => one.endMs - one.atMs);
    };
    const first = times(1);
    expect(first).toEqual(times(1));
    expect(first).not.toEqual(times(2));
    expect(first.filter((ms) => ms < 20).length).toBeGreaterThan(15);
    expect(first.filter((ms) => ms > 200).length).toBeGreaterThan(15);
    expect(first.some((ms) => ms > 1000)).toBe(true);
  });

  it('carries nothing where everything is lost', () => {
    rig.service('infer', { 'infer-a': {} });
    rig.network.disturb(0, 1);
    expect(rig.ask('http://10.64.1.2').failure).toMatchObject({ kind: 'ConnectTimeout', afterMs: 127_000 });
    expect(rig.ask('http://infer').failure).toMatchObject({ kind: 'NoNameServer', afterMs: 10_000 });
    rig.network.disturb(0, 0);
    expect(rig.ask('http://infer').code).toBe(200);
  });
});
