import type { ConfigMap, Draft, Node, Pod } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { parseTime } from '../../api/time';
import { seedRandom, type RandomState } from '../../base/random';
import type { Component } from '../machinery/component';
import type { ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { InformersOptions } from '../machinery/informers';
import type { NodeGroup, NodeGroups } from '../machinery/node-groups';
import { SCHEDULER_INFORMERS } from '../scheduler/informer-lister';
import { podInfo } from '../scheduler/pod-info';
import type { Timer } from '../time/clock';
import { isBeingDeleted, NodeDeletion, type Deletion } from './node-deletion';
import { isEligible, removableNodes, utilizationText, type RemovableNode } from './scale-down';
import { addTrialNode, expansionOptions, isUnschedulable, leastWaste, podsToHelp, reasonsMessage } from './scale-up';
import { isExpendable, Simulation, simulationFramework } from './simulation';
import {
  goTime,
  isReady,
  LAST_UPDATED,
  STATUS_NAME,
  STATUS_NAMESPACE,
  statusText,
  UNREADY_ALLOWED,
  type GroupStatus,
  type Readiness,
  type Transitions,
} from './status-config-map';

export const AUTOSCALER_INFORMERS: InformersOptions = {
  ...SCHEDULER_INFORMERS,
  resources: { ...SCHEDULER_INFORMERS.resources, pods: ['node'] },
};

interface AutoscalerState {
  random: RandomState;
  lastScaleUpMs: number;
  lastDeleteMs: number;
  lastFailMs: number;
  /** Since when nobody needs a node, by its name. */
  unneeded: Map<string, number>;
  /** Nodes that were found to be needed for their Pods are not looked at again before then. */
  recheckMs: Map<string, number>;
  deletions: Map<string, Deletion>;
  transitions: Transitions;
}

const NAME = 'cluster-autoscaler';
/** Models --scan-interval. */
const SCAN_MS = 10_000;
/** Pods so young are probably not the last: models unschedulablePodTimeBuffer and its like for GPUs. */
const YOUNG_MS = 2000;
const YOUNG_WITH_GPU_MS = 30_000;
const START_LIMIT_MS = 15 * 60_000;
const UNNEEDED_MS = 10 * 60_000;
const UNREADY_MS = 20 * 60_000;
const AFTER_ADD_MS = 10 * 60_000;
const AFTER_FAILURE_MS = 3 * 60_000;
const RECHECK_MS = 5 * 60_000;
const PARALLEL_DELETIONS = 10;
const PARALLEL_DRAINS = 1;
const UNREADY_SHARE = 0.45;
const GPU = 'nvidia.com/gpu';

/**
 * Adds nodes for Pods that fit nowhere and takes away nodes that nobody needs, one look at the whole cluster every ten
 * seconds. Models cluster-autoscaler/core/static_autoscaler.go.
 */
export class ClusterAutoscaler implements Component {
  readonly name = NAME;
  state: AutoscalerState;
  readonly #deletion: NodeDeletion;
  readonly #framework;

  constructor(
    private readonly parts: ControllerParts,
    private readonly cloud: NodeGroups,
  ) {
    const never = -Infinity;
    this.state = {
      random: seedRandom(parts.seed, NAME),
      lastScaleUpMs: never,
      lastDeleteMs: never,
      lastFailMs: never,
      unneeded: new Map(),
      recheckMs: new Map(),
      deletions: new Map(),
      transitions: new Map(),
    };
    this.#framework = simulationFramework(parts.client, parts.informers);
    const { clock, client, informers, recorder } = parts;
    const log = (type: 'Normal' | 'Warning', reason: string, message: string): void => this.#log(type, reason, message);
    this.#deletion = new NodeDeletion(
      { owner: NAME, clock, client, informers, recorder, groups: cloud, log },
      () => this.state.deletions,
      () => (this.state.lastFailMs = clock.nowMs),
    );
  }

  restore(state: object): void {
    this.state = state as AutoscalerState;
  }

  /** Lists and goes to work. */
  begin(): void {
    this.parts.informers.relist();
    this.#writeStatus('Initializing');
    this.parts.clock.after(SCAN_MS, NAME, 'scan', '', undefined, true);
  }

  handle(timer: Timer): void {
    this.parts.client.because([]);
    if (timer.kind === 'delete') return this.#deletion.step(timer.key);
    this.parts.clock.after(SCAN_MS, NAME, 'scan', '', undefined, true);
    this.#scan();
  }

  #scan(): void {
    const { informers, clock } = this.parts;
    const groups = this.cloud.groups();
    const statuses = groups.map((group) => this.#statusOf(group));
    const simulation = new Simulation(informers, this.#framework);
    for (const { group, readiness } of statuses) this.#expectNodes(simulation, group, readiness);
    if (this.#isHealthy()) {
      const pods = podsToHelp(simulation, this.#unschedulable());
      const tooNew = pods.length > 0 && this.#areYoung(pods);
      const scaledUp = pods.length > 0 && !tooNew && this.#scaleUp(simulation, groups, pods);
      if (!scaledUp) this.#scaleDown(simulation, groups, tooNew);
    } else {
      this.state.unneeded.clear();
      this.#log('Warning', 'ClusterUnhealthy', 'Cluster is unhealthy');
    }
    const fresh = this.cloud.groups().map((group) => this.#statusOf(group));
    const members = new Set(fresh.flatMap(({ group }) => group.machines));
    const others = [...informers.all('nodes')].filter((node) => !members.has(node.metadata.name));
    const { nowMs, epochNowMs } = clock;
    this.#writeStatus(statusText(fresh, others, { nowMs, epochNowMs, transitions: this.state.transitions }));
  }

  #unschedulable(): Pod[] {
    return [...this.parts.informers.all('pods')].filter((pod) => isUnschedulable(pod) && !isExpendable(pod));
  }

  /** Models allPodsAreNew. */
  #areYoung(pods: readonly Pod[]): boolean {
    const { epochNowMs } = this.parts.clock;
    const youngerThan = (ms: number, some: readonly Pod[]): boolean =>
      some.length > 0 && some.every((pod) => parseTime(pod.metadata.creationTimestamp) + ms > epochNowMs);
    const withGpu = pods.filter((pod) => podInfo(pod).requests.scalars.has(GPU));
    return youngerThan(YOUNG_MS, pods) || youngerThan(YOUNG_WITH_GPU_MS, withGpu);
  }

  /** Returns whether nodes were asked for. Models core/scaleup/orchestrator ScaleUp. */
  #scaleUp(simulation: Simulation, groups: readonly NodeGroup[], pods: readonly Pod[]): boolean {
    const { recorder, clock } = this.parts;
    const { options, unhelped } = expansionOptions(simulation, groups, pods);
    const best = leastWaste(options, this.state.random);
    if (!best) {
      for (const { pod, reasons } of unhelped) {
        const why = `pod didn't trigger scale-up: ${reasonsMessage(reasons)}`;
        recorder.event(subjectOf(pod), 'Normal', 'NotTriggerScaleUp', why);
      }
      return false;
    }
    const { group, templates } = best;
    const [before, after] = [group.machines.length, group.machines.length + templates.length];
    const size = `${after} instead of ${before} (max: ${group.max})`;
    this.#log('Normal', 'ScaledUpGroup', `Scale-up: setting group ${group.name} size to ${size}`);
    this.parts.client.because(best.pods.map((pod) => Number(pod.metadata.resourceVersion)));
    this.cloud.increase(group.name, templates);
    this.#log('Normal', 'ScaledUpGroup', `Scale-up: group ${group.name} size set to ${size}`);
    const info = `[{${group.name} ${before}->${after} (max: ${group.max})}]`;
    for (const pod of best.pods)
      recorder.event(subjectOf(pod), 'Normal', 'TriggeredScaleUp', `pod triggered scale-up: ${info}`);
    this.state.lastScaleUpMs = clock.nowMs;
    return true;
  }

  /** Keeps count of nodes that nobody needs, and takes away those that have been unneeded for long. */
  #scaleDown(simulation: Simulation, groups: readonly NodeGroup[], disabled: boolean): void {
    const { nowMs } = this.parts.clock;
    const candidates = this.#candidates(simulation, groups);
    const removable = this.#updateUnneeded(simulation, candidates);
    const { lastScaleUpMs, lastFailMs, lastDeleteMs } = this.state;
    const cooling =
      lastScaleUpMs + AFTER_ADD_MS > nowMs || lastFailMs + AFTER_FAILURE_MS > nowMs || lastDeleteMs + SCAN_MS > nowMs;
    if (disabled || candidates.length === 0 || cooling) return;
    if (this.#startDeletions(groups, removable)) this.state.lastDeleteMs = nowMs;
    else this.#deletion.markCandidates(new Set(this.state.unneeded.keys()), this.#membersOf(groups));
  }

  #membersOf(groups: readonly NodeGroup[]): Node[] {
    return groups.flatMap(({ machines }) =>
      machines.flatMap((name) => this.parts.informers.byKey('nodes', name) ?? []),
    );
  }

  /** Nodes of groups that may shrink; those that were unneeded before come first, then the empty ones. */
  #candidates(simulation: Simulation, groups: readonly NodeGroup[]): string[] {
    const shrinkable = groups.filter((group) => group.machines.length > group.min);
    const names = shrinkable
      .flatMap(({ machines }) => machines)
      .filter((name) => {
        const info = simulation.node(name);
        return info !== undefined && !this.state.deletions.has(name) && !isBeingDeleted(info.node);
      });
    const rank = (name: string): number =>
      this.state.unneeded.has(name) ? 0 : simulation.node(name)!.pods.size > 0 ? 2 : 1;
    return names.sort((left, right) => rank(left) - rank(right));
  }

  #updateUnneeded(simulation: Simulation, candidates: readonly string[]): RemovableNode[] {
    const { informers, clock } = this.parts;
    const { nowMs, epochNowMs } = clock;
    const { unneeded, recheckMs } = this.state;
    const eligible = candidates.filter(
      (name) => (recheckMs.get(name) ?? 0) <= nowMs && isEligible(simulation.node(name)!),
    );
    const stays = (node: Node): boolean => !isBeingDeleted(node) && !this.state.deletions.has(node.metadata.name);
    const destinations = new Set([...informers.all('nodes')].filter(stays).map((node) => node.metadata.name));
    const budgets = [...informers.all('poddisruptionbudgets')];
    const found = removableNodes({ simulation, candidates: eligible, destinations, budgets, epochNowMs });
    for (const name of found.unremovable) recheckMs.set(name, nowMs + RECHECK_MS);
    for (const [name, atMs] of recheckMs) if (atMs <= nowMs) recheckMs.delete(name);
    const names = new Set(found.removable.map(({ name }) => name));
    for (const name of [...unneeded.keys()]) if (!names.has(name)) unneeded.delete(name);
    for (const name of names) if (!unneeded.has(name)) unneeded.set(name, nowMs);
    return found.removable;
  }

  /** Models unneeded.RemovableAt and cropNodesToBudgets. */
  #startDeletions(groups: readonly NodeGroup[], removable: readonly RemovableNode[]): boolean {
    const { informers, clock } = this.parts;
    const { deletions, unneeded } = this.state;
    const sizes = new Map(groups.map((group) => [group.name, group.machines.length - this.#leaving(group)]));
    let begun = 0;
    for (const { name, pods, utilization } of [...removable].sort(
      (left, right) => Number(left.pods.length > 0) - Number(right.pods.length > 0),
    )) {
      const node = informers.byKey('nodes', name);
      const group = groups.find(({ machines }) => machines.includes(name));
      if (!node || !group) continue;
      const needed = clock.nowMs - (unneeded.get(name) ?? clock.nowMs) < (isReady(node) ? UNNEEDED_MS : UNREADY_MS);
      if (needed || sizes.get(group.name)! <= group.min) continue;
      const draining = [...deletions.values()].filter(({ drains }) => drains).length;
      if (deletions.size >= PARALLEL_DELETIONS || (pods.length > 0 && draining >= PARALLEL_DRAINS)) continue;
      this.#deletion.begin(node, pods, utilizationText(utilization));
      sizes.set(group.name, sizes.get(group.name)! - 1);
      unneeded.delete(name);
      begun += 1;
    }
    return begun > 0;
  }

  #leaving({ machines }: NodeGroup): number {
    return machines.filter((name) => this.state.deletions.has(name)).length;
  }

  /** Machines that have yet to become ready nodes take Pods already. Models addUpcomingNodesToClusterSnapshot. */
  #expectNodes(simulation: Simulation, group: NodeGroup, { notStarted, unregistered }: Readiness): void {
    for (const name of group.machines) {
      const node = simulation.node(name)?.node;
      if (node && this.#isStarting(node)) simulation.removeNode(name);
    }
    for (let index = 0; index < notStarted + unregistered; index++) {
      addTrialNode(simulation, group, group.templates[index % group.templates.length]!, `upcoming-${index}`);
    }
  }

  #isStarting(node: Node): boolean {
    return !isReady(node) && parseTime(node.metadata.creationTimestamp) + START_LIMIT_MS > this.parts.clock.epochNowMs;
  }

  #statusOf(group: NodeGroup): GroupStatus {
    const readiness: Readiness = { ready: 0, unready: 0, notStarted: 0, beingDeleted: 0, unregistered: 0 };
    for (const name of group.machines) {
      const node = this.parts.informers.byKey('nodes', name);
      if (!node) readiness.unregistered += 1;
      else if (isReady(node)) readiness.ready += 1;
      else readiness[this.#isStarting(node) ? 'notStarted' : 'unready'] += 1;
    }
    const candidates = group.machines.filter((name) => this.state.unneeded.has(name)).length;
    return { group, readiness, scalingUp: readiness.unregistered + readiness.notStarted > 0, candidates };
  }

  /** Models IsClusterHealthy. */
  #isHealthy(): boolean {
    const nodes = [...this.parts.informers.all('nodes')];
    const unready = nodes.filter((node) => !isReady(node) && !this.#isStarting(node)).length;
    return unready <= UNREADY_ALLOWED || unready <= UNREADY_SHARE * nodes.length;
  }

  #log(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const status = this.parts.client.get('configmaps', STATUS_NAMESPACE, STATUS_NAME);
    if (status) this.parts.recorder.event(subjectOf(status), type, reason, message);
  }

  #writeStatus(status: string): void {
    const { client, clock } = this.parts;
    const data = { status };
    const annotations = { [LAST_UPDATED]: goTime(clock.epochNowMs) };
    try {
      client.patch('configmaps', STATUS_NAMESPACE, STATUS_NAME, (current) => ({
        ...current,
        metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
        data,
      }));
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
      const metadata = { name: STATUS_NAME, namespace: STATUS_NAMESPACE, annotations };
      const draft: Draft<ConfigMap> = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as Draft<ConfigMap>;
      client.create('configmaps', draft);
    }
  }
}
