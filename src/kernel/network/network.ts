import { nextBetween, nextFraction, seedRandom, type RandomState } from '../../base/random';
import type { EndpointSlice, Json, Pod, Service } from '../../api/objects';
import type { Component } from '../machinery/component';
import type { Informers, InformersOptions } from '../machinery/informers';
import type { Machines } from '../machinery/machines';
import type { Wire, WireRequest, WireResponse } from '../machinery/ports';
import type { Clock, Timer } from '../time/clock';
import { parseUrl, resolveName, type Target } from './names';

/** What the network is given. `informers` shows it services, endpointslices (by service) and pods. */
export interface NetworkParts {
  readonly clock: Clock;
  readonly informers: Informers;
  readonly machines: Machines;
  readonly seed: number;
}

/** What the network watches. */
export const NETWORK_INFORMERS: InformersOptions = {
  resources: { services: [], endpointslices: ['service'], pods: [] },
  latencyMs: [2, 20],
};

/** A disturbance: so much more time on the way, and a share that is lost. */
interface Delay {
  ms: number;
  loss: number;
}

/** Requests through a Service, in the current second and the one before. */
interface Rate {
  atMs: number;
  count: number;
  before: number;
  failed: number;
}

export interface NetworkState {
  random: RandomState;
  /** The whole network's delay, and those of machines by name. */
  delay: Delay;
  delays: Map<string, Delay>;
  /** By `namespace/service`. */
  rates: Map<string, Rate>;
}

const NAME = 'network';
const HOP_MS: readonly [number, number] = [0.2, 1];
/** How long a client waits for a connection that nobody refuses. */
const CONNECT_TIMEOUT_MS = 5000;
const SECOND_MS = 1000;

/**
 * Requests between programs: a name becomes a Service, a Service one of its ready endpoints, an endpoint a Pod on a
 * machine. What goes wrong on the way comes back in the words a client would print.
 */
export class Network implements Component, Wire {
  readonly name = NAME;
  state: NetworkState;

  constructor(private readonly parts: NetworkParts) {
    this.state = {
      random: seedRandom(parts.seed, NAME),
      delay: { ms: 0, loss: 0 },
      delays: new Map(),
      rates: new Map(),
    };
  }

  restore(state: object): void {
    this.state = state as NetworkState;
  }

  /** Requests that wait for nothing but time to pass. */
  handle(timer: Timer): void {
    const { request, response } = timer.data as unknown as { request: WireRequest; response: WireResponse };
    this.#deliver(request, response);
  }

  /** Makes everything, or everything to and from one machine, slower and lossy. Zeros end it. */
  disturb(ms: number, loss: number, node?: string): void {
    if (node === undefined) this.state.delay = { ms, loss };
    else if (ms === 0 && loss === 0) this.state.delays.delete(node);
    else this.state.delays.set(node, { ms, loss });
  }

  send(request: WireRequest): void {
    const url = parseUrl(request.url);
    if (!url) return this.#fail(request, `could not parse ${request.url}`);
    const { host } = url;
    const { informers } = this.parts;
    const service = resolveName(host, request.from.namespace, (key) => informers.byKey('services', key));
    if (request.method === 'RESOLVE') return this.#resolve(request, host, service);
    const byAddress = service ? undefined : this.#podAt(host);
    if (!service && !byAddress) return this.#fail(request, `could not resolve host: ${host}`);
    const port = url.port ?? 80;
    const target = service ? this.#endpoint(service, port) : { pod: byAddress!, port };
    if (service) this.#count(service, typeof target === 'string');
    if (typeof target === 'string') return this.#fail(request, target);
    this.#carry(request, target, url.path);
  }

  answer(request: WireRequest, response: WireResponse, afterMs: number): void {
    const ms = afterMs + this.#hopMs(request.from.node, request.from.node);
    this.parts.clock.after(ms, NAME, 'answer', request.id, { request, response } as unknown as Json, this.#endless);
  }

  /** Requests a second through each Service, by `namespace/name`, and how many of them found nobody. */
  rates(): Map<string, { perSecond: number; failed: number }> {
    const rates = new Map<string, { perSecond: number; failed: number }>();
    const { nowMs } = this.parts.clock;
    for (const [key, rate] of this.state.rates) {
      const age = nowMs - rate.atMs;
      if (age < 2 * SECOND_MS)
        rates.set(key, {
          perSecond: age < SECOND_MS ? Math.max(rate.before, rate.count) : rate.count,
          failed: rate.failed,
        });
    }
    return rates;
  }

  /** Traffic goes on for as long as somebody sends: it does not disturb the quiet. */
  readonly #endless = true;

  #resolve(request: WireRequest, host: string, service: Service | undefined): void {
    if (!service) return this.#fail(request, `could not resolve host: ${host}`);
    const { name, namespace } = service.metadata;
    const address =
      service.spec.clusterIP && service.spec.clusterIP !== 'None'
        ? service.spec.clusterIP
        : this.#addresses(service).join('\nAddress: ');
    const body = `Name:\t${name}.${namespace}.svc.cluster.local\nAddress: ${address}\n`;
    this.answer(request, { id: request.id, code: 200, body }, 1);
  }

  #addresses(service: Service): string[] {
    return this.#slices(service).flatMap(
      (slice) => slice.endpoints?.flatMap((one) => (one.conditions?.ready === false ? [] : one.addresses)) ?? [],
    );
  }

  #slices(service: Service): EndpointSlice[] {
    const { namespace, name } = service.metadata;
    return this.parts.informers.by('endpointslices', 'service', `${namespace}/${name}`);
  }

  /** One of the Service's ready Pods and the port there, or why there is none. */
  #endpoint(service: Service, port: number): Target | string {
    const host = service.metadata.name;
    const servicePort = service.spec.ports?.find((one) => one.port === port);
    const headless = service.spec.clusterIP === 'None';
    if (!servicePort && !headless) return `Failed to connect to ${host} port ${port}: connection timed out`;
    const ready: Target[] = [];
    for (const slice of this.#slices(service)) {
      const known = slice.ports?.find((one) => (one.name ?? '') === (servicePort?.name ?? ''))?.port;
      for (const endpoint of slice.endpoints ?? []) {
        const pod =
          endpoint.conditions?.ready === false ? undefined : this.#podNamed(service, endpoint.targetRef?.name);
        if (pod) ready.push({ pod, port: headless ? port : (known ?? port) });
      }
    }
    const chosen = ready[Math.floor(nextFraction(this.state.random) * ready.length)];
    return chosen ?? `Failed to connect to ${host} port ${port}: connection refused (no ready endpoints)`;
  }

  #podNamed(service: Service, name: string | undefined): Pod | undefined {
    return name === undefined ? undefined : this.parts.informers.get('pods', service.metadata.namespace, name);
  }

  #podAt(address: string): Pod | undefined {
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return undefined;
    for (const pod of this.parts.informers.all('pods')) if (pod.status.podIP === address) return pod;
    return undefined;
  }

  /** On to the machine of the Pod; a machine that cannot be reached answers nothing at all. */
  #carry(request: WireRequest, { pod, port }: Target, path: string): void {
    const node = pod.spec.nodeName ?? '';
    const { machines, clock } = this.parts;
    const local = node === request.from.node;
    const reached = local
      ? machines.get(node)?.powered === true
      : machines.reachable(node) && machines.reachable(request.from.node);
    const host = pod.status.podIP ?? pod.metadata.name;
    if (!reached || this.#lost(request.from.node, node)) {
      const response = { id: request.id, error: `Failed to connect to ${host} port ${port}: connection timed out` };
      return clock.after(
        CONNECT_TIMEOUT_MS,
        NAME,
        'answer',
        request.id,
        { request, response } as unknown as Json,
        this.#endless,
      );
    }
    const data = { request, port, path } as unknown as Json;
    clock.after(
      this.#hopMs(request.from.node, node),
      `kubelet/${node}`,
      'request',
      `${pod.metadata.uid}/${request.id}`,
      data,
      this.#endless,
    );
  }

  #hopMs(from: string, to: string): number {
    const { delay, delays, random } = this.state;
    const extra = delay.ms + (delays.get(from)?.ms ?? 0) + (from === to ? 0 : (delays.get(to)?.ms ?? 0));
    return nextBetween(random, ...HOP_MS) + extra;
  }

  #lost(from: string, to: string): boolean {
    const { delay, delays, random } = this.state;
    const loss = Math.max(delay.loss, delays.get(from)?.loss ?? 0, delays.get(to)?.loss ?? 0);
    return loss > 0 && nextFraction(random) < loss;
  }

  #fail(request: WireRequest, error: string): void {
    this.answer(request, { id: request.id, error }, 1);
  }

  #deliver({ replyTo }: WireRequest, response: WireResponse): void {
    this.parts.clock.after(0, replyTo.owner, 'response', replyTo.key, response as unknown as Json, this.#endless);
  }

  #count(service: Service, failed: boolean): void {
    const key = `${service.metadata.namespace}/${service.metadata.name}`;
    const { nowMs } = this.parts.clock;
    const second = Math.floor(nowMs / SECOND_MS) * SECOND_MS;
    let rate = this.state.rates.get(key);
    if (!rate) this.state.rates.set(key, (rate = { atMs: second, count: 0, before: 0, failed: 0 }));
    if (rate.atMs !== second) {
      rate.before = second - rate.atMs === SECOND_MS ? rate.count : 0;
      rate.atMs = second;
      rate.count = 0;
      rate.failed = 0;
    }
    rate.count += 1;
    if (failed) rate.failed += 1;
  }
}
