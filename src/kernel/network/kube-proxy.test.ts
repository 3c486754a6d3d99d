import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject, Service } from '../../api/objects';
import { seedRandom } from '../../base/random';
import { KubeProxies } from './kube-proxy';
import { NetworkRig } from './network.rig';

let rig: NetworkRig;
beforeEach(() => {
  rig = new NetworkRig(['cpu-1', 'cpu-2', 'cpu-3'], 1, ['kube-proxy']);
  rig.pod('client', 'cpu-1', '10.64.0.2');
  rig.pod('a', 'cpu-1', '10.64.0.5');
  rig.pod('b', 'cpu-2', '10.64.1.5');
  rig.run(100);
});

const spread = (url: string, more: object = {}): string =>
  [...new Set(Array.from({ length: 24 }, () => rig.reached(url, more) ?? rig.network.requests().at(-1)!.failure!.kind))]
    .sort()
    .join(' ');

describe('endpoints', () => {
  it('that are ready are used, or those that still serve while they end', () => {
    rig.service('web', { a: {}, b: { ready: false, serving: true, terminating: true } });
    expect(spread('web')).toBe('a');
    rig.reslice('web', { a: { ready: false, serving: false }, b: { ready: false, serving: true, terminating: true } });
    rig.run(300);
    expect(spread('web')).toBe('b');
    rig.reslice('web', { a: { ready: false, serving: false }, b: { ready: false, serving: false, terminating: true } });
    rig.run(300);
    expect(spread('web')).toBe('ConnectionRefused');
  });

  it('on the same node are the only ones where the Service says so', () => {
    rig.service('web', { a: {}, b: {} }, { internalTrafficPolicy: 'Local' });
    expect(spread('web')).toBe('a');
    expect(spread('web', { node: 'cpu-2' })).toBe('b');
    expect(rig.ask('web', { node: 'cpu-3', timeoutMs: 1000 })).toMatchObject({
      failure: { kind: 'Timeout' },
      hops: [
        {},
        {},
        {},
        { kind: 'kube-proxy', problem: 'the node has no rule for this port, or no endpoint of its own' },
      ],
    });
  });
});

describe('hints', () => {
  /** Where connections from a node go, each endpoint written as `node:zone` with what it is hinted for. */
  const near = (node: string, zone: string | undefined, endpoints: Record<string, object | undefined>): string => {
    const state = { rules: new Map(), addresses: new Map(), stopped: new Map(), affinity: new Map() };
    const proxies = new KubeProxies(state, 1);
    const service = { metadata: {}, spec: { ports: [{ port: 80 }] }, status: {} };
    const listed = Object.entries(endpoints).map(([nodeName, hints], index) => ({
      addresses: [`10.64.0.${index}`],
      nodeName,
      conditions: { ready: true },
      ...(hints ? { hints } : {}),
    }));
    proxies.learn(
      'shop/web',
      service as unknown as Service,
      [{ ports: [{ port: 80 }], endpoints: listed }] as never,
      0,
    );
    const random = seedRandom(1, 'x');
    const from = { node, zone, client: '10.64.9.9', policy: 'internal' as const };
    const choices = Array.from({ length: 24 }, () => proxies.choose('shop/web', 80, 'TCP', from, 1000, random));
    return [...new Set(choices.map((one) => (typeof one === 'string' ? one : one.node!)))].sort().join(' ');
  };
  const forZone = (name: string): object => ({ forZones: [{ name }] });
  const forBoth = (node: string, name: string): object => ({ forNodes: [{ name: node }], ...forZone(name) });

  it.each<[string, string, string | undefined, Record<string, object | undefined>, string]>([
    ['keep traffic in the zone', 'n9', 'a', { n1: forZone('a'), n2: forZone('b'), n3: forZone('a') }, 'n1 n3'],
    ['say nothing to a zone without an endpoint', 'n9', 'c', { n1: forZone('a'), n2: forZone('b') }, 'n1 n2'],
    ['say nothing to a node without a zone', 'n9', undefined, { n1: forZone('a'), n2: forZone('b') }, 'n1 n2'],
    ['count only if every endpoint has one', 'n9', 'a', { n1: forZone('a'), n2: undefined }, 'n1 n2'],
    ['keep traffic on the node', 'n1', 'a', { n1: forBoth('n1', 'a'), n2: forBoth('n2', 'a') }, 'n1'],
    ['or in its zone', 'n9', 'a', { n1: forBoth('n1', 'a'), n2: forBoth('n2', 'b') }, 'n1'],
  ])('%s', (_what, node, zone, endpoints, reached) => {
    expect(near(node, zone, endpoints)).toBe(reached);
  });
});

describe('a Service that is open to the outside', () => {
  const outside = (node: string, nodes: readonly string[], policy: string): string => {
    const proxies = new KubeProxies(
      { rules: new Map(), addresses: new Map(), stopped: new Map(), affinity: new Map() },
      1,
    );
    const service = {
      metadata: {},
      spec: { ports: [{ port: 80, nodePort: 30080 }], externalTrafficPolicy: policy },
      status: {},
    };
    const endpoints = nodes.map((nodeName, index) => ({ addresses: [`10.64.0.${index}`], nodeName }));
    const slices = [{ ports: [{ port: 8080 }], endpoints }];
    proxies.learn('shop/web', service as unknown as Service, slices as never, 0);
    const from = { node, zone: undefined, client: '203.0.113.9', policy: 'external' as const };
    const choice = proxies.choose('shop/web', 80, 'TCP', from, 1000, seedRandom(1, 'x'));
    return typeof choice === 'string' ? choice : choice.node!;
  };

  it('is reached on every node, or where its Pods are', () => {
    expect(outside('cpu-1', ['cpu-2'], 'Cluster')).toBe('cpu-2');
    expect(outside('cpu-1', ['cpu-2'], 'Local')).toBe('dropped');
    expect(outside('cpu-2', ['cpu-1', 'cpu-2'], 'Local')).toBe('cpu-2');
    expect(outside('cpu-2', [], 'Local')).toBe('refused');
  });

  it('answers at the nodes, at its external addresses and at those of its balancer', () => {
    const open = { type: 'LoadBalancer', externalIPs: ['198.51.100.7'], externalTrafficPolicy: 'Local' };
    rig.service('web', { b: {} }, open);
    const balancer = { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } };
    rig.patch('services', 'web', (service) => ({ ...service, status: balancer }) as ApiObject, 'status');
    rig.run(300);
    const { nodePort } = (rig.store.get('services', 'shop/web') as Service).spec.ports![0]!;
    expect(spread(`http://10.128.0.2:${nodePort}`)).toBe('b');
    expect(spread(`http://10.128.0.4:${nodePort}`)).toBe('b');
    expect(spread('http://198.51.100.7')).toBe('b');
    expect(spread('http://203.0.113.10')).toBe('b');
    expect(rig.network.traffic('shop/web')!.requests).toBe(96);
  });
});

describe('session affinity', () => {
  it('keeps a client at its endpoint until it has been silent for too long, or the endpoint is gone', () => {
    const config = { clientIP: { timeoutSeconds: 60 } };
    rig.service('web', { a: {}, b: {} }, { sessionAffinity: 'ClientIP', sessionAffinityConfig: config });
    const first = spread('web');
    expect(first).toHaveLength(1);
    const later = (): string => {
      rig.run(61_000);
      return rig.reached('web')!;
    };
    expect(new Set(Array.from({ length: 12 }, later)).size).toBe(2);
    const now = spread('web');
    rig.reslice('web', now === 'a' ? { b: {} } : { a: {} });
    rig.run(300);
    expect(spread('web')).toBe(now === 'a' ? 'b' : 'a');
  });
});

describe('each node', () => {
  it('is a little behind, by its own time', () => {
    rig.service('web', { a: {} });
    rig.reslice('web', { b: {} });
    rig.run(21);
    expect(rig.reached('web')).toBe('a');
    rig.run(300);
    expect(rig.reached('web')).toBe('b');
  });

  it('goes on with what it knew when its kube-proxy is stopped, or cut off', () => {
    rig.service('web', { a: {} });
    rig.network.works('kube-proxy', 'cpu-2', 'proxy-2', false);
    rig.network.setCut('cpu-3', true);
    rig.network.works('kube-proxy', 'cpu-3', 'proxy-3', false);
    rig.reslice('web', { b: {} });
    rig.run(600_000);
    expect(spread('web', { node: 'cpu-1' })).toBe('b');
    expect(spread('web', { node: 'cpu-2' })).toBe('a');
    expect(spread('web', { node: 'cpu-3' })).toBe('a');
    for (const node of ['cpu-2', 'cpu-3']) rig.network.works('kube-proxy', node, 'another', true);
    expect(spread('web', { node: 'cpu-2' })).toBe('b');
    expect(spread('web', { node: 'cpu-3' })).toBe('a');
    rig.network.setCut('cpu-3', false);
    expect(spread('web', { node: 'cpu-3' })).toBe('b');
  });

  it('has no rules until a kube-proxy runs, and loses them with its power', () => {
    rig = new NetworkRig(['cpu-1', 'cpu-2'], 1, ['kube-proxy']);
    rig.pod('client', 'cpu-1', '10.64.0.2');
    rig.pod('a', 'cpu-1', '10.64.0.5');
    rig.service('web', { a: {} });
    const [clusterIP] = [(rig.store.get('services', 'shop/web') as Service).spec.clusterIP!];
    const url = `http://${clusterIP}`;
    const patient = { node: 'cpu-2', timeoutMs: 1000 };
    expect(rig.ask(url, patient).failure?.kind).toBeUndefined();
    rig.network.expectNode('cpu-2');
    expect(rig.ask(url, patient).failure?.kind).toBe('Timeout');
    rig.network.works('kube-proxy', 'cpu-2', 'proxy', true);
    expect(rig.reached(url, patient)).toBe('a');
    rig.network.works('kube-proxy', 'cpu-2', 'proxy', false);
    expect(rig.reached(url, patient)).toBe('a');
    rig.network.works('kube-proxy', 'cpu-2', 'proxy', true);
    rig.machines.get('cpu-2')!.powered = false;
    rig.network.works('kube-proxy', 'cpu-2', 'proxy', false);
    rig.machines.get('cpu-2')!.powered = true;
    expect(rig.ask(url, patient).failure?.kind).toBe('Timeout');
    rig.network.setCut('cpu-2', true);
    rig.network.works('kube-proxy', 'cpu-2', 'proxy', true);
    expect(rig.ask(url, patient).failure?.kind).toBe('Timeout');
    rig.network.setCut('cpu-2', false);
    expect(rig.reached(url, patient)).toBe('a');
  });

  it('remembers no more than is needed', () => {
    rig.service('web', { a: {} });
    for (let index = 0; index < 100; index++) {
      rig.reslice('web', index % 2 ? { a: {} } : { b: {} });
      rig.run(1000);
    }
    expect(rig.network.state.proxies.rules.get('shop/web')!.length).toBeLessThanOrEqual(2);
    rig.api.clientFor('test').remove('services', 'shop', 'web');
    rig.api.clientFor('test').remove('endpointslices', 'shop', 'web-x');
    rig.run(1000);
    rig.network.setCut('cpu-1', true);
    expect(rig.ask('http://web').failure?.kind).toBe('UnknownHost');
  });
});
