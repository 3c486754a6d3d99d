import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../api/requests';
import { copyState, hashState } from '../../base/state';
import { NetworkRig } from './network.rig';

let rig: NetworkRig;
beforeEach(() => {
  rig = new NetworkRig();
  rig.pod('client', 'cpu-1', '10.64.0.2');
  rig.pod('web-0', 'cpu-2', '10.64.1.2');
  rig.pod('web-1', 'cpu-2', '10.64.1.3');
  rig.service('infer', { 'web-0': {} });
  rig.service(
    'web',
    { 'web-0': { hostname: 'web-0' }, 'web-1': { hostname: 'web-1', ready: false } },
    { clusterIP: 'None' },
  );
  rig.service('alias', {}, { type: 'ExternalName', externalName: 'infer.shop.svc.cluster.local' });
  rig.service('loop', {}, { type: 'ExternalName', externalName: 'loop.shop.svc.cluster.local' });
  rig.service('outside', {}, { type: 'ExternalName', externalName: 'db.example.com' });
});

const ask = (host: string, more: object = {}): string => {
  rig.ask(host, { method: 'RESOLVE', ...more });
  const { body, failure } = rig.responses().at(-1)!;
  return failure?.kind ?? String(body).replaceAll(/10\.96\.\d+\.\d+/g, 'VIP');
};

const INFER = 'Name:\tinfer.shop.svc.cluster.local\nAddress: VIP\n';
const WEB_0 = 'Name:\tweb-0.web.shop.svc.cluster.local\nAddress: 10.64.1.2\n';

it.each([
  ['infer', INFER],
  ['INFER', INFER],
  ['infer.shop', INFER],
  ['infer.shop.svc', INFER],
  ['infer.shop.svc.cluster.local', INFER],
  ['infer.shop.svc.cluster.local.', INFER],
  ['infer.', 'UnknownHost'],
  ['infer.default', 'UnknownHost'],
  ['infer.shop.pod', 'UnknownHost'],
  ['web', 'Name:\tweb.shop.svc.cluster.local\nAddress: 10.64.1.2\n'],
  ['web-0.web', WEB_0],
  ['web-0.web.shop.svc.cluster.local', WEB_0],
  ['web-1.web', 'UnknownHost'],
  ['10-64-1-2.web', 'UnknownHost'],
  ['10-64-1-2.infer', 'Name:\t10-64-1-2.infer.shop.svc.cluster.local\nAddress: 10.64.1.2\n'],
  ['10-64-1-2.shop.pod', 'Name:\t10-64-1-2.shop.pod.cluster.local\nAddress: 10.64.1.2\n'],
  ['alias', INFER],
  ['loop', 'UnknownHost'],
  ['outside', 'UnknownHost'],
  ['kubernetes.default', 'Name:\tkubernetes.default.svc.cluster.local\nAddress: VIP\n'],
  ['kubernetes', 'UnknownHost'],
])('%s means %j', (host, expected) => {
  expect(ask(host)).toBe(expected);
});

it('a Pod that is not ready has a name where the Service publishes it', () => {
  rig.reslice('web', { 'web-0': { hostname: 'web-0' }, 'web-1': { hostname: 'web-1', ready: true, serving: false } });
  rig.run(100);
  expect(ask('web-1.web')).toContain('10.64.1.3');
});

it('requests to a headless Service go to its Pods on the port that they name themselves', () => {
  expect(rig.ask('http://web:8080').hops.map((hop) => hop.kind)).toEqual(['client', 'dns', 'endpoint']);
  expect(rig.ask('http://web:8080')).toMatchObject({ code: 200, service: 'shop/web' });
  expect(rig.listeners.get('cpu-2')!.heard.at(-1)).toMatchObject({ data: { port: 8080 } });
  expect(rig.reached('http://alias')).toBe('web-0');
});

it('the API server answers strangers at its Service', () => {
  const record = rig.ask('https://kubernetes.default/version');
  expect(record).toMatchObject({ code: 403, service: 'default/kubernetes' });
  expect(record.hops.at(-1)).toMatchObject({ kind: 'endpoint', name: 'kube-apiserver' });
  expect(rig.responses().at(-1)!.body).toMatchObject({
    message: 'forbidden: User "system:anonymous" cannot get path "/version"',
  });
  rig.machines.get('cpu-1')!.linked = false;
  expect(rig.ask('https://10.96.0.1', { timeoutMs: 1000 }).failure?.kind).toBe('Timeout');
});

it('what a Pod asks for depends on its DNS policy', () => {
  rig.pod('plain', 'cpu-1', '10.64.0.3', { spec: { dnsPolicy: 'Default' } });
  rig.pod('host', 'cpu-1', '10.128.0.2', { spec: { hostNetwork: true } });
  rig.pod('hostly', 'cpu-1', '10.128.0.2', { spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } });
  const dnsConfig = {
    nameservers: ['10.96.0.10'],
    searches: ['shop.svc.cluster.local'],
    options: [{ name: 'ndots', value: '1' }],
  };
  rig.pod('own', 'cpu-1', '10.64.0.4', { spec: { dnsPolicy: 'None', dnsConfig } });
  rig.run(100);
  expect(ask('infer', { client: 'plain' })).toBe('UnknownHost');
  expect(ask('infer', { client: 'host' })).toBe('UnknownHost');
  expect(ask('infer', { client: 'hostly' })).toBe(INFER);
  expect(ask('infer', { client: 'own' })).toBe(INFER);
  expect(ask('infer.shop', { client: 'own' })).toBe('UnknownHost');
});

it('who runs the cluster has a name server that only the network keeps from answering', () => {
  rig.machines.get('cpu-1')!.linked = false;
  expect(rig.ask('http://infer')).toMatchObject({ failure: { kind: 'NoNameServer', afterMs: 10_000 } });
  rig.machines.get('cpu-1')!.linked = true;
  expect(rig.reached('http://infer')).toBe('web-0');
});

describe('a question that gets no answer', () => {
  beforeEach(() => {
    rig.machines.get('cpu-1')!.linked = false;
    rig.send('http://infer', { timeoutMs: 60_000 });
  });

  it('is asked again after five seconds, and answered where somebody answers then', () => {
    rig.run(4000);
    rig.machines.get('cpu-1')!.linked = true;
    rig.run(900);
    expect(rig.network.totals().requests).toBe(0);
    rig.run(200);
    const [{ atMs, hops, code }] = rig.network.requests() as [RequestRecord];
    expect(code).toBe(200);
    expect(hops.map((hop) => Math.floor((hop.atMs - atMs) / 1000))).toEqual([0, 5, 5, 5, 5]);
  });

  it('is not asked a third time', () => {
    rig.run(6000);
    rig.machines.get('cpu-1')!.linked = true;
    rig.run(10_000);
    expect(rig.network.requests()).toMatchObject([{ failure: { kind: 'NoNameServer', afterMs: 10_000 } }]);
  });

  it('is not asked again for a client that waits no longer', () => {
    for (const timeoutMs of [4000, 5000, 7000]) rig.send('http://infer', { timeoutMs });
    rig.run(11_000);
    const ends = rig.network.requests().map(({ failure }) => `${failure?.kind} ${failure?.afterMs}`);
    expect(ends).toEqual(['Timeout 4000', 'Timeout 5000', 'Timeout 7000', 'NoNameServer 10000']);
  });

  it('is in a snapshot, and asked again after it', () => {
    rig.run(2000);
    const kept = copyState(rig.network.state);
    const clock = copyState(rig.clock.state);
    const end = (): number => {
      rig.machines.get('cpu-1')!.linked = true;
      rig.run(4000);
      return hashState(rig.network.state);
    };
    const hash = end();
    rig.network.restore(copyState(kept));
    rig.clock.restore(clock);
    rig.machines.get('cpu-1')!.linked = false;
    expect(end()).toBe(hash);
    expect(rig.network.requests()).toMatchObject([{ code: 200 }]);
  });
});

describe('name servers that are Pods', () => {
  const endpoint = (address: string, node: string, name: string): object => ({
    addresses: [address],
    nodeName: node,
    targetRef: { kind: 'Pod', name },
  });

  beforeEach(() => {
    rig = new NetworkRig(['cpu-1', 'cpu-2'], 1, ['coredns']);
    rig.pod('client', 'cpu-1', '10.64.0.2');
    rig.pod('web-0', 'cpu-2', '10.64.1.2');
    rig.service('infer', { 'web-0': {} });
    const metadata = { name: 'default', namespace: 'kube-system' };
    rig.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    for (const [name, node, address] of SERVERS) rig.pod(name, node, address, { namespace: 'kube-system' });
  });

  const SERVERS = [
    ['coredns-a', 'cpu-1', '10.64.0.9'],
    ['coredns-b', 'cpu-2', '10.64.1.9'],
  ] as const;
  const uidOf = (name: string): string => rig.store.get('pods', `kube-system/${name}`)!.metadata.uid;

  /** The Service, and what its slice says of the Pods. */
  function expose(...names: string[]): void {
    const draft = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kube-dns', namespace: 'kube-system' } };
    const ports = [{ name: 'dns', port: 53, protocol: 'UDP' }];
    rig.create('services', { ...draft, spec: { clusterIP: '10.96.0.10', ports } });
    rig.create('endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kube-dns-x', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
      addressType: 'IPv4',
      ports,
      endpoints: SERVERS.filter(([name]) => names.includes(name)).map(([name, node, at]) => endpoint(at, node, name)),
    });
    rig.run(300);
  }

  const failures = (): Set<string> =>
    new Set(Array.from({ length: 40 }, () => rig.ask('http://infer').failure?.kind ?? 'none'));

  it('are asked through their Service', () => {
    expect(rig.ask('http://infer').failure).toMatchObject({ kind: 'NoNameServer', afterMs: 10_000 });
    expose('coredns-b');
    rig.network.works('coredns', 'cpu-2', uidOf('coredns-b'), true);
    expect(rig.reached('http://infer')).toBe('web-0');
    expect(rig.network.requests().at(-1)!.hops[1]).toMatchObject({ kind: 'dns', node: 'cpu-2' });
    rig.machines.get('cpu-2')!.linked = false;
    expect(rig.ask('http://infer').failure).toMatchObject({ kind: 'NoNameServer', afterMs: 10_000 });
  });

  it('answer no more once nothing of them runs: the client knows at once', () => {
    expose('coredns-b');
    expect(rig.ask('http://infer').failure).toMatchObject({ kind: 'NoNameServer', afterMs: 2 });
    rig.network.works('coredns', 'cpu-2', uidOf('coredns-b'), true);
    expect(failures()).toEqual(new Set(['none']));
    rig.network.works('coredns', 'cpu-2', uidOf('coredns-b'), false);
    expect(failures()).toEqual(new Set(['NoNameServer']));
  });

  it('stand in for one another: who hears nothing asks again, and may meet another one', () => {
    expose('coredns-a', 'coredns-b');
    for (const [name, node] of SERVERS) rig.network.works('coredns', node, uidOf(name), true);
    rig.machines.get('cpu-2')!.linked = false;
    const asked = Array.from({ length: 40 }, () => {
      rig.ask('http://10.64.0.9/', { timeoutMs: 1 });
      return rig.ask('http://infer', { method: 'RESOLVE' });
    });
    const took = asked.map(({ failure, atMs, endMs }) => failure?.kind ?? (endMs - atMs < 5000 ? 'soon' : 'late'));
    expect(new Set(took)).toEqual(new Set(['soon', 'late', 'NoNameServer']));
    expect(took.filter((one) => one === 'NoNameServer').length).toBeLessThan(took.length / 2);
  });
});
