import type { Pod } from '../../api/objects';
import type { StoreEvent } from '../store/event';
import { admit } from './admission';
import { takeVersion, wantedPod } from './allocation';
import type { KubeletCore } from './core';
import { createRecord, graceSecondsOf, noteRevision, WORKER } from './pod-record';
import { resourcesOf } from './pod-resources';
import { deadlineMs } from './pod-status';
import type { PodWorkers } from './pod-workers';
import type { PodRecord } from './state';
import { isMirror, type StaticPods } from './static-pods';
import { removePod, setStatus, writeStatus } from './status-writer';

const RECONCILE_MS = 10_000;

/** What becomes of a Pod that the informers show: admitted, refused, changed, ended. Models kubelet.go HandlePodAdditions and its like. */
export class PodIntake {
  /** Events held back while the Pods are listed anew; never state, always null between events. */
  #listing: StoreEvent<Pod>[] | null = null;

  constructor(
    private readonly core: KubeletCore,
    private readonly workers: PodWorkers,
    private readonly statics: StaticPods,
  ) {}

  seen(event: StoreEvent<Pod>): void {
    if (!this.core.attended) return;
    if (this.#listing) this.#listing.push(event);
    else this.#take(event);
    this.core.parts.client.because([]);
  }

  /** Lists the Pods anew: what is not bound here any more has to end. Waits where no API server answers. */
  relist(): void {
    const { state, parts } = this.core;
    state.relistWanted = !this.core.online;
    if (state.relistWanted) return;
    const events: StoreEvent<Pod>[] = [];
    this.#listing = events;
    parts.informers.relist();
    this.#listing = null;
    const bound = new Set(events.map((event) => event.object.metadata.uid));
    for (const record of [...state.pods.values()]) if (!bound.has(record.uid) && !record.isStatic) this.#gone(record);
    for (const event of events) this.#take(event);
    for (const record of [...state.pods.values()]) if (record.lastSyncMs === null) this.workers.update(record);
  }

  #take(event: StoreEvent<Pod>): void {
    const pod = event.object;
    if (isMirror(pod)) return this.statics.mirror();
    const record = this.core.pod(pod.metadata.uid);
    if (event.type !== 'DELETED') {
      if (record) this.#changed(record, pod, event.revision);
      else this.#added(pod, event.revision);
    } else if (record) this.#gone(record);
  }

  #gone(record: PodRecord): void {
    record.gone = true;
    if (record.stage === 'finished') this.core.state.pods.delete(record.uid);
    else this.workers.terminate(record, graceSecondsOf(record.pod));
  }

  #added(pod: Pod, revision: number): void {
    const record = createRecord(pod);
    noteRevision(record, revision);
    this.core.state.pods.set(record.uid, record);
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') {
      record.stage = 'terminated';
      return this.workers.update(record);
    }
    if (pod.metadata.deletionTimestamp) return this.workers.terminate(record, graceSecondsOf(pod));
    const refusal = admit(this.core, record);
    if (refusal) return this.#refuse(record, refusal.reason, refusal.message);
    this.workers.update(record);
    this.#setDeadline(record);
  }

  #refuse(record: PodRecord, reason: string, message: string): void {
    this.core.podEvent(record, 'Warning', reason, message);
    record.refused = true;
    record.stage = 'finished';
    record.worker = WORKER.states.indexOf('finished');
    const { generation } = record.pod.metadata;
    const { qosClass } = record.pod.status;
    setStatus(this.core, record, {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
      startTime: this.core.time,
      ...(qosClass ? { qosClass } : {}),
    });
  }

  #setDeadline(record: PodRecord): void {
    const seconds = record.pod.spec.activeDeadlineSeconds;
    if (seconds === undefined || seconds === null || record.stage !== 'sync') return;
    const atMs = deadlineMs(this.core, record);
    if (atMs !== undefined) this.core.at(this.core.tickAtOrAfter(atMs), 'deadline', record.uid);
  }

  #changed(record: PodRecord, pod: Pod, revision: number): void {
    const before = wantedPod(record);
    const { requests } = record;
    takeVersion(this.core, record, pod);
    noteRevision(record, revision);
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    if (record.stage === 'finished') {
      if (deletionTimestamp && !before.metadata.deletionTimestamp) removePod(this.core, record);
      return;
    }
    if (
      deletionTimestamp &&
      (record.stage === 'sync' || deletionGracePeriodSeconds !== before.metadata.deletionGracePeriodSeconds)
    ) {
      return this.workers.terminate(record, graceSecondsOf(pod));
    }
    if (pod.spec !== before.spec || pod.metadata.generation !== before.metadata.generation) {
      record.resources = resourcesOf(record.pod);
      this.#setDeadline(record);
      this.workers.update(record);
      if (record.requests !== requests) this.workers.retryResizes();
    } else if (record.status && readyOf(pod) !== readyOf(record))
      this.core.after(RECONCILE_MS, 'reconcile', record.uid);
  }

  /** Says again what somebody else has written over. Models status_manager.go needsReconcile. */
  reconcile(record: PodRecord): void {
    const pod = this.core.parts.informers.get('pods', record.namespace, record.name);
    if (!pod || pod.metadata.uid !== record.uid || readyOf(pod) === readyOf(record)) return;
    record.statusDirty = true;
    writeStatus(this.core, record);
  }
}

/** The status of the Ready condition, of a Pod or of what the kubelet means it to be. */
function readyOf(holder: { status: Pod['status'] | null }): string | undefined {
  return holder.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
}
