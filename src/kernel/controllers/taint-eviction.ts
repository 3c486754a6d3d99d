import { objectKey, splitKey, type Node, type Pod, type Taint } from '../../api/objects';
import { equalJson } from '../../api/json';
import { isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import type { Timer } from '../time/clock';
import { withDisruption } from './pod-disruption';
import { noExecuteTaints, tolerationMs } from './taints';

interface TaintEvictionExtra {
  /** Nodes with NoExecute taints. */
  tainted: Map<string, readonly Taint[]>;
  /** When each eviction was first planned, by Pod; EVICTED once it has happened. */
  plannedMs: Map<string, number>;
}

const EVICTED = -Infinity;

/** Evicts Pods from nodes with NoExecute taints they do not (or no longer) tolerate. Models pkg/controller/tainteviction. */
export class TaintEvictionController extends Controller<TaintEvictionExtra> {
  constructor(parts: ControllerParts) {
    super('taint-eviction-controller', parts, { tainted: new Map(), plannedMs: new Map() });
    parts.informers.on('nodes', (event) => this.#onNode(event));
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  #onNode(event: StoreEvent<Node>): void {
    const before = event.previous ? noExecuteTaints(event.previous) : [];
    const after = event.type === 'DELETED' ? [] : noExecuteTaints(event.object);
    if (equalJson(before, after)) return;
    this.enqueue(event.key, event);
  }

  #onPod(event: StoreEvent<Pod>): void {
    const pod = event.object;
    if (event.type === 'DELETED') return this.#cancel(event.key);
    const { nodeName } = pod.spec;
    if (!nodeName || !this.state.tainted.has(nodeName)) return;
    const { previous } = event;
    if (previous?.spec.nodeName === nodeName && previous.spec.tolerations === pod.spec.tolerations) return;
    this.enqueue(nodeName, event);
  }

  /** Plans the evictions of a node's Pods. Models handleNodeUpdate. */
  protected override reconcile(nodeName: string): void {
    const node = this.parts.informers.byKey('nodes', nodeName);
    const taints = node ? noExecuteTaints(node) : [];
    if (taints.length === 0) {
      if (!this.state.tainted.delete(nodeName)) return;
    } else {
      this.state.tainted.set(nodeName, taints);
    }
    for (const pod of this.parts.informers.by('pods', 'node', nodeName)) this.#plan(pod, taints);
  }

  /** What is planned stays, however long other taints would be tolerated. Models processPodOnNode. */
  #plan(pod: Pod, taints: readonly Taint[]): void {
    const key = objectKey(pod);
    const { clock } = this.parts;
    const allowedMs = taints.length === 0 ? Infinity : tolerationMs(pod, taints);
    if (allowedMs === Infinity) return this.#cancel(key);
    if (allowedMs === 0) {
      this.#cancel(key);
      return this.#set(key, clock.nowMs, clock.nowMs, pod);
    }
    if (!this.state.plannedMs.has(key)) this.#set(key, clock.nowMs, clock.nowMs + allowedMs, pod);
  }

  #set(key: string, sinceMs: number, atMs: number, pod: Pod): void {
    this.state.plannedMs.set(key, sinceMs);
    this.parts.clock.set(atMs, this.name, 'evict', key, pod.metadata.uid);
  }

  #cancel(key: string): void {
    const sinceMs = this.state.plannedMs.get(key);
    this.state.plannedMs.delete(key);
    if (sinceMs === undefined || sinceMs === EVICTED) return;
    this.parts.clock.cancel(this.name, 'evict', key);
    this.#say(key, `Cancelling deletion of Pod ${key}`);
  }

  #say(key: string, message: string): void {
    const { namespace, name } = splitKey(key);
    const subject = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    this.parts.recorder.event(subject, 'Normal', 'TaintManagerEviction', message);
  }

  /** Models deletePodHandler and addConditionAndDeletePod. */
  protected override handleOwn(timer: Timer): void {
    const key = timer.key;
    this.state.plannedMs.set(key, EVICTED);
    const pod = this.parts.informers.byKey('pods', key);
    if (!pod || pod.metadata.uid !== timer.data) return;
    this.parts.client.because([Number(pod.metadata.resourceVersion)]);
    this.#say(key, `Marking for deletion Pod ${key}`);
    const { namespace = '', name } = pod.metadata;
    try {
      this.parts.client.patch('pods', namespace, name, (current) => this.#doomed(current), 'status');
      this.parts.client.remove('pods', namespace, name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  #doomed(pod: Pod): Pod {
    const message = 'Taint manager: deleting due to NoExecute taint';
    return withDisruption(pod, 'DeletionByTaintManager', message, this.parts.clock.time);
  }
}
