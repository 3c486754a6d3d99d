import { cidrContains } from '../../api/cidr';
import type { NetworkPolicy, Pod } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';

/** One end of a connection: a Pod, or something that is none. */
export interface End {
  readonly pod: Pod | undefined;
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  /** Whether it has the network of its node: policies do not touch such Pods. */
  readonly ofNode: boolean;
}

export interface Port {
  readonly number: number;
  readonly protocol: string;
}

type Rule = { ports?: PolicyPort[]; peers: readonly Peer[] | undefined };
type PolicyPort = { port?: number | string; endPort?: number; protocol?: string };
type Peer = NonNullable<NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['from']>[number]>;
type Direction = 'Ingress' | 'Egress';

/** Who keeps a connection from being made. */
export interface Denial {
  readonly direction: Direction;
  /** `namespace/name` of the policies that isolate the Pod and none of which allows it. */
  readonly policies: readonly string[];
}

/**
 * Why no packet gets through, or `undefined`. A Pod that a policy selects is isolated in the policy's directions; what
 * any of them allows is allowed. Both ends must agree. `policiesIn` lists a namespace's policies.
 */
export function denialOf(
  source: End,
  target: End,
  port: Port,
  policiesIn: (namespace: string) => readonly NetworkPolicy[],
): Denial | undefined {
  if (source.pod !== undefined && source.pod.metadata.uid === target.pod?.metadata.uid) return undefined;
  return (
    denialAt(source, target, 'Egress', port, target, policiesIn) ??
    denialAt(target, source, 'Ingress', port, target, policiesIn)
  );
}

function denialAt(
  own: End,
  other: End,
  direction: Direction,
  port: Port,
  target: End,
  policiesIn: (namespace: string) => readonly NetworkPolicy[],
): Denial | undefined {
  if (!own.pod || own.ofNode) return undefined;
  const isolating = policiesIn(own.namespace).filter(
    ({ spec }) => spec.policyTypes?.includes(direction) && selectorMatches(spec.podSelector ?? {}, own.labels),
  );
  if (isolating.length === 0) return undefined;
  const allowed = isolating.some((policy) =>
    rulesOf(policy, direction).some((rule) => allows(rule, policy.metadata.namespace ?? '', other, port, target)),
  );
  const names = isolating.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return allowed ? undefined : { direction, policies: names };
}

function rulesOf({ spec }: NetworkPolicy, direction: Direction): Rule[] {
  if (direction === 'Ingress') return (spec.ingress ?? []).map(({ ports, from }) => ruleOf(ports, from));
  return (spec.egress ?? []).map(({ ports, to }) => ruleOf(ports, to));
}

const ruleOf = (ports: Rule['ports'] | undefined, peers: Rule['peers']): Rule => ({
  ...(ports ? { ports } : {}),
  peers,
});

/** A rule without peers is for everybody, one without ports for every port. */
function allows({ ports, peers }: Rule, namespace: string, other: End, port: Port, target: End): boolean {
  const atPort = !ports?.length || ports.some((one) => isAtPort(one, port, target.pod));
  return atPort && (!peers?.length || peers.some((peer) => isPeer(peer, namespace, other)));
}

function isAtPort(
  { port: wanted, endPort, protocol = 'TCP' }: PolicyPort,
  port: Port,
  target: Pod | undefined,
): boolean {
  if (protocol !== port.protocol) return false;
  if (wanted === undefined) return true;
  if (typeof wanted === 'number') return port.number >= wanted && port.number <= (endPort ?? wanted);
  const named = target?.spec.containers.flatMap((container) => container.ports ?? []) ?? [];
  return named.some(
    (one) => one.name === wanted && (one.protocol ?? 'TCP') === protocol && one.containerPort === port.number,
  );
}

/** Selectors mean Pods with a network of their own; a block of addresses means whatever has one of them. */
function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, namespace: string, other: End): boolean {
  if (ipBlock) {
    const excepted = ipBlock.except?.some((range) => cidrContains(range, other.address)) ?? false;
    return cidrContains(ipBlock.cidr, other.address) && !excepted;
  }
  if (other.ofNode || other.namespace === '') return false;
  const inNamespace = namespaceSelector
    ? selectorMatches(namespaceSelector, other.namespaceLabels)
    : other.namespace === namespace;
  return inNamespace && (!podSelector || selectorMatches(podSelector, other.labels));
}
