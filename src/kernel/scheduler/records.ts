import { objectKey, type Pod } from '../../api/objects';
import { Folded } from '../../base/state';
import type { NodeScore, Refusal, SchedulingRecord, Verdict } from '../../api/scheduling';
import type { CycleResult } from './cycle';

/** An attempt as it is kept: nearly all are of Pods that found a node at once, and nobody looks at their scores. */
type Kept = SchedulingRecord | ScoredAttempt;

/** The record of an attempt in which nodes were scored: the numbers of all of them in one list. */
class ScoredAttempt extends Folded<SchedulingRecord> {
  readonly atMs: number;
  readonly uid: string;
  readonly #rest: Omit<SchedulingRecord, 'scores'>;
  readonly #nodes: readonly string[];
  /** For each node its scores, then their total. */
  readonly #numbers: readonly number[];

  constructor(rest: Omit<SchedulingRecord, 'scores'>, nodes: readonly string[], numbers: readonly number[]) {
    super();
    this.atMs = rest.atMs;
    this.uid = rest.uid;
    this.#rest = rest;
    this.#nodes = nodes;
    this.#numbers = numbers;
    Object.freeze(this);
  }

  override unfold(): SchedulingRecord {
    const width = this.#rest.scorers.length;
    const scores: NodeScore[] = this.#nodes.map((node, index) => {
      const at = index * (width + 1);
      return { node, scores: this.#numbers.slice(at, at + width), total: this.#numbers[at + width]! };
    });
    return Object.freeze({ ...this.#rest, scores });
  }
}

const whole = (record: Kept): SchedulingRecord => (record instanceof Folded ? record.unfold() : record);

export interface RecordsState {
  /** `namespace/name` → its last attempts, oldest first; Pods in the order of their last attempt. */
  byPod: Map<string, readonly Kept[]>;
  /** The most recent of all. */
  latest: Kept | undefined;
}

const ATTEMPTS_A_POD = 16;
const PODS = 2000;
/** In larger clusters a record names only some nodes. */
const NAMED_NODES = 100;
const NODES_NAMED_OF_MANY = 10;

export const emptyRecords = (): RecordsState => ({ byPod: new Map(), latest: undefined });

/** Keeps a record; the oldest attempt of the Pod, and the Pod tried longest ago, make room. */
export function keepRecord(state: RecordsState, key: string, record: Kept): void {
  const before = (state.byPod.get(key) ?? []).filter(({ uid }) => uid === record.uid).slice(1 - ATTEMPTS_A_POD);
  // What lies below is never written again; freezing all of it would cost more than placing the Pod.
  Object.freeze(record);
  state.latest = record;
  state.byPod.delete(key);
  state.byPod.set(key, before.concat(record));
  if (state.byPod.size > PODS) state.byPod.delete(state.byPod.keys().next().value!);
}

/** The attempts to place a Pod, oldest first. */
export const recordsOf = (state: RecordsState, key: string): SchedulingRecord[] =>
  (state.byPod.get(key) ?? []).map(whole);

/** The last attempt of all. */
export const latestRecord = ({ latest }: RecordsState): SchedulingRecord | undefined => latest && whole(latest);

/** The last record of each Pod that has one after `atMs`, the Pod tried longest ago first. */
export function recordsSince(state: RecordsState, atMs: number): SchedulingRecord[] {
  if (!state.latest || state.latest.atMs <= atMs) return [];
  const records: SchedulingRecord[] = [];
  for (const kept of state.byPod.values()) {
    const record = kept.at(-1);
    if (record && record.atMs > atMs) records.push(whole(record));
  }
  return records;
}

/** Which attempt a record is of. */
export type RecordHead = Pick<
  SchedulingRecord,
  'namespace' | 'name' | 'uid' | 'profile' | 'atMs' | 'attempt' | 'wokenBy' | 'wokenByObject'
>;

/** The record of a cycle. */
export function recordOf(head: RecordHead, result: CycleResult): Kept {
  const { chosen, failure, preemption, preFilterRefusal } = result;
  const record = {
    outcome: chosen ? ('Scheduled' as const) : failure?.isError ? ('Error' as const) : ('Unschedulable' as const),
    ...head,
    nodes: result.nodes.length,
    evaluated: result.evaluated,
    feasible: result.feasible.length,
    ...(preFilterRefusal ? { refusedBy: preFilterRefusal } : {}),
    refusals: preFilterRefusal ? [] : refusalsOf(result),
    filters: result.filters,
    scorers: result.scores.map(({ plugin }) => plugin),
    ...(chosen ? { node: chosen.name } : {}),
    ...(failure ? { message: failure.message } : {}),
    ...(preemption
      ? {
          preemption: {
            node: preemption.node,
            victims: preemption.victims.map((pod: Pod) => objectKey(pod)),
            candidates: preemption.candidates,
          },
        }
      : {}),
  };
  return result.scores.length > 0 ? scored(record, result) : { ...record, scores: [] };
}

/** The record of a Pod that a PreEnqueue plugin holds back. */
export function gatedRecord(head: RecordHead, refusedBy: Verdict): SchedulingRecord {
  const nothing = { nodes: 0, evaluated: 0, feasible: 0, refusals: [], filters: [], scorers: [], scores: [] };
  return { ...head, outcome: 'Gated', ...nothing, refusedBy };
}

/** The refusing nodes by verdict: many nodes refuse for the same reasons. */
function refusalsOf({ nodes, verdicts }: CycleResult): Refusal[] {
  const byVerdict = new Map<Verdict, { count: number; names: string[] }>();
  const limit = nodes.length > NAMED_NODES ? NODES_NAMED_OF_MANY : NAMED_NODES;
  for (let index = 0; index < verdicts.length; index++) {
    const verdict = verdicts[index];
    if (!verdict) continue;
    let group = byVerdict.get(verdict);
    if (!group) byVerdict.set(verdict, (group = { count: 0, names: [] }));
    group.count += 1;
    if (group.names.length < limit) group.names.push(nodes[index]!.name);
  }
  return Array.from(byVerdict, ([verdict, { count, names }]) => ({ ...verdict, count, nodes: names }));
}

function scored(record: Omit<SchedulingRecord, 'scores'>, result: CycleResult): ScoredAttempt {
  const { nodes, feasible, scores, totals } = result;
  const limit = nodes.length > NAMED_NODES ? NODES_NAMED_OF_MANY : NAMED_NODES;
  const best = bestIndexes(totals, limit);
  const width = scores.length + 1;
  const numbers = new Array<number>(best.length * width);
  best.forEach((index, place) => {
    for (let scorer = 0; scorer < scores.length; scorer++)
      numbers[place * width + scorer] = scores[scorer]!.values[index]!;
    numbers[place * width + scores.length] = totals[index]!;
  });
  const names = best.map((index) => feasible[index]!.name);
  return new ScoredAttempt(record, names, numbers);
}

/** Indexes of the highest totals, best first; equal ones stay in order. */
function bestIndexes(totals: readonly number[], limit: number): number[] {
  if (totals.length <= limit) return totals.map((_, index) => index).sort((a, b) => totals[b]! - totals[a]! || a - b);
  const best: number[] = [];
  for (let index = 0; index < totals.length; index++) {
    if (best.length === limit && totals[index]! <= totals[best[limit - 1]!]!) continue;
    let at = best.length;
    while (at > 0 && totals[best[at - 1]!]! < totals[index]!) at--;
    best.splice(at, 0, index);
    if (best.length > limit) best.pop();
  }
  return best;
}
