import type { SchedulingRecord } from '../../api/scheduling';
import type { Lease, Node, Pod } from '../../api/objects';
import type { CauseRow } from '../../kernel/store/cause';
import type { StoreEvent } from '../../kernel/store/event';
import {
  POD_FLAGS,
  type CauseView,
  type CurvePiece,
  type Frame,
  type Mark,
  type ServiceView,
  type VolumeView,
} from '../../protocol/frame';
import type { FrameMessage } from '../../protocol/frame-message';
import { ControlPlane } from './control-plane';
import { Curves } from './curves';
import { inputMark, nodeChanged, objectMark, podMark, repairMark } from './marks';
import { NodeTable } from './node-table';
import { Owners } from './owners';
import { PodTable, type PodRow, type Work } from './pod-table';
import { serviceViews, withTraffic } from './services-view';
import type { FrameSource, FrameView } from './source';
import { strainsOf } from './strains';
import { checkpointSteps, volumeViews } from './volumes-view';

const CAUSES_LIMIT = 600;
const ATTEMPTS_LIMIT = 4;
/** A frame after a rewind tells of messages that may still fly. */
const REMEMBERED_MS = 2_000;
/** Not even the start. */
const NOTHING_MARKED = -1;
const NODE_LEASES = 'kube-node-lease/';
const VOLUME_RESOURCES = new Set(['persistentvolumeclaims', 'persistentvolumes', 'volumeattachments', 'pods']);
const SERVICE_RESOURCES = new Set(['services', 'endpointslices']);

/**
 * Builds what the page draws from what the cluster holds. It listens to the store's writes and keeps rows, so that a
 * frame costs what changed. History that changes under it (rewind, branch) is told by `reset`.
 */
export class FrameBuilder {
  /** Grows over all builders of this thread: a new cluster is another history. */
  static #epochs = 0;
  readonly #source: FrameSource;
  readonly #owners: Owners;
  readonly #pods: PodTable;
  readonly #nodes: NodeTable;
  readonly #controlPlane: ControlPlane;
  readonly #curves = new Curves();
  /** Counts what a person who looks at the stage sees change: Pods, nodes and what becomes of Jobs. */
  changes = 0;
  #epoch = 0;
  #sequence = 0;
  #revision = 0;
  /** No frame has been built since the last reset. */
  #fresh = true;
  #marks: Mark[] = [];
  /** How many inputs of the branch have their marks. */
  #inputsMarked = NOTHING_MARKED;
  /** When the provider last repaired something that was told. */
  #repairToldMs = -Infinity;
  #branch = '';
  /** Branches whose inputs' marks were told. */
  readonly #branchesMarked = new Set<string>();
  /** The node of a Pod as of a revision, for those since the last frame. */
  readonly #boundAt = new Map<number, string>();
  #triedAtMs = -Infinity;
  /** Older attempts that the next frame tells of. */
  #refused: SchedulingRecord[] = [];
  #volumes: VolumeView[] | undefined;
  #services: ServiceView[] | undefined;
  /** Steps of checkpoints that were told, by volume. */
  readonly #checkpoints = new Map<string, Set<number>>();

  constructor(source: FrameSource) {
    this.#source = source;
    this.#owners = new Owners(source);
    this.#pods = new PodTable(source, this.#owners);
    this.#nodes = new NodeTable(source, this.#pods);
    this.#controlPlane = new ControlPlane(source, this.#nodes);
    source.store.onWrite((event) => this.#observe(event));
    this.reset();
  }

  /** What was told is void: the cluster stands somewhere else. Reads the store as it is now. */
  reset(): void {
    this.#epoch = ++FrameBuilder.#epochs;
    this.#fresh = true;
    this.#readAll();
  }

  /** A moment worth finding again that neither inputs nor objects tell of. */
  tell(mark: Mark): void {
    this.#marks.push(mark);
  }

  /** Differs from what it was at the last frame where a frame made now would show more than another time. */
  get state(): string {
    return `${this.#epoch} ${this.#source.store.revision}`;
  }

  /** Whether something is left to tell that the last frame did not. */
  get untold(): boolean {
    return this.#marks.length > 0 || this.#nodes.hasNews || this.#pods.hasNews;
  }

  /** The next frame. Details, causes, marks and curves are those since the last one; after a reset, all that count. */
  build(view: FrameView): FrameMessage {
    const { nowMs } = this.#source.clock;
    if (this.#fresh) this.#rememberFrom(nowMs - REMEMBERED_MS);
    if (view.branch !== this.#branch) this.#inputsMarked = NOTHING_MARKED;
    this.#branch = view.branch;
    const causes = this.#takeCauses();
    const volumes = this.#volumesNow();
    const curves = this.#curves.take(view.inputs, view.applied);
    this.#tellCheckpoints(volumes, curves, nowMs);
    const work = this.#work(nowMs);
    const nodes = this.#nodes.columns();
    const pods = this.#pods.takeColumns((name) => this.#nodes.rowOf(name), this.#nodes.numbered, work);
    return {
      sequence: ++this.#sequence,
      epoch: this.#epoch,
      atMs: nowMs,
      endMs: view.endMs,
      speed: view.speed,
      run: view.run,
      note: view.note,
      saved: view.saved,
      ...(pods ? { pods } : {}),
      nodes,
      strains: strainsOf(this.#pods.straining(), this.#source, (uid) => work.get(uid)?.progress),
      podDetails: this.#pods.takeNews(),
      nodeDetails: this.#nodes.takeNews(),
      volumes,
      services: withTraffic(this.#source, (this.#services ??= serviceViews(this.#source, this.#pods))),
      controlPlane: this.#controlPlane.view(),
      causes: causes.views,
      causesDropped: causes.dropped,
      scheduling: this.#takeAttempts(),
      marks: this.#takeMarks(view),
      branchMarks: this.#takeBranchMarks(view),
      curves,
      branches: view.branches.map((branch) => ({ ...branch, inputs: branch.sharedInputs + branch.inputs.length })),
      branch: view.branch,
    };
  }

  #observe(event: StoreEvent): void {
    if (event.resource === 'leases') return this.#observeLease(event);
    this.#controlPlane.observe(event);
    if (event.resource === 'pods') this.#observePod(event);
    else if (event.resource === 'nodes') this.#observeNode(event);
    const mark = objectMark(event);
    if (mark) {
      this.#marks.push(mark);
      this.changes += 1;
    }
    if (VOLUME_RESOURCES.has(event.resource)) this.#volumes = undefined;
    if (SERVICE_RESOURCES.has(event.resource)) this.#services = undefined;
  }

  #observeLease(event: StoreEvent): void {
    if (event.key.startsWith(NODE_LEASES)) this.#nodes.heard(event.key.slice(NODE_LEASES.length), event.atMs);
  }

  #observePod(event: StoreEvent): void {
    if (event.type === 'DELETED') {
      const row = this.#pods.remove(event.key);
      this.changes += 1;
      if (row) this.#nodes.podsChanged(row.node);
      return;
    }
    const { before, row } = this.#pods.put(event.key, event.object as Pod);
    if (this.#boundAt.size < 4 * CAUSES_LIMIT) this.#boundAt.set(event.revision, row.node);
    this.#curves.know(row);
    if (before?.node !== row.node) this.#nodes.podsChanged(before?.node ?? '');
    if (before?.node !== row.node || !sameSum(before, row)) this.#nodes.podsChanged(row.node);
    if (before?.node !== row.node || before.state.phase !== row.state.phase) this.changes += 1;
    const mark = podMark(before, row, event.atMs);
    if (mark) this.#marks.push(mark);
  }

  #observeNode(event: StoreEvent): void {
    if (nodeChanged(event)) this.changes += 1;
    if (event.type === 'DELETED') this.#nodes.remove(event.key);
    else this.#nodes.put(event.key, event.object as Node);
    this.#pods.nodeChanged(event.key);
    this.#nodes.podsChanged(event.key);
  }

  #readAll(): void {
    const { store } = this.#source;
    this.#pods.clear();
    this.#nodes.clear();
    this.#curves.reset();
    this.#marks = [];
    this.#checkpoints.clear();
    this.#volumes = this.#services = undefined;
    for (const [name, node] of store.all('nodes')) this.#nodes.put(name, node as Node);
    for (const [key, lease] of store.all('leases')) {
      if (key.startsWith(NODE_LEASES)) this.#nodes.readLease(key.slice(NODE_LEASES.length), lease as Lease);
    }
    for (const [key, pod] of store.all('pods')) {
      const { row } = this.#pods.put(key, pod as Pod);
      this.#curves.know(row);
      this.#nodes.podsChanged(row.node);
    }
    this.#controlPlane.reset();
    this.#repairToldMs = -Infinity;
    this.#inputsMarked = NOTHING_MARKED;
  }

  /** A first frame tells of what was written and tried since `atMs`: its messages may still fly. */
  #rememberFrom(atMs: number): void {
    const { store } = this.#source;
    const first = store.causes.since(store.revision - CAUSES_LIMIT).find((row) => row.atMs >= atMs);
    this.#fresh = false;
    this.#triedAtMs = atMs;
    this.#refused = this.#refusedBefore(atMs);
    this.#revision = first ? first.revision - 1 : store.revision;
  }

  #takeCauses(): { views: CauseView[]; dropped: number } {
    const { store } = this.#source;
    const rows = store.causes.since(this.#revision);
    const views = rows.slice(-CAUSES_LIMIT).map((row) => this.#causeView(row));
    this.#revision = store.revision;
    this.#boundAt.clear();
    return { views, dropped: rows.length - views.length };
  }

  #causeView(row: CauseRow): CauseView {
    const { revision, atMs, verb, resource, key, actor, revisions } = row;
    const view: CauseView = { revision, atMs, verb, resource, key, actor, from: revisions };
    const node =
      resource === 'nodes'
        ? key
        : resource === 'pods'
          ? (this.#boundAt.get(revision) ?? this.#pods.get(key)?.node)
          : '';
    return node ? { ...view, node } : view;
  }

  /** The last attempts, before that, to place the Pods that wait still: what keeps them out is told however long it is so. */
  #refusedBefore(atMs: number): SchedulingRecord[] {
    const last = [...this.#pods.on('')].flatMap(({ pod: { metadata } }) => {
      const record = this.#source.scheduler.records(metadata.namespace ?? '', metadata.name).at(-1);
      return record && record.atMs < atMs && record.outcome === 'Unschedulable' ? [record] : [];
    });
    return last.slice(-ATTEMPTS_LIMIT).sort((a, b) => a.atMs - b.atMs);
  }

  #takeAttempts(): SchedulingRecord[] {
    const attempts = this.#source.scheduler.attemptsSince(this.#triedAtMs).filter((one) => this.#isThere(one));
    attempts.sort((a, b) => a.atMs - b.atMs);
    this.#triedAtMs = attempts.at(-1)?.atMs ?? this.#triedAtMs;
    const refused = this.#refused;
    this.#refused = [];
    return [...refused, ...attempts.slice(-ATTEMPTS_LIMIT)];
  }

  #isThere({ namespace, name, uid }: SchedulingRecord): boolean {
    return this.#pods.get(`${namespace}/${name}`)?.pod.metadata.uid === uid;
  }

  #takeMarks(view: FrameView): Mark[] {
    const marks = this.#marks;
    this.#marks = [];
    if (this.#inputsMarked < 0) marks.push({ atMs: 0, kind: 'start', label: 'Start' });
    for (const input of view.inputs.slice(Math.max(0, this.#inputsMarked))) {
      const mark = inputMark(input);
      if (mark) marks.push(mark);
    }
    this.#inputsMarked = view.inputs.length;
    for (const repair of this.#source.controlPlane.repairs) {
      if (repair.atMs <= this.#repairToldMs) continue;
      marks.push(repairMark(repair));
      this.#repairToldMs = repair.atMs;
    }
    return marks;
  }

  #takeBranchMarks({ branches, branch: open }: FrameView): Frame['branchMarks'] {
    this.#branchesMarked.add(open);
    const fresh = branches.filter(({ id }) => !this.#branchesMarked.has(id));
    for (const { id } of fresh) this.#branchesMarked.add(id);
    return fresh.map(({ id, inputs }) => ({ branch: id, marks: inputs.flatMap((input) => inputMark(input) ?? []) }));
  }

  #volumesNow(): VolumeView[] {
    this.#volumes ??= volumeViews(this.#source, this.#pods);
    return this.#volumes;
  }

  /** Files are no API objects: bound volumes are looked at for checkpoints that no frame has told of. */
  #tellCheckpoints(volumes: VolumeView[], curves: CurvePiece[], nowMs: number): void {
    for (const [index, view] of volumes.entries()) {
      if (!view.bound || view.volume === '') continue;
      const steps = checkpointSteps(this.#source, view.volume);
      const known = this.#checkpoints.get(view.volume);
      const fresh = known ? steps.filter((step) => !known.has(step)) : steps;
      this.#checkpoints.set(view.volume, new Set(steps));
      if (steps.length !== view.checkpoints) volumes[index] = { ...view, checkpoints: steps.length };
      if (fresh.length === 0) continue;
      this.#curves.tellCheckpoints(curves, view.key, fresh);
      if (known)
        this.#marks.push({
          atMs: nowMs,
          kind: 'checkpoint',
          label: `${view.claim} step ${fresh.at(-1)}`,
          subject: `persistentvolumeclaims ${view.key}`,
        });
    }
  }

  /** What goes on in Pods that no object tells of: how far an image is pulled. */
  #work(nowMs: number): Work {
    const work = new Map<string, { flag: number; progress: number }>();
    for (const [name, { state }] of this.#source.kubelets) {
      if (state.pulls.length === 0) continue;
      for (const [index, pull] of state.pulls.entries()) {
        const ends = index === 0 ? this.#source.clock.timer(`kubelet/${name}`, 'pull', '')?.atMs : undefined;
        const length = ends === undefined ? 0 : ends - pull.startedMs;
        const progress = length > 0 ? (nowMs - pull.startedMs) / length : 0;
        work.set(pull.uid, { flag: POD_FLAGS.pulling, progress: Math.max(0, Math.min(1, progress)) });
      }
    }
    return work;
  }
}

/** Whether a Pod adds to its node's sums what it added before. */
function sameSum({ state: before }: PodRow, { state: now }: PodRow): boolean {
  return before.phase === now.phase && before.flags === now.flags;
}
