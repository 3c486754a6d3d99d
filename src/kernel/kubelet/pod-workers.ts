import { assert, present } from '../../base/assert';
import { owned } from '../../base/shared-map';
import { freezeDeep } from '../../base/state';
import type { PodStatus } from '../../api/objects';
import { nextState, withTaken } from './compile-machine';
import { resizeInPlace, retryResizes, settleResize } from './allocation';
import { computeActions, endingOrder } from './actions';
import { goDuration, isBackingOff, nextBackOff } from './back-off';
import { isAlive } from './container-run';
import type { Containers } from './containers';
import { podText, specOf, type KubeletCore } from './core';
import { releaseDevices } from './devices';
import { ensureImage } from './image-puller';
import { relistPod } from './pleg';
import { PodEnding } from './pod-ending';
import { graceSecondsOf, WORKER, workerState } from './pod-record';
import { deadlineExceeded, generateStatus } from './pod-status';
import type { Probes } from './probes';
import { sayMissingPullSecrets } from './pull-secrets';
import { isRestartingAll, resetOrder, takeAway } from './restart-all';
import type { ContainerRecord, PodRecord, SyncProgress } from './state';
import { hasInitTrouble, newProgress } from './sync-progress';
import { markTerminated, removePod, reportSandbox, setStatus } from './status-writer';
import { expandFileSystems } from './volume-expansion';
import { allMounted, firstLookMs, hasRefreshable, mountVolumes, refreshVolumes, unmountVolumes } from './volume-mounts';

/** A wait between a look at the containers and the sync that needs it. */
const AFTER_RELIST_MS = 1;
const BACK_OFF_PERIOD_MS = 10_000;
const RESYNC_MS = 60_000;
const JITTER = 0.5;
/** What the kubelet does before it asks for a sandbox: directories, cgroups, secrets of registries; as it was recorded. */
const PREPARATION_MS = 100;
/** One of the two loops of the volume manager that a Pod's end waits for; as it was recorded. */
const UNMOUNT_MS = [100, 500] as const;

/** What the runtime takes to notice that a container has ended, and the worker to hear of it. */
const STOP_LATENCY_MS = 60;
const AWAITS_ENDS = new Set(['trimming', 'terminating', 'undoing', 'hooking']);

/** What a step of the worker leads to: the next event, or nothing while it waits. */
type Outcome = string | undefined;

/**
 * One worker for each Pod, one step at a time. The machine says what may follow; the steps work out what does. Models
 * pkg/kubelet/pod_workers.go and kubelet.go.
 */
export class PodWorkers {
  /** The Pod whose worker is being moved: never state, always null between events. */
  #moving: PodRecord | null = null;
  readonly ending: PodEnding;

  constructor(
    private readonly core: KubeletCore,
    private readonly containers: () => Containers,
    private readonly probes: Probes,
  ) {
    this.ending = new PodEnding(core, containers);
  }

  /** Something about the Pod may need doing. Models UpdatePod. */
  update(record: PodRecord): void {
    if (record.stage === 'finished') return;
    record.pending = true;
    if (workerState(record) === 'idle') this.advance(record, 'UPDATE');
  }

  /** A Pod that runs already: its containers, its volumes and its probes are as many syncs would have left them. */
  adopt(record: PodRecord): PodStatus {
    const mounting = mountVolumes(this.core, record);
    assert(mounting.kind === 'mounted', `the volumes of ${record.name} are there`);
    for (const container of record.containers.values()) this.containers().adopt(record, container);
    this.probes.adopt(record);
    record.lastSyncMs = this.core.nowMs;
    this.#awaitRefresh(record);
    return (record.status = freezeDeep(generateStatus(this.core, record, false)));
  }

  /** The Pod is to end: its containers have the seconds to do so. */
  terminate(record: PodRecord, graceSeconds: number): void {
    const shorter = record.graceSeconds === null || graceSeconds < record.graceSeconds;
    if (shorter) record.graceSeconds = graceSeconds;
    if (record.stage === 'sync') {
      record.stage = 'terminating';
      if (workerState(record) === 'mounting') this.advance(record, 'CANCELLED');
      this.update(record);
    } else if (shorter && record.stage === 'terminating' && workerState(record) === 'terminating') {
      for (const container of endingOrder(record)) this.ending.stop(record, container, graceSeconds);
    }
  }

  /** Moves the worker by an event, and on for as long as its steps have something to say. */
  advance(record: PodRecord, event: string): void {
    if (this.#moving === record) return;
    const before = this.#moving;
    this.#moving = record;
    for (let next: Outcome = event; next !== undefined;) {
      const state = nextState(WORKER, record.worker, next);
      assert(state >= 0, `Pod worker ${record.name} has no ${next} while ${workerState(record)}`);
      record.workerTaken = withTaken(WORKER, record.workerTaken, record.worker, next);
      record.worker = state;
      next = undefined;
      for (const effect of WORKER.entry[state]!) next = present(this.#steps[effect], `the step ${effect}`)(record);
    }
    this.#moving = before;
  }

  /** There may be room for what Pods ask for in addition. */
  retryResizes(): void {
    retryResizes(this.core, (record) => this.update(record));
  }

  /** Moves the worker if it is in this state. */
  resume(record: PodRecord, state: string, event: string): void {
    if (workerState(record) === state) this.advance(record, event);
  }

  readonly #steps: Record<string, (record: PodRecord) => Outcome> = {
    awaitPicture: (record) => this.awaitPicture(record),
    reportStatus: (record) => this.#report(record),
    awaitVolumes: (record) => this.#beginVolumes(record),
    killUnwanted: (record) => this.#killUnwanted(record),
    ensureSandbox: (record) => this.#ensureSandbox(record),
    startNext: (record) => this.#startNext(record),
    pullImage: (record) => this.#pullImage(record),
    createContainer: (record) => this.#createContainer(record),
    runPostStart: (record) => this.#awaitHook(record),
    killHooked: (record) => this.#killHooked(record),
    completeSync: (record) => this.#completeSync(record),
    killPod: (record) => this.#killPod(record),
    completeTermination: (record) => this.#completeTermination(record),
    awaitUnmount: (record) => this.#awaitUnmount(record),
    finish: (record) => this.#finish(record),
  };

  /** Waits until the picture of the containers is newer than the last sync. */
  awaitPicture(record: PodRecord): Outcome {
    const { core } = this;
    const newer = record.lastSyncMs === null || record.fresh || core.lastRelistMs > record.lastSyncMs;
    if (!newer) {
      core.at(core.nextRelistMs + AFTER_RELIST_MS, 'observe', record.uid);
      return undefined;
    }
    record.pending = record.again;
    record.again = false;
    if (record.stage === 'terminated') return 'CLEAN';
    return record.stage === 'terminating' ? 'TERMINATE' : 'SYNC';
  }

  /** The status as it is now; a Pod that has ended goes no further. */
  #report(record: PodRecord): Outcome {
    record.sync = newProgress(this.core.nowMs);
    settleResize(this.core, record);
    const status = this.#setStatus(record, false);
    if (status === 'Succeeded' || status === 'Failed') {
      record.stage = 'terminating';
      record.pending = true;
      return 'COMPLETED';
    }
    this.probes.hurry(record);
    return 'GO';
  }

  #setStatus(record: PodRecord, podIsTerminal: boolean): string {
    const { phase } = record.status ?? record.pod.status;
    const deadline = phase === 'Succeeded' || phase === 'Failed' ? undefined : deadlineExceeded(this.core, record);
    if (deadline) this.core.podEvent(record, 'Normal', deadline.reason, deadline.message);
    const status = generateStatus(this.core, record, podIsTerminal);
    setStatus(this.core, record, status);
    return status.phase ?? '';
  }

  #beginVolumes(record: PodRecord): Outcome {
    if (allMounted(record)) return this.#mounted(record);
    record.volumesSinceMs = this.core.nowMs;
    this.core.at(firstLookMs(this.core.nowMs), 'volumes', record.uid);
    return undefined;
  }

  #mounted(record: PodRecord): Outcome {
    expandFileSystems(this.core, record);
    sayMissingPullSecrets(this.core, record);
    this.probes.add(record);
    return 'MOUNTED';
  }

  /** Looks after the volumes again. */
  lookAtVolumes(record: PodRecord): void {
    if (workerState(record) !== 'mounting') return;
    const mounting = mountVolumes(this.core, record);
    if (mounting.kind === 'waits') return this.core.at(mounting.untilMs, 'volumes', record.uid);
    if (mounting.kind === 'mounted') return this.advance(record, this.#mounted(record)!);
    this.#progress(record).error = true;
    this.advance(record, 'FAILED');
  }

  #progress(record: PodRecord): SyncProgress {
    return present(record.sync, `a sync of ${record.name}`);
  }

  #killUnwanted(record: PodRecord): Outcome {
    const sync = this.#progress(record);
    if (isRestartingAll(record)) {
      sync.actions += 1;
      sync.toReset = resetOrder(record).map((container) => container.name);
      return this.#resetNext(record);
    }
    const resized = resizeInPlace(this.core, record);
    if (resized === 'done') record.pending = true;
    if (resized === 'failed') sync.error = true;
    const actions = computeActions(record);
    sync.createSandbox = actions.createSandbox;
    sync.killPod = actions.killPod;
    sync.initToStart = [...actions.initToStart];
    sync.toStart = [...actions.toStart];
    for (const container of record.containers.values()) {
      const ended = container.runs.find((run) => run.seen === 'exited');
      if (ended && ended.attempt > (container.cleared ?? -1))
        sync.endedMs = owned(sync.endedMs).set(container.name, ended.finishedMs);
    }
    if (actions.killPod || (actions.createSandbox && record.sandbox.state === 'notReady')) {
      if (actions.createSandbox) {
        this.core.podEvent(
          record,
          'Normal',
          'SandboxChanged',
          'Pod sandbox changed, it will be killed and re-created.',
        );
      }
      sync.actions += 1;
      return this.#whenEnded(record, this.ending.begin(record, graceSecondsOf(record.pod)));
    }
    for (const { container, message, probe } of actions.kills) {
      const spec = specOf(record, container.name);
      const own =
        probe && (probe === 'liveness' ? spec.livenessProbe : spec.startupProbe)?.terminationGracePeriodSeconds;
      sync.actions += 1;
      sync.killing.push(container.name);
      this.ending.stop(record, container, own ?? graceSecondsOf(record.pod), message);
    }
    return this.#stillEnding(record) ? undefined : 'TRIMMED';
  }

  /** Takes the containers away, one after the other, so that the next sync finds none. */
  #resetNext(record: PodRecord): Outcome {
    const { toReset } = this.#progress(record);
    for (let name = toReset[0]; name !== undefined; name = toReset[0]) {
      const container = present(record.containers.get(name), `container ${name}`);
      this.ending.stop(record, container, 0, 'killing');
      if (isAlive(container.runs[0])) return undefined;
      toReset.shift();
      takeAway(container);
    }
    record.pending = true;
    return 'RESET';
  }

  #stillEnding(record: PodRecord): boolean {
    return this.#progress(record).killing.some((name) => isAlive(record.containers.get(name)?.runs[0]));
  }

  /** What follows once nothing runs any more. */
  #whenEnded(record: PodRecord, nothingRuns: boolean): Outcome {
    if (!nothingRuns) return undefined;
    record.sandbox.state = record.sandbox.state === 'none' ? 'none' : 'notReady';
    return workerState(record) === 'terminating' ? 'STOPPED' : 'TRIMMED';
  }

  /** A container of the Pod has ended: the worker may have waited for that, and hears of it a moment later. */
  ended(record: PodRecord): void {
    if (AWAITS_ENDS.has(workerState(record))) this.core.after(STOP_LATENCY_MS, 'ended', record.uid);
  }

  /** Goes on where a container's end was awaited. */
  afterEnd(record: PodRecord): void {
    const state = workerState(record);
    if (state === 'terminating' || (state === 'trimming' && this.#progress(record).endsAll)) {
      const outcome = this.#whenEnded(record, this.ending.proceed(record));
      if (outcome) this.advance(record, outcome);
    } else if (state === 'trimming' && this.#progress(record).toReset.length > 0) {
      const outcome = this.#resetNext(record);
      if (outcome) this.advance(record, outcome);
    } else if (state === 'trimming') {
      if (!this.#stillEnding(record)) this.advance(record, 'TRIMMED');
    } else if (state === 'undoing') {
      const starting = record.containers.get(this.#progress(record).starting ?? '');
      if (!isAlive(starting?.runs[0])) this.advance(record, 'KILLED');
    } else if (state === 'hooking') {
      const starting = record.containers.get(this.#progress(record).starting ?? '');
      if (!isAlive(starting?.runs[0])) this.hooked(record, 'the container has ended');
    }
  }

  #ensureSandbox(record: PodRecord): Outcome {
    const sync = this.#progress(record);
    if (sync.killPod && !sync.createSandbox) return 'NEEDLESS';
    if (!sync.createSandbox) return 'READY';
    const { sandboxMs } = this.core.parts.conventions;
    this.core.after(PREPARATION_MS + sandboxMs, 'sandbox', record.uid);
    return undefined;
  }

  /** The sandbox exists: the network is there, and the API server hears of it at once. */
  sandboxReady(record: PodRecord, ip: string): void {
    if (workerState(record) !== 'sandboxing') return;
    record.sandbox = { state: 'ready', seen: false, ip, attempt: record.sandbox.attempt + 1 };
    this.#progress(record).actions += 1;
    this.core.expectRelist(record.uid);
    reportSandbox(this.core, record);
    this.advance(record, 'READY');
  }

  /** Takes the next container to be started; those in back-off are passed over. */
  #startNext(record: PodRecord): Outcome {
    const sync = this.#progress(record);
    for (;;) {
      const name =
        sync.initToStart.shift() ?? (sync.error && hasInitTrouble(record) ? undefined : sync.toStart.shift());
      sync.starting = name ?? null;
      if (name === undefined) return 'DONE';
      const container = present(record.containers.get(name), `container ${name}`);
      if (isAlive(container.runs[0])) continue;
      sync.actions += 1;
      if (this.#backsOff(record, container, sync)) continue;
      return 'PULL';
    }
  }

  /** Models kuberuntime_manager.go doBackOff. */
  #backsOff(record: PodRecord, container: ContainerRecord, sync: SyncProgress): boolean {
    const endedMs = sync.endedMs.get(container.name);
    if (endedMs === undefined) return false;
    const { nowMs } = this.core;
    if (!isBackingOff(container.backOff, endedMs, nowMs)) {
      container.backOff = nextBackOff(container.backOff, endedMs, nowMs);
      return false;
    }
    const pod = podText(record);
    this.core.containerEvent(
      record,
      container,
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} in pod ${pod}`,
    );
    const delay = goDuration(container.backOff.delayMs);
    container.trouble = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${delay} restarting failed container=${container.name} pod=${pod}`,
    };
    sync.error = true;
    sync.backOffUntilMs = Math.min(sync.backOffUntilMs, endedMs + container.backOff.delayMs);
    return true;
  }

  #starting(record: PodRecord): ContainerRecord {
    return present(record.containers.get(this.#progress(record).starting ?? ''), 'the container that starts');
  }

  #pullImage(record: PodRecord): Outcome {
    const container = this.#starting(record);
    const image = ensureImage(this.core, record, container);
    if (image === 'pulling') return undefined;
    return image === 'present' ? 'PULLED' : this.#imageTrouble(record, container, image);
  }

  #imageTrouble(record: PodRecord, container: ContainerRecord, trouble: { reason: string; message: string }): Outcome {
    container.trouble = trouble;
    this.#progress(record).error = true;
    this.core.containerEvent(record, container, 'Warning', 'Failed', `Error: ${trouble.reason}`);
    return 'FAILED';
  }

  /** A pull is over. */
  pulled(record: PodRecord, container: ContainerRecord, trouble: { reason: string; message: string } | null): void {
    if (workerState(record) !== 'pulling') return;
    this.advance(record, trouble ? this.#imageTrouble(record, container, trouble)! : 'PULLED');
  }

  #createContainer(record: PodRecord): Outcome {
    const container = this.#starting(record);
    const result = this.containers().start(record, container);
    if (result.kind === 'failed') {
      container.trouble = { reason: result.reason, message: result.message };
      this.#progress(record).error = true;
      return 'CREATED';
    }
    container.trouble = null;
    return result.kind === 'hook' ? 'HOOK' : 'CREATED';
  }

  /** A postStart hook is done; it may be so before the worker waits for it. */
  hooked(record: PodRecord, failure: string | null): void {
    const state = workerState(record);
    if (state !== 'creating' && state !== 'hooking') return;
    this.#progress(record).hook = { failure };
    const outcome = state === 'hooking' ? this.#awaitHook(record) : undefined;
    if (outcome) this.advance(record, outcome);
  }

  #awaitHook(record: PodRecord): Outcome {
    const sync = this.#progress(record);
    const { hook } = sync;
    sync.hook = null;
    if (!hook) return undefined;
    if (hook.failure === null) return 'HOOKED';
    const container = this.#starting(record);
    this.core.containerEvent(record, container, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
    container.trouble = { reason: 'PostStartHookError', message: hook.failure };
    sync.error = true;
    return 'FAILED';
  }

  #killHooked(record: PodRecord): Outcome {
    const container = this.#starting(record);
    this.ending.stop(record, container, graceSecondsOf(record.pod), 'FailedPostStartHook');
    return isAlive(container.runs[0]) ? undefined : 'KILLED';
  }

  /** Plans the next sync. Models pod_workers.go completeWork. */
  #completeSync(record: PodRecord): Outcome {
    const { core } = this;
    const { error, actions, backOffUntilMs } = this.#progress(record);
    record.sync = null;
    record.lastSyncMs = core.nowMs;
    record.fresh = false;
    if (error && record.stage === 'sync') {
      const backOffMs =
        backOffUntilMs < Infinity ? Math.min(RESYNC_MS, Math.max(0, backOffUntilMs - core.nowMs)) : BACK_OFF_PERIOD_MS;
      core.at(core.tickAtOrAfter(core.nowMs + core.jitter(backOffMs, JITTER)), 'work', record.uid);
    } else if (actions > 0 && relistPod(core, record)) {
      record.again = record.pending;
      record.pending = true;
    } else this.#awaitRefresh(record);
    return record.pending ? 'AGAIN' : 'REST';
  }

  /** ConfigMaps and Secrets may have changed: the files in running containers follow. */
  refresh(record: PodRecord): void {
    if (record.stage !== 'sync') return;
    refreshVolumes(this.core, record);
    expandFileSystems(this.core, record);
    this.#awaitRefresh(record);
  }

  #awaitRefresh(record: PodRecord): void {
    if (hasRefreshable(record))
      this.core.after(this.core.jitter(RESYNC_MS, JITTER), 'refresh', record.uid, undefined, true);
  }

  /** Models kubelet.go SyncTerminatingPod. */
  #killPod(record: PodRecord): Outcome {
    record.sync = newProgress(this.core.nowMs);
    this.#setStatus(record, false);
    this.probes.stop(record, ['startup', 'liveness']);
    this.ending.sayOfUnseen(record);
    return this.#whenEnded(record, this.ending.begin(record, record.graceSeconds ?? graceSecondsOf(record.pod)));
  }

  #completeTermination(record: PodRecord): Outcome {
    this.probes.stop(record);
    relistPod(this.core, record);
    this.#setStatus(record, true);
    record.stage = 'terminated';
    releaseDevices(this.core, record);
    this.retryResizes();
    record.sync = null;
    record.lastSyncMs = this.core.nowMs;
    return 'AGAIN';
  }

  /** Models kubelet.go SyncTerminatedPod. */
  #awaitUnmount(record: PodRecord): Outcome {
    this.#setStatus(record, true);
    if (record.volumes.size === 0) return 'UNMOUNTED';
    this.core.after(this.core.between(...UNMOUNT_MS) + this.core.between(...UNMOUNT_MS), 'unmount', record.uid);
    return undefined;
  }

  #finish(record: PodRecord): Outcome {
    if (unmountVolumes(record)) this.core.after(0, 'nodeStatus', '');
    record.stage = 'finished';
    for (const kind of ['work', 'observe', 'deadline', 'refresh', 'reconcile', 'resize'])
      this.core.cancel(kind, record.uid);
    markTerminated(this.core, record);
    removePod(this.core, record);
    if (record.gone) this.core.state.pods.delete(record.uid);
    return undefined;
  }
}
