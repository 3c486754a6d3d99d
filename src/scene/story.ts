import type { SchedulingRecord } from '../api/scheduling';
import type { CauseView } from '../protocol/frame';
import { placeOf, type Place } from './actors';
import { DURATION } from './easing';

/** A message in flight: a write to etcd, or a watch event to whoever acts on it. Times are story time. */
export interface Message {
  id: string;
  kind: 'write' | 'watch';
  from: Place;
  to: Place;
  startMs: number;
  endMs: number;
  row: CauseView;
  /** For a watch event: who acts on it. */
  reader: string;
}

/** One attempt to place a Pod, spread out so that it can be seen. Times are story time. */
export interface Moment {
  record: SchedulingRecord;
  /** `namespace/name`. */
  pod: string;
  startMs: number;
  filterMs: number;
  scoreMs: number;
  decidedMs: number;
  /** When the binding is written, or the attempt is given up. */
  writeMs: number;
  endMs: number;
}

/** Offsets within a moment of scheduling, as in the first Apply of a lesson. */
const CHOREOGRAPHY = {
  filter: 150,
  score: 1150,
  decided: 1850,
  write: 2300,
  leave: 3300,
  refusedWrite: 1700,
  refusedLeave: 3000,
};
/** How far behind its virtual time a message may start before story time stretches. */
const SLACK_MS = 1000;
/** The most a burst may stretch story time; refilled at half the speed of virtual time. */
const STRETCH_LIMIT_MS = 9000;
/** Whoever acts so much later than etcd held what he acts on was told of it long before. */
const LATE_MS = 1500;
const MESSAGES_KEPT = 4000;
const MOMENTS_KEPT = 200;

/** Resources whose rows are no messages on the stage: nobody acts on them. */
const SILENT = new Set(['events']);
const RENEWALS_KEPT = 500;

interface Step {
  virtualMs: number;
  aheadMs: number;
}

const BUCKET_MS = 500;

/** Messages by the time at which they leave, so that those of a moment are found without looking at all. */
class Timetable {
  readonly #buckets = new Map<number, Message[]>();
  #size = 0;
  /** When the last one arrives. */
  endMs = -Infinity;

  add(message: Message): void {
    const key = Math.floor(message.startMs / BUCKET_MS);
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.push(message);
    else this.#buckets.set(key, [message]);
    this.#size += 1;
    this.endMs = Math.max(this.endMs, message.endMs);
  }

  /** All that leave between two moments, and a few that leave a little earlier or later, by the time they leave. */
  around(fromMs: number, toMs: number): Message[] {
    const [first, last] = [Math.floor(fromMs / BUCKET_MS), Math.floor(toMs / BUCKET_MS)];
    if (last - first < this.#buckets.size) {
      const found: Message[] = [];
      for (let key = first; key <= last; key++) found.push(...(this.#buckets.get(key) ?? []));
      return found;
    }
    const keys = [...this.#buckets.keys()].filter((key) => key >= first && key <= last);
    return keys.sort((a, b) => a - b).flatMap((key) => this.#buckets.get(key)!);
  }

  /** Forgets the earliest once there are twice as many as should be kept. */
  keep(count: number): void {
    if (this.#size <= 2 * count) return;
    for (const key of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      if (this.#size <= count) break;
      this.#size -= this.#buckets.get(key)!.length;
      this.#buckets.delete(key);
    }
  }
}

/** When etcd holds a revision, and when each place hears of it. */
interface Known {
  heldMs: number;
  row: CauseView;
  heard: Map<Place, number>;
}

/**
 * The cause rows in story time: virtual time, stretched where much happens at once. A message starts at the later of
 * its own virtual time and the arrival of what caused it; a hop takes 420 ms. The same rows give the same story,
 * however they are cut into frames, so that playing, replaying and scrubbing show the same pictures.
 */
export class Story {
  readonly #messages = new Timetable();
  #moments: Moment[] = [];
  /** Leases renewed. They are drawn in a layer of their own, otherwise they would be nine tenths of all motion. */
  #renewals: Message[] = [];
  readonly #known = new Map<number, Known>();
  /** The revision that made each Pod which is not bound yet. */
  readonly #unbound = new Map<string, number>();
  /** The last attempt to place each Pod that was refused by all nodes; the first of those that say the same. */
  readonly #refused = new Map<string, Moment>();
  /** What the scheduler said of each Pod last, in short. */
  readonly #lastSaid = new Map<string, string>();
  #steps: Step[] = [{ virtualMs: -Infinity, aheadMs: 0 }];
  #budgetMs = STRETCH_LIMIT_MS;
  #lastVirtualMs = 0;
  #lastStartMs = -Infinity;

  /** Takes in what a frame brings: rows by ascending revision, attempts by time. */
  add(rows: readonly CauseView[], records: readonly SchedulingRecord[]): void {
    let next = 0;
    for (const row of rows) {
      const answers = placeOf(row.actor) === 'scheduler';
      for (let record = records[next]; record; record = records[next]) {
        if (record.atMs > row.atMs || (record.atMs === row.atMs && !answers)) break;
        this.#addMoment(record);
        next += 1;
      }
      if (row.resource === 'leases') this.#addRenewal(row);
      else if (!SILENT.has(row.resource)) this.#addRow(row);
    }
    for (const record of records.slice(next)) this.#addMoment(record);
    this.#forget();
  }

  /** The story time of a virtual moment. */
  storyAt(virtualMs: number): number {
    return virtualMs + (this.#steps.findLast((step) => step.virtualMs <= virtualMs)?.aheadMs ?? 0);
  }

  /** The virtual moment of a story time; it stands still where the story stretches. */
  virtualAt(storyMs: number): number {
    const index = this.#steps.findLastIndex((step) => step.virtualMs + step.aheadMs <= storyMs);
    const step = this.#steps[Math.max(0, index)]!;
    return Math.min(storyMs - step.aheadMs, this.#steps[index + 1]?.virtualMs ?? Infinity);
  }

  /** When etcd holds a revision; undefined for rows without a message. */
  heldAt(revision: number): number | undefined {
    return this.#known.get(revision)?.heldMs;
  }

  /** The messages to draw at a moment: in flight, or fading out since they arrived. */
  messagesAt(storyMs: number, fadeMs: number = DURATION.burst): Message[] {
    return this.#messages
      .around(storyMs - DURATION.move - fadeMs, storyMs)
      .filter((one) => one.startMs <= storyMs && storyMs < one.endMs + fadeMs);
  }

  /** Messages whose journey overlaps a stretch of story time. */
  messagesBetween(fromMs: number, toMs: number): Message[] {
    return this.#messages
      .around(fromMs - DURATION.move, toMs)
      .filter((one) => one.endMs > fromMs && one.startMs <= toMs);
  }

  /** How many messages left within a stretch of story time. */
  begunBetween(fromMs: number, toMs: number): number {
    return this.#messages.around(fromMs, toMs).filter((one) => one.startMs > fromMs && one.startMs <= toMs).length;
  }

  /** Renewals of leases whose journey overlaps a stretch of story time. */
  renewalsBetween(fromMs: number, toMs: number): Message[] {
    return this.#renewals.filter((one) => one.endMs > fromMs && one.startMs <= toMs);
  }

  /** The end of the last renewal known. */
  get renewedMs(): number {
    return (this.#renewals.at(-1)?.endMs ?? -Infinity) + DURATION.burst;
  }

  /** The moment of scheduling to show: of those that run, the one that began last. */
  momentAt(storyMs: number): Moment | undefined {
    return this.#moments.findLast((one) => one.startMs <= storyMs && storyMs < one.endMs);
  }

  /** The last attempt to place a Pod (`namespace/name`), if it was in vain: what keeps it out since. */
  refusalOf(pod: string): Moment | undefined {
    return this.#refused.get(pod);
  }

  /** The end of the last motion known. */
  get endMs(): number {
    return Math.max(this.#messages.endMs + DURATION.burst, this.#moments.at(-1)?.endMs ?? -Infinity);
  }

  #addRow(row: CauseView): void {
    const place = placeOf(row.actor);
    const startMs = this.#startOf(row, place);
    const heldMs = startMs + DURATION.move;
    const known: Known = { heldMs, row, heard: new Map() };
    this.#known.set(row.revision, known);
    this.#messages.add({
      id: `w${row.revision}`,
      kind: 'write',
      from: place,
      to: 'etcd',
      startMs,
      endMs: heldMs,
      row,
      reader: '',
    });
    if (row.resource === 'pods') this.#followPod(row, known);
  }

  /** A renewal waits for nothing and causes nothing: it flies at its own time. */
  #addRenewal(row: CauseView): void {
    const startMs = this.storyAt(row.atMs);
    const [id, from] = [`l${row.revision}`, placeOf(row.actor)];
    this.#renewals.push({
      id,
      kind: 'write',
      from,
      to: 'etcd',
      startMs,
      endMs: startMs + DURATION.move,
      row,
      reader: '',
    });
    if (this.#renewals.length > 2 * RENEWALS_KEPT) this.#renewals = this.#renewals.slice(-RENEWALS_KEPT);
  }

  /** A new Pod without a node is what the scheduler waits for; a bound one is news to its kubelet. */
  #followPod(row: CauseView, known: Known): void {
    if (row.verb === 'create' && !row.node) {
      this.#unbound.set(row.key, row.revision);
      this.#tell('scheduler', 'kube-scheduler', known);
    } else if (row.node && this.#unbound.delete(row.key)) {
      this.#tell(`node:${row.node}`, `kubelet/${row.node}`, known);
    } else if (row.verb === 'delete') {
      this.#unbound.delete(row.key);
      this.#lastSaid.delete(row.key);
    }
  }

  /**
   * The watch event that takes a revision to a place, once; when it arrives there. `knownMs` is when it comes to be known
   * that somebody there reads it: what was shown before that does not change any more, so nothing flies earlier, and of
   * what was heard long ago nothing flies at all.
   */
  #tell(place: Place, reader: string, known: Known, knownMs = -Infinity): number {
    const heard = known.heard.get(place);
    if (heard !== undefined) return heard;
    const lateMs = knownMs - known.heldMs;
    const startMs = Math.max(known.heldMs, lateMs > LATE_MS ? -Infinity : knownMs);
    const endMs = startMs + DURATION.move;
    known.heard.set(place, endMs);
    if (lateMs > LATE_MS) return endMs;
    const { row } = known;
    const id = `e${row.revision}${place}`;
    this.#messages.add({ id, kind: 'watch', from: 'etcd', to: place, startMs, endMs, row, reader });
    return endMs;
  }

  #startOf(row: CauseView, place: Place): number {
    this.#refill(row.atMs);
    const naturalMs = this.storyAt(row.atMs);
    const startMs = Math.max(naturalMs, this.#causedMs(row, place), this.#lastStartMs);
    const behindMs = startMs - naturalMs - SLACK_MS;
    if (behindMs > 0) this.#stretch(row.atMs, behindMs);
    this.#lastStartMs = Math.min(startMs, this.storyAt(row.atMs) + SLACK_MS);
    return this.#lastStartMs;
  }

  /** When the writer has heard of all it acted on. The learner acts on nothing. */
  #causedMs(row: CauseView, place: Place): number {
    let causedMs = -Infinity;
    if (place === 'learner') return causedMs;
    if (place === 'scheduler') {
      const moment = this.#moments.findLast((one) => one.pod === row.key);
      if (moment && moment.record.atMs <= row.atMs) causedMs = moment.writeMs;
    }
    for (const revision of row.from) {
      const known = this.#known.get(revision);
      if (known) causedMs = Math.max(causedMs, this.#tell(place, row.actor, known, this.storyAt(row.atMs)));
    }
    return causedMs;
  }

  /** One attempt at a time is spread out; one that only repeats an earlier refusal is not. */
  #addMoment(record: SchedulingRecord): void {
    const pod = `${record.namespace}/${record.name}`;
    const said = summary(record);
    const repeated = this.#lastSaid.get(pod) === said;
    this.#lastSaid.set(pod, said);
    if (repeated) return;
    if (record.outcome !== 'Unschedulable') this.#refused.delete(pod);
    if (record.outcome === 'Gated') return;
    const made = this.#known.get(this.#unbound.get(pod) ?? -1);
    const startMs = Math.max(
      this.storyAt(record.atMs),
      made ? this.#tell('scheduler', 'kube-scheduler', made, this.storyAt(record.atMs)) : -Infinity,
    );
    const moment = momentOf(record, pod, startMs);
    if (record.outcome === 'Unschedulable') this.#refused.set(pod, moment);
    if (startMs >= (this.#moments.at(-1)?.endMs ?? -Infinity)) this.#moments.push(moment);
  }

  #stretch(virtualMs: number, wantedMs: number): void {
    const raiseMs = Math.min(wantedMs, this.#budgetMs);
    if (raiseMs <= 0) return;
    this.#budgetMs -= raiseMs;
    this.#steps.push({ virtualMs, aheadMs: this.#steps.at(-1)!.aheadMs + raiseMs });
  }

  #refill(virtualMs: number): void {
    this.#budgetMs = Math.min(STRETCH_LIMIT_MS, this.#budgetMs + Math.max(0, virtualMs - this.#lastVirtualMs) / 2);
    this.#lastVirtualMs = Math.max(this.#lastVirtualMs, virtualMs);
  }

  /** Keeps the story bounded: the oldest go first. */
  #forget(): void {
    this.#messages.keep(MESSAGES_KEPT);
    if (this.#moments.length > 2 * MOMENTS_KEPT) this.#moments = this.#moments.slice(-MOMENTS_KEPT);
    for (const pod of this.#refused.keys()) {
      if (this.#refused.size <= MOMENTS_KEPT) break;
      this.#refused.delete(pod);
    }
    if (this.#steps.length > 2 * MESSAGES_KEPT) this.#steps = this.#steps.slice(-MESSAGES_KEPT);
    for (const revision of this.#known.keys()) {
      if (this.#known.size <= MESSAGES_KEPT) break;
      this.#known.delete(revision);
    }
  }
}

function momentOf(record: SchedulingRecord, pod: string, startMs: number): Moment {
  const scored = record.outcome === 'Scheduled';
  return {
    record,
    pod,
    startMs,
    filterMs: startMs + CHOREOGRAPHY.filter,
    scoreMs: startMs + CHOREOGRAPHY.score,
    decidedMs: startMs + CHOREOGRAPHY.decided,
    writeMs: startMs + (scored ? CHOREOGRAPHY.write : CHOREOGRAPHY.refusedWrite),
    endMs: startMs + (scored ? CHOREOGRAPHY.leave : CHOREOGRAPHY.refusedLeave),
  };
}

/** Two attempts with the same summary look the same on the stage. */
function summary({ uid, outcome, node, refusedBy, refusals }: SchedulingRecord): string {
  const against = refusals.map((one) => `${one.plugin}:${one.reasons.join()}:${one.count}`);
  return [uid, outcome, node ?? '', refusedBy?.reasons.join() ?? '', ...against].join('|');
}
