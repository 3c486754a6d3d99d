import { controllerOf, objectKey, splitKey, type Node, type Pod, type Taint } from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import { hasTaint, withTaints } from '../../api/taints';
import type { TypedClient } from '../apiserver/typed-client';
import { subjectOf, type EventRecorder } from '../machinery/event-recorder';
import type { Informers } from '../machinery/informers';
import type { NodeGroups } from '../machinery/node-groups';
import type { Clock } from '../time/clock';
import { drainability } from './drain-rules';

/** A node on its way out. */
export interface Deletion {
  /** Whether it had Pods that must leave first. */
  readonly drains: boolean;
  phase: 'marked' | 'evicting' | 'waiting';
  /** Evictions are tried, then the Pods' ends awaited, until then. */
  untilMs: number;
  /** Pods whose eviction has yet to be granted, and Pods that have yet to go: their keys. */
  toEvict: string[];
  toGo: string[];
}

/** What taking nodes away needs. */
export interface DeletionParts {
  readonly owner: string;
  readonly clock: Clock;
  readonly client: TypedClient;
  readonly informers: Informers;
  readonly recorder: EventRecorder;
  readonly groups: NodeGroups;
  /** Says something about the autoscaler itself. */
  readonly log: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';
const CANDIDATE = 'DeletionCandidateOfClusterAutoscaler';
/** Models --node-delete-delay-after-taint. */
const AFTER_TAINT_MS = 5000;
const EVICTION_RETRY_MS = 10_000;
/** Models --max-pod-eviction-time. */
const EVICTION_LIMIT_MS = 120_000;
const POLL_MS = 5000;
/** Models --max-graceful-termination-sec, and the headroom beyond it. */
const GRACE_LIMIT_SECONDS = 600;
const HEADROOM_MS = 30_000;
const SOFT_TAINTS_AT_ONCE = 10;

export const isBeingDeleted = (node: Node): boolean => hasTaint(node, TO_BE_DELETED, 'NoSchedule');

/** Taints nodes, drains them and has their machines taken away. Models core/scaledown/actuation. */
export class NodeDeletion {
  constructor(
    private readonly parts: DeletionParts,
    private readonly deletions: () => Map<string, Deletion>,
    private readonly failed: () => void,
  ) {}

  /** Marks a node: nothing is scheduled to it any more. */
  begin(node: Node, pods: readonly Pod[], utilization: string): void {
    const { name } = node.metadata;
    const { recorder, log, clock, owner } = this.parts;
    this.#taint(node, [this.#dated(TO_BE_DELETED, 'NoSchedule')], []);
    recorder.event(subjectOf(node), 'Normal', 'ScaleDown', 'marked the node as toBeDeleted/unschedulable');
    const drains = pods.length > 0;
    const names = pods.map(objectKey).join(',');
    if (drains)
      log(
        'Normal',
        'ScaleDown',
        `Scale-down: removing node ${name}, utilization: ${utilization}, pods to reschedule: ${names}`,
      );
    else log('Normal', 'ScaleDownEmpty', `Scale-down: removing empty node ${JSON.stringify(name)}`);
    this.deletions().set(name, { drains, phase: 'marked', untilMs: 0, toEvict: [], toGo: [] });
    clock.after(AFTER_TAINT_MS, owner, 'delete', name);
  }

  /** Takes the next step with a node. */
  step(name: string): void {
    const deletion = this.deletions().get(name);
    const node = this.parts.informers.byKey('nodes', name);
    if (!deletion) return;
    if (!node) {
      this.deletions().delete(name);
      return;
    }
    if (deletion.phase === 'marked') this.#start(node, deletion);
    else if (deletion.phase === 'evicting') this.#evict(node, deletion);
    else this.#waitForPods(node, deletion);
  }

  /** Softly keeps Pods away from nodes that nobody needs. Models UpdateSoftDeletionTaints. */
  markCandidates(unneeded: ReadonlySet<string>, members: readonly Node[]): void {
    let left = SOFT_TAINTS_AT_ONCE;
    for (const node of members) {
      const wanted = unneeded.has(node.metadata.name);
      if (left === 0 || hasTaint(node, CANDIDATE, 'PreferNoSchedule') === wanted) continue;
      const taint = this.#dated(CANDIDATE, 'PreferNoSchedule');
      this.#taint(node, wanted ? [taint] : [], wanted ? [] : [taint]);
      left -= 1;
    }
  }

  #start(node: Node, deletion: Deletion): void {
    const { informers, clock } = this.parts;
    const { name } = node.metadata;
    const budgets = [...informers.all('poddisruptionbudgets')];
    const drains = informers
      .by('pods', 'node', name)
      .map((pod) => ({ pod, drain: drainability(pod, budgets, clock.epochNowMs) }));
    if (drains.some(({ drain }) => drain !== 'skip' && drain !== 'move' && drain !== 'NotEnoughPdb')) {
      return this.#fail(node, deletion, `can't delete node ${name}, new pods got scheduled`);
    }
    const pods = drains.filter(({ drain }) => drain !== 'skip').map(({ pod }) => pod);
    if (!deletion.drains && pods.length > 0) {
      return this.#fail(node, deletion, `failed to delete empty node ${JSON.stringify(name)}, new pods scheduled`);
    }
    for (const pod of pods) this.#say(pod, 'Normal', 'deleting pod for node scale down');
    if (deletion.drains) this.#evictDaemons(name);
    deletion.toEvict = pods.map(objectKey);
    deletion.toGo = [...deletion.toEvict];
    deletion.phase = 'evicting';
    deletion.untilMs = clock.nowMs + EVICTION_LIMIT_MS;
    this.#evict(node, deletion);
  }

  /** Daemons are asked to leave; nobody waits for them. */
  #evictDaemons(node: string): void {
    for (const pod of this.parts.informers.by('pods', 'node', node)) {
      if (controllerOf(pod)?.kind !== 'DaemonSet') continue;
      this.#say(pod, 'Normal', 'deleting pod for node scale down');
      this.#refusalOf(objectKey(pod));
    }
  }

  #evict(node: Node, deletion: Deletion): void {
    const { clock, owner } = this.parts;
    let lastError = '';
    deletion.toEvict = deletion.toEvict.filter((key) => {
      const refusal = this.#refusalOf(key);
      if (refusal !== undefined) lastError = refusal;
      return refusal !== undefined;
    });
    if (deletion.toEvict.length === 0) {
      deletion.phase = 'waiting';
      deletion.untilMs = clock.nowMs + GRACE_LIMIT_SECONDS * 1000 + HEADROOM_MS;
      return this.#waitForPods(node, deletion);
    }
    if (clock.nowMs + EVICTION_RETRY_MS < deletion.untilMs)
      return clock.after(EVICTION_RETRY_MS, owner, 'delete', node.metadata.name);
    const errors = deletion.toEvict.map((key) => {
      const pod = this.parts.informers.byKey('pods', key);
      if (pod) this.#say(pod, 'Warning', 'failed to delete pod for ScaleDown', 'ScaleDownFailed');
      return `failed to evict pod ${key} within allowed timeout (last error: ${lastError})`;
    });
    this.#fail(
      node,
      deletion,
      `Failed to drain node /${node.metadata.name}, due to following errors: [${errors.join(' ')}]`,
    );
  }

  /** Has a Pod evicted. Returns why that is refused. */
  #refusalOf(key: string): string | undefined {
    const { client, informers } = this.parts;
    const { namespace, name } = splitKey(key);
    const pod = informers.byKey('pods', key);
    if (!pod || pod.metadata.deletionTimestamp) return undefined;
    const gracePeriodSeconds = Math.min(GRACE_LIMIT_SECONDS, Number(pod.spec.terminationGracePeriodSeconds ?? 30));
    try {
      client.evict(namespace, name, { gracePeriodSeconds });
      return undefined;
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return undefined;
      if (error instanceof ApiError) return error.message;
      throw error;
    }
  }

  #waitForPods(node: Node, deletion: Deletion): void {
    const { informers, clock, owner, recorder, groups, log } = this.parts;
    const { name } = node.metadata;
    deletion.toGo = deletion.toGo.filter((key) => informers.byKey('pods', key)?.spec.nodeName === name);
    if (deletion.toGo.length > 0) {
      if (clock.nowMs < deletion.untilMs) return clock.after(POLL_MS, owner, 'delete', name);
      return this.#fail(node, deletion, `Failed to drain node /${name}: pods remaining after timeout`);
    }
    groups.remove(name);
    this.deletions().delete(name);
    recorder.event(subjectOf(node), 'Normal', 'ScaleDown', 'nodes removed by cluster autoscaler');
    if (deletion.drains) log('Normal', 'ScaleDown', `Scale-down: node ${name} removed with drain`);
    else log('Normal', 'ScaleDownEmpty', `Scale-down: empty node ${name} removed`);
  }

  /** The node stays. Models CleanUpAndRecordFailedScaleDownEvent. */
  #fail(node: Node, { drains }: Deletion, why: string): void {
    const what = drains ? 'failed to drain and delete node' : 'failed to delete empty node';
    this.parts.recorder.event(subjectOf(node), 'Warning', 'ScaleDownFailed', `${what}: ${why}`);
    this.#taint(node, [], [{ key: TO_BE_DELETED, effect: 'NoSchedule' }]);
    this.deletions().delete(node.metadata.name);
    this.failed();
  }

  #say(pod: Pod, type: 'Normal' | 'Warning', message: string, reason = 'ScaleDown'): void {
    this.parts.recorder.event(subjectOf(pod), type, reason, message);
  }

  #dated(key: string, effect: Taint['effect']): Taint {
    return { key, value: String(Math.floor(this.parts.clock.epochNowMs / 1000)), effect };
  }

  #taint(node: Node, add: readonly Taint[], remove: readonly Taint[]): void {
    if (withTaints(node, add, remove) === node) return;
    try {
      this.parts.client.patch('nodes', '', node.metadata.name, (current) => withTaints(current, add, remove));
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}
