import { objectKey, type Node, type Pod } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { holds } from '../../api/conditions';
import type { StoreEvent } from '../store/event';
import type { Timer } from '../time/clock';
import { isPodTerminal } from './pods';
import { withDisruption } from './pod-disruption';
import { OUT_OF_SERVICE } from './taints';

interface PodGarbageExtra {
  /** Nodes that are missing: when a look showed it first. */
  missingMs: Map<string, number | undefined>;
  /** Pods that are being deleted. */
  terminating: Set<string>;
}

const PERIOD_MS = 20_000;
/** A missing node may come back for so long. */
const QUARANTINE_MS = 40_000;
/** So many Pods that have ended may stay, for people to look at. */
const TERMINATED_THRESHOLD = 12_500;

/**
 * Removes Pods that nobody else can: on nodes that are gone, or out of service; and those that have ended, where they
 * are too many. Models pkg/controller/podgc.
 */
export class PodGarbageCollector extends Controller<PodGarbageExtra> {
  constructor(parts: ControllerParts) {
    super('pod-garbage-collector', parts, { missingMs: new Map(), terminating: new Set() });
    parts.informers.on('nodes', (event) => this.#onNode(event));
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  override begin(): void {
    const { clock } = this.parts;
    if (!clock.timer(this.name, 'collect', '')) clock.after(PERIOD_MS, this.name, 'collect', '', undefined, true);
  }

  #onNode(event: StoreEvent<Node>): void {
    if (event.type !== 'DELETED') this.state.missingMs.delete(event.key);
    else if (this.parts.informers.by('pods', 'node', event.key).length > 0)
      this.state.missingMs.set(event.key, undefined);
  }

  #onPod(event: StoreEvent<Pod>): void {
    const { nodeName } = event.object.spec;
    const { missingMs, terminating } = this.state;
    if (event.type === 'DELETED') return void terminating.delete(event.key);
    if (event.object.metadata.deletionTimestamp) terminating.add(event.key);
    if (!nodeName || missingMs.has(nodeName) || this.parts.informers.byKey('nodes', nodeName)) return;
    missingMs.set(nodeName, undefined);
  }

  /** There is no queue: all work is done in turns. */
  protected override reconcile(): void {}

  protected override handleOwn(_timer: Timer): void {
    this.parts.clock.after(PERIOD_MS, this.name, 'collect', '', undefined, true);
    this.parts.client.because([]);
    this.#collectTerminated();
    this.#collectTerminating();
    this.#collectOrphaned();
  }

  /** Models gcTerminated: evicted Pods first, then the oldest. */
  #collectTerminated(): void {
    const { informers } = this.parts;
    if (informers.count('pods') <= TERMINATED_THRESHOLD) return;
    const ended = [...informers.all('pods')].filter(isPodTerminal);
    const surplus = ended.length - TERMINATED_THRESHOLD;
    if (surplus <= 0) return;
    for (const pod of ended.sort(byEvictionAndAge).slice(0, surplus)) this.#remove(pod);
  }

  /** Models gcTerminating (nodes out of service) and gcUnscheduledTerminating. */
  #collectTerminating(): void {
    const { informers } = this.parts;
    for (const key of [...this.state.terminating]) {
      const pod = informers.byKey('pods', key);
      if (!pod) this.state.terminating.delete(key);
      else if (!pod.spec.nodeName) this.#remove(pod);
      else if (isOutOfService(informers.byKey('nodes', pod.spec.nodeName))) this.#remove(pod);
    }
  }

  /** Models gcOrphaned. */
  #collectOrphaned(): void {
    const { informers, clock, client } = this.parts;
    for (const [name, sinceMs] of [...this.state.missingMs]) {
      if (sinceMs === undefined) this.state.missingMs.set(name, clock.nowMs);
      if (sinceMs === undefined || clock.nowMs < sinceMs + QUARANTINE_MS) continue;
      this.state.missingMs.delete(name);
      if (client.get('nodes', '', name)) continue;
      for (const pod of informers.by('pods', 'node', name)) {
        this.#remove(pod, 'PodGC: node no longer exists');
      }
    }
  }

  /** Models markFailedAndDeletePodWithCondition. */
  #remove(pod: Pod, message?: string): void {
    const { namespace = '', name } = pod.metadata;
    try {
      if (!isPodTerminal(pod)) {
        this.parts.client.patch('pods', namespace, name, (current) => this.#failed(current, message), 'status');
      }
      this.parts.client.remove('pods', namespace, name, { gracePeriodSeconds: 0 });
      this.state.terminating.delete(objectKey(pod));
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  #failed(pod: Pod, message: string | undefined): Pod {
    if (isPodTerminal(pod)) return pod;
    const marked = message ? withDisruption(pod, 'DeletionByPodGC', message, this.parts.clock.time) : pod;
    return { ...marked, status: { ...marked.status, phase: 'Failed' } };
  }
}

const wasEvicted = ({ status }: Pod): boolean => status.phase === 'Failed' && status.reason === 'Evicted';

function byEvictionAndAge(left: Pod, right: Pod): number {
  const evicted = Number(wasEvicted(right)) - Number(wasEvicted(left));
  if (evicted !== 0) return evicted;
  const [a, b] = [left.metadata, right.metadata];
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp < b.creationTimestamp ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** Whether a node is down and its administrator has said so. */
function isOutOfService(node: Node | undefined): boolean {
  if (!node || holds(node, 'Ready')) return false;
  return (node.spec.taints ?? []).some((taint) => taint.key === OUT_OF_SERVICE);
}
