import type { Node, Pod } from '../../api/objects';
import { POD_FLAGS, RINGS, type PodColumns, type PodDetail } from '../../protocol/frame';
import { podDetail } from './details';
import { leavingReason, leavingWords } from './leaving';
import type { Owners } from './owners';
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
  /** Virtual ms of the last restart that was seen; −1 before any. */
  restartedMs: number;
}

/** The Pods of the cluster as rows, kept up to date write by write. */
export class PodTable {
  readonly #rows = new Map<string, PodRow>();
  readonly #byNode = new Map<string, Set<PodRow>>();
  readonly #byUid = new Map<string, PodRow>();
  readonly #ids = new Map<string, number>();
  /** Keys of the Pods that may have something worth drawing for a while. */
  readonly #straining = new Set<string>();
  /** Details that no frame has carried yet. */
  #news = new Map<number, PodDetail>();
  #lastId = 0;

  constructor(
    private readonly source: FrameSource,
    private readonly owners: Owners,
  ) {}

  clear(): void {
    this.#rows.clear();
    this.#byNode.clear();
    this.#byUid.clear();
    this.#news.clear();
    this.#straining.clear();
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

  all(): Iterable<PodRow> {
    return this.#rows.values();
  }

  /** Takes a Pod's new state in. Returns the row as it was and as it is. */
  put(key: string, pod: Pod): { before: PodRow | undefined; row: PodRow } {
    const before = this.#rows.get(key);
    if (before && before.pod.metadata.uid !== pod.metadata.uid) this.remove(key);
    const node = pod.spec.nodeName ?? '';
    const state = podState(pod, this.#node(node), this.source.clock.state.epochMs);
    const again = before?.pod.metadata.uid === pod.metadata.uid && state.restarts > before.state.restarts;
    const row: PodRow = {
      id: this.#idOf(pod.metadata.uid),
      key,
      pod,
      node,
      state,
      detail: this.#detail(before, pod),
      restartedMs: again ? this.source.clock.nowMs : (before?.restartedMs ?? -1),
    };
    this.#rows.set(key, row);
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
    this.#straining.delete(key);
    this.#byUid.delete(row.pod.metadata.uid);
    this.#ids.delete(row.pod.metadata.uid);
    this.#byNode.get(row.node)?.delete(row);
    return row;
  }

  /** The node changed: so may what is known of its Pods. */
  nodeChanged(name: string): void {
    for (const row of [...this.on(name)]) this.put(row.key, row.pod);
  }

  takeNews(): PodDetail[] {
    const news = [...this.#news.values()];
    this.#news.clear();
    return news;
  }

  /** The rows as columns. `rowOf` gives a node's row, `progressOf` what goes on in a Pod, 0…1. */
  columns(rowOf: (node: string) => number, work: ReadonlyMap<string, { flag: number; progress: number }>): PodColumns {
    const count = this.#rows.size;
    const columns: PodColumns = {
      count,
      id: new Uint32Array(count),
      node: new Int32Array(count),
      phase: new Uint8Array(count),
      flags: new Uint16Array(count),
      progress: new Uint8Array(count),
      ring: new Uint8Array(count),
      ringFromMs: new Float64Array(count),
      ringUntilMs: new Float64Array(count),
      ready: new Uint8Array(count),
      containers: new Uint8Array(count),
      restarts: new Uint16Array(count),
    };
    let index = 0;
    for (const row of this.#rows.values()) fill(columns, index++, row, rowOf(row.node), work.get(row.pod.metadata.uid));
    return columns;
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
  columns: PodColumns,
  index: number,
  row: PodRow,
  node: number,
  work: { flag: number; progress: number } | undefined,
): void {
  const { state } = row;
  const waits = state.phase === 'Creating' && !work && row.detail.claims.length > 0 && !hasSandbox(row.pod);
  columns.id[index] = row.id;
  columns.node[index] = node;
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
  return (
    pod.status.conditions?.some((one) => one.type === 'PodReadyToStartContainers' && one.status === 'True') ?? false
  );
}
