import type { Taint } from '../../api/objects';
import { wholeValue } from '../../api/quantity';
import { toleratesTaint } from '../../api/taints';
import { hasEnded } from './container-run';
import type { KubeletCore } from './core';
import { evictionMessage, isCritical, ranked, storageExcess, podUse } from './eviction-ranking';
import type { PodRecord, PressureType, StarvedResource } from './state';

/** What is measured: how much there is of a resource, and how much is left. */
interface Observation {
  readonly available: number;
  readonly capacity: number;
}

/** What a kubelet does not let a resource fall below. */
interface Threshold {
  readonly resource: StarvedResource;
  readonly condition: PressureType;
  readonly quantity: (capacity: number) => number;
}

const MEBIBYTE = 1 << 20;
const MEGABYTE = 1_000_000;

/** The default hard thresholds; there are no soft ones by default. Memory is looked after first. Models DefaultEvictionHard. */
const THRESHOLDS: readonly Threshold[] = [
  { resource: 'memory', condition: 'MemoryPressure', quantity: () => 100 * MEBIBYTE },
  { resource: 'ephemeral-storage', condition: 'DiskPressure', quantity: (capacity) => Math.floor(capacity * 0.1) },
  { resource: 'ephemeral-storage', condition: 'DiskPressure', quantity: (capacity) => Math.floor(capacity * 0.15) },
];

/** How much is left where something outside of all Pods fills the machine. */
const MEMORY_LEFT = 49_664 * 1024;
const DISK_LEFT_SHARE = 0.06;
const PAGE = 4096;

const MONITORING_MS = 10_000;
/** A condition stays so long after it was last observed. Models evictionPressureTransitionPeriod. */
const TRANSITION_MS = 300_000;
const CLEANUP_POLL_MS = 1000;
const CLEANUP_LIMIT_MS = 30_000;
/** Models immediateEvictionGracePeriodSeconds. */
const GRACE_SECONDS = 1;

/** Keeps a machine from running out of memory or disk: tells the Node's conditions and ends Pods. Models pkg/kubelet/eviction. */
export class EvictionManager {
  constructor(
    private readonly core: KubeletCore,
    /** Ends a Pod within seconds. */
    private readonly terminate: (record: PodRecord, graceSeconds: number) => void,
  ) {}

  /**
   * A resource is used more, perhaps, or any of them: the next look of the manager may find something. No timer is set
   * while all is well.
   */
  consider(resource?: StarvedResource, record?: PodRecord): void {
    const { core } = this;
    if (!core.attended || core.parts.clock.timer(core.name, 'evict', '')) return;
    const exceeds = record?.limitsStorage === true && storageExcess(record) !== undefined;
    if (!exceeds && this.#met(resource).length === 0) return;
    const sinceStart = core.nowMs - core.state.startedMs;
    core.at(core.state.startedMs + (Math.floor(sinceStart / MONITORING_MS) + 1) * MONITORING_MS, 'evict', '');
  }

  /** Looks at the machine. Models synchronize. */
  look(): void {
    const { core } = this;
    const { pressure } = core.state;
    if (pressure.leaving && !this.#isGone(pressure.leaving)) return core.after(CLEANUP_POLL_MS, 'evict', '');
    pressure.leaving = null;
    const met = this.#met();
    this.#noteConditions(met);
    const leaving = this.#endExcessive() ?? this.#reclaim(met);
    if (leaving) {
      pressure.leaving = { uid: leaving.uid, untilMs: core.nowMs + CLEANUP_LIMIT_MS };
      core.after(CLEANUP_POLL_MS, 'evict', '');
    } else if (met.length > 0 || pressure.observedMs.size > 0) core.after(MONITORING_MS, 'evict', '', undefined, true);
  }

  #isGone({ uid, untilMs }: { uid: string; untilMs: number }): boolean {
    const record = this.core.pod(uid);
    return !record || record.stage === 'finished' || this.core.nowMs >= untilMs;
  }

  /** The thresholds that are crossed, of one resource or of all, each with its numbers. */
  #met(resource?: StarvedResource): { threshold: Threshold; quantity: number; available: number }[] {
    const thresholds = resource ? THRESHOLDS.filter((one) => one.resource === resource) : THRESHOLDS;
    return thresholds.flatMap((threshold) => {
      const { available, capacity } = OBSERVED[threshold.resource](this.core);
      const quantity = threshold.quantity(capacity);
      return capacity > 0 && available < quantity ? [{ threshold, quantity, available }] : [];
    });
  }

  /** Conditions last for a while after their cause. */
  #noteConditions(met: readonly { threshold: Threshold }[]): void {
    const { core } = this;
    const { observedMs } = core.state.pressure;
    const before = [...observedMs.keys()];
    for (const { threshold } of met) observedMs.set(threshold.condition, core.nowMs);
    for (const [condition, atMs] of observedMs) if (core.nowMs - atMs >= TRANSITION_MS) observedMs.delete(condition);
    const after = [...observedMs.keys()];
    if (after.length !== before.length || after.some((one) => !before.includes(one))) core.state.statusWanted = true;
  }

  /** Pods that have written more than they may are ended, all of them. Returns the last. */
  #endExcessive(): PodRecord | undefined {
    let last: PodRecord | undefined;
    for (const record of this.#active()) {
      const excess = record.limitsStorage ? storageExcess(record) : undefined;
      if (excess !== undefined && this.#evict(record, excess, false)) last = record;
    }
    return last;
  }

  /** Frees what nobody needs; where that does not do, ends the Pod whose turn it is. Returns it. */
  #reclaim(met: readonly { threshold: Threshold; quantity: number; available: number }[]): PodRecord | undefined {
    const { core } = this;
    const [first] = met;
    if (!first) return undefined;
    const { resource } = first.threshold;
    const node = { apiVersion: 'v1', kind: 'Node', name: core.nodeName, uid: core.nodeName };
    core.event(node, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    if (resource === 'ephemeral-storage' && deleteUnusedImages(core) && this.#met().length === 0) return undefined;
    for (const record of ranked(this.#active(), resource)) {
      if (this.#evict(record, evictionMessage(record, resource, first), true)) return record;
    }
    return undefined;
  }

  #active(): PodRecord[] {
    return [...this.core.state.pods.values()].filter((record) => record.stage === 'sync' && !record.refused);
  }

  /** Returns whether the Pod may be evicted at all. */
  #evict(record: PodRecord, message: string, disrupts: boolean): boolean {
    if (isCritical(record.pod)) return false;
    this.core.podEvent(record, 'Warning', 'Evicted', message);
    record.evicted = { reason: 'Evicted', message, disrupts };
    this.terminate(record, GRACE_SECONDS);
    return true;
  }
}

/** Memory of the machine beside what its programs and its Pods use. */
function memoryOf(core: KubeletCore): Observation {
  const capacity = wholeValue(core.machine.node.status.capacity?.['memory'] as string | undefined);
  const used = core.parts.conventions.system.memoryBytes + core.state.memoryBytes;
  const free = core.machine.memoryPressure ? Math.min(capacity - used, MEMORY_LEFT) : capacity - used;
  return { capacity, available: Math.max(0, Math.floor(free / PAGE) * PAGE) };
}

/** The machine's one disk: images, logs, what containers have written. */
function storageOf(core: KubeletCore): Observation {
  const capacity = wholeValue(core.machine.node.status.capacity?.['ephemeral-storage'] as string | undefined);
  let used = 0;
  for (const sizeMb of core.machine.images.values()) used += sizeMb * MEGABYTE;
  for (const record of core.state.pods.values()) used += podUse(record, 'ephemeral-storage');
  const left = Math.floor((capacity * DISK_LEFT_SHARE) / PAGE) * PAGE;
  const free = core.machine.diskPressure ? Math.min(capacity - used, left) : capacity - used;
  return { capacity, available: Math.max(0, Math.floor(free)) };
}

const OBSERVED: Record<StarvedResource, (core: KubeletCore) => Observation> = {
  memory: memoryOf,
  'ephemeral-storage': storageOf,
};

/** Deletes images that no container has. Returns whether there were any. Models DeleteUnusedImages. */
function deleteUnusedImages(core: KubeletCore): boolean {
  const inUse = new Set<string>();
  for (const record of core.state.pods.values()) {
    for (const { runs } of record.containers.values()) {
      for (const run of runs) if (!hasEnded(run)) inUse.add(core.imageName(run.image));
    }
  }
  const unused = [...core.machine.images.keys()].filter((image) => !inUse.has(image));
  for (const image of unused) core.machine.images.delete(image);
  if (unused.length > 0) core.state.statusWanted = true;
  return unused.length > 0;
}

const MEMORY_TAINT: Taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };

/** Why a machine under pressure does not take a Pod. Models managerImpl.Admit. */
export function pressureRefusal(
  core: KubeletCore,
  { pod }: PodRecord,
): { reason: string; message: string } | undefined {
  const conditions = [...core.state.pressure.observedMs.keys()].sort();
  if (conditions.length === 0 || isCritical(pod)) return undefined;
  const memoryOnly = conditions.length === 1 && conditions[0] === 'MemoryPressure';
  const copes = pod.status.qosClass !== 'BestEffort' || toleratesTaint(pod.spec.tolerations, MEMORY_TAINT);
  if (memoryOnly && copes) return undefined;
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}
