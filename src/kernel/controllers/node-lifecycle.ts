import { nextBetween } from '../../base/random';
import { conditionOf, conditionStatus, holds } from '../../api/conditions';
import type { Node, Pod, Taint } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { hasTaint, withTaints } from '../../api/taints';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import type { Timer } from '../time/clock';
import { asUnknown, isSilent, observe, type NodeHealth } from './node-health';
import { forgetNode, newTainter, nextInMs, setRate, takeNode, waitForTaint, type ZoneTainter } from './node-tainter';
import { NOT_READY, UNREACHABLE } from './taints';

type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

interface NodeLifecycleExtra {
  health: Map<string, NodeHealth>;
  zones: Map<string, ZoneState>;
  tainters: Map<string, ZoneTainter>;
  /** Nodes whose Pods could not all be marked. */
  retry: Set<string>;
}

/** From the end of one pass over all nodes to the next, and what a pass takes: ten of them are more than the grace period. */
const MONITOR_MS = 5000;
const PASS_MS = 5;
/** How often waiting nodes are looked at. */
const TAINT_PASS_MS = 100;
const NORMAL_QPS = 0.1;
const SECONDARY_QPS = 0.01;
const LARGE_ZONE = 50;
const UNHEALTHY_SHARE = 0.55;

/** Taints that conditions call for: type → status → taint. Models nodeConditionToTaintKeyStatusMap. */
const CONDITION_TAINTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const MANAGED_TAINTS = [...Object.values(CONDITION_TAINTS).flatMap((one) => Object.values(one)), UNSCHEDULABLE];

/** Notices nodes that fall silent, taints them and marks their Pods. Models pkg/controller/nodelifecycle. */
export class NodeLifecycleController extends Controller<NodeLifecycleExtra> {
  constructor(parts: ControllerParts) {
    super('node-controller', parts, { health: new Map(), zones: new Map(), tainters: new Map(), retry: new Set() });
    parts.informers.on('nodes', (event) => this.#onNode(event));
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  override begin(): void {
    const { clock } = this.parts;
    if (clock.timer(this.name, 'monitor', '')) return;
    clock.after(nextBetween(this.state.random, 0, MONITOR_MS), this.name, 'monitor', '', undefined, true);
  }

  #onNode(event: StoreEvent<Node>): void {
    if (event.type !== 'DELETED') this.enqueue(event.key, event);
  }

  /** A Pod that comes to a node known as not ready is marked too. */
  #onPod(event: StoreEvent<Pod>): void {
    const { nodeName } = event.object.spec;
    if (!nodeName || event.type === 'DELETED' || event.previous?.spec.nodeName === nodeName) return;
    const node = this.parts.informers.byKey('nodes', nodeName);
    if (!node || !this.state.health.has(nodeName) || isReady(node)) return;
    this.parts.client.because([event.revision]);
    this.#markPods([event.object], nodeName);
  }

  protected override handleOwn(timer: Timer): void {
    this.parts.client.because([]);
    if (timer.kind === 'monitor') {
      this.parts.clock.after(PASS_MS + MONITOR_MS, this.name, 'monitor', '', undefined, true);
      this.#monitor();
    } else {
      this.#taintWaiting(timer.key);
    }
  }

  /** Keeps the NoSchedule taints as the conditions want them. Models doNoScheduleTaintingPass. */
  protected override reconcile(name: string): void {
    const node = this.parts.informers.byKey('nodes', name);
    if (!node) return;
    const wanted = new Set<string>();
    for (const { type, status } of node.status.conditions ?? []) {
      const key = CONDITION_TAINTS[type]?.[status];
      if (key) wanted.add(key);
    }
    if (node.spec.unschedulable) wanted.add(UNSCHEDULABLE);
    const taints = MANAGED_TAINTS.map((key): Taint => ({ key, effect: 'NoSchedule' }));
    this.#taint(
      node,
      taints.filter(({ key }) => wanted.has(key)),
      taints.filter(({ key }) => !wanted.has(key)),
    );
  }

  /** Models monitorNodeHealth. */
  #monitor(): void {
    const nodes = [...this.parts.informers.all('nodes')];
    this.#forgetDeleted(nodes);
    const readiness = new Map<string, boolean[]>();
    for (const seen of nodes) {
      if (!this.state.health.has(seen.metadata.name)) this.#welcome(seen);
      const before = conditionStatus(seen, 'Ready');
      const node = this.#check(seen);
      const after = conditionStatus(node, 'Ready');
      const zone = zoneOf(node);
      const others = readiness.get(zone);
      if (others) others.push(after === 'True');
      else readiness.set(zone, [after === 'True']);
      if (after === undefined) continue;
      this.#taintByReadiness(node, after);
      this.#tellPods(node, before, after);
    }
    this.#weighZones(nodes, readiness);
    for (const zone of this.state.tainters.keys()) this.#wakeTainter(zone);
  }

  #welcome(node: Node): void {
    const zone = zoneOf(node);
    if (!this.state.tainters.has(zone)) this.state.tainters.set(zone, newTainter(NORMAL_QPS, this.parts.clock.nowMs));
    this.#say(node, 'RegisteredNode', `Registered Node ${node.metadata.name} in Controller`);
  }

  #say(node: Node, reason: string, what: string): void {
    const { name, uid } = node.metadata;
    const message = `Node ${name} event: ${what}`;
    this.parts.recorder.event({ apiVersion: 'v1', kind: 'Node', name, uid }, 'Normal', reason, message);
  }

  #forgetDeleted(nodes: readonly Node[]): void {
    if (nodes.length === this.state.health.size) return;
    const names = new Set(nodes.map((node) => node.metadata.name));
    for (const name of [...this.state.health.keys()].filter((one) => !names.has(one))) {
      this.state.health.delete(name);
      for (const tainter of this.state.tainters.values()) forgetNode(tainter, name);
      const subject = { apiVersion: 'v1', kind: 'Node', name, uid: name };
      const message = `Node ${name} event: Removing Node ${name} from Controller`;
      this.parts.recorder.event(subject, 'Normal', 'RemovingNode', message);
    }
  }

  /** Returns the node as it stands after it was perhaps declared Unknown. */
  #check(node: Node): Node {
    const { clock, informers, client } = this.parts;
    const { name } = node.metadata;
    const lease = informers.get('leases', 'kube-node-lease', name);
    const health = observe(this.state.health.get(name), node, lease, clock.nowMs, clock.epochNowMs - clock.nowMs);
    this.state.health.set(name, health);
    if (!isSilent(health, node, clock.nowMs)) return node;
    if (asUnknown(node, clock.epochNowMs) === node) return node;
    try {
      return client.patch('nodes', '', name, (current) => asUnknown(current, clock.epochNowMs), 'status');
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
      return node;
    }
  }

  /** Models processTaintBaseEviction. */
  #taintByReadiness(node: Node, status: string): void {
    if (status === 'True') return this.#markReachable(node);
    const [wanted, opposite] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY];
    const add: Taint = { key: wanted, effect: 'NoExecute' };
    if (hasTaint(node, opposite, 'NoExecute')) this.#taint(node, [add], [{ key: opposite, effect: 'NoExecute' }]);
    else if (!hasTaint(node, wanted, 'NoExecute')) this.#queueForTaint(node);
  }

  #queueForTaint(node: Node): void {
    const tainter = this.state.tainters.get(zoneOf(node));
    if (!tainter) return;
    tainter.done.delete(node.metadata.name);
    waitForTaint(tainter, node.metadata.name);
  }

  /** Models markNodeAsReachable. */
  #markReachable(node: Node): void {
    const taints: Taint[] = [NOT_READY, UNREACHABLE].map((key) => ({ key, effect: 'NoExecute' }));
    this.#taint(node, [], taints);
    const tainter = this.state.tainters.get(zoneOf(node));
    if (tainter) forgetNode(tainter, node.metadata.name);
  }

  /** Adds and removes taints; added ones carry the time. Models SwapNodeControllerTaint. */
  #taint(node: Node, add: readonly Taint[], remove: readonly Taint[]): void {
    if (withTaints(node, add, remove) === node) return;
    const timeAdded = this.parts.clock.time;
    const dated = add.map((taint) => ({ ...taint, timeAdded }));
    try {
      this.parts.client.patch('nodes', '', node.metadata.name, (current) => withTaints(current, dated, remove));
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  #tellPods(node: Node, before: string | undefined, after: string): void {
    const { name } = node.metadata;
    if (after !== 'True' && before === 'True') {
      const { uid } = node.metadata;
      const message = `Node ${name} status is now: NodeNotReady`;
      this.parts.recorder.event({ apiVersion: 'v1', kind: 'Node', name, uid }, 'Normal', 'NodeNotReady', message);
      this.#markPods(this.parts.informers.by('pods', 'node', name), name);
    } else if (this.state.retry.has(name) && before !== 'True') {
      this.#markPods(this.parts.informers.by('pods', 'node', name), name);
    }
  }

  /** Models controller/util/node MarkPodsNotReady: `Ready` becomes False without a reason. */
  #markPods(pods: readonly Pod[], nodeName: string): void {
    this.state.retry.delete(nodeName);
    for (const pod of pods) {
      const ready = conditionOf(pod, 'Ready');
      if (pod.spec.nodeName !== nodeName || !ready || ready.status === 'False') continue;
      try {
        const { namespace = '', name, uid } = pod.metadata;
        const change = (current: Pod): Pod => (current.metadata.uid === uid ? this.#notReady(current) : current);
        this.parts.client.patch('pods', namespace, name, change, 'status');
        this.parts.recorder.event(subjectOf(pod), 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (!isRefusal(error, 'NotFound')) throw error;
      }
    }
  }

  #notReady(pod: Pod): Pod {
    const lastTransitionTime = this.parts.clock.time;
    const conditions = (pod.status.conditions ?? []).map((condition) =>
      condition.type === 'Ready' && condition.status !== 'False'
        ? { ...condition, status: 'False' as const, lastTransitionTime }
        : condition,
    );
    return { ...pod, status: { ...pod.status, conditions } };
  }

  /**
   * Slows eviction in zones that are sick and stops it where every zone is: then it is rather the master that has
   * lost its nodes. Models handleDisruption.
   */
  #weighZones(nodes: readonly Node[], readiness: ReadonlyMap<string, readonly boolean[]>): void {
    const { zones } = this.state;
    const fresh = new Map([...readiness].map(([zone, ready]) => [zone, zoneState(ready)]));
    const allAre = [...fresh.values()].every((state) => state === 'FullDisruption');
    for (const zone of fresh.keys()) if (!zones.has(zone)) zones.set(zone, 'Initial');
    for (const zone of [...zones.keys()]) if (!fresh.has(zone)) zones.delete(zone);
    const allWere = [...zones.values()].every((state) => state === 'FullDisruption');
    if (allAre && allWere) return;
    if (allAre) {
      for (const node of nodes) this.#markReachable(node);
      for (const zone of zones.keys()) {
        this.#setRate(zone, 0);
        zones.set(zone, 'FullDisruption');
      }
      return;
    }
    if (allWere) for (const health of this.state.health.values()) health.probeMs = this.parts.clock.nowMs;
    for (const [zone, state] of zones) {
      const next = fresh.get(zone)!;
      if (state === next && !allWere) continue;
      this.#setRate(zone, rateOf(next, readiness.get(zone)!.length));
      zones.set(zone, next);
    }
  }

  #setRate(zone: string, qps: number): void {
    const tainter = this.state.tainters.get(zone);
    if (tainter) setRate(tainter, qps, this.parts.clock.nowMs);
  }

  #wakeTainter(zone: string): void {
    const { clock } = this.parts;
    const inMs = nextInMs(this.state.tainters.get(zone)!, clock.nowMs);
    if (inMs === Infinity) clock.cancel(this.name, 'taint', zone);
    else if (!clock.timer(this.name, 'taint', zone)) {
      clock.after(Math.ceil(Math.max(inMs, 1) / TAINT_PASS_MS) * TAINT_PASS_MS, this.name, 'taint', zone);
    }
  }

  /** Models doNoExecuteTaintingPass. */
  #taintWaiting(zone: string): void {
    const tainter = this.state.tainters.get(zone);
    if (!tainter) return;
    for (let name = takeNode(tainter, this.parts.clock.nowMs); name; name = takeNode(tainter, this.parts.clock.nowMs)) {
      const node = this.parts.informers.byKey('nodes', name);
      const status = conditionStatus(node, 'Ready');
      if (!node || status === 'True' || status === undefined) continue;
      const [wanted, opposite] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY];
      this.#taint(node, [{ key: wanted, effect: 'NoExecute' }], [{ key: opposite, effect: 'NoExecute' }]);
    }
    this.#wakeTainter(zone);
  }
}

const isReady = (node: Node): boolean => holds(node, 'Ready');

function zoneOf(node: Node): string {
  const { labels = {} } = node.metadata;
  return `${labels['topology.kubernetes.io/region'] ?? ''}/${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** Models ComputeZoneState. */
function zoneState(ready: readonly boolean[]): ZoneState {
  const notReady = ready.filter((one) => !one).length;
  if (notReady === ready.length && notReady > 0) return 'FullDisruption';
  if (notReady > 2 && notReady / ready.length >= UNHEALTHY_SHARE) return 'PartialDisruption';
  return 'Normal';
}

/** Nodes that may be tainted a second. Models setLimiterInZone. */
function rateOf(state: ZoneState, size: number): number {
  if (state !== 'PartialDisruption') return NORMAL_QPS;
  return size > LARGE_ZONE ? SECONDARY_QPS : 0;
}
