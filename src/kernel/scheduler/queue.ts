import { assert } from '../../base/assert';
import { BinaryHeap } from '../../base/binary-heap';
import { objectKey, type Pod } from '../../api/objects';
import type { ClusterEvent } from './events';

/** A Pod that waits to be placed. Models pkg/scheduler/framework QueuedPodInfo. */
export interface QueuedPod {
  readonly uid: string;
  /** `namespace/name`. */
  readonly key: string;
  pod: Pod;
  /** `inFlight` while its cycle runs. */
  where: 'active' | 'backoff' | 'unschedulable' | 'gated' | 'inFlight';
  /** Since when it has been where it is. */
  atMs: number;
  attempts: number;
  /** Attempts that found no node, and attempts in a row that failed in another way: they decide how long it backs off. */
  refusals: number;
  errors: number;
  /** Plugins whose refusal keeps it waiting. */
  refusedBy: readonly string[];
  /** What made it active last. */
  wokenBy: string;
  wokenByObject: string;
  wokenByRevision: number;
  /** Its entry in a heap counts only with this ticket. */
  ticket: number;
}

/** An entry of a heap. `atMs`: since when it waits, or until when it backs off. */
interface Entry {
  readonly uid: string;
  readonly ticket: number;
  readonly atMs: number;
  readonly pod: Pod;
}

export interface QueueState {
  pods: Map<string, QueuedPod>;
  active: Entry[];
  /** Backing off after a refusal; taken early when nothing is active. */
  backoff: Entry[];
  /** Backing off after an error; always waits. */
  errorBackoff: Entry[];
  /** Uids of Pods in `unschedulable`, in the order in which they came. */
  unschedulable: Set<string>;
  tickets: number;
}

export const emptyQueue = (): QueueState => ({
  pods: new Map(),
  active: [],
  backoff: [],
  errorBackoff: [],
  unschedulable: new Set(),
  tickets: 0,
});

/** Why a Pod becomes active. */
export interface Wake {
  readonly by: string;
  readonly object: string;
  readonly revision: number;
}

interface QueueOptions {
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  /** QueueSort of the profiles. */
  before(first: { pod: Pod; atMs: number }, second: { pod: Pod; atMs: number }): boolean;
  /** Whether PreEnqueue lets the Pod in. */
  admits(pod: Pod): boolean;
  /** Whether an event may help a Pod that these plugins refused. */
  helps(queued: QueuedPod, event: ClusterEvent): boolean;
}

/** After this long an unschedulable Pod is tried again without a reason. */
const UNSCHEDULABLE_LIMIT_MS = 5 * 60_000;

const sooner = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.ticket < b.ticket);

/** Active, backing off, unschedulable: the Pods that wait. Models pkg/scheduler/backend/queue. */
export class SchedulingQueue {
  readonly #state: QueueState;
  readonly #options: QueueOptions;
  readonly #active: BinaryHeap<Entry>;
  readonly #backoff: BinaryHeap<Entry>;
  readonly #errorBackoff: BinaryHeap<Entry>;

  constructor(state: QueueState, options: QueueOptions) {
    this.#state = state;
    this.#options = options;
    const first = (a: Entry, b: Entry): boolean =>
      options.before(a, b) || (!options.before(b, a) && a.ticket < b.ticket);
    this.#active = new BinaryHeap(first, state.active);
    this.#backoff = new BinaryHeap(sooner, state.backoff);
    this.#errorBackoff = new BinaryHeap(sooner, state.errorBackoff);
  }

  get(uid: string): QueuedPod | undefined {
    return this.#state.pods.get(uid);
  }

  /** How many Pods wait for something to change. */
  get unschedulableCount(): number {
    return this.#state.unschedulable.size;
  }

  /** Puts a new Pod in: into the active queue, or aside while it is gated. */
  add(pod: Pod, nowMs: number, wake: Wake): QueuedPod {
    const { uid } = pod.metadata;
    const queued: QueuedPod = {
      uid,
      key: objectKey(pod),
      pod,
      where: 'gated',
      atMs: nowMs,
      attempts: 0,
      refusals: 0,
      errors: 0,
      refusedBy: [],
      wokenBy: wake.by,
      wokenByObject: wake.object,
      wokenByRevision: wake.revision,
      ticket: 0,
    };
    this.#state.pods.set(uid, queued);
    this.#activate(queued, nowMs, wake);
    return queued;
  }

  /** Puts a new version of a waiting Pod in place. */
  update(queued: QueuedPod, pod: Pod): void {
    queued.pod = pod;
  }

  remove(uid: string): void {
    this.#state.pods.delete(uid);
    this.#state.unschedulable.delete(uid);
  }

  /** Whether a Pod can be taken now. */
  hasNext(): boolean {
    return this.#peek(this.#active) !== undefined || this.#peek(this.#backoff) !== undefined;
  }

  /** Takes the next Pod; where none is active, one that backs off after a refusal need not wait. */
  pop(nowMs: number): QueuedPod | undefined {
    const entry = this.#peek(this.#active) ?? this.#peek(this.#backoff);
    const queued = entry && this.#state.pods.get(entry.uid);
    if (!queued) return undefined;
    this.#place(queued, 'inFlight', nowMs);
    queued.attempts += 1;
    return queued;
  }

  /** Puts a Pod that found no node aside until something changes that may help. */
  putAside(queued: QueuedPod, refusedBy: readonly string[], nowMs: number): void {
    assert(queued.where === 'inFlight', `${queued.key} is ${queued.where}`);
    queued.refusedBy = refusedBy;
    queued.refusals += 1;
    queued.errors = 0;
    this.#place(queued, 'unschedulable', nowMs);
  }

  /** Lets a Pod whose attempt failed try again after a while. */
  retry(queued: QueuedPod, nowMs: number): void {
    queued.refusedBy = [];
    queued.errors += 1;
    if (!this.#state.pods.has(queued.uid)) this.#state.pods.set(queued.uid, queued);
    this.#place(queued, 'backoff', nowMs);
    this.#push(this.#errorBackoff, queued, nowMs + this.#durationMs(queued.errors));
    this.#wakeNote(queued, { by: 'BackoffComplete', object: '', revision: 0 });
  }

  /** Moves the Pods that an event may help. Returns whether there were any. */
  move(event: ClusterEvent, nowMs: number): boolean {
    let moved = false;
    for (const uid of [...this.#state.unschedulable]) {
      const queued = this.#state.pods.get(uid)!;
      if (!this.#options.helps(queued, event)) continue;
      this.wake(queued, nowMs, { by: event.name, object: event.object, revision: event.revision });
      moved = true;
    }
    return moved;
  }

  helps(queued: QueuedPod, event: ClusterEvent): boolean {
    return this.#options.helps(queued, event);
  }

  /** Makes a Pod that is aside active again, once it has backed off. */
  wake(queued: QueuedPod, nowMs: number, wake: Wake): void {
    const untilMs = queued.atMs + this.#durationMs(queued.refusals);
    if (queued.where !== 'unschedulable' || queued.refusals === 0 || untilMs <= nowMs) {
      this.#activate(queued, nowMs, wake);
      return;
    }
    this.#wakeNote(queued, wake);
    this.#place(queued, 'backoff', nowMs);
    this.#push(this.#backoff, queued, untilMs);
  }

  /** Makes Pods active whose back-off is over. */
  flushBackoff(nowMs: number): void {
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let entry = this.#peek(heap); entry && entry.atMs <= nowMs; entry = this.#peek(heap)) {
        const queued = this.#state.pods.get(entry.uid)!;
        this.#place(queued, 'active', nowMs);
        this.#push(this.#active, queued, nowMs);
      }
    }
  }

  /** When the next back-off ends, and whether it follows an error. */
  nextBackoff(): { atMs: number; isError: boolean } | undefined {
    const refused = this.#peek(this.#backoff);
    const error = this.#peek(this.#errorBackoff);
    if (!refused || (error && error.atMs < refused.atMs)) return error && { atMs: error.atMs, isError: true };
    return { atMs: refused.atMs, isError: false };
  }

  /** Makes Pods active that have been aside for too long. Models flushUnschedulablePodsLeftover. */
  flushUnschedulable(nowMs: number): void {
    for (const uid of [...this.#state.unschedulable]) {
      const queued = this.#state.pods.get(uid)!;
      if (nowMs - queued.atMs < UNSCHEDULABLE_LIMIT_MS) continue;
      this.wake(queued, nowMs, { by: 'UnschedulableTimeout', object: '', revision: 0 });
    }
  }

  /** How many Pods wait, by where they wait; one whose cycle runs counts as active. */
  counts(): Record<'active' | 'backoff' | 'unschedulable' | 'gated', number> {
    const counts = { active: 0, backoff: 0, unschedulable: 0, gated: 0 };
    for (const { where } of this.#state.pods.values()) counts[where === 'inFlight' ? 'active' : where] += 1;
    return counts;
  }

  #activate(queued: QueuedPod, nowMs: number, wake: Wake): void {
    this.#wakeNote(queued, wake);
    if (!this.#options.admits(queued.pod)) {
      this.#place(queued, 'gated', nowMs);
      return;
    }
    this.#place(queued, 'active', nowMs);
    this.#push(this.#active, queued, nowMs);
  }

  #wakeNote(queued: QueuedPod, { by, object, revision }: Wake): void {
    queued.wokenBy = by;
    queued.wokenByObject = object;
    queued.wokenByRevision = revision;
  }

  #place(queued: QueuedPod, where: QueuedPod['where'], nowMs: number): void {
    queued.where = where;
    queued.atMs = nowMs;
    queued.ticket = ++this.#state.tickets;
    if (where === 'unschedulable') this.#state.unschedulable.add(queued.uid);
    else this.#state.unschedulable.delete(queued.uid);
  }

  #push(heap: BinaryHeap<Entry>, { uid, ticket, pod }: QueuedPod, atMs: number): void {
    heap.push(Object.freeze({ uid, ticket, atMs, pod }));
  }

  /** The first entry that still counts. */
  #peek(heap: BinaryHeap<Entry>): Entry | undefined {
    for (let entry = heap.peek(); entry; entry = heap.peek()) {
      if (this.#state.pods.get(entry.uid)?.ticket === entry.ticket) return entry;
      heap.pop();
    }
    return undefined;
  }

  /** 1 s, doubled with each refusal, at most 10 s by default. Models calculateBackoffDuration. */
  #durationMs(count: number): number {
    return Math.min(this.#options.initialBackoffMs * 2 ** Math.max(0, count - 1), this.#options.maxBackoffMs);
  }
}
