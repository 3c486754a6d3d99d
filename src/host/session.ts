import type { ApiRequest, ApiResponse } from '../api/client';
import type { Fault } from '../api/faults';
import type { Json, Pod } from '../api/objects';
import { parseTime } from '../api/time';
import { trainingOwner } from '../api/training-owner';
import type { WorldChange } from '../api/world-change';
import { Cluster } from '../kernel/cluster';
import type { Input, InputAction } from '../kernel/input';
import type { TrainingAsk } from '../kernel/machinery/ports';
import { presetOf } from '../kernel/presets';
import type { JournalStorage } from './storage';
import { topOwner } from './frames/owners';
import { inputsOf, type BranchRecord, type ClusterDocument } from './document';
import { PREPARER } from '../api/story';
import { changeName, type ChangeName } from './change-words';
import { targetOf } from './input-words';
import { Journal } from './journal';
import { insertInput } from './reliving';
import { sharedPart, Timeline, type SliceEnd } from './timeline';

/** What a session tells whoever shows it. */
export interface SessionListener {
  /** History changed under the readers' feet: watches end, remembered frames are void. */
  historyChanged(): void;
}

/** Who asks, when a request does not say. */
const UNKNOWN_CLIENT = 'unknown';
const BRANCHES_LIMIT = 32;
const NAME_LIMIT = 60;

/**
 * One open document: its branches, the cluster standing somewhere on one of them, and the way back and forward.
 * Knows virtual time only; the pacer drives it.
 */
export class Session {
  readonly journal: Journal;
  timeline: Timeline;
  /** Increases whenever history changes. */
  epoch = 0;
  #branch: BranchRecord;
  /** The open branch has no telling name yet; what lay ahead where it began helps to find one. */
  #unnamed: { future: readonly Input[] } | undefined;

  /** Opens a document; `cluster` is its own, and stands at its start. */
  constructor(
    readonly document: ClusterDocument,
    cluster: Cluster,
    storage: JournalStorage | undefined,
    name: string,
    private readonly listener: SessionListener,
  ) {
    this.journal = new Journal(storage, name, document);
    this.#branch = document.branches.find((one) => one.id === document.branch)!;
    this.timeline = new Timeline(cluster, inputsOf(document, this.#branch.id));
  }

  /** The cluster that a document begins with, yet to boot. Returns the reason where there is none. */
  static clusterOf(document: ClusterDocument): Cluster | { problem: string } {
    const from = document.start;
    const preset = 'preset' in from ? presetOf(from.preset) : undefined;
    if (preset && 'problem' in preset) return preset;
    const { nodes, objects } = preset ?? (from as { nodes: Json[]; objects: Json[] });
    const { controlPlane, addOns } = preset ?? {};
    const start = {
      seed: document.seed,
      epochMs: parseTime(document.startedAt),
      conventions: document.conventions,
      ...(controlPlane ? { controlPlane } : {}),
      ...(addOns ? { addOns } : {}),
      nodes: nodes as never,
      objects: objects as never,
    };
    return new Cluster(start, 'in slices');
  }

  /** A cluster like the open one, without what a snapshot brings. */
  emptyCluster(): Cluster {
    return new Cluster({ ...this.cluster.start, nodes: [], objects: [] });
  }

  get cluster(): Cluster {
    return this.timeline.cluster;
  }

  get nowMs(): number {
    return this.timeline.nowMs;
  }

  /** The end of the branch: how far it has run. */
  get endMs(): number {
    return Math.max(this.#branch.endMs, this.nowMs);
  }

  get branch(): BranchRecord {
    return this.#branch;
  }

  /** Whether the cluster stands before the end of its branch. */
  get rewound(): boolean {
    return this.nowMs < this.#branch.endMs || this.timeline.hasFuture;
  }

  /** Runs towards a moment; recorded inputs are taken in on the way. Returns whether it was reached. */
  run(untilMs: number, ends: SliceEnd): boolean {
    const reached = this.timeline.run(untilMs, ends);
    this.#branch.endMs = Math.max(this.#branch.endMs, this.nowMs);
    return reached;
  }

  /** A request to the API server. A write that is accepted becomes an input; its answer may be given once `saved` resolves. */
  request(request: ApiRequest): { response: ApiResponse; saved: Promise<void> } {
    const client = request.headers?.['user-agent'] ?? UNKNOWN_CLIENT;
    const { cluster } = this;
    if (!cluster.api.isWrite(request)) {
      return { response: cluster.api.handle(request, { actor: client }), saved: Promise.resolve() };
    }
    this.#settle();
    const index = this.#indexForNext();
    const looks = this.rewound || this.#unnamed !== undefined;
    const before = looks && !cluster.api.connects(request) ? this.#read(request) : undefined;
    const response = cluster.api.handle(request, { actor: client, input: index });
    if (response.code >= 400) return { response, saved: Promise.resolve() };
    return { response, saved: this.#record({ kind: 'request', client, request }, { before, after: response.body }) };
  }

  /** Bytes, a character each, for the process at the other end of a connection. */
  send(connection: string, data: string, ends: boolean): Promise<void> {
    if (!this.cluster.connections.inputOf(connection)) return Promise.resolve();
    return this.#happens({ kind: 'stdin', connection, data, ends }, () => undefined).saved;
  }

  fault(fault: Fault): { problem?: string; saved: Promise<void> } {
    return this.#happens({ kind: 'fault', fault }, () => this.cluster.faultProblem(fault));
  }

  /** A change of the world: machines, bandwidth. */
  world(change: WorldChange): { problem?: string; saved: Promise<void> } {
    return this.#happens({ kind: 'world', change }, () => this.cluster.worldProblem(change));
  }

  /** Something happens to the world, unless it cannot. */
  #happens(action: InputAction, problemOf: () => string | undefined): { problem?: string; saved: Promise<void> } {
    this.#settle();
    const problem = problemOf();
    if (problem) return { problem, saved: Promise.resolve() };
    this.cluster.input({ atMs: this.nowMs, ...action }, this.#indexForNext());
    return { saved: this.#record(action) };
  }

  /**
   * A training result. Before the end of a branch the journal has those that count; offer it again later. Only one that
   * was recorded with another behaviour may miss what is waited for.
   */
  training(run: string, result: Json): void {
    const ask = this.cluster.training.state.open.get(run);
    const missed = this.rewound && this.#misses(ask);
    if ((this.rewound && !missed) || !ask) return;
    const pod = this.cluster.store.get('pods', ask.pod) as Pod | undefined;
    const owner = pod && topOwner(this.cluster, pod);
    const input: InputAction = {
      kind: 'training',
      run,
      result,
      ...(owner ? { of: { pod: ask.pod, owner: trainingOwner(owner.kind, pod.metadata.namespace, owner.name) } } : {}),
    };
    if (missed) return this.#insert(input);
    this.#settle();
    this.cluster.input({ ...input, atMs: this.nowMs }, this.#indexForNext());
    this.#record(input).catch(() => {
      /* Another tab has taken the document over; it asks for this result itself. */
    });
  }

  /** Whether time stands still for a result that the line has not. */
  #misses(ask: TrainingAsk | undefined): boolean {
    const next = this.timeline.inputs[this.timeline.applied];
    return ask !== undefined && ask.completesAtMs <= this.nowMs && !(next && next.atMs <= this.nowMs);
  }

  /** Something happens now that the line has not. */
  #insert(action: InputAction): void {
    const input = Object.freeze({ atMs: this.nowMs, ...action }) as Input;
    insertInput(this.document, this.#branch.id, this.timeline.applied, input);
    this.timeline.insert(input);
    this.journal.lineChanged();
  }

  /** Looks at an earlier moment of this branch. The caller runs forward to it. */
  rewind(atMs: number): void {
    this.timeline.rewindTo(Math.max(0, atMs));
    this.#changed();
  }

  /** Goes to the last input that a person gave, and stands before it; what followed stays as a branch. Returns its moment. */
  undo(): number | undefined {
    const inputs = this.timeline.inputs.slice(0, this.timeline.applied);
    const index = inputs.findLastIndex((input) => input.kind !== 'training' && input.kind !== 'stdin');
    const last = inputs[index];
    /* A lesson's start is the start. */
    if (!last || (last.kind === 'request' && last.client === PREPARER)) return undefined;
    const { atMs } = last;
    this.timeline.rewindTo(atMs, index);
    this.#leave(index, atMs, `without ${changeName(inputs[index]!, { future: [] }).name}`);
    this.#changed();
    return atMs;
  }

  /** Opens another branch at its start; the caller runs forward to its end. */
  open(id: string): { problem?: string } {
    const branch = this.document.branches.find((one) => one.id === id);
    if (!branch) return { problem: `there is no branch ${JSON.stringify(id)}` };
    const inputs = inputsOf(this.document, id);
    const { shared, untilMs } = sharedPart(this.timeline.inputs, inputs);
    this.timeline.follow(inputs, shared, untilMs);
    this.timeline.rewindTo(Infinity, shared);
    this.#branch = branch;
    this.#unnamed = undefined;
    this.document.branch = id;
    this.journal.headChanged();
    this.#changed();
    return {};
  }

  /** All timers due now run before an input is taken in, so that a replay meets it in the same order. */
  #settle(): void {
    this.timeline.run(this.nowMs, () => false);
  }

  #indexForNext(): number {
    return this.timeline.applied;
  }

  /** The object that a write is about, as it is before. */
  #read(request: ApiRequest): Json | undefined {
    const { path, subresource } = targetOf(request);
    if (path === '') return undefined;
    const whole = subresource === '' ? path : `${path}/${subresource}`;
    const { code, body } = this.cluster.api.handle({ method: 'GET', path: whole }, { actor: UNKNOWN_CLIENT });
    return code === 200 ? body : undefined;
  }

  async #record(
    action: InputAction,
    seen: { before?: Json | undefined; after?: Json | undefined } = {},
  ): Promise<void> {
    const input = Object.freeze({ atMs: this.nowMs, ...action }) as Input;
    if (this.rewound) this.fork();
    if (action.kind !== 'training' && action.kind !== 'stdin') this.#nameAfter(action, seen);
    this.timeline.append(input);
    const own = this.#branch.inputs;
    if (this.#branch.parent !== null) own.push(input);
    this.#branch.endMs = this.nowMs;
    await this.journal.append(this.#branch.id, own.length - 1, input);
  }

  /** A branch begins here, without an input yet. What lies ahead stays as it was; this line leaves it. */
  fork(): void {
    this.#leave(this.timeline.applied, this.nowMs);
  }

  #leave(shared: number, fromMs: number, name?: string): void {
    const { inputs } = this.timeline;
    this.#unnamed = { future: inputs.slice(shared) };
    this.timeline.follow(inputs.slice(0, shared), shared, fromMs);
    this.#addBranch(shared, fromMs, name);
  }

  /** A branch is called after the first input that makes it another one than it left. */
  #nameAfter(action: InputAction, seen: { before?: Json | undefined; after?: Json | undefined }): void {
    if (!this.#unnamed) return;
    const { name, telling }: ChangeName = changeName(action, { ...seen, future: this.#unnamed.future });
    this.#branch.name = this.#freeName(name.slice(0, NAME_LIMIT));
    if (telling) this.#unnamed = undefined;
    this.journal.headChanged();
  }

  #freeName(name: string): string {
    const taken = new Set(this.document.branches.filter((one) => one !== this.#branch).map((one) => one.name));
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
    return free;
  }

  #addBranch(sharedInputs: number, fromMs: number, name?: string): void {
    const { branches } = this.document;
    /* Numbered before one is dropped, so that no name comes back: what is stored under it may still be there. */
    const number = 1 + Math.max(0, ...branches.map((one) => Number(one.id.slice('branch-'.length)) || 0));
    if (branches.length >= BRANCHES_LIMIT) dropOldestLeaf(branches, this.#branch.id);
    const branch: BranchRecord = {
      id: `branch-${number}`,
      name: this.#freeName(name?.slice(0, NAME_LIMIT) ?? `what if ${number}`),
      parent: this.#branch.id,
      sharedInputs,
      fromMs,
      endMs: fromMs,
      inputs: [],
    };
    branches.push(branch);
    this.#branch = branch;
    this.document.branch = branch.id;
    this.journal.headChanged();
  }

  #changed(): void {
    this.epoch += 1;
    this.listener.historyChanged();
  }
}

function dropOldestLeaf(branches: BranchRecord[], current: string): void {
  const index = branches.findIndex((one) => one.id !== current && !branches.some((other) => other.parent === one.id));
  if (index > 0) branches.splice(index, 1);
}
