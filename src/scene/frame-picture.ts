import {
  NODE_STATES,
  POD_FLAGS,
  POD_PHASES,
  RINGS,
  type ControlPlaneView,
  type Frame,
  type NodeColumns,
  type PodColumns,
  type PodStrain,
  type ServiceView,
  type VolumeView,
} from '../protocol/frame';
import { isOver, type Details, type NodeGlyph, type Picture, type PodGlyph } from './picture';

/** The rows of a frame's Pods, grouped by node: those of node row `n` are `row[from[n]]` up to `row[from[n + 1]]`. */
export interface PodIndex {
  from: Uint32Array;
  row: Uint32Array;
  /** Pods on each node. */
  counts: Uint32Array;
  /** Rows of the Pods that are on no node and not over. */
  unplaced: number[];
  /** All that are shown, on a node or not. */
  shown: number;
}

const SUCCEEDED = POD_PHASES.indexOf('Succeeded');
const FAILED = POD_PHASES.indexOf('Failed');
const indexes = new WeakMap<PodColumns, PodIndex>();

/** Groups the Pods of a frame by node, once a frame. Those of `kube-system` are not on the stage. */
export function indexPods(pods: PodColumns, nodes: number): PodIndex {
  const known = indexes.get(pods);
  if (known && known.counts.length === nodes) return known;
  const counts = new Uint32Array(nodes);
  const unplaced: number[] = [];
  let shown = 0;
  for (let row = 0; row < pods.count; row++) {
    if ((pods.flags[row]! & POD_FLAGS.system) !== 0) continue;
    shown += 1;
    const node = pods.node[row]!;
    if (node >= 0) counts[node]! += 1;
    else if (pods.phase[row] !== SUCCEEDED && pods.phase[row] !== FAILED) unplaced.push(row);
  }
  const from = new Uint32Array(nodes + 1);
  for (let node = 0; node < nodes; node++) from[node + 1] = from[node]! + counts[node]!;
  const next = from.slice();
  const rows = new Uint32Array(from[nodes]!);
  for (let row = 0; row < pods.count; row++) {
    const node = pods.node[row]!;
    if (node >= 0 && (pods.flags[row]! & POD_FLAGS.system) === 0) rows[next[node]!++] = row;
  }
  const index = { from, row: rows, counts, unplaced, shown };
  indexes.set(pods, index);
  return index;
}

/** A frame as it is, without story: objects are made of its columns only where somebody asks for them. */
export class FramePicture implements Picture {
  readonly atMs: number;
  readonly volumes: readonly VolumeView[];
  readonly services: readonly ServiceView[];
  readonly controlPlane: ControlPlaneView;
  readonly index: PodIndex;
  readonly columns: { readonly pods: PodColumns; readonly nodes: NodeColumns };
  readonly #details: Details;
  readonly #strains: ReadonlyMap<number, PodStrain>;
  #pods: readonly PodGlyph[] | undefined;
  #nodes: readonly NodeGlyph[] | undefined;
  #unplaced: readonly PodGlyph[] | undefined;
  #rowOf: Map<string, number> | undefined;
  #rows: Int32Array | undefined;
  #counts: Uint32Array | undefined;

  constructor(frame: Frame, details: Details) {
    this.atMs = frame.atMs;
    this.volumes = frame.volumes;
    this.services = frame.services;
    this.controlPlane = frame.controlPlane;
    this.columns = { pods: frame.pods, nodes: frame.nodes };
    this.index = indexPods(frame.pods, frame.nodes.count);
    this.#details = details;
    this.#strains = new Map(frame.strains.map((one) => [one.id, one]));
  }

  get podCount(): number {
    return this.index.shown;
  }

  get nodesToken(): unknown {
    return this.#details.nodes;
  }

  /** Nodes of which nothing is known yet are left out, as in `nodes`. */
  get podCounts(): ArrayLike<number> {
    const { id } = this.columns.nodes;
    this.#counts ??= this.index.counts.filter((_, row) => this.#details.nodes.has(id[row]!));
    return this.#counts;
  }

  get pods(): readonly PodGlyph[] {
    this.#pods ??= this.#glyphs(Array.from({ length: this.columns.pods.count }, (_, row) => row));
    return this.#pods;
  }

  get nodes(): readonly NodeGlyph[] {
    this.#nodes ??= nodeGlyphs(this.columns.nodes, this.#details);
    return this.#nodes;
  }

  get unplaced(): readonly PodGlyph[] {
    this.#unplaced ??= this.#glyphs(this.index.unplaced).filter((pod) => !isOver(pod));
    return this.#unplaced;
  }

  /** The row of the node with this id; −1 where there is none. */
  rowOf(nodeId: number): number {
    this.#rows ??= rowsById(this.columns.nodes);
    return this.#rows[nodeId] ?? -1;
  }

  podsOn(node: string): readonly PodGlyph[] {
    const row = this.#nodeRow(node);
    if (row === undefined) return [];
    const { from, row: rows } = this.index;
    return this.#glyphs([...rows.subarray(from[row], from[row + 1])]);
  }

  podsFrom(first: number, count: number): readonly PodGlyph[] {
    const { pods } = this.columns;
    const rows: number[] = [];
    let passed = 0;
    for (let row = 0; row < pods.count && rows.length < count; row++) {
      if ((pods.flags[row]! & POD_FLAGS.system) !== 0) continue;
      if (passed++ >= first) rows.push(row);
    }
    return this.#glyphs(rows);
  }

  podWith(key: string): PodGlyph | undefined {
    const id = this.#details.pods.idOf(key);
    const row = id === undefined ? -1 : this.columns.pods.id.indexOf(id);
    return row < 0 ? undefined : this.#glyph(row);
  }

  #nodeRow(name: string): number | undefined {
    if (!this.#rowOf) {
      this.#rowOf = new Map();
      for (let row = 0; row < this.columns.nodes.count; row++) {
        const known = this.#details.nodes.get(this.columns.nodes.id[row]!);
        if (known) this.#rowOf.set(known.name, row);
      }
    }
    return this.#rowOf.get(name);
  }

  #glyphs(rows: readonly number[]): PodGlyph[] {
    const glyphs: PodGlyph[] = [];
    for (const row of rows) {
      const glyph = this.#glyph(row);
      if (glyph) glyphs.push(glyph);
    }
    return glyphs;
  }

  /** A Pod whose detail has not arrived, or that belongs to `kube-system`, is left out. */
  #glyph(row: number): PodGlyph | undefined {
    const { pods, nodes } = this.columns;
    const flags = pods.flags[row]!;
    const detail = (flags & POD_FLAGS.system) === 0 ? this.#details.pods.get(pods.id[row]!) : undefined;
    if (!detail) return undefined;
    const nodeId = pods.node[row]! < 0 ? undefined : nodes.id[pods.node[row]!];
    const what = RINGS[pods.ring[row]!] ?? 'none';
    const strain = this.#strains.get(detail.id);
    return {
      id: detail.id,
      key: `${detail.namespace}/${detail.name}`,
      detail,
      node: nodeId === undefined ? '' : (this.#details.nodes.get(nodeId)?.name ?? ''),
      phase: POD_PHASES[pods.phase[row]!] ?? 'Unknown',
      flags,
      progress: pods.progress[row]! / 255,
      ring: what === 'none' ? null : { what, fromMs: pods.ringFromMs[row]!, untilMs: pods.ringUntilMs[row]! },
      ready: pods.ready[row]!,
      containers: pods.containers[row]!,
      restarts: pods.restarts[row]!,
      ...(strain ? { strain } : {}),
    };
  }
}

function rowsById({ count, id }: NodeColumns): Int32Array {
  let largest = 0;
  for (let row = 0; row < count; row++) largest = Math.max(largest, id[row]!);
  const rows = new Int32Array(largest + 1).fill(-1);
  for (let row = 0; row < count; row++) rows[id[row]!] = row;
  return rows;
}

/** The nodes as objects. */
function nodeGlyphs(nodes: NodeColumns, details: Details): NodeGlyph[] {
  const glyphs: NodeGlyph[] = [];
  for (let row = 0; row < nodes.count; row++) {
    const detail = details.nodes.get(nodes.id[row]!);
    if (!detail) continue;
    glyphs.push({
      id: detail.id,
      name: detail.name,
      detail,
      state: NODE_STATES[nodes.state[row]!] ?? 'Unknown',
      flags: nodes.flags[row]!,
      cpuRequested: nodes.cpuRequested[row]!,
      cpuAllocatable: nodes.cpuAllocatable[row]!,
      memoryRequested: nodes.memoryRequested[row]!,
      memoryAllocatable: nodes.memoryAllocatable[row]!,
      devicesUsed: nodes.devicesUsed[row]!,
      devices: nodes.devices[row]!,
      heardAtMs: nodes.heardAtMs[row]!,
      cpuUsed: nodes.cpuUsed[row]!,
      memoryUsed: nodes.memoryUsed[row]!,
      proxied: nodes.proxied[row]!,
    });
  }
  return glyphs;
}
