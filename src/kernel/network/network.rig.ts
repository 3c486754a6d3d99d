import { seedRandom } from '../../base/random';
import type { ApiObject, Draft, Node, Pod, ResourceName, ResourceTypes } from '../../api/objects';
import type { RequestRecord } from '../../api/requests';
import { ApiServer } from '../apiserver/api-server';
import type { Component } from '../machinery/component';
import { Informers } from '../machinery/informers';
import { Machines } from '../machinery/machines';
import type { WireRequest, WireResponse } from '../machinery/ports';
import { WatchHub } from '../machinery/watch-hub';
import { Store } from '../store/store';
import { Clock, type Timer } from '../time/clock';
import { Network, NETWORK_INFORMERS } from './network';

/** A kubelet that notes what reaches it, and answers at once if it is to. */
class Listener implements Component {
  readonly state = {};
  readonly heard: Timer[] = [];
  answers = true;
  constructor(
    readonly name: string,
    private readonly rig: NetworkRig,
  ) {}
  restore(): void {}
  handle(timer: Timer): void {
    this.heard.push(timer);
    const { request } = timer.data as unknown as { request: WireRequest };
    if (timer.kind === 'request' && this.answers)
      this.rig.network.answer(request, { id: request.id, code: 200, body: 'ok' }, 5);
  }
}

type Endpoints = Record<string, { ready?: boolean; serving?: boolean; terminating?: boolean; hostname?: string }>;

/** A network with an API server, machines and Pods, but without controllers and kubelets. */
export class NetworkRig {
  readonly clock = new Clock(Date.UTC(2026, 0, 5, 9));
  readonly store = new Store();
  readonly machines = new Machines();
  readonly network: Network;
  readonly listeners = new Map<string, Listener>();
  readonly api = new ApiServer(this.store, this.clock, seedRandom(1, 'kube-apiserver'));
  readonly #components = new Map<string, Component>();
  #count = 0;

  constructor(nodes: readonly string[] = ['cpu-1', 'cpu-2'], seed = 1, inPods: readonly string[] = []) {
    const hub = new WatchHub(this.store, this.clock, 1);
    const informers = new Informers('network', NETWORK_INFORMERS, hub, this.store);
    this.network = new Network({
      clock: this.clock,
      informers,
      machines: this.machines,
      inPods: new Set(inPods),
      seed,
    });
    this.#components.set(hub.name, hub).set('network', this.network);
    this.api.bootstrap();
    this.namespace('shop');
    nodes.forEach((name, index) => {
      const addresses = [{ type: 'InternalIP', address: `10.128.0.${index + 2}` }];
      this.machines.add({ metadata: { name }, status: { capacity: {} } } as unknown as Node);
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: { addresses } };
      this.create('nodes', node);
      const listener = new Listener(`kubelet/${name}`, this);
      this.listeners.set(name, listener);
      this.#components.set(listener.name, listener);
    });
  }

  create<R extends ResourceName>(resource: R, draft: object): ResourceTypes[R] {
    return this.api.clientFor('test').create(resource, draft as Draft<ResourceTypes[R]>);
  }

  /** Changes an object as its owner would. */
  patch<R extends ResourceName>(
    resource: R,
    name: string,
    change: (object: ResourceTypes[R]) => ApiObject,
    part?: 'status',
  ): void {
    this.api.clientFor('test').patch(resource, 'shop', name, change as never, part);
  }

  namespace(name: string, labels: Record<string, string> = {}): void {
    this.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    const metadata = { name: 'default', namespace: name };
    this.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  }

  /** A Pod with an address on a machine. */
  pod(
    name: string,
    node: string,
    podIP: string,
    more: { namespace?: string; spec?: object; labels?: object } = {},
  ): Pod {
    const { namespace = 'shop', labels = { app: name }, spec = {} } = more;
    const container = { name: 'main', image: 'nginx', ports: [{ name: 'web', containerPort: 8080 }] };
    const draft = { nodeName: node, containers: [container], ...spec };
    this.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: draft });
    const withAddress = (pod: Pod): Pod => ({ ...pod, status: { ...pod.status, phase: 'Running', podIP } });
    return this.api.clientFor('kubelet').patch('pods', namespace, name, withAddress, 'status');
  }

  /** A Service on port 80 to 8080, and what its slice says of the Pods. */
  service(name: string, endpoints: Endpoints, spec: object = {}): void {
    this.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: { ports: [{ port: 80, targetPort: 8080 }], selector: { app: name }, ...spec },
    });
    this.create('endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-x`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: this.endpoints(endpoints),
    });
    this.run(300);
  }

  endpoints(endpoints: Endpoints): object[] {
    return Object.entries(endpoints).map(([name, { ready = true, serving = ready, terminating = false, hostname }]) => {
      const pod = this.store.get('pods', `shop/${name}`) as Pod | undefined;
      return {
        addresses: [pod?.status.podIP ?? '10.64.9.9'],
        conditions: { ready, serving, terminating },
        nodeName: pod?.spec.nodeName,
        targetRef: { kind: 'Pod', name },
        ...(hostname ? { hostname } : {}),
      };
    });
  }

  /** What the slice of a Service says from now on. */
  reslice(name: string, endpoints: Endpoints): void {
    this.patch(
      'endpointslices',
      `${name}-x`,
      (slice) => ({ ...slice, endpoints: this.endpoints(endpoints) }) as ApiObject,
    );
  }

  policy(name: string, spec: object, namespace = 'shop'): void {
    const metadata = { name, namespace };
    this.create('networkpolicies', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
    this.run(50);
  }

  /** Sends a request from a Pod; returns its id. */
  send(url: string, more: Partial<WireRequest> & { client?: string; node?: string; namespace?: string } = {}): string {
    const { client = 'client', node = 'cpu-1', namespace = 'shop', ...asked } = more;
    const id = `r${++this.#count}`;
    const pod = this.store.get('pods', `${namespace}/${client}`) as Pod | undefined;
    const from = { namespace, pod: client, node, address: pod?.status.podIP ?? '10.64.0.9' };
    this.network.send({ id, replyTo: { owner: `kubelet/${node}`, key: 'asker' }, from, method: 'GET', url, ...asked });
    return id;
  }

  run(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    for (let timer = this.clock.take(untilMs); timer; timer = this.clock.take(untilMs))
      this.#components.get(timer.owner)?.handle(timer);
    this.clock.moveTo(untilMs);
  }

  /** Sends a request and runs until it has ended, at most `limitMs`. */
  ask(url: string, more: Parameters<NetworkRig['send']>[1] = {}, limitMs = 1_000_000): RequestRecord {
    const ended = this.network.totals().requests;
    const untilMs = this.clock.nowMs + limitMs;
    this.send(url, more);
    while (this.network.totals().requests === ended && this.clock.nowMs < untilMs) this.run(1);
    return this.network.requests().at(-1)!;
  }

  /** The Pod that a request reached; undefined where it reached none. */
  reached(url: string, more: Parameters<NetworkRig['send']>[1] = {}): string | undefined {
    const { hops, code } = this.ask(url, more);
    return code === 200 ? hops.at(-1)?.name.split('/')[1] : undefined;
  }

  /** The answers that reached the askers on a machine. */
  responses(node = 'cpu-1'): WireResponse[] {
    const heard = this.listeners.get(node)!.heard.filter((one) => one.kind === 'response');
    return heard.map((one) => one.data as unknown as WireResponse);
  }
}
