import { controllerOf, keyOf, type ApiObject, type Deployment, type Job, type ReplicaSet } from '../../api/objects';
import type { StoreEvent } from '../../kernel/store/event';
import type { ControlPlaneView, LoopView } from '../../protocol/frame';
import { outageWords } from './outage-words';
import type { NodeTable } from './node-table';
import type { FrameSource } from './source';

const TAPE = 5;
/** Loops shown besides the one for nodes. */
const LOOPS = 2;
const LOOPS_KEPT = 64;
/** Revisions searched for those that were no leases. */
const LOOKED_BACK = 4_000;

type LoopResource = 'jobs' | 'replicasets' | 'deployments';
const LOOP_KINDS: Record<string, LoopResource> = { Job: 'jobs', ReplicaSet: 'replicasets', Deployment: 'deployments' };
const CONTROLLERS: Record<LoopResource, string> = {
  jobs: 'job-controller',
  replicasets: 'replicaset-controller',
  deployments: 'deployment-controller',
};

/** What the control plane is at: the tape of revisions, and the loops that acted lately as want and have. */
export class ControlPlane {
  #tape: ControlPlaneView['tape'] = [];
  /** When a loop last acted, by `resource|key`, the latest last. */
  readonly #loops = new Map<string, number>();
  #nodesAtMs = 0;

  constructor(
    private readonly source: FrameSource,
    private readonly nodes: NodeTable,
  ) {}

  /** Starts over from what the store holds. */
  reset(): void {
    this.#loops.clear();
    this.#tape = [];
    for (const row of this.source.store.causes.since(this.source.store.revision - LOOKED_BACK).slice(-TAPE)) {
      const object = this.source.store.get(row.resource, row.key);
      if (object) this.#tape.push({ revision: row.revision, kind: object.kind });
    }
    const owners = Object.values(LOOP_KINDS).flatMap((resource) =>
      [...this.source.store.all(resource)]
        .filter(([key]) => !isSystem(key))
        .map(([key, object]) => ({ resource, key, revision: Number(object.metadata.resourceVersion) })),
    );
    owners.sort((a, b) => a.revision - b.revision);
    for (const { resource, key } of owners.slice(-LOOPS_KEPT)) this.#loops.set(`${resource}|${key}`, 0);
  }

  /** Takes a write in. */
  observe(event: StoreEvent): void {
    if (event.resource === 'leases') return;
    this.#tape.push({ revision: event.revision, kind: event.object.kind });
    if (this.#tape.length > TAPE) this.#tape.shift();
    if (event.resource === 'nodes') this.#nodesAtMs = event.atMs;
    if (event.resource === 'pods' && event.type !== 'MODIFIED') this.#touchOwner(event.object, event.atMs);
    else if (isLoop(event.resource)) this.#touch(event.resource, event.key, event.atMs);
  }

  view(): ControlPlaneView {
    const { scheduler, store } = this.source;
    const record = scheduler.latest();
    const counts = scheduler.counts();
    const { outages, members } = this.source.controlPlane;
    return {
      revision: store.revision,
      tape: [...this.#tape],
      members: `${members.up} of ${members.all} members agree`,
      loops: this.#views(),
      scheduler: {
        pod: record ? `${record.namespace}/${record.name}` : '',
        nodes: record?.nodes ?? this.nodes.count,
        fit: record?.feasible ?? 0,
        winner: record?.node ?? '',
        active: counts.active,
        backoff: counts.backoff,
        unschedulable: counts.unschedulable,
      },
      down: outages.map(({ component }) => component),
      lastWords: outages.map((outage) => outageWords(outage, members, this.source.clock.nowMs)),
    };
  }

  #views(): LoopView[] {
    const views: LoopView[] = [];
    for (const [loop, atMs] of [...this.#loops].reverse()) {
      if (views.length >= LOOPS) break;
      const [resource, key] = loop.split('|') as [LoopResource, string];
      const object = this.source.store.get(resource, key);
      const view = object && loopView(resource, object, atMs);
      if (view) views.push(view);
    }
    const { count, ready } = this.nodes;
    if (count > 0)
      views.push({ controller: 'node-controller', subject: '', want: count, have: ready, atMs: this.#nodesAtMs });
    return views;
  }

  #touchOwner(pod: ApiObject, atMs: number): void {
    const owner = controllerOf(pod);
    const resource = owner && LOOP_KINDS[owner.kind];
    if (owner && resource) this.#touch(resource, keyOf(pod.metadata.namespace, owner.name), atMs);
  }

  #touch(resource: LoopResource, key: string, atMs: number): void {
    if (isSystem(key)) return;
    const loop = `${resource}|${key}`;
    this.#loops.delete(loop);
    this.#loops.set(loop, atMs);
    if (this.#loops.size > LOOPS_KEPT) this.#loops.delete(this.#loops.keys().next().value!);
  }
}

/** What the cluster has for itself is not drawn, nor who looks after it. */
const isSystem = (key: string): boolean => key.startsWith('kube-system/');

function isLoop(resource: string): resource is LoopResource {
  return resource in CONTROLLERS;
}

/** Want and have of a loop. A ReplicaSet that wants nothing and has nothing is history, not a loop at work. */
function loopView(resource: LoopResource, object: ApiObject, atMs: number): LoopView | undefined {
  const counts = resource === 'jobs' ? jobCounts(object as Job) : replicaCounts(object as ReplicaSet | Deployment);
  if (resource === 'replicasets' && counts.want === 0 && counts.have === 0) return undefined;
  return { controller: CONTROLLERS[resource], subject: `${object.kind} ${object.metadata.name}`, ...counts, atMs };
}

/** A Job wants its Pods at work and those that have done their part. */
function jobCounts({ spec, status }: Job): { want: number; have: number } {
  const done = status.succeeded ?? 0;
  const parallel = spec.suspend ? 0 : (spec.parallelism ?? 1);
  const want = spec.completions === undefined ? Math.max(done, parallel) : Math.min(spec.completions, done + parallel);
  return { want, have: done + (status.active ?? 0) };
}

function replicaCounts({ spec, status }: ReplicaSet | Deployment): { want: number; have: number } {
  return { want: spec.replicas ?? 1, have: status.replicas ?? 0 };
}
