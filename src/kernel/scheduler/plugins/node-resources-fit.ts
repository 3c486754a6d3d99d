import type { Node, Pod } from '../../../api/objects';
import { go, type Plugin, type PreFilterAnswer, type Status } from '../framework/plugin';
import { emptyNodeInfo, setNode, type NodeInfo } from '../node-info';
import { podInfo } from '../pod-info';
import { signOf, type Resources } from '../resources';
import { resourceScorer, type ResourceWeight, type ScoringStrategy } from '../scoring-strategy';

export interface NodeResourcesFitArgs {
  readonly scoringStrategy: ScoringStrategy;
  readonly ignoredResources: readonly string[];
}

/** Refusals by their reasons, each built once: nodes that refuse for the same reasons share one status. */
const refusals = new Map<string, Status>();
const REFUSALS_LIMIT = 4096;

function refusal(reasons: readonly string[], resolvable: boolean): Status {
  const key = `${resolvable}|${reasons.join('|')}`;
  let status = refusals.get(key);
  if (!status) {
    const code = resolvable ? 'Unschedulable' : 'UnschedulableAndUnresolvable';
    status = Object.freeze({ code, reasons: Object.freeze([...reasons]) });
    if (refusals.size >= REFUSALS_LIMIT) refusals.clear();
    refusals.set(key, status);
  }
  return status;
}

interface ScoreData {
  /** What the Pod adds, by scored resource; `undefined` where it asks for none and the resource does not count. */
  readonly adds: readonly (number | undefined)[];
  readonly requested: number[];
  readonly capacity: number[];
}

/** Refuses nodes without room; scores by how full they would be. Models plugins/noderesources fit.go. */
export function nodeResourcesFit(args: NodeResourcesFitArgs): Plugin<Resources, ScoreData> {
  const scorer = resourceScorer(args.scoringStrategy);
  const { resources } = args.scoringStrategy;
  return {
    name: 'NodeResourcesFit',
    registrations: [
      { events: ['AssignedPodDelete', 'AssignedPodUpdateScaleDown'], hint: freesSomething },
      {
        events: ['TargetPodUpdateScaleDown'],
        hint: (pod, { after }) => (after as Pod).metadata.uid === pod.metadata.uid,
      },
      { events: ['NodeAdd', 'NodeUpdateAllocatable'], hint: (pod, { after }) => fitsEmpty(pod, after as Node) },
    ],
    preFilter: ({ info }): PreFilterAnswer<Resources> => go(withoutIgnored(info.requests, args.ignoredResources)),
    sign: ({ info }) => signOf(info.requests) + signOf(info.scoring),
    filter: (_, node, requests) => insufficient(node, requests),
    preScore: ({ info }) => ({
      adds: resources.map(({ name }) => podAmount(info.scoring, name)),
      requested: new Array<number>(resources.length).fill(0),
      capacity: new Array<number>(resources.length).fill(0),
    }),
    score(_, node, data) {
      fillAmounts(node, resources, data);
      return scorer(data.requested, data.capacity);
    },
  };
}

function withoutIgnored(requests: Resources, ignored: readonly string[]): Resources {
  if (ignored.length === 0 || !ignored.some((name) => requests.scalars.has(name))) return requests;
  return { ...requests, scalars: new Map([...requests.scalars].filter(([name]) => !ignored.includes(name))) };
}

/** Whether a node has room. Most nodes do, so the words are looked for only where one does not. */
function insufficient(node: NodeInfo, requests: Resources): Status | undefined {
  const { allocatable, requested } = node;
  const fits =
    node.pods.size < node.allowedPods &&
    hasRoom(requests.cpu, requested.cpu, allocatable.cpu) &&
    hasRoom(requests.memory, requested.memory, allocatable.memory) &&
    hasRoom(requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage) &&
    (requests.scalars.size === 0 || scalarsFit(node, requests));
  return fits ? undefined : whatLacks(node, requests);
}

const hasRoom = (request: number, requested: number, all: number): boolean =>
  request === 0 || request <= all - requested;

function scalarsFit({ allocatable, requested }: NodeInfo, { scalars }: Resources): boolean {
  for (const [name, request] of scalars) {
    if (!hasRoom(request, requested.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0)) return false;
  }
  return true;
}

/** Models fitsRequest. A request for more than the node could ever give cannot be helped by preemption. */
function whatLacks({ pods, allowedPods, allocatable, requested }: NodeInfo, requests: Resources): Status {
  const reasons: string[] = pods.size < allowedPods ? [] : ['Too many pods'];
  let resolvable = true;
  const check = (name: string, request: number, taken: number, all: number): void => {
    if (hasRoom(request, taken, all)) return;
    reasons.push(`Insufficient ${name}`);
    if (request > all) resolvable = false;
  };
  check('cpu', requests.cpu, requested.cpu, allocatable.cpu);
  check('memory', requests.memory, requested.memory, allocatable.memory);
  check('ephemeral-storage', requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  for (const [name, request] of requests.scalars) {
    check(name, request, requested.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0);
  }
  return refusal(reasons, resolvable);
}

function podAmount(requests: Resources, name: string): number | undefined {
  if (name === 'cpu') return requests.cpu;
  if (name === 'memory') return requests.memory;
  if (name === 'ephemeral-storage') return requests.ephemeralStorage;
  return requests.scalars.get(name) || undefined;
}

/** Fills in what would be requested with the Pod, and the node's capacity. Models calculateResourceAllocatableRequest. */
function fillAmounts(node: NodeInfo, resources: readonly ResourceWeight[], data: ScoreData): void {
  const { allocatable } = node;
  for (let index = 0; index < resources.length; index++) {
    const { name } = resources[index]!;
    const add = data.adds[index];
    data.requested[index] = (add ?? 0) + requestedFor(node, name);
    if (name === 'cpu') data.capacity[index] = allocatable.cpu;
    else if (name === 'memory') data.capacity[index] = allocatable.memory;
    else if (name === 'ephemeral-storage') data.capacity[index] = allocatable.ephemeralStorage;
    else data.capacity[index] = add === undefined ? 0 : (allocatable.scalars.get(name) ?? 0);
  }
}

function requestedFor(node: NodeInfo, name: string): number {
  if (name === 'cpu') return node.nonZeroCpu;
  if (name === 'memory') return node.nonZeroMemory;
  if (name === 'ephemeral-storage') return node.requested.ephemeralStorage;
  return node.requested.scalars.get(name) ?? 0;
}

/** Whether a Pod that went, or shrank, gives back something that the waiting Pod asks for. */
function freesSomething(pod: Pod, { before, after }: { before?: object; after?: object }): boolean {
  const old = podInfo(before as Pod).requests;
  const now = after ? podInfo(after as Pod).requests : undefined;
  const wanted = podInfo(pod).requests;
  if (!now) return true;
  if (wanted.cpu > 0 && old.cpu > now.cpu) return true;
  if (wanted.memory > 0 && old.memory > now.memory) return true;
  if (wanted.ephemeralStorage > 0 && old.ephemeralStorage > now.ephemeralStorage) return true;
  return [...wanted.scalars.keys()].some((name) => (old.scalars.get(name) ?? 0) > (now.scalars.get(name) ?? 0));
}

function fitsEmpty(pod: Pod, node: Node): boolean {
  const info = emptyNodeInfo(node.metadata.name);
  setNode(info, node);
  return !insufficient(info, podInfo(pod).requests);
}
