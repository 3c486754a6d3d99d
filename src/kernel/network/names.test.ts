import { beforeEach, expect, it } from 'vitest';
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

it('without a name server every name fails after ten seconds', () => {
  rig.network.setRunning('coredns', false);
  expect(rig.ask('http://infer')).toMatchObject({ failure: { kind: 'NoNameServer', afterMs: 10_000 } });
  rig.network.setRunning('coredns', true);
  expect(rig.reached('http://infer')).toBe('web-0');
});

it('name servers that are Pods are asked through their Service', () => {
  const draft = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kube-dns', namespace: 'kube-system' } };
  rig.create('services', {
    ...draft,
    spec: { clusterIP: '10.96.0.10', ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
  });
  rig.run(300);
  expect(rig.ask('http://infer').failure?.kind).toBe('NoNameServer');
  const metadata = { name: 'default', namespace: 'kube-system' };
  rig.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  rig.pod('coredns-a', 'cpu-2', '10.64.1.9', { namespace: 'kube-system' });
  rig.create('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kube-dns-x', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    addressType: 'IPv4',
    ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
    endpoints: [{ addresses: ['10.64.1.9'], nodeName: 'cpu-2', targetRef: { kind: 'Pod', name: 'coredns-a' } }],
  });
  rig.run(300);
  expect(rig.reached('http://infer')).toBe('web-0');
  expect(rig.network.requests().at(-1)!.hops[1]).toMatchObject({ kind: 'dns', node: 'cpu-2' });
  rig.machines.get('cpu-2')!.linked = false;
  expect(rig.ask('http://infer').failure).toMatchObject({ kind: 'NoNameServer', afterMs: 10_000 });
});
