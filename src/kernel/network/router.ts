import type { Json, Namespace, NetworkPolicy, Pod } from '../../api/objects';
import { isIPv4 } from '../../api/cidr';
import type { FailureKind, RequestHop } from '../../api/requests';
import type { Informers } from '../machinery/informers';
import type { Clock } from '../time/clock';
import type { Connection, Endpoint, KubeProxies } from './kube-proxy';
import { ELSEWHERE, type Links } from './links';
import { lookUpName, type Answer, type NameServerView } from './name-server';
import { parseUrl, questionsFor, resolverConfig } from './names';
import { denialOf, type End, type Port } from './network-policy';
import type { OpenRequest } from './request-log';

/** Where a request goes. */
export interface Route {
  readonly hops: readonly RequestHop[];
  /** What the name means, where it is one. */
  readonly names: Answer | undefined;
  readonly service: string;
  /** What the client connects to. */
  readonly address: string;
  /** How long it took to know. */
  readonly elapsedMs: number;
  /** Why the client gives up at once. */
  readonly failure?: FailureKind;
  /** What the API server answers, which is no Pod. */
  readonly answer?: { readonly code: number; readonly body: Json };
  /** The Pod at the other end; without one, and without a failure, packets get lost. */
  readonly target?: { readonly node: string; readonly uid: string; readonly port: number };
}

/** A question for a name that gets no answer: which of the names that the client tries comes next, and for which time. */
export interface Unanswered {
  readonly question: number;
  readonly attempt: number;
  readonly afterMs: number;
}

const API_SERVICE = 'default/kubernetes';
const NAME_SERVICE = 'kube-system/kube-dns';
const NAME_SERVER_LABELS = Object.freeze({ 'k8s-app': 'kube-dns' });
const NAME_SERVER_ADDRESS = '10.96.0.10';
const NAME_SERVER_PORT: Port = { number: 53, protocol: 'UDP' };
/** Models the defaults of resolv.conf(5). */
const RESOLVER_TIMEOUT_MS = 5000;
const RESOLVER_ATTEMPTS = 2;
const REFUSED_MS = 1;
const NO_ROUTE_MS = 3000;
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const NO_LABELS = Object.freeze({});

/** A Service's port, on the node whose proxy meets the connection. */
interface ServicePort extends Pick<Connection, 'node' | 'policy'> {
  readonly key: string;
  readonly port: number;
}

/** Where a question for a name goes, or why that leads to no answer; `refuses`: the client knows at once. */
interface NameServer {
  readonly node: string;
  readonly problem?: string;
  readonly refuses?: boolean;
}

type Resolved = { answer: Answer | undefined; elapsedMs: number; failure?: FailureKind; hop?: RequestHop };
type Tried = Pick<Unanswered, 'question' | 'attempt'>;

const FIRST_TRY: Tried = Object.freeze({ question: 0, attempt: 0 });

/** Finds the way of a request at the moment at which it is sent, or asks for its name once more. It changes nothing but proxies' memory of clients. */
export class Router {
  readonly #view: NameServerView;

  constructor(
    private readonly clock: Clock,
    private readonly informers: Informers,
    private readonly links: Links,
    private readonly proxies: KubeProxies,
    /** The uids of the Pods in which a name server runs; undefined where it is the provider's. */
    private readonly servers: ReadonlySet<string> | undefined,
  ) {
    this.#view = {
      service: (key) => informers.byKey('services', key),
      slices: (key) => informers.by('endpointslices', 'service', key),
    };
  }

  route(open: OpenRequest, from: Tried = FIRST_TRY): Route | Unanswered {
    const { request, host } = open;
    const client = this.#endOf(this.informers.get('pods', request.from.namespace, request.from.pod), request.from);
    const byName = !isIPv4(host);
    const resolved = byName
      ? this.#resolve(client, request.from.node, host, from)
      : { answer: undefined, elapsedMs: 0 };
    if ('attempt' in resolved) return resolved;
    const { answer, elapsedMs, failure, hop } = resolved;
    const hops = hop ? [hop] : [];
    const address = byName ? this.#oneOf(answer?.addresses ?? []) : host;
    const start = { hops, names: answer, service: answer?.service ?? '', address, elapsedMs };
    if (failure) return { ...start, failure };
    return this.#toAddress(open, client, start);
  }

  /** Name servers turn their answers round: clients take the first. Empty where there is none. */
  #oneOf(addresses: readonly string[]): string {
    return addresses[addresses.length <= 1 ? 0 : Math.floor(this.links.draw() * addresses.length)] ?? '';
  }

  /** A Service's address, a node's, or a Pod's own. */
  #toAddress(open: OpenRequest, client: End, start: Route): Route {
    const { node } = open.request.from;
    const { nowMs } = this.clock;
    const service = this.proxies.serviceAt(start.address, node, nowMs);
    if (service) {
      const key = `${service.metadata.namespace}/${service.metadata.name}`;
      const policy = service.spec.clusterIP === start.address ? 'internal' : 'none';
      return this.#throughService(open, client, { ...start, service: key }, { key, port: open.port, node, policy });
    }
    const [machine] = this.informers.by('nodes', 'address', start.address);
    const onNode = machine && this.proxies.serviceOnNode(open.port, machine.metadata.name, nowMs);
    if (machine && onNode) {
      const { namespace, name } = onNode.service.metadata;
      const key = `${namespace}/${name}`;
      const at = { key, port: onNode.port, node: machine.metadata.name, policy: 'none' as const };
      return this.#throughService(open, client, { ...start, service: key }, at);
    }
    if (this.#isServiceRange(start.address)) return start;
    return this.#toEndpoint(open, client, start, {
      address: start.address,
      port: open.port,
      pod: undefined,
      node: machine?.metadata.name,
    });
  }

  /** Addresses of Services that no rule knows lead nowhere. */
  #isServiceRange(address: string): boolean {
    return address.startsWith('10.96.');
  }

  #throughService(open: OpenRequest, client: End, start: Route, at: ServicePort): Route {
    const { key, port, policy, node: proxyNode } = at;
    const { nowMs } = this.clock;
    const atMs = nowMs + start.elapsedMs;
    const from = this.#connection(proxyNode, client, policy);
    const choice = this.proxies.choose(key, port, 'TCP', from, nowMs, this.links.state.random);
    const service: RequestHop = {
      kind: 'service',
      name: key,
      node: '',
      address: `${start.address}:${open.port}`,
      atMs,
    };
    const proxy = { kind: 'kube-proxy', name: 'kube-proxy', node: proxyNode, address: '', atMs } as const;
    if (choice === 'refused') {
      const hops = [...start.hops, service, { ...proxy, problem: 'the Service has no endpoints' }];
      return {
        ...start,
        hops,
        failure: 'ConnectionRefused',
        elapsedMs: start.elapsedMs + this.links.wayMs(proxyNode, proxyNode),
      };
    }
    if (choice === 'dropped') {
      const problem = 'the node has no rule for this port, or no endpoint of its own';
      return { ...start, hops: [...start.hops, service, { ...proxy, problem }] };
    }
    if (key === API_SERVICE) return this.#toApiServer(open, { ...start, hops: [...start.hops, service] });
    const chosen = { ...proxy, address: `${choice.address}:${choice.port}` };
    return this.#toEndpoint(open, client, { ...start, hops: [...start.hops, service, chosen] }, choice);
  }

  #connection(node: string, client: End, policy: Connection['policy']): Connection {
    const zone = this.informers.byKey('nodes', node)?.metadata.labels?.[ZONE_LABEL];
    return { node, zone, client: client.address, policy };
  }

  /** Nobody's name is known to the API server over this door, so it says what it says to strangers. */
  #toApiServer(open: OpenRequest, start: Route): Route {
    const { from, url, method } = open.request;
    const atMs = this.clock.nowMs + start.elapsedMs;
    const hop: RequestHop = { kind: 'endpoint', name: 'kube-apiserver', node: '', address: '', atMs };
    if (!this.links.joined(from.node, ELSEWHERE)) {
      return { ...start, hops: [...start.hops, { ...hop, problem: 'the API server cannot be reached' }] };
    }
    const message = `forbidden: User "system:anonymous" cannot ${method.toLowerCase()} path "${parseUrl(url)?.path ?? '/'}"`;
    const body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'Forbidden',
      details: {},
      code: 403,
    };
    const elapsedMs = start.elapsedMs + this.links.connectMs(from.node, ELSEWHERE);
    return { ...start, hops: [...start.hops, hop], elapsedMs, answer: { code: 403, body } };
  }

  #toEndpoint(open: OpenRequest, client: End, start: Route, endpoint: Endpoint): Route {
    const { from } = open.request;
    const atMs = this.clock.nowMs + start.elapsedMs;
    const pod = this.#podBehind(endpoint);
    const address = `${endpoint.address}:${endpoint.port}`;
    const at = {
      kind: 'endpoint',
      name: pod ? nameOf(pod) : '',
      node: pod?.spec.nodeName ?? '',
      address,
      atMs,
    } as const;
    const target = this.#endOf(pod, { namespace: '', address: endpoint.address });
    const denial = this.#denial(client, target, { number: endpoint.port, protocol: 'TCP' });
    if (denial) return { ...start, hops: [...start.hops, { ...denial, address, atMs }] };
    if (!pod && endpoint.node !== undefined && endpoint.pod === undefined)
      return this.#toMachine(open, start, at, endpoint.node);
    if (!pod) {
      const known = this.informers.by('pods', 'address', endpoint.address).length > 0 || endpoint.pod !== undefined;
      const problem = known ? 'the Pod is gone' : 'nobody in the cluster has this address';
      const hops = [...start.hops, { ...at, problem }];
      return known
        ? { ...start, hops, failure: 'NoRouteToHost', elapsedMs: start.elapsedMs + NO_ROUTE_MS }
        : { ...start, hops };
    }
    const node = pod.spec.nodeName ?? '';
    if (!this.links.joined(from.node, node)) {
      return { ...start, hops: [...start.hops, { ...at, problem: 'the machine cannot be reached' }] };
    }
    return { ...start, hops: [...start.hops, at], target: { node, uid: pod.metadata.uid, port: endpoint.port } };
  }

  /** Nobody listens at a machine's own address, but its kernel says so. */
  #toMachine(open: OpenRequest, start: Route, at: RequestHop, machine: string): Route {
    const { node } = open.request.from;
    if (!this.links.joined(node, machine)) {
      return { ...start, hops: [...start.hops, { ...at, node: machine, problem: 'the machine cannot be reached' }] };
    }
    const elapsedMs = start.elapsedMs + this.links.connectMs(node, machine);
    const hops = [...start.hops, { ...at, node: machine, problem: 'nobody listens there' }];
    return { ...start, hops, elapsedMs, failure: 'ConnectionRefused' };
  }

  /** The Pod that has the address now. Several have a node's: the one that was meant, or that names the port. */
  #podBehind({ address, pod, port }: Endpoint): Pod | undefined {
    const alive = this.informers
      .by('pods', 'address', address)
      .filter((one) => one.status.phase !== 'Succeeded' && one.status.phase !== 'Failed');
    const hasPort = (one: Pod): boolean =>
      one.spec.containers.some((container) => container.ports?.some((declared) => declared.containerPort === port));
    return alive.find((one) => one.metadata.name === pod) ?? alive.find(hasPort) ?? alive[0];
  }

  #denial(source: End, target: End, port: Port): Pick<RequestHop, 'kind' | 'name' | 'node' | 'problem'> | undefined {
    const denial = denialOf(source, target, port, (namespace) => this.#policiesIn(namespace));
    if (!denial) return undefined;
    const [end, problem] =
      denial.direction === 'Egress'
        ? [source, 'the client may not send there']
        : [target, 'the Pod may not be reached from there'];
    return { kind: 'network-policy', name: denial.policies.join(', '), node: end.pod?.spec.nodeName ?? '', problem };
  }

  #policiesIn(namespace: string): readonly NetworkPolicy[] {
    return this.informers.by('networkpolicies', 'namespace', namespace);
  }

  #endOf(pod: Pod | undefined, known: { namespace: string; address: string }): End {
    const namespace = pod?.metadata.namespace ?? known.namespace;
    return {
      pod,
      namespace,
      namespaceLabels: this.#labelsOfNamespace(namespace),
      labels: pod?.metadata.labels ?? NO_LABELS,
      address: pod?.status.podIP ?? known.address,
      ofNode: pod?.spec.hostNetwork === true,
    };
  }

  #labelsOfNamespace(name: string): Readonly<Record<string, string>> {
    const namespace: Namespace | undefined = this.informers.byKey('namespaces', name);
    return namespace?.metadata.labels ?? NO_LABELS;
  }

  /** Asks a name server for each name that the client's resolver tries, from that on which it is at. */
  #resolve(client: End, node: string, host: string, from: Tried): Resolved | Unanswered {
    const config = resolverConfig(client.pod, client.namespace);
    const hop = (at: string, name: string, address: string, afterMs: number, problem?: string): RequestHop => ({
      kind: 'dns',
      name,
      node: at,
      address,
      atMs: this.clock.nowMs + afterMs,
      ...(problem === undefined ? {} : { problem }),
    });
    const questions = config.cluster ? questionsFor(host, config) : [];
    let elapsedMs = 0;
    let at = ELSEWHERE;
    for (let index = from.question; index < questions.length; index++) {
      const first = index === from.question ? from.attempt : 0;
      const { server, ms, attempt } = this.#ask(client, node, first);
      elapsedMs += ms;
      at = server.node;
      if (attempt !== undefined) return { question: index, attempt, afterMs: elapsedMs };
      if (server.problem !== undefined) {
        const failed = hop(at, host, '', elapsedMs, server.problem);
        return { answer: undefined, elapsedMs, failure: 'NoNameServer', hop: failed };
      }
      const answer = lookUpName(questions[index]!, this.#view);
      if (answer) return { answer, elapsedMs, hop: hop(at, answer.name, answer.addresses.join(','), elapsedMs) };
    }
    elapsedMs = Math.max(elapsedMs, 1);
    const failed = hop(at, host, '', elapsedMs, 'there is no such name');
    return { answer: undefined, elapsedMs, failure: 'UnknownHost', hop: failed };
  }

  /** Asks a name server, and at once again where it is refused; `attempt`: which one comes next when nobody answers. */
  #ask(client: End, node: string, first: number): { server: NameServer; ms: number; attempt?: number } {
    for (let attempt = first, ms = 0; ; attempt++) {
      const server = this.#nameServer(client, node);
      const reached = server.problem === undefined;
      const wayMs = reached ? this.links.wayMs(node, server.node) + this.links.wayMs(server.node, node) : 0;
      if (reached && this.links.answered(node, server.node) && wayMs < RESOLVER_TIMEOUT_MS)
        return { server, ms: ms + wayMs };
      ms += server.refuses ? REFUSED_MS : RESOLVER_TIMEOUT_MS;
      if (attempt + 1 >= RESOLVER_ATTEMPTS)
        return { server: reached ? { ...server, problem: 'the name server does not answer' } : server, ms };
      if (!server.refuses) return { server, ms, attempt: attempt + 1 };
    }
  }

  /** The name server that a client's question goes to, or why it goes to none. */
  #nameServer(client: End, node: string): NameServer {
    return this.servers ? this.#nameServerPod(client, node, this.servers) : this.#providersNameServer(client, node);
  }

  /** The name server of who runs the cluster: nobody sees it, and it is always there. */
  #providersNameServer(client: End, node: string): NameServer {
    const provider: End = {
      pod: undefined,
      namespace: 'kube-system',
      namespaceLabels: this.#labelsOfNamespace('kube-system'),
      labels: NAME_SERVER_LABELS,
      address: NAME_SERVER_ADDRESS,
      ofNode: false,
    };
    const denied = this.#denial(client, provider, NAME_SERVER_PORT);
    if (denied) return { node: ELSEWHERE, problem: `denied by ${denied.name}` };
    return this.links.joined(node, ELSEWHERE)
      ? { node: ELSEWHERE }
      : { node: ELSEWHERE, problem: 'the name server cannot be reached' };
  }

  /** One of the Pods behind the name servers' Service, as the client's node knows them. */
  #nameServerPod(client: End, node: string, servers: ReadonlySet<string>): NameServer {
    const { number, protocol } = NAME_SERVER_PORT;
    const from = this.#connection(node, client, 'internal');
    const { nowMs } = this.clock;
    const choice = this.proxies.choose(NAME_SERVICE, number, protocol, from, nowMs, this.links.state.random);
    if (choice === 'refused') return { node: ELSEWHERE, problem: 'the name server has no endpoints', refuses: true };
    if (choice === 'dropped') return { node: ELSEWHERE, problem: 'no rule leads to the name server' };
    const pod = this.#podBehind(choice);
    const server = this.#endOf(pod, { namespace: '', address: choice.address });
    const at = pod?.spec.nodeName ?? ELSEWHERE;
    const denied = this.#denial(client, server, NAME_SERVER_PORT);
    if (denied) return { node: at, problem: `denied by ${denied.name}` };
    if (!pod || !this.links.joined(node, at)) return { node: at, problem: 'the name server cannot be reached' };
    if (!servers.has(pod.metadata.uid)) return { node: at, problem: 'no name server runs in the Pod', refuses: true };
    return { node: at };
  }
}

const nameOf = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`;
