import { hashText, nextBelow, type RandomState } from '../../base/random';
import type { EndpointSlice, Service } from '../../api/objects';

/** What a kube-proxy has programmed for a Service. */
interface Rules {
  /** Since when the API server's watchers know it. */
  readonly atMs: number;
  /** Undefined once the Service is gone. */
  readonly service: Service | undefined;
  readonly slices: readonly EndpointSlice[];
}

export interface KubeProxiesState {
  /** The last versions of each Service's rules, oldest first, by `namespace/name`. */
  rules: Map<string, readonly Rules[]>;
  /** The Services by the addresses that the proxies answer for. */
  addresses: Map<string, string>;
  /** Nodes whose proxy hears nothing any more, since when, and for which reasons; null: there are no rules to go by. */
  stopped: Map<string, { readonly atMs: number | null; readonly reasons: readonly DeafReason[] }>;
  /** Where a client's last connection went, by `node service client`. */
  affinity: Map<string, { address: string; atMs: number }>;
}

/** Why a proxy hears nothing: its machine is cut off, or it does not run. */
export type DeafReason = 'cut' | 'down';

/** A connection as the proxy of a node meets it. */
export interface Connection {
  readonly node: string;
  /** The zone of that node, if it has one. */
  readonly zone: string | undefined;
  readonly client: string;
  /** Which of the Service's policies holds: that for its own address, that for what comes from outside, or none. */
  readonly policy: 'internal' | 'external' | 'none';
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** The Pod's name, where a Pod is behind it. */
  readonly pod: string | undefined;
  readonly node: string | undefined;
}

/** Where a connection goes; refused where a Service has no endpoints, dropped where a policy leaves none on the node. */
export type Choice = Endpoint | 'refused' | 'dropped';

type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

type Hints = Partial<Record<'forNodes' | 'forZones', readonly { readonly name: string }[]>>;

/** Between what watchers know and what a node's packet filter does lies so much, and as much more by the node. */
const SYNC_MS = 20;
const SYNC_SPREAD_MS = 150;
const VERSIONS_LIMIT = 64;
const AFFINITY_LIMIT = 4096;
const AFFINITY_SECONDS = 10_800;

/**
 * The kube-proxies of all nodes. Each is some milliseconds behind its watch, and one that hears nothing any more goes on
 * with what it knew. So its rules are those of a moment, and the moments are kept instead of a copy for each node.
 */
export class KubeProxies {
  constructor(
    readonly state: KubeProxiesState,
    private readonly seed: number,
  ) {}

  /** A Service or its slices have changed. */
  learn(key: string, service: Service | undefined, slices: readonly EndpointSlice[], nowMs: number): void {
    const known = this.state.rules.get(key) ?? [];
    const rules = Object.freeze({ atMs: nowMs, service, slices: Object.freeze([...slices]) });
    const versions = this.#needed([...known.filter((one) => one.atMs < nowMs), rules], nowMs);
    for (const address of addressesOf(service)) this.state.addresses.set(address, key);
    if (versions.every((one) => !one.service)) this.#forget(key);
    else this.state.rules.set(key, Object.freeze(versions));
  }

  #forget(key: string): void {
    this.state.rules.delete(key);
    for (const [address, owner] of this.state.addresses) if (owner === key) this.state.addresses.delete(address);
  }

  /** Versions that some node still goes by. */
  #needed(versions: Rules[], nowMs: number): Rules[] {
    const oldestMs = Math.min(
      nowMs - SYNC_MS - SYNC_SPREAD_MS,
      ...Array.from(this.state.stopped.values(), (one) => one.atMs ?? Infinity),
    );
    const first = versions.findLastIndex((one) => one.atMs <= oldestMs);
    return versions.slice(Math.max(0, first)).slice(-VERSIONS_LIMIT);
  }

  /** A node's proxy hears nothing any more, or everything again. */
  setDeaf(node: string, reason: DeafReason, deaf: boolean, nowMs: number): void {
    const known = this.state.stopped.get(node);
    const others = (known?.reasons ?? []).filter((one) => one !== reason);
    const reasons = deaf ? [...others, reason] : others;
    if (reasons.length === 0) this.state.stopped.delete(node);
    else
      this.state.stopped.set(
        node,
        Object.freeze({ atMs: known ? known.atMs : nowMs, reasons: Object.freeze(reasons) }),
      );
  }

  /** The node's packet filter is empty: its power was gone, or no proxy has run there yet. Its proxy does not run. */
  empty(node: string): void {
    const others = (this.state.stopped.get(node)?.reasons ?? []).filter((one) => one !== 'down');
    this.state.stopped.set(node, Object.freeze({ atMs: null, reasons: Object.freeze([...others, 'down' as const]) }));
  }

  isDeaf(node: string, reason: DeafReason): boolean {
    return this.state.stopped.get(node)?.reasons.includes(reason) === true;
  }

  /** The node is no more. */
  forgetNode(node: string): void {
    this.state.stopped.delete(node);
  }

  /** How far a node's packet filter is behind its watch. */
  #lagMs(node: string): number {
    return SYNC_MS + (hashText(node, this.seed) % SYNC_SPREAD_MS);
  }

  #rulesOf(node: string, key: string, nowMs: number): Rules | undefined {
    const stopped = this.state.stopped.get(node);
    if (stopped?.atMs === null) return undefined;
    const atMs = (stopped?.atMs ?? nowMs) - this.#lagMs(node);
    return this.state.rules.get(key)?.findLast((one) => one.atMs <= atMs);
  }

  /** The Service that an address belongs to, as the node knows it; `undefined` where its packets match no rule. */
  serviceAt(address: string, node: string, nowMs: number): Service | undefined {
    const key = this.state.addresses.get(address);
    const service = key === undefined ? undefined : this.#rulesOf(node, key, nowMs)?.service;
    return service && addressesOf(service).includes(address) ? service : undefined;
  }

  /** The Service with a node port, as the node knows it. */
  serviceOnNode(nodePort: number, node: string, nowMs: number): { service: Service; port: number } | undefined {
    for (const key of this.state.rules.keys()) {
      const service = this.#rulesOf(node, key, nowMs)?.service;
      const port = service?.spec.ports?.find((one) => one.nodePort === nodePort);
      if (service && port) return { service, port: port.port };
    }
    return undefined;
  }

  /** The endpoint that a node's proxy gives a connection to a Service's port. */
  choose(key: string, port: number, protocol: string, from: Connection, nowMs: number, random: RandomState): Choice {
    const rules = this.#rulesOf(from.node, key, nowMs);
    const servicePort = rules?.service?.spec.ports?.find((one) => one.port === port && isProtocol(one, protocol));
    if (!rules?.service || !servicePort) return 'dropped';
    const all = rules.slices.flatMap((slice) => endpointsOf(slice, servicePort.name ?? ''));
    const usable = usableOf(all);
    if (usable.length === 0) return 'refused';
    const local = isLocal(rules.service, from.policy)
      ? usableOf(all.filter(({ on }) => on.nodeName === from.node))
      : nearOf(usable, from);
    if (local.length === 0) return 'dropped';
    return endpointFrom(this.#pick(key, rules.service, local, from, nowMs, random));
  }

  #pick(
    key: string,
    { spec }: Service,
    usable: readonly Placed[],
    { node, client }: Connection,
    nowMs: number,
    random: RandomState,
  ): Placed {
    if (spec.sessionAffinity !== 'ClientIP') return usable[nextBelow(random, usable.length)]!;
    const timeoutMs = (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS) * 1000;
    const place = `${node} ${key} ${client}`;
    const last = this.state.affinity.get(place);
    const remembered = last && nowMs - last.atMs < timeoutMs ? last.address : undefined;
    const again = usable.find(({ on }) => on.addresses[0] === remembered);
    const chosen = again ?? usable[nextBelow(random, usable.length)]!;
    this.state.affinity.delete(place);
    this.state.affinity.set(place, { address: chosen.on.addresses[0] ?? '', atMs: nowMs });
    if (this.state.affinity.size > AFFINITY_LIMIT) this.state.affinity.delete(this.state.affinity.keys().next().value!);
    return chosen;
  }
}

interface Placed {
  readonly on: SliceEndpoint;
  readonly port: number;
}

const isProtocol = (port: { protocol?: string }, protocol: string): boolean => (port.protocol ?? 'TCP') === protocol;

/** The addresses for which a proxy has rules. */
function addressesOf(service: Service | undefined): string[] {
  if (!service || service.spec.type === 'ExternalName') return [];
  const { clusterIP, externalIPs = [] } = service.spec;
  const balancer = (service.status.loadBalancer?.ingress ?? []).flatMap((one) => (one.ip ? [one.ip] : []));
  return [...(clusterIP && clusterIP !== 'None' ? [clusterIP] : []), ...externalIPs, ...balancer];
}

function endpointsOf(slice: EndpointSlice, portName: string): Placed[] {
  const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
  return port === undefined ? [] : (slice.endpoints ?? []).map((on) => ({ on, port }));
}

/** Those that are ready; if none is, those that end and still serve. Models pkg/proxy/topology.go CategorizeEndpoints. */
function usableOf(endpoints: readonly Placed[]): readonly Placed[] {
  const ready = endpoints.filter(({ on }) => on.conditions?.ready !== false);
  if (ready.length > 0) return ready;
  return endpoints.filter(({ on }) => on.conditions?.serving === true && on.conditions.terminating === true);
}

/**
 * Of endpoints that are all hinted those for the node, or else those for its zone; all of them where none is for either,
 * or one has no hint. Models pkg/proxy/topology.go topologyModeFromHints.
 */
function nearOf(usable: readonly Placed[], { node, zone }: Connection): readonly Placed[] {
  for (const [kind, place] of [
    ['forNodes', node],
    ['forZones', zone],
  ] as const) {
    const hints = usable.map(({ on }) => (on.hints as Hints | undefined)?.[kind] ?? []);
    if (place === undefined || hints.some((names) => names.length === 0)) continue;
    const near = usable.filter((_, index) => hints[index]!.some(({ name }) => name === place));
    if (near.length > 0) return near;
  }
  return usable;
}

/** Whether only endpoints on the same node will do. */
function isLocal({ spec }: Service, policy: Connection['policy']): boolean {
  if (policy === 'none') return false;
  return (policy === 'internal' ? spec.internalTrafficPolicy : spec.externalTrafficPolicy) === 'Local';
}

function endpointFrom({ on, port }: Placed): Endpoint {
  return { address: on.addresses[0] ?? '', port, pod: on.targetRef?.name, node: on.nodeName };
}
