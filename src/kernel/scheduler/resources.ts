import { milliValue, wholeValue } from '../../api/quantity';
import type { Container, ContainerStatus, Pod } from '../../api/objects';

/** Amounts of resources. Models pkg/scheduler/framework Resource. */
export interface Resources {
  /** Millicores. */
  cpu: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  ephemeralStorage: number;
  /** Extended resources, huge pages and the like, by name. */
  scalars: Map<string, number>;
}

/** The same text for the same amounts. */
export function signOf({ cpu, memory, ephemeralStorage, scalars }: Resources): string {
  let text = `${cpu} ${memory} ${ephemeralStorage};`;
  for (const [name, amount] of scalars) text += `${name} ${amount};`;
  return text;
}

type ResourceList = Readonly<Record<string, string | number>>;

/** Amounts by name: millicores for `cpu`, whole units for everything else. */
type Amounts = Map<string, number>;

/** What a container without a request counts for in scoring. Models pkg/scheduler/util pod_resources.go. */
const DEFAULTS: ReadonlyMap<string, number> = new Map([
  ['cpu', 100],
  ['memory', 200 * 1024 * 1024],
]);
const NO_DEFAULTS: ReadonlyMap<string, number> = new Map();

export const noResources = (): Resources => ({ cpu: 0, memory: 0, ephemeralStorage: 0, scalars: new Map() });

/** Whether the scheduler counts a resource by name: extended, huge pages, attachable volumes. */
function isScalarResource(name: string): boolean {
  return name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');
}

function toResources(amounts: Amounts): Resources {
  const resources = noResources();
  for (const [name, amount] of amounts) {
    if (name === 'cpu') resources.cpu = amount;
    else if (name === 'memory') resources.memory = amount;
    else if (name === 'ephemeral-storage') resources.ephemeralStorage = amount;
    else if (isScalarResource(name)) resources.scalars.set(name, amount);
  }
  return resources;
}

/** A ResourceList as numbers. */
export function resourcesOf(list: ResourceList | undefined): Resources {
  return toResources(amountsOf(list));
}

function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) {
    const text = list[name];
    if (text !== undefined) amounts.set(name, name === 'cpu' ? milliValue(text) : wholeValue(text));
  }
  return amounts;
}

/** Adds `other` to `total`, `sign` being 1 or -1. */
export function addResources(total: Resources, other: Resources, sign: 1 | -1): void {
  total.cpu += sign * other.cpu;
  total.memory += sign * other.memory;
  total.ephemeralStorage += sign * other.ephemeralStorage;
  for (const [name, amount] of other.scalars) total.scalars.set(name, (total.scalars.get(name) ?? 0) + sign * amount);
}

function addTo(total: Amounts, other: Amounts): void {
  for (const [name, amount] of other) total.set(name, (total.get(name) ?? 0) + amount);
}

function raiseTo(total: Amounts, other: Amounts): void {
  for (const [name, amount] of other) if (amount > (total.get(name) ?? -Infinity)) total.set(name, amount);
}

/** A Pod's requests: as they are, with defaults for scoring, and as nodes add them up for scoring. */
export interface PodRequests {
  readonly requests: Resources;
  /**
   * What LeastAllocated and its kin add for the Pod to place: 100m and 200Mi for each container that requests nothing.
   * Requests of the Pod as a whole are left out, as upstream leaves them out here and nowhere else.
   */
  readonly scoring: Resources;
  /** What the node's sums for scoring count for this Pod once it is there; requests of the Pod as a whole included. */
  readonly nonZeroCpu: number;
  readonly nonZeroMemory: number;
}

/** Models component-helpers/resource PodRequests and pkg/scheduler/framework PodInfo.CalculateResource. */
export function podRequests(pod: Pod): PodRequests {
  const wanted = podLevelRequests(pod);
  const amounts = aggregate(pod, NO_DEFAULTS, wanted);
  const requests = toResources(amounts);
  if (!wanted && asksForAll(pod) && !isResizeInfeasible(pod)) {
    return { requests, scoring: requests, nonZeroCpu: requests.cpu, nonZeroMemory: requests.memory };
  }
  const scoring = aggregate(pod, DEFAULTS, undefined);
  const missing = wanted ? new Map([...DEFAULTS].filter(([name]) => !amounts.get(name))) : DEFAULTS;
  const nonZero = wanted ? aggregate(pod, missing, wanted) : scoring;
  return {
    requests,
    scoring: toResources(scoring),
    nonZeroCpu: nonZero.get('cpu') ?? 0,
    nonZeroMemory: nonZero.get('memory') ?? 0,
  };
}

/** Whether no container leaves CPU or memory open, so that defaults change nothing. */
function asksForAll({ spec }: Pod): boolean {
  const asks = ({ resources }: Container): boolean =>
    resources?.requests?.cpu !== undefined && resources.requests.memory !== undefined;
  return spec.containers.every(asks) && (spec.initContainers ?? []).every(asks);
}

const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

function podLevelRequests(pod: Pod): ResourceList | undefined {
  const requests = pod.spec.resources?.requests as ResourceList | undefined;
  return requests && Object.keys(requests).some(isPodLevelResource) ? requests : undefined;
}

function aggregate(pod: Pod, defaults: ReadonlyMap<string, number>, podLevel: ResourceList | undefined): Amounts {
  const total: Amounts = new Map();
  for (const container of pod.spec.containers) addTo(total, containerAmounts(pod, container, defaults));
  raiseTo(total, initAmounts(pod, defaults, total));
  if (podLevel) {
    for (const [name, amount] of amountsOf(podLevel)) if (isPodLevelResource(name)) total.set(name, amount);
  }
  addTo(total, amountsOf(pod.spec.overhead as ResourceList | undefined));
  return total;
}

/** What initialising needs at its peak; sidecars are added to `total`, because they stay. */
function initAmounts(pod: Pod, defaults: ReadonlyMap<string, number>, total: Amounts): Amounts {
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const own = containerAmounts(pod, container, defaults);
    if (container.restartPolicy === 'Always') {
      addTo(total, own);
      addTo(sidecars, own);
      raiseTo(peak, sidecars);
    } else {
      addTo(own, sidecars);
      raiseTo(peak, own);
    }
  }
  return peak;
}

function containerAmounts(pod: Pod, container: Container, defaults: ReadonlyMap<string, number>): Amounts {
  const amounts = requestsInForce(pod, container);
  for (const [name, amount] of defaults) if (!amounts.has(name)) amounts.set(name, amount);
  return amounts;
}

/** While a container is resized in place, the larger of what is asked for, allocated and in use counts. */
function requestsInForce(pod: Pod, container: Container): Amounts {
  const asked = amountsOf(container.resources?.requests as ResourceList | undefined);
  const status = statusOf(pod, container.name);
  if (!status?.resources) return asked;
  const amounts: Amounts = isResizeInfeasible(pod) ? new Map() : asked;
  raiseTo(amounts, amountsOf(status.resources.requests as ResourceList | undefined));
  raiseTo(amounts, amountsOf(status.allocatedResources as ResourceList | undefined));
  return amounts;
}

function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  const byName = (status: ContainerStatus): boolean => status.name === name;
  return pod.status?.containerStatuses?.find(byName) ?? pod.status?.initContainerStatuses?.find(byName);
}

function isResizeInfeasible(pod: Pod): boolean {
  return pod.status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
}

/** Whether no container is being resized: then its status says nothing that its spec does not. */
export function requestsRestOnSpec(pod: Pod): boolean {
  return allAgree(pod, pod.spec.containers) && allAgree(pod, pod.spec.initContainers);
}

function allAgree(pod: Pod, containers: readonly Container[] | undefined): boolean {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  if (!containers || (!containerStatuses && !initContainerStatuses)) return true;
  for (let index = 0; index < containers.length; index++) if (!agrees(pod, containers[index]!)) return false;
  return true;
}

function agrees(pod: Pod, { name, resources }: Container): boolean {
  const status = statusOf(pod, name);
  if (!status?.resources) return true;
  const asked = resources?.requests;
  return sameList(asked, status.resources.requests) && sameList(asked, status.allocatedResources ?? asked);
}

function sameList(left: object | undefined, right: object | undefined): boolean {
  if (left === right) return true;
  if (!left || !right) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => (left as ResourceList)[name] === (right as ResourceList)[name]);
}
