import { claimsOf } from '../../api/claim-names';
import { hostPortsOf, type HostPort } from '../../api/host-ports';
import type { Container, LabelSelector, Pod, PodSpec } from '../../api/objects';
import { onlyResources } from '../../api/pod-resources';
import { podRequests, requestsRestOnSpec, type PodRequests } from './resources';

/** A term of pod affinity or anti-affinity. Models pkg/scheduler/framework AffinityTerm. */
export interface AffinityTerm {
  readonly namespaces: readonly string[];
  readonly namespaceSelector: LabelSelector | undefined;
  readonly selector: LabelSelector | undefined;
  readonly topologyKey: string;
  /** 1 for required terms. */
  readonly weight: number;
}

/** What the scheduler derives from a Pod once. Models pkg/scheduler/framework PodInfo. */
export interface PodInfo extends PodRequests {
  readonly priority: number;
  readonly hostPorts: readonly HostPort[];
  /** Keys (`namespace/name`) of the claims it uses, generic ephemeral volumes included. */
  readonly claims: readonly string[];
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
  /** Whether it says anything about other Pods. */
  readonly hasAffinity: boolean;
}

const infos = new WeakMap<Pod, PodInfo>();

/** Facts of Pods of which nothing counts but their priority and what their only container asks for: by the latter. */
const plainInfos = new WeakMap<object, Map<number, PodInfo>>();

/** The Pod's derived facts; computed once for each version of the Pod, and once for all plain Pods of a template. */
export function podInfo(pod: Pod): PodInfo {
  const resources = onlyResources(pod);
  if (resources && isPlain(pod)) return plainInfo(pod, resources);
  let info = infos.get(pod);
  if (!info) infos.set(pod, (info = derive(pod)));
  return info;
}

function plainInfo(pod: Pod, resources: object): PodInfo {
  const priority = pod.spec.priority ?? 0;
  let byPriority = plainInfos.get(resources);
  if (!byPriority) plainInfos.set(resources, (byPriority = new Map()));
  let info = byPriority.get(priority);
  if (!info) byPriority.set(priority, (info = derive(pod)));
  return info;
}

/** Whether the Pod has nothing of its own that `derive` looks at: no affinity, host ports, claims, nor a resize. */
function isPlain(pod: Pod): boolean {
  const { affinity, volumes, containers } = pod.spec;
  if (affinity || volumes?.some(isOfClaim)) return false;
  for (let index = 0; index < containers.length; index++) if (containers[index]!.ports?.some(isOfHost)) return false;
  return requestsRestOnSpec(pod);
}

type Volume = NonNullable<Pod['spec']['volumes']>[number];
type Port = NonNullable<Container['ports']>[number];
const isOfClaim = ({ persistentVolumeClaim, ephemeral }: Volume): boolean => !!(persistentVolumeClaim ?? ephemeral);
const isOfHost = ({ hostPort }: Port): boolean => !!hostPort;

/** Lets a new version of a Pod inherit what was derived from the old one, where nothing relevant changed. */
export function inheritPodInfo(old: Pod, pod: Pod): void {
  const info = infos.get(old);
  if (info && sameBesidesNode(old.spec, pod.spec) && requestsRestOnSpec(old) && requestsRestOnSpec(pod)) {
    infos.set(pod, info);
  }
}

/** Binding makes a new spec that shares everything but the node's name. */
function sameBesidesNode(old: PodSpec, spec: PodSpec): boolean {
  if (old === spec) return true;
  for (const key of Object.keys(spec) as (keyof PodSpec)[]) {
    if (key !== 'nodeName' && old[key] !== spec[key]) return false;
  }
  return Object.keys(old).every((key) => key in spec);
}

function derive(pod: Pod): PodInfo {
  const affinity = pod.spec.affinity;
  const terms = {
    requiredAffinity: required(pod, affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(pod, affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(pod, affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(pod, affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
  return Object.freeze({
    priority: pod.spec.priority ?? 0,
    ...podRequests(pod),
    ...terms,
    hostPorts: hostPortsOf(pod),
    claims: claimsOf(pod),
    hasAffinity: Boolean(affinity?.podAffinity ?? affinity?.podAntiAffinity),
  });
}

type Affinity = NonNullable<NonNullable<Pod['spec']['affinity']>['podAffinity']>;
type RequiredTerms = Affinity['requiredDuringSchedulingIgnoredDuringExecution'];
type PreferredTerms = Affinity['preferredDuringSchedulingIgnoredDuringExecution'];

function required(pod: Pod, terms: RequiredTerms): AffinityTerm[] {
  return (terms ?? []).map((term) => affinityTerm(pod, term, 1));
}

function preferred(pod: Pod, terms: PreferredTerms): AffinityTerm[] {
  return (terms ?? []).map(({ podAffinityTerm, weight }) => affinityTerm(pod, podAffinityTerm, weight));
}

/** Without namespaces and without a selector of namespaces a term is about the Pod's own namespace. */
function affinityTerm(pod: Pod, term: NonNullable<RequiredTerms>[number], weight: number): AffinityTerm {
  const own = !term.namespaces?.length && !term.namespaceSelector;
  return {
    namespaces: own ? [pod.metadata.namespace ?? ''] : (term.namespaces ?? []),
    namespaceSelector: term.namespaceSelector,
    selector: term.labelSelector,
    topologyKey: term.topologyKey,
    weight,
  };
}
