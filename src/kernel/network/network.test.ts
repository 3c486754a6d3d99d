import { beforeEach, describe, expect, it } from 'vitest';
import { seedRandom } from '../../base/random';
import type { Draft, Node, Pod, ResourceName, ResourceTypes } from '../../api/objects';
import { ApiServer } from '../apiserver/api-server';
import type { Component } from '../machinery/component';
import { Informers } from '../machinery/informers';
import { Machines } from '../machinery/machines';
import type { WireRequest, WireResponse } from '../machinery/ports';
import { WatchHub } from '../machinery/watch-hub';
import { Store } from '../store/store';
import { Clock, type Timer } from '../time/clock';
import { parseUrl, resolveName } from './names';
import { Network, NETWORK_INFORMERS } from './network';

/** A kubelet that notes what reaches it. */
class Listener implements Component {
  readonly state = {};
  readonly heard: { atMs: number; kind: string; key: string; data: unknown }[] = [];
  constructor(
    readonly name: string,
    private readonly clock: Clock,
  ) {}
  restore(): void {}
  handle({ kind, key, data }: Timer): void {
    this.heard.push({ atMs: this.clock.nowMs, kind, key, data });
  }
}

class Rig {
  readonly clock = new Clock(Date.UTC(2026, 0, 5, 9));
  readonly store = new Store();
  readonly machines = new Machines();
  readonly network: Network;
  readonly listeners = new Map<string, Listener>();
  readonly #api = new ApiServer(this.store, this.clock, seedRandom(1, 'kube-apiserver'));
  readonly #components = new Map<string, Component>();

  constructor() {
    const hub = new WatchHub(this.store, this.clock, 1);
    const informers = new Informers('network', NETWORK_INFORMERS, hub, this.store);
    this.network = new Network({ clock: this.clock, informers, machines: this.machines, seed: 1 });
    this.#components.set(hub.name, hub).set('network', this.network);
    this.#api.bootstrap();
    if (!this.#api.clientFor('t').get('namespaces', '', 'shop'))
      this.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    for (const name of ['cpu-1', 'cpu-2']) {
      this.machines.add({ metadata: { name }, status: { capacity: {} } } as unknown as Node);
      const listener = new Listener(`kubelet/${name}`, this.clock);
      this.listeners.set(name, listener);
      this.#components.set(listener.name, listener);
    }
  }

  create<R extends ResourceName>(resource: R, draft: object): ResourceTypes[R] {
    return this.#api.clientFor('test').create(resource, draft as Draft<ResourceTypes[R]>);
  }

  /** A Pod with an address on a machine. */
  pod(name: string, node: string, podIP: string): Pod {
    this.create('serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: `sa-${name}`, namespace: 'shop' },
    });
    const spec = { nodeName: node, serviceAccountName: `sa-${name}`, containers: [{ name: 'main', image: 'nginx' }] };
    this.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec });
    return this.#api
      .clientFor('kubelet')
      .patch('pods', 'shop', name, (pod) => ({ ...pod, status: { ...pod.status, podIP } }), 'status');
  }

  service(name: string, ready: Record<string, boolean>): void {
    this.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: { ports: [{ port: 80, targetPort: 8080 }], selector: { app: name } },
    });
    this.create('endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-x`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080 }],
      endpoints: Object.entries(ready).map(([pod, isReady], index) => ({
        addresses: [`10.64.1.${index + 2}`],
        conditions: { ready: isReady },
        targetRef: { kind: 'Pod', name: pod },
      })),
    });
    this.run(100);
  }

  send(url: string, method = 'GET', node = 'cpu-1', id = 'r1'): void {
    const owner = `kubelet/${node}`;
    this.network.send({
      id,
      replyTo: { owner, key: 'asker' },
      from: { namespace: 'shop', pod: 'client', node },
      method,
      url,
    });
  }

  run(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    for (let timer = this.clock.take(untilMs); timer; timer = this.clock.take(untilMs))
      this.#components.get(timer.owner)?.handle(timer);
    this.clock.moveTo(untilMs);
  }

  /** The answer that reached the asker. */
  answer(node = 'cpu-1'): WireResponse | undefined {
    return this.listeners.get(node)!.heard.find((one) => one.kind === 'response')?.data as WireResponse | undefined;
  }
}

describe('names', () => {
  it.each([
    ['http://infer/predict', { host: 'infer', port: 80, path: '/predict' }],
    ['infer.shop:8080', { host: 'infer.shop', port: 8080, path: '/' }],
    ['redis://cache/key', { host: 'cache', port: 6379, path: '/key' }],
    ['postgres://user:pw@db.shop.svc:5433/rows', { host: 'db.shop.svc', port: 5433, path: '/rows' }],
    ['not a url', undefined],
  ])('%s', (url, parsed) => {
    expect(parseUrl(url)).toEqual(parsed);
  });

  it.each([
    ['infer', 'default/infer'],
    ['infer.shop', 'shop/infer'],
    ['infer.shop.svc', 'shop/infer'],
    ['infer.shop.svc.cluster.local', 'shop/infer'],
    ['web-0.web.shop.svc.cluster.local', 'shop/web'],
  ])('%s means %s', (host, key) => {
    const asked: string[] = [];
    resolveName(host, 'default', (name) => void asked.push(name));
    expect(asked).toEqual([key]);
  });
});

describe('a request', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
    rig.pod('infer-a', 'cpu-2', '10.64.1.2');
    rig.pod('infer-b', 'cpu-2', '10.64.1.3');
  });

  it('reaches a ready Pod of the Service on its port, and its answer comes back', () => {
    rig.service('infer', { 'infer-a': true, 'infer-b': false });
    const pod = rig.store.get('pods', 'shop/infer-a')!;
    rig.send('http://infer/predict', 'POST');
    rig.run(10);
    const [heard] = rig.listeners.get('cpu-2')!.heard;
    expect(heard).toMatchObject({
      kind: 'request',
      key: `${pod.metadata.uid}/r1`,
      data: { port: 8080, path: '/predict' },
    });
    const { request } = heard!.data as { request: WireRequest };
    rig.network.answer(request, { id: 'r1', code: 200, body: 'ok' }, 5);
    rig.run(10);
    expect(rig.answer()).toEqual({ id: 'r1', code: 200, body: 'ok' });
  });

  it('goes to all ready Pods in turn, by chance', () => {
    rig.service('infer', { 'infer-a': true, 'infer-b': true });
    for (let index = 0; index < 40; index++) rig.send('http://infer', 'GET', 'cpu-1', `r${index}`);
    rig.run(100);
    const pods = new Set(rig.listeners.get('cpu-2')!.heard.map((one) => one.key.split('/')[0]));
    expect(pods.size).toBe(2);
    expect(rig.network.rates().get('shop/infer')).toEqual({ perSecond: 40, failed: 0 });
  });

  it.each([
    ['http://nowhere/', 'could not resolve host: nowhere'],
    ['http://infer.default/', 'could not resolve host: infer.default'],
    ['http://infer:9999/', 'Failed to connect to infer port 9999: connection timed out'],
    ['http://empty/', 'Failed to connect to empty port 80: connection refused (no ready endpoints)'],
    ['http://', 'could not parse http://'],
  ])('%s fails: %s', (url, error) => {
    rig.service('infer', { 'infer-a': true });
    rig.service('empty', { 'infer-b': false });
    rig.send(url);
    rig.run(6000);
    expect(rig.answer()).toEqual({ id: 'r1', error });
  });

  it('times out where the machine cannot be reached, and works within it', () => {
    rig.service('infer', { 'infer-a': true });
    rig.machines.get('cpu-2')!.linked = false;
    rig.send('http://infer');
    rig.run(4000);
    expect(rig.answer()).toBeUndefined();
    rig.run(2000);
    expect(rig.answer()?.error).toBe('Failed to connect to 10.64.1.2 port 8080: connection timed out');
    rig.send('http://infer', 'GET', 'cpu-2', 'r2');
    rig.run(100);
    expect(rig.listeners.get('cpu-2')!.heard.map((one) => one.kind)).toContain('request');
  });

  it('is delayed and lost as the network is disturbed', () => {
    rig.service('infer', { 'infer-a': true });
    rig.network.disturb(300, 0, 'cpu-2');
    rig.send('http://infer');
    rig.run(250);
    expect(rig.listeners.get('cpu-2')!.heard).toEqual([]);
    rig.run(100);
    expect(rig.listeners.get('cpu-2')!.heard).toHaveLength(1);
    rig.network.disturb(0, 0, 'cpu-2');
    rig.network.disturb(0, 1);
    rig.send('http://infer', 'GET', 'cpu-1', 'r2');
    rig.run(6000);
    expect(rig.answer()).toMatchObject({ id: 'r2', error: expect.stringContaining('timed out') });
    rig.network.disturb(0, 0);
    rig.send('http://infer', 'GET', 'cpu-1', 'r3');
    rig.run(50);
    expect(rig.listeners.get('cpu-2')!.heard).toHaveLength(2);
  });

  it('reaches a Pod by its address, and a name is resolved to the Service', () => {
    rig.service('infer', { 'infer-a': true });
    rig.send('http://10.64.1.3:8080/x');
    rig.run(20);
    expect(rig.listeners.get('cpu-2')!.heard[0]).toMatchObject({ data: { port: 8080, path: '/x' } });
    rig.send('infer', 'RESOLVE', 'cpu-1', 'r2');
    rig.run(20);
    expect(String(rig.answer()?.body)).toMatch(/^Name:\tinfer\.shop\.svc\.cluster\.local\nAddress: \d+\./);
  });
});
