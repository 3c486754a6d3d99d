import { assert, present } from '../../base/assert';
import { nextBelow, nextBetween, seedRandom, type RandomState } from '../../base/random';
import type { Pod } from '../../api/objects';
import type { SchedulingRecord, WhatIf } from '../../api/scheduling';
import { isRefusal } from '../../api/status';
import type { TypedClient } from '../apiserver/typed-client';
import type { Component } from '../machinery/component';
import { subjectOf, type EventRecorder } from '../machinery/event-recorder';
import type { Informers } from '../machinery/informers';
import type { Clock, Timer } from '../time/clock';
import { SchedulerCache, emptyCache, type CacheState } from './cache';
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration';
import { runCycle, type CycleResult } from './cycle';
import { cutForEvent } from './fit-error';
import type { Framework } from './framework/framework';
import type { PreBindProgress, Preemption, VolumePlan } from './framework/plugin';
import { InformerLister, type AssumedState } from './informer-lister';
import { podInfo } from './pod-info';
import { withCondition, withNomination } from './pod-status';
import { SchedulingQueue, emptyQueue, type QueueState, type QueuedPod } from './queue';
import {
  emptyRecords,
  gatedRecord,
  keepRecord,
  latestRecord,
  recordOf,
  recordsOf,
  recordsSince,
  type RecordHead,
  type RecordsState,
} from './records';
import { CONFIGURATION_KEY } from './preset-configuration';
import { configurationOf, configurationText, frameworksOf } from './profiles';
import { whatIf } from './what-if';
import {
  onAttachment,
  onClaim,
  onCsiNode,
  onNode,
  onPod,
  onStorageClass,
  onVolume,
  type SchedulerViews,
} from './watch';

export { SCHEDULER_INFORMERS } from './informer-lister';

interface SchedulerParts {
  readonly clock: Clock;
  readonly client: TypedClient;
  readonly informers: Informers;
  readonly recorder: EventRecorder;
  readonly seed: number;
}

/** A Pod on its way to its node: decided, reserved, not yet bound. */
interface Binding {
  readonly queued: QueuedPod;
  readonly node: string;
  readonly plan: VolumePlan | undefined;
  /** Whether the plan is written. */
  started: boolean;
  readonly startedMs: number;
}

interface SchedulerState {
  running: boolean;
  configuration: SchedulerConfiguration;
  /** The text that it was read from, or that could not be read; empty for the default. */
  configurationText: string;
  random: RandomState;
  queue: QueueState;
  cache: CacheState;
  assumed: AssumedState;
  /** By the Pod's uid. */
  bindings: Map<string, Binding>;
  /** The uid of the Pod whose cycle runs. */
  current: string | undefined;
  records: RecordsState;
}

const NAME = 'default-scheduler';
/** What a cycle, and a binding, takes. */
const CYCLE_MS: readonly [number, number] = [1, 3];
const BIND_MS: readonly [number, number] = [2, 6];
const PRE_BIND_POLL_MS = 1000;
const PRE_BIND_LIMIT_MS = 600_000;
const FLUSH_MS = 30_000;
const RELOAD_MS = 1000;

/**
 * kube-scheduler: takes the waiting Pods one by one, finds each a node, assumes it there and binds it while the next
 * one's turn comes. Models pkg/scheduler.
 */
export class Scheduler implements Component {
  readonly name = NAME;
  state: SchedulerState;
  readonly #parts: SchedulerParts;
  #frameworks = new Map<string, Framework>();
  #views: SchedulerViews;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.state = {
      ...this.#freshState(emptyRecords(), seedRandom(parts.seed, NAME)),
      configuration: DEFAULT_CONFIGURATION,
      configurationText: '',
    };
    this.#views = this.#view();
    this.#listen();
  }

  restore(state: object): void {
    this.state = state as SchedulerState;
    this.#views = this.#view();
  }

  /** Lists anew and goes to work: what a new leader does. */
  start(): void {
    this.stop();
    this.state.running = true;
    this.#parts.informers.relist();
    this.#next();
  }

  /** Forgets everything but the records, as a process that ends does. */
  stop(): void {
    const { clock } = this.#parts;
    if (this.state.current !== undefined) clock.cancel(NAME, 'cycle', this.state.current);
    for (const uid of this.state.bindings.keys()) clock.cancel(NAME, 'bind', uid);
    for (const kind of ['backoff', 'flush', 'reload']) clock.cancel(NAME, kind, '');
    const { records, random, configuration, configurationText } = this.state;
    this.state = { ...this.#freshState(records, random), configuration, configurationText, running: false };
    this.#views = this.#view();
  }

  /** The attempts to place a Pod, oldest first; at most 16. */
  records(namespace: string, name: string): readonly SchedulingRecord[] {
    return recordsOf(this.state.records, `${namespace}/${name}`);
  }

  /** What would make room for a Pod that waits; `undefined` for one that has a node, or is chosen for one. Nothing changes by asking. */
  whatIf(namespace: string, name: string): WhatIf | undefined {
    const pod = this.#parts.informers.get('pods', namespace, name);
    const waits = pod && !pod.spec.nodeName && !this.#views.cache.isAssumed(pod.metadata.uid!);
    const framework = waits ? this.#frameworkOf(pod) : undefined;
    if (!pod || !framework) return undefined;
    return whatIf(pod, { framework, snapshot: this.#views.cache, lister: this.#views.lister });
  }

  /** The last attempt of all. */
  latest(): SchedulingRecord | undefined {
    return latestRecord(this.state.records);
  }

  /** The last attempt of each Pod that was tried after `atMs`. */
  attemptsSince(atMs: number): SchedulingRecord[] {
    return recordsSince(this.state.records, atMs);
  }

  /** How many Pods wait, by where they wait. */
  counts(): Record<'active' | 'backoff' | 'unschedulable' | 'gated', number> {
    return this.#views.queue.counts();
  }

  handle(timer: Timer): void {
    const { nowMs } = this.#parts.clock;
    if (timer.kind === 'cycle') this.#cycle(timer.key);
    else if (timer.kind === 'bind') this.#bind(timer.key);
    else if (timer.kind === 'backoff') this.#views.queue.flushBackoff(nowMs);
    else if (timer.kind === 'reload') this.#reload();
    else if (timer.kind === 'flush') this.#views.queue.flushUnschedulable(nowMs);
    else assert(false, `${NAME} has no handler for ${timer.kind}`);
    this.#next();
  }

  #freshState(records: RecordsState, random: RandomState): Omit<SchedulerState, 'configuration' | 'configurationText'> {
    return {
      running: true,
      random,
      queue: emptyQueue(),
      cache: emptyCache(),
      assumed: { volumes: new Map(), claims: new Map() },
      bindings: new Map(),
      current: undefined,
      records,
    };
  }

  #view(): SchedulerViews {
    const { clock, informers } = this.#parts;
    const lister = new InformerLister(informers, this.state.assumed);
    const { podInitialBackoffSeconds, podMaxBackoffSeconds } = this.state.configuration;
    this.#frameworks = frameworksOf(this.state.configuration, this.#parts.client, informers);
    const first = this.#frameworks.values().next().value;
    const queue = new SchedulingQueue(this.state.queue, {
      initialBackoffMs: podInitialBackoffSeconds * 1000,
      maxBackoffMs: podMaxBackoffSeconds * 1000,
      before: (one, other) => present(first, 'a profile').before(one, other),
      admits: (pod) => !this.#frameworkOf(pod)?.preEnqueue(pod),
      helps: (queued, event) =>
        this.#frameworkOf(queued.pod)?.helps(queued.refusedBy, queued.pod, event, lister) ?? false,
    });
    return {
      queue,
      lister,
      cache: new SchedulerCache(this.state.cache),
      isResponsible: (pod) => this.#frameworkOf(pod) !== undefined,
      nowMs: () => clock.nowMs,
      onGated: (queued) => this.#recordGate(queued),
    };
  }

  /** Goes on with the configuration that the cluster holds now; with the last good one where that cannot be used. */
  #reload(): void {
    const { informers, recorder } = this.#parts;
    const held = informers.byKey('configmaps', CONFIGURATION_KEY);
    const text = configurationText(held);
    const configuration = configurationOf(text);
    this.state.configurationText = text;
    if (!('problem' in configuration)) {
      this.state.configuration = configuration;
      this.start();
    } else if (held) {
      recorder.report(subjectOf(held), 'Warning', 'InvalidConfiguration', 'Loading', configuration.problem);
    }
  }

  /** A changed configuration is taken up a moment later, as by a process that is started anew. */
  #onConfigMap(key: string): void {
    if (key !== CONFIGURATION_KEY) return;
    const text = configurationText(this.#parts.informers.byKey('configmaps', key));
    if (text !== this.state.configurationText) this.#parts.clock.after(RELOAD_MS, NAME, 'reload', '');
  }

  #frameworkOf(pod: Pod): Framework | undefined {
    return this.#frameworks.get(pod.spec.schedulerName ?? NAME);
  }

  /** Starts the next cycle if none runs, and keeps the timers of the queue. */
  #next(): void {
    if (!this.state.running) return;
    const { clock } = this.#parts;
    if (this.state.current === undefined) {
      const queued = this.#views.queue.pop(clock.nowMs);
      if (queued) {
        this.state.current = queued.uid;
        clock.after(nextBetween(this.state.random, ...CYCLE_MS), NAME, 'cycle', queued.uid);
      }
    }
    const backoff = this.#views.queue.nextBackoff();
    const set = clock.timer(NAME, 'backoff', '');
    if (!backoff) clock.cancel(NAME, 'backoff', '');
    else if (set?.atMs !== backoff.atMs) clock.set(backoff.atMs, NAME, 'backoff', '', undefined, backoff.isError);
    if (this.#views.queue.unschedulableCount > 0 && !clock.timer(NAME, 'flush', '')) {
      clock.after(FLUSH_MS, NAME, 'flush', '', undefined, true);
    }
  }

  #listen(): void {
    const { informers } = this.#parts;
    const tell = (take: () => void): void => {
      if (!this.state.running) return;
      take();
      this.#next();
    };
    informers.on('pods', (event) => tell(() => onPod(this.#views, event)));
    informers.on('configmaps', ({ key }) => tell(() => this.#onConfigMap(key)));
    informers.on('nodes', (event) => tell(() => onNode(this.#views, event)));
    informers.on('persistentvolumes', (event) => tell(() => onVolume(this.#views, event)));
    informers.on('persistentvolumeclaims', (event) => {
      tell(() => onClaim(this.#views, event));
      this.#expectEnd(event.key);
    });
    informers.on('storageclasses', (event) => tell(() => onStorageClass(this.#views, event)));
    informers.on('csinodes', (event) => tell(() => onCsiNode(this.#views, event)));
    informers.on('volumeattachments', (event) => tell(() => onAttachment(this.#views, event)));
  }

  /** Decides where the Pod goes, and writes the decision or why there is none. */
  #cycle(uid: string): void {
    assert(this.state.current === uid, `${uid} has no cycle`);
    this.state.current = undefined;
    const { queue, cache, lister } = this.#views;
    const queued = queue.get(uid);
    const framework = queued && this.#frameworkOf(queued.pod);
    if (!queued || !framework || this.#skips(queued)) return;
    this.#because(queued);
    const result = runCycle(queued.pod, {
      framework,
      snapshot: cache,
      lister,
      startIndex: cache.startIndex,
      random: (bound) => nextBelow(this.state.random, bound),
      exhaustive: false,
    });
    cache.startIndex = result.nextStartIndex;
    keepRecord(this.state.records, queued.key, recordOf(this.#headOf(queued, queued.attempts), result));
    if (result.chosen) this.#assume(queued, result.chosen.name, result.plan);
    else this.#refuse(queued, result);
  }

  /** A Pod that is going away, or is on its way to a node already, is not placed. */
  #skips(queued: QueuedPod): boolean {
    const { pod, uid } = queued;
    if (pod.metadata.deletionTimestamp) {
      this.#report(pod, 'Warning', 'FailedScheduling', 'Scheduling', `skip schedule deleting pod: ${queued.key}`);
    } else if (!this.#views.cache.isAssumed(uid)) {
      return false;
    }
    this.#views.queue.remove(uid);
    return true;
  }

  /** Counts the Pod on its node from now on and lets its binding begin. */
  #assume(queued: QueuedPod, node: string, plan: VolumePlan | undefined): void {
    const { queue, cache, lister } = this.#views;
    const { clock } = this.#parts;
    queue.remove(queued.uid);
    cache.dropNomination(queued.uid);
    cache.addPod(queued.pod, node, true);
    if (plan) lister.assume(plan, node);
    this.state.bindings.set(queued.uid, { queued, node, plan, started: false, startedMs: clock.nowMs });
    clock.after(nextBetween(this.state.random, ...BIND_MS), NAME, 'bind', queued.uid);
  }

  /** Takes a step towards the binding: have volumes bound, wait for them, bind. */
  #bind(uid: string): void {
    const binding = this.state.bindings.get(uid);
    assert(binding, `${uid} is not being bound`);
    const { queued, node } = binding;
    const framework = present(this.#frameworkOf(queued.pod), 'a profile');
    this.#because(queued);
    const progress = this.#preBind(framework, binding);
    if (progress.kind === 'waiting') {
      this.#parts.clock.after(PRE_BIND_POLL_MS, NAME, 'bind', uid, undefined, true);
      return;
    }
    const problem = progress.kind === 'failed' ? progress.why : framework.bind(queued.pod, node);
    if (problem !== undefined) {
      this.#giveUp(binding, problem);
      return;
    }
    this.state.bindings.delete(uid);
    this.#report(queued.pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${queued.key} to ${node}`);
  }

  /** Whether what the Pod's volumes need is there. Models the waiting of BindPodVolumes. */
  #preBind(framework: Framework, binding: Binding): PreBindProgress {
    const { clock, informers } = this.#parts;
    const { plan, started, queued } = binding;
    if (!plan) return { kind: 'ready' };
    binding.started = true;
    const failed = (why: string): PreBindProgress => ({
      kind: 'failed',
      why: `running PreBind plugin "VolumeBinding": binding volumes: ${why}`,
    });
    if (!informers.byKey('pods', queued.key)) {
      return failed(`pod does not exist any more: pod "${queued.pod.metadata.name}" not found`);
    }
    const progress = framework.preBind(plan, binding.node, started);
    const isLate = progress.kind === 'waiting' && clock.nowMs - binding.startedMs >= PRE_BIND_LIMIT_MS;
    return isLate ? failed('context deadline exceeded') : progress;
  }

  /** Looking again and again is nothing to wait for; once a claim has changed, the next look is. */
  #expectEnd(claim: string): void {
    const { clock } = this.#parts;
    for (const [uid, { plan }] of this.state.bindings) {
      if (!plan || !(plan.provisions.includes(claim) || plan.bindings.some((one) => one.claim === claim))) continue;
      const timer = clock.timer(NAME, 'bind', uid);
      if (timer?.periodic) clock.set(timer.atMs, NAME, 'bind', uid);
    }
  }

  /** Takes back what was assumed and lets the Pod try again. Models handleBindingCycleError. */
  #giveUp({ queued, node, plan }: Binding, message: string): void {
    const { queue, cache, lister } = this.#views;
    const { clock, informers } = this.#parts;
    this.state.bindings.delete(queued.uid);
    if (plan) lister.forget(plan);
    if (cache.isAssumed(queued.uid)) {
      cache.removePod(queued.pod);
      const { pod } = queued;
      queue.move({ name: 'AssignedPodDelete', before: pod, object: `pods/${queued.key}`, revision: 0 }, clock.nowMs);
    }
    const latest = informers.byKey('pods', queued.key);
    const waits = latest?.metadata.uid === queued.uid && !latest.spec.nodeName;
    if (waits) queue.retry({ ...queued, pod: latest }, clock.nowMs);
    this.#tellFailure(queued.pod, message, 'SchedulerError', '');
    keepRecord(this.state.records, queued.key, {
      ...this.#headOf(queued, queued.attempts),
      outcome: 'Error',
      nodes: cache.nodes.length,
      evaluated: 0,
      feasible: 0,
      refusals: [],
      filters: [],
      scorers: [],
      scores: [],
      node,
      message,
    });
  }

  /** Puts a Pod aside that fits nowhere and says why; makes room for it where preemption can. */
  #refuse(queued: QueuedPod, result: CycleResult): void {
    const { queue, cache } = this.#views;
    const { nowMs } = this.#parts.clock;
    const failure = present(result.failure, 'a reason');
    if (result.refusedBy.length > 0) queue.putAside(queued, result.refusedBy, nowMs);
    else queue.retry(queued, nowMs);
    if (result.nominate) cache.nominate(queued.pod, result.nominate);
    else if (result.nominate === '') cache.dropNomination(queued.uid);
    if (result.preemption) this.#preempt(queued, result.preemption);
    this.#tellFailure(
      queued.pod,
      failure.message,
      failure.isError ? 'SchedulerError' : 'Unschedulable',
      result.nominate,
    );
  }

  /** The Event with the message's start, the condition with all of it. Models handleSchedulingFailure. */
  #tellFailure(pod: Pod, message: string, reason: string, nominate: string | undefined): void {
    const { clock } = this.#parts;
    this.#report(pod, 'Warning', 'FailedScheduling', 'Scheduling', cutForEvent(message));
    this.#patchStatus(pod, (current) => {
      const told = withCondition(current, { type: 'PodScheduled', status: 'False', reason, message }, clock.time);
      return nominate === undefined ? told : withNomination(told, nominate);
    });
  }

  /** Deletes the victims and takes the node from Pods that are nominated to it and count less. Models prepareCandidate. */
  #preempt(queued: QueuedPod, { node, victims }: Preemption): void {
    const { client, clock } = this.#parts;
    const { pod } = queued;
    const { priority } = podInfo(pod);
    for (const other of [...this.#views.cache.nominatedTo(node)]) {
      if (podInfo(other).priority < priority) this.#patchStatus(other, (current) => withNomination(current, ''));
    }
    const message = `${pod.spec.schedulerName ?? NAME}: preempting to accommodate a higher priority pod`;
    for (const victim of victims) {
      if (victim.metadata.deletionTimestamp) continue;
      const target = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message };
      if (!this.#patchStatus(victim, (current) => withCondition(current, target, clock.time))) continue;
      const { namespace = '', name, uid } = victim.metadata;
      client.remove('pods', namespace, name, { uid });
      this.#report(victim, 'Normal', 'Preempted', 'Preempting', `Preempted by pod ${pod.metadata.uid} on node ${node}`);
    }
  }

  /** Returns false where the Pod is gone. */
  #patchStatus(pod: Pod, change: (current: Pod) => Pod): boolean {
    const { namespace = '', name, uid } = pod.metadata;
    try {
      this.#parts.client.patch(
        'pods',
        namespace,
        name,
        (current) => (current.metadata.uid === uid ? change(current) : current),
        'status',
      );
      return true;
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return false;
      throw error;
    }
  }

  #report(pod: Pod, type: 'Normal' | 'Warning', reason: string, action: string, message: string): void {
    this.#parts.recorder.report(subjectOf(pod), type, reason, action, message);
  }

  /** What follows is written because of the Pod as it was seen, and of what woke it. */
  #because({ pod, wokenByRevision }: QueuedPod): void {
    const revision = Number(pod.metadata.resourceVersion);
    this.#parts.client.because(wokenByRevision > revision ? [revision, wokenByRevision] : [revision]);
  }

  #recordGate(queued: QueuedPod): void {
    const verdict = this.#frameworkOf(queued.pod)?.preEnqueue(queued.pod);
    if (verdict) keepRecord(this.state.records, queued.key, gatedRecord(this.#headOf(queued, 0), verdict));
  }

  #headOf({ pod, wokenBy, wokenByObject }: QueuedPod, attempt: number): RecordHead {
    const { namespace = '', name, uid } = pod.metadata;
    return {
      namespace,
      name,
      uid,
      profile: pod.spec.schedulerName ?? NAME,
      atMs: this.#parts.clock.nowMs,
      attempt,
      wokenBy,
      ...(wokenByObject ? { wokenByObject } : {}),
    };
  }
}
