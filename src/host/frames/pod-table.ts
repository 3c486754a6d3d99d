import type { Node, Pod } from '../../api/objects';
import { POD_FLAGS, RINGS, type PodColumns, type PodDetail } from '../../protocol/frame';
import { PodDetailWriter, type PodDetailColumns } from '../../protocol/pod-details';
import { holds } from '../../api/conditions';
import { podDetail } from './details';
import { leavingReason, leavingWords } from './leaving';
import type { Owners } from './owners';
import { KeptColumns } from './pod-columns';
import { phaseNumber, podState, type PodState } from './pod-state';
import type { FrameSource } from './source';

/** One Pod as the builder keeps it. */
export interface PodRow {
  id: number;
  key: string;
  pod: Pod;
  node: string;
  state: PodState;
  detail: PodDetail;
  /** Its row in the columns. */
  at: number;
  /** Virtual ms of the last restart that was seen; −1 before any. */
  restartedMs: number;
}

/** What goes on in a Pod that no object tells of, by its UID; progress is 0…1. */
export type Work = ReadonlyMap<string, { flag: number; progress: number }>;

/** Of more Pods than this, columns are copied for one frame in several: what changes among so many is seen as waves. */
const COPIED_A_FRAME = 10_000;
/** How many details one frame tells at most: the page must not be held up by reading them. */
const NEWS_LIMIT = 5_000;

/** The Pods of the cluster as rows, kept up to date write by write. */
export class PodTable {
  readonly #rows = new Map<string, PodRow>();
  readonly #byNode = new Map<string, Set<PodRow>>();
  readonly #byUid = new Map<string, PodRow>();
  readonly #ids = new Map<string, number>();
  /** Keys of the Pods that may have something worth drawing for a while. */
  readonly #straining = new Set<string>();
  /** The Pods that mount claims: few of many. */
  readonly #withClaims = new Map<string, PodRow>();
  /** Details that no frame has carried yet. */
  #news = new Map<number, PodDetail>();
  readonly #writer = new PodDetailWriter();
  #lastId = 0;
  readonly #columns = new KeptColumns();
  /** Rows that changed since they were written into the columns. */
  readonly #changed = new Set<PodRow>();
  /** Rows with work that the columns tell of. */
  readonly #working = new Set<PodRow>();
  #gaps = false;
  #numbered = -1;
  /** The columns hold what no frame has carried. */
  #untold = true;
  #framesUntold = 0;

  constructor(
    private readonly source: FrameSource,
    private readonly owners: Owners,
  ) {}

  clear(): void {
    this.#rows.clear();
    this.#byNode.clear();
    this.#byUid.clear();
    this.#news.clear();
    this.#writer.reset();
    this.#columns.clear();
    this.#changed.clear();
    this.#working.clear();
    this.#gaps = false;
    this.#untold = true;
    this.#framesUntold = Infinity;
    this.#straining.clear();
    this.#withClaims.clear();
  }

  /** The Pods in which something may go on that ends by itself. */
  *straining(): Iterable<PodRow> {
    for (const key of this.#straining) {
      const row = this.#rows.get(key);
      if (row) yield row;
    }
  }

  get(key: string): PodRow | undefined {
    return this.#rows.get(key);
  }

  withUid(uid: string): PodRow | undefined {
    return this.#byUid.get(uid);
  }

  on(node: string): Iterable<PodRow> {
    return this.#byNode.get(node) ?? [];
  }

  /** The Pods that mount claims. */
  withClaims(): Iterable<PodRow> {
    return this.#withClaims.values();
  }

  /** Takes a Pod's new state in. Returns the row as it was and as it is. */
  put(key: string, pod: Pod): { before: PodRow | undefined; row: PodRow } {
    const before = this.#rows.get(key);
    if (before && before.pod.metadata.uid !== pod.metadata.uid) this.remove(key);
    const node = pod.spec.nodeName ?? '';
    const state = podState(pod, this.#node(node), this.source.clock.state.epochMs);
    const again = before?.pod.metadata.uid === pod.metadata.uid && state.restarts > before.state.restarts;
    const known = this.#rows.get(key);
    const row: PodRow = {
      id: this.#idOf(pod.metadata.uid),
      key,
      pod,
      node,
      state,
      detail: this.#detail(before, pod),
      at: known ? known.at : this.#columns.add(),
      restartedMs: again ? this.source.clock.nowMs : (before?.restartedMs ?? -1),
    };
    if (known) this.#changed.delete(known);
    if (known && this.#working.delete(known)) this.#working.add(row);
    this.#changed.add(row);
    this.#rows.set(key, row);
    if (row.detail.claims.length > 0) this.#withClaims.set(key, row);
    if (mayStrain(pod, state)) this.#straining.add(row.key);
    else this.#straining.delete(row.key);
    this.#byUid.set(pod.metadata.uid, row);
    if (before) this.#byNode.get(before.node)?.delete(before);
    const there = this.#byNode.get(node);
    if (there) there.add(row);
    else this.#byNode.set(node, new Set([row]));
    return { before, row };
  }

  remove(key: string): PodRow | undefined {
    const row = this.#rows.get(key);
    if (!row) return undefined;
    this.#rows.delete(key);
    this.#withClaims.delete(key);
    this.#straining.delete(key);
    this.#byUid.delete(row.pod.metadata.uid);
    this.#ids.delete(row.pod.metadata.uid);
    this.#byNode.get(row.node)?.delete(row);
    this.#changed.delete(row);
    this.#working.delete(row);
    this.#gaps = true;
    return row;
  }

  /** The node changed: so may what is known of its Pods. */
  nodeChanged(name: string): void {
    for (const row of [...this.on(name)]) this.put(row.key, row.pod);
  }

  /** Whether details are left for the next frame. */
  get hasNews(): boolean {
    return this.#news.size > 0;
  }

  takeNews(): PodDetailColumns {
    const news: PodDetail[] = [];
    for (const detail of this.#news.values()) {
      if (news.length === NEWS_LIMIT) break;
      news.push(detail);
      this.#news.delete(detail.id);
    }
    return this.#writer.write(news);
  }

  /**
   * The rows as columns, unless they are those that were taken last. `rowOf` gives a node's row, and has not changed
   * while `numbered` is the same.
   */
  takeColumns(rowOf: (node: string) => number, numbered: number, work: Work): PodColumns | undefined {
    this.#closeGaps();
    const anew = numbered !== this.#numbered;
    this.#numbered = numbered;
    for (const row of anew ? this.#rows.values() : this.#changed) this.#write(row, rowOf, work);
    for (const row of this.#working) if (!work.has(row.pod.metadata.uid)) this.#write(row, rowOf, work);
    for (const uid of work.keys()) {
      const row = this.#byUid.get(uid);
      if (row) this.#write(row, rowOf, work);
    }
    this.#changed.clear();
    this.#framesUntold += 1;
    if (!this.#untold || this.#framesUntold * COPIED_A_FRAME < this.#rows.size) return undefined;
    this.#untold = false;
    this.#framesUntold = 0;
    return this.#columns.copy();
  }

  #write(row: PodRow, rowOf: (node: string) => number, work: Work): void {
    const doing = work.get(row.pod.metadata.uid);
    fill(this.#columns.arrays, row, rowOf(row.node), doing);
    if (doing) this.#working.add(row);
    else this.#working.delete(row);
    this.#untold = true;
  }

  #closeGaps(): void {
    if (!this.#gaps) return;
    const kept = new Uint32Array(this.#rows.size);
    let index = 0;
    for (const row of this.#rows.values()) {
      kept[index] = row.at;
      row.at = index++;
    }
    this.#columns.keep(kept);
    this.#gaps = false;
    this.#untold = true;
  }

  #detail(before: PodRow | undefined, pod: Pod): PodDetail {
    if (before && sameDetail(before.pod, pod)) return before.detail;
    const leaving = leavingWords(pod, this.source);
    const detail = podDetail(pod, this.#idOf(pod.metadata.uid), this.owners.of(pod), leaving);
    this.#news.set(detail.id, detail);
    return detail;
  }

  #idOf(uid: string): number {
    let id = this.#ids.get(uid);
    if (id === undefined) this.#ids.set(uid, (id = ++this.#lastId));
    return id;
  }

  #node(name: string): Node | undefined {
    return name === '' ? undefined : (this.source.store.get('nodes', name) as Node | undefined);
  }
}

/** Pods with probes, with restarts, and those that are being made. */
function mayStrain(pod: Pod, state: PodState): boolean {
  if (state.phase === 'Creating' || state.restarts > 0) return true;
  return pod.spec.containers.some((one) => one.readinessProbe || one.livenessProbe || one.startupProbe);
}

/** Binding and status leave what a detail is made of untouched, and objects share what did not change. */
function sameDetail(before: Pod, after: Pod): boolean {
  const [a, b] = [before.spec, after.spec];
  const same = a.containers === b.containers && a.tolerations === b.tolerations && a.volumes === b.volumes;
  const wishes = a.nodeSelector === b.nodeSelector && a.affinity === b.affinity;
  return same && wishes && before.metadata.uid === after.metadata.uid && leavingReason(before) === leavingReason(after);
}

function fill(
  columns: Omit<PodColumns, 'count'>,
  row: PodRow,
  node: number,
  work: { flag: number; progress: number } | undefined,
): void {
  const { state, at: index } = row;
  const waits = state.phase === 'Creating' && !work && row.detail.claims.length > 0 && !hasSandbox(row.pod);
  columns.id[index] = row.id;
  columns.node[index] = node;
  columns.hue[index] = row.detail.hue;
  columns.phase[index] = phaseNumber(state.phase);
  columns.flags[index] = state.flags | (work?.flag ?? 0) | (waits ? POD_FLAGS.mounting : 0);
  columns.progress[index] = Math.round(255 * (work?.progress ?? 0));
  columns.ring[index] = RINGS.indexOf(state.ring);
  columns.ringFromMs[index] = state.ringFromMs;
  columns.ringUntilMs[index] = state.ringUntilMs;
  columns.ready[index] = state.ready;
  columns.containers[index] = state.containers;
  columns.restarts[index] = state.restarts;
}

/** Its volumes are mounted and its sandbox stands: what follows is the image. */
function hasSandbox(pod: Pod): boolean {
  return holds(pod, 'PodReadyToStartContainers');
}
