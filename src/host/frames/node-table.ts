import { milliValue, wholeValue } from '../../api/quantity';
import { parseTime } from '../../api/time';
import type { Lease, Node, Service } from '../../api/objects';
import {
  NODE_FLAGS,
  inTrouble,
  NODE_STATES,
  NO_HUE,
  POD_FLAGS,
  type NodeColumns,
  type NodeDetail,
} from '../../protocol/frame';
import { conditionStatus, holds } from '../../api/conditions';
import { nodeDetail } from './details';
import type { PodTable } from './pod-table';
import type { FrameSource, Usage } from './source';

const SECOND_MS = 1000;
/** Nodes measured for one frame, but for the first. */
const MEASURED_AT_ONCE = 128;
const NOTHING_USED: Usage = { cpuMilli: 0, memoryBytes: 0 };

/** How many details of nodes one frame tells at most: they are objects, and the page must not be held up by them. */
const NEWS_LIMIT = 500;

interface NodeRow {
  /** Index into NODE_STATES. */
  state: number;
  /** Flags that the Node itself tells of. */
  flags: number;
  heardAtMs: number;
  used: Usage;
  /** How many Services its kube-proxy knows; −1 where none runs. */
  proxied: number;
  detail: NodeDetail;
  /** Sums of what its Pods request; recomputed when one of them changed. */
  cpuRequested: number;
  memoryRequested: number;
  devicesUsed: number;
  /** Colour of the owner that requests most CPU. */
  hue: number;
  troubled: number;
  allocatable: { cpu: number; memory: number; devices: number };
}

/** The nodes of the cluster as rows, kept up to date write by write. */
export class NodeTable {
  #rows = new Map<string, NodeRow>();
  /** Nodes have come or gone since the rows were put in order. */
  #unordered = false;
  readonly #stale = new Set<string>();
  /** The virtual second in which measuring began last; −1 for never. */
  #measuredAt = -1;
  /** How many nodes are still to be measured in it, and which was last. */
  #unmeasured = 0;
  #nextMeasured = -1;
  /** Names in the order of the rows. */
  #ordered: string[] = [];
  readonly #ids = new Map<string, number>();
  #order = new Map<string, number>();
  #news = new Map<number, NodeDetail>();

  constructor(
    private readonly source: FrameSource,
    private readonly pods: PodTable,
  ) {}

  clear(): void {
    this.#rows.clear();
    this.#stale.clear();
    this.#measuredAt = -1;
    this.#order.clear();
    this.#unordered = false;
    this.#news.clear();
  }

  /** Takes a node's new state in. */
  put(name: string, node: Node): void {
    const before = this.#rows.get(name);
    const detail = nodeDetail(node, this.#idOf(name));
    const changed = !before || JSON.stringify(before.detail) !== JSON.stringify(detail);
    if (changed) this.#news.set(detail.id, detail);
    this.#rows.set(name, {
      state: readiness(node),
      flags: flagsOf(node),
      heardAtMs: before?.heardAtMs ?? 0,
      used: before?.used ?? NOTHING_USED,
      proxied: before?.proxied ?? -1,
      detail: changed ? detail : before.detail,
      cpuRequested: before?.cpuRequested ?? 0,
      memoryRequested: before?.memoryRequested ?? 0,
      devicesUsed: before?.devicesUsed ?? 0,
      hue: before?.hue ?? NO_HUE,
      troubled: before?.troubled ?? 0,
      allocatable: allocatableOf(node, detail.deviceResource),
    });
    if (!before) {
      this.#stale.add(name);
      this.#measuredAt = -1;
      this.#unordered = true;
    }
  }

  remove(name: string): void {
    this.#rows.delete(name);
    this.#unordered = true;
  }

  /** A heartbeat of a node's kubelet reached the API server. */
  heard(name: string, atMs: number): void {
    const row = this.#rows.get(name);
    if (row) row.heardAtMs = Math.floor(atMs);
  }

  /** Reads the last heartbeat from a lease that is there already. */
  readLease(name: string, lease: Lease): void {
    const renewed = parseTime(lease.spec.renewTime ?? '') - this.source.clock.state.epochMs;
    const row = this.#rows.get(name);
    if (row && Number.isFinite(renewed)) row.heardAtMs = renewed;
  }

  /** A Pod on the node came, went or ended. */
  podsChanged(name: string): void {
    if (name !== '') this.#stale.add(name);
  }

  /** Counts how often rows were numbered: the same count, the same rows. */
  numbered = 0;

  /** The row of a node in the columns that were made last; −1 for none. */
  rowOf(name: string): number {
    return this.#order.get(name) ?? -1;
  }

  get count(): number {
    return this.#rows.size;
  }

  get ready(): number {
    let ready = 0;
    for (const { state } of this.#rows.values()) if (state === 0) ready += 1;
    return ready;
  }

  /** Whether details are left for the next frame. */
  get hasNews(): boolean {
    return this.#news.size > 0;
  }

  takeNews(): NodeDetail[] {
    const news = [...this.#news.values()].slice(0, NEWS_LIMIT);
    for (const detail of news) this.#news.delete(detail.id);
    return news;
  }

  /** One row a node, by pool and name. */
  columns(): NodeColumns {
    if (this.#unordered) this.#number();
    for (const name of this.#stale) this.#sum(name);
    this.#stale.clear();
    const count = this.#rows.size;
    const numbers = (): Float64Array => new Float64Array(count);
    const columns: NodeColumns = {
      count,
      id: new Uint32Array(count),
      state: new Uint8Array(count),
      flags: new Uint8Array(count),
      cpuRequested: numbers(),
      cpuAllocatable: numbers(),
      memoryRequested: numbers(),
      memoryAllocatable: numbers(),
      devicesUsed: new Uint16Array(count),
      devices: new Uint16Array(count),
      hue: new Uint8Array(count),
      troubled: new Uint16Array(count),
      heardAtMs: numbers(),
      cpuUsed: numbers(),
      memoryUsed: numbers(),
      proxied: new Int16Array(count),
    };
    let index = 0;
    this.#measure();
    for (const [name, row] of this.#rows) this.#fill(columns, index++, name, row);
    return columns;
  }

  #fill(columns: NodeColumns, index: number, name: string, row: NodeRow): void {
    columns.id[index] = row.detail.id;
    columns.state[index] = row.state;
    columns.flags[index] = row.flags | this.#machineFlags(name);
    columns.cpuRequested[index] = row.cpuRequested;
    columns.cpuAllocatable[index] = row.allocatable.cpu;
    columns.memoryRequested[index] = row.memoryRequested;
    columns.memoryAllocatable[index] = row.allocatable.memory;
    columns.devicesUsed[index] = row.devicesUsed;
    columns.devices[index] = row.allocatable.devices;
    columns.hue[index] = row.hue;
    columns.troubled[index] = row.troubled;
    columns.heardAtMs[index] = row.heardAtMs;
    columns.cpuUsed[index] = row.used.cpuMilli;
    columns.memoryUsed[index] = row.used.memoryBytes;
    columns.proxied[index] = row.proxied;
  }

  /**
   * What nodes use and what their kube-proxies know, once a virtual second, and of many nodes some at a time: both change
   * seldom, and at a high speed each frame would read every container of the cluster.
   */
  #measure(): void {
    const second = Math.floor(this.source.clock.nowMs / SECOND_MS);
    const anew = this.#measuredAt < 0;
    if (second !== this.#measuredAt) this.#unmeasured = this.#ordered.length;
    this.#measuredAt = second;
    if (this.#unmeasured === 0) return;
    const services = proxiedServices(this.source);
    const turns = anew ? this.#unmeasured : Math.min(this.#unmeasured, MEASURED_AT_ONCE);
    for (let turn = 0; turn < turns; turn++) {
      this.#nextMeasured = (this.#nextMeasured + 1) % this.#ordered.length;
      this.#measureNode(this.#ordered[this.#nextMeasured]!, services);
    }
    this.#unmeasured -= turns;
  }

  /** A machine that is cut off goes on with what its kube-proxy knew. */
  #measureNode(name: string, services: number): void {
    const row = this.#rows.get(name);
    if (!row) return;
    const machine = this.source.machines.get(name);
    const kubelet = machine?.powered ? this.source.kubelets.get(name) : undefined;
    row.used = kubelet?.used() ?? NOTHING_USED;
    if (!machine?.powered) row.proxied = -1;
    else if (machine.linked) row.proxied = services;
  }

  #machineFlags(name: string): number {
    const machine = this.source.machines.get(name);
    let flags = 0;
    if (machine && !machine.powered) flags |= NODE_FLAGS.off;
    if (machine && !machine.linked) flags |= NODE_FLAGS.cut;
    if (machine && !machine.kubeletUp) flags |= NODE_FLAGS.kubeletDown;
    if (this.source.network.proxyStopped(name)) flags |= NODE_FLAGS.proxyDown;
    if (!this.source.network.has('kube-proxy')) flags |= NODE_FLAGS.ownProxy;
    return flags;
  }

  #sum(name: string): void {
    const row = this.#rows.get(name);
    if (!row) return;
    row.cpuRequested = row.memoryRequested = row.devicesUsed = row.troubled = 0;
    const byHue = new Float64Array(NO_HUE + 1);
    for (const { state, detail } of this.pods.on(name)) {
      const shown = (state.flags & POD_FLAGS.system) === 0;
      if (shown && inTrouble(state)) row.troubled += 1;
      if (state.phase === 'Succeeded' || state.phase === 'Failed') continue;
      row.cpuRequested += detail.cpuMilli;
      if (shown) byHue[detail.hue]! += detail.cpuMilli;
      row.memoryRequested += detail.memoryBytes;
      row.devicesUsed += detail.devices[row.detail.deviceResource] ?? 0;
    }
    const most = Math.max(...byHue);
    row.hue = most > 0 ? byHue.indexOf(most) : NO_HUE;
  }

  #number(): void {
    this.#unordered = false;
    this.#rows = new Map([...this.#rows].sort(([, left], [, right]) => compareNodes(left.detail, right.detail)));
    this.#ordered = [...this.#rows.keys()];
    this.#order = new Map(this.#ordered.map((name, index) => [name, index]));
    this.numbered += 1;
  }

  #idOf(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = this.#ids.size + 1));
    return id;
  }
}

const NATURAL = new Intl.Collator('en', { numeric: true });

function compareNodes(left: NodeDetail, right: NodeDetail): number {
  return NATURAL.compare(left.pool, right.pool) || NATURAL.compare(left.name, right.name);
}

function flagsOf(node: Node): number {
  let flags = 0;
  if (node.spec.unschedulable) flags |= NODE_FLAGS.cordoned;
  if (holds(node, 'DiskPressure')) flags |= NODE_FLAGS.diskPressure;
  if (holds(node, 'MemoryPressure')) flags |= NODE_FLAGS.memoryPressure;
  return flags;
}

function allocatableOf({ status: { allocatable = {} } }: Node, device: string): NodeRow['allocatable'] {
  return {
    cpu: milliValue(allocatable['cpu']),
    memory: wholeValue(allocatable['memory']),
    devices: device === '' ? 0 : wholeValue(allocatable[device]),
  };
}

/** Services with an address of their own: what a kube-proxy has rules for. */
function proxiedServices({ store }: Pick<FrameSource, 'store'>): number {
  let count = 0;
  for (const object of store.all('services').values()) {
    const { clusterIP } = (object as Service).spec;
    if (clusterIP && clusterIP !== 'None') count += 1;
  }
  return count;
}

/** Index into NODE_STATES. A node without a Ready condition is not ready. */
function readiness(node: Node): number {
  const status = conditionStatus(node, 'Ready');
  return NODE_STATES.indexOf(status === 'True' ? 'Ready' : status === 'Unknown' ? 'Unknown' : 'NotReady');
}
