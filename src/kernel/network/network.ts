import { seedRandom } from '../../base/random';
import type { FailureKind, RequestRecord, ServiceTraffic } from '../../api/requests';
import type { Json } from '../../api/objects';
import type { Component } from '../machinery/component';
import type { Informers, InformersOptions } from '../machinery/informers';
import type { Machines } from '../machinery/machines';
import type { Wire, WireRequest, WireResponse } from '../machinery/ports';
import type { Clock, Timer } from '../time/clock';
import { KubeProxies, type DeafReason, type KubeProxiesState } from './kube-proxy';
import { Links, type Delay, type LinksState } from './links';
import { Router, type Route, type Unanswered } from './router';
import { parseUrl } from './names';
import { emptyLog, RequestLog, type OpenRequest, type RequestLogState } from './request-log';

/** What the network is given. `informers` shows it what `NETWORK_INFORMERS` names. */
export interface NetworkParts {
  readonly clock: Clock;
  readonly informers: Informers;
  readonly machines: Machines;
  /** Its programs that run in Pods; the machines and the provider run the others, and nobody can stop those. */
  readonly inPods: ReadonlySet<string>;
  readonly seed: number;
}

/** What the network watches. */
export const NETWORK_INFORMERS: InformersOptions = {
  resources: {
    namespaces: [],
    nodes: ['address'],
    services: [],
    endpointslices: ['service'],
    pods: ['address'],
    networkpolicies: ['namespace'],
  },
  latencyMs: [2, 20],
};

export interface NetworkState {
  links: LinksState;
  proxies: KubeProxiesState;
  log: RequestLogState;
  /** The uids of the Pods in which a name server runs. */
  nameServers: Set<string>;
}

const NAME = 'network';
const KUBE_PROXY = 'kube-proxy';
const NAME_SERVER = 'coredns';
/** When a kernel gives a connection up that nobody refuses. Models tcp_syn_retries of 6. */
const CONNECT_GIVEN_UP_MS = 127_000;
/** How long busybox' wget waits for an answer. */
const DEFAULT_TIMEOUT_MS = 900_000;
const PARSE_MS = 1;
/** Traffic goes on for as long as somebody sends: it does not disturb the quiet. */
const ENDLESS = true;

/**
 * Requests between programs: a name becomes an address, the address a Service, the Service one of its endpoints, by the
 * rules of the client's node; an endpoint is a Pod on a machine. Each request ends with an answer or with a failure that
 * its client can tell, and leaves a record.
 */
export class Network implements Component, Wire {
  readonly name = NAME;
  state: NetworkState;
  #links!: Links;
  #proxies!: KubeProxies;
  #log!: RequestLog;
  #router!: Router;

  constructor(private readonly parts: NetworkParts) {
    const { informers, seed } = parts;
    this.state = {
      links: { random: seedRandom(seed, NAME), delay: Object.freeze({ ms: 0, loss: 0 }), delays: new Map() },
      proxies: { rules: new Map(), addresses: new Map(), stopped: new Map(), affinity: new Map() },
      log: emptyLog(),
      nameServers: new Set(),
    };
    this.#join();
    informers.on('services', ({ key }) => this.#learn(key));
    informers.on('endpointslices', ({ object }) => {
      const service = object.metadata.labels?.['kubernetes.io/service-name'];
      if (service) this.#learn(`${object.metadata.namespace}/${service}`);
    });
  }

  restore(state: object): void {
    this.state = state as NetworkState;
    this.#join();
  }

  #join(): void {
    const { machines, informers, seed, clock } = this.parts;
    this.#links = new Links(this.state.links, machines);
    this.#proxies = new KubeProxies(this.state.proxies, seed);
    this.#log = new RequestLog(this.state.log);
    const servers = this.parts.inPods.has(NAME_SERVER) ? this.state.nameServers : undefined;
    this.#router = new Router(clock, informers, this.#links, this.#proxies, servers);
  }

  #learn(key: string): void {
    const { informers, clock } = this.parts;
    const slices = informers.by('endpointslices', 'service', key);
    this.#proxies.learn(key, informers.byKey('services', key), slices, clock.nowMs);
  }

  /** Makes everything, or everything to and from one machine, slower and lossy. Zeros end it. */
  disturb(ms: number, loss: number, node?: string): void {
    this.#links.disturb(ms, loss, node);
  }

  /** Whether nobody has stopped the name servers; undefined where they are the provider's. */
  get nameServerUp(): boolean | undefined {
    if (!this.has(NAME_SERVER)) return undefined;
    return ![...this.parts.machines.all()].some(({ stopped }) => stopped.has(NAME_SERVER));
  }

  /** How slow and lossy everything is. */
  get disturbance(): Delay {
    return this.#links.disturbance;
  }

  /** Whether Pods run this program of the network: kube-proxy, coredns. */
  has(component: string): boolean {
    return this.parts.inPods.has(component);
  }

  works(program: 'kube-proxy' | 'coredns', node: string, uid: string, now: boolean): void {
    if (!this.parts.inPods.has(program)) return;
    if (program === NAME_SERVER) {
      if (now) this.state.nameServers.add(uid);
      else this.state.nameServers.delete(uid);
    } else if (now || this.parts.machines.get(node)?.powered) this.#setDeaf(node, 'down', !now);
    else this.#proxies.empty(node);
  }

  /** Whether the kube-proxy of a machine does not run: what rules there are stay as they are. */
  proxyStopped(node: string): boolean {
    return this.#proxies.isDeaf(node, 'down');
  }

  /** A machine is cut off, or joined again: its kube-proxy goes on with what it knew. */
  setCut(node: string, cut: boolean): void {
    this.#setDeaf(node, 'cut', cut);
  }

  /** A machine comes: it has no rules until a kube-proxy runs on it. */
  expectNode(node: string): void {
    if (this.parts.inPods.has(KUBE_PROXY)) this.#proxies.empty(node);
  }

  /** A machine is taken away. */
  forgetNode(node: string): void {
    this.#links.disturb(0, 0, node);
    this.#proxies.forgetNode(node);
  }

  #setDeaf(node: string, reason: DeafReason, deaf: boolean): void {
    this.#proxies.setDeaf(node, reason, deaf, this.parts.clock.nowMs);
  }

  send(request: WireRequest): void {
    const { clock } = this.parts;
    const open = this.#log.open(request, clock.nowMs);
    const url = parseUrl(request.url);
    if (!url) {
      open.host = request.url;
      return this.#failAfter(open, 'BadUrl', PARSE_MS);
    }
    open.host = url.host;
    open.port = url.port ?? 80;
    this.#findWay(open, this.#router.route(open));
  }

  #findWay(open: OpenRequest, route: Route | Unanswered): void {
    if ('attempt' in route) return this.#askAgain(open, route);
    const { method, url } = open.request;
    for (const hop of route.hops) this.#log.hop(open, hop);
    if (route.service !== '') this.#log.through(open, route.service);
    open.address = route.address;
    if (method === 'RESOLVE' && route.names) return this.#tellNames(open, route);
    this.#follow(open, route, parseUrl(url)!.path);
  }

  /** The client's resolver waits for an answer, and then asks again: whoever answers then. */
  #askAgain(open: OpenRequest, { question, attempt, afterMs }: Unanswered): void {
    const timeoutMs = this.#leftMs(open);
    if (afterMs >= timeoutMs) return this.#expectEnd(open, 'Timeout', timeoutMs);
    this.parts.clock.after(afterMs, NAME, 'ask', open.request.id, { question, attempt }, ENDLESS);
  }

  /** How long the client still waits. */
  #leftMs({ request, atMs }: OpenRequest): number {
    return (request.timeoutMs ?? DEFAULT_TIMEOUT_MS) - (this.parts.clock.nowMs - atMs);
  }

  /** What a client that only asks for a name is told. */
  #tellNames({ request }: OpenRequest, { names, elapsedMs }: Route): void {
    const body = [`Name:\t${names!.name}`, ...names!.addresses.map((address) => `Address: ${address}`), ''].join('\n');
    this.#answerAfter(request.id, { id: request.id, code: 200, body }, elapsedMs);
  }

  #follow(open: OpenRequest, route: Route, path: string): void {
    const { request } = open;
    const { connectTimeoutMs = Infinity } = request;
    const timeoutMs = this.#leftMs(open);
    if (route.failure) return this.#failAfter(open, route.failure, route.elapsedMs, timeoutMs);
    if (route.answer && route.elapsedMs < timeoutMs)
      return this.#answerAfter(request.id, { id: request.id, ...route.answer }, route.elapsedMs);
    const limitMs = route.elapsedMs + Math.min(CONNECT_GIVEN_UP_MS, connectTimeoutMs);
    const connectedMs = route.target
      ? route.elapsedMs + this.#links.connectMs(request.from.node, route.target.node)
      : Infinity;
    if (!route.target || connectedMs > limitMs) return this.#failAfter(open, 'ConnectTimeout', limitMs, timeoutMs);
    this.#expectEnd(open, 'Timeout', timeoutMs);
    const { node, uid, port } = route.target;
    const arrivesMs = connectedMs + this.#links.carryMs(request.from.node, node);
    if (arrivesMs >= timeoutMs) return;
    open.server = node;
    const data = { request, port, path } as unknown as Json;
    this.parts.clock.after(arrivesMs, `kubelet/${node}`, 'request', `${uid}/${request.id}`, data, ENDLESS);
  }

  answer(request: WireRequest, response: Omit<WireResponse, 'failure'>, afterMs: number): void {
    this.#backAfter(request, afterMs, (open, ms) => this.#answerAfter(open.request.id, response, ms));
  }

  refuse(request: WireRequest, kind: FailureKind, afterMs: number): void {
    this.#backAfter(request, afterMs, (open, ms) => this.#expectEnd(open, kind, ms));
  }

  /** What comes from the server's machine arrives, unless there is no way or nobody waits any more. */
  #backAfter(request: WireRequest, afterMs: number, arrive: (open: OpenRequest, ms: number) => void): void {
    const open = this.#log.get(request.id);
    if (!open || open.server === null || !this.#links.joined(open.server, request.from.node)) return;
    const ms = afterMs + this.#links.carryMs(open.server, request.from.node);
    const end = this.parts.clock.timer(NAME, 'end', request.id);
    if (end && this.parts.clock.nowMs + ms >= end.atMs) return;
    arrive(open, ms);
  }

  #answerAfter(id: string, response: WireResponse, ms: number): void {
    this.parts.clock.after(ms, NAME, 'end', id, { response } as unknown as Json, ENDLESS);
  }

  /** It fails so, unless its client gives up before that. */
  #failAfter(open: OpenRequest, kind: FailureKind, ms: number, timeoutMs = Infinity): void {
    if (ms <= timeoutMs) this.#expectEnd(open, kind, ms);
    else this.#expectEnd(open, 'Timeout', timeoutMs);
  }

  #expectEnd({ request }: OpenRequest, kind: FailureKind, ms: number): void {
    this.parts.clock.after(ms, NAME, 'end', request.id, { kind } as unknown as Json, ENDLESS);
  }

  /** The moment at which a request ends, or its name is asked for again. */
  handle({ kind: what, key, data, atMs }: Timer): void {
    const open = this.#log.get(key);
    if (!open) return;
    if (what === 'ask') {
      const tried = data as unknown as Pick<Unanswered, 'question' | 'attempt'>;
      return this.#findWay(open, this.#router.route(open, tried));
    }
    const { response, kind } = data as unknown as { response?: WireResponse; kind?: FailureKind };
    const { host, address, port, request } = open;
    const failure = kind && Object.freeze({ kind, host, address, port, afterMs: atMs - open.atMs });
    this.#log.close(key, atMs, { code: response?.code ?? 0, ...(failure ? { failure } : {}) });
    const told = response ?? { id: key, failure };
    const { owner, key: asker } = request.replyTo;
    this.parts.clock.after(0, owner, 'response', asker, told as unknown as Json, ENDLESS);
  }

  /** Requests a second through each Service, by `namespace/name`, and failures a second. */
  rates(): Map<string, { perSecond: number; failed: number }> {
    return this.#log.rates(this.parts.clock.nowMs);
  }

  /** What has become of the requests through a Service; `undefined` where there were none. */
  traffic(service: string): ServiceTraffic | undefined {
    return this.#log.traffic(service, this.parts.clock.nowMs);
  }

  /** The last requests that ended, by their end; those after the number `since` alone. */
  requests(since = 0): readonly RequestRecord[] {
    const { records } = this.state.log;
    return since === 0 ? records : records.filter((record) => record.number > since);
  }

  /** All requests that ended since the cluster began, and those of them that failed. */
  totals(): { requests: number; failures: number } {
    const { count, failures, open } = this.state.log;
    return { requests: count - open.size, failures };
  }
}
