import { emptyMap } from '../../base/shared-map';
import { forgetStop, isAlive } from './container-run';
import { WORKER } from './pod-record';
import type { ContainerRecord, PodRecord } from './state';

/** A new process of the kubelet knows the containers, and nothing of what the last one had in mind. */
export function forgetPlans(record: PodRecord): void {
  if (record.refused) return;
  record.worker = WORKER.initial;
  record.stage = 'sync';
  record.pending = false;
  record.again = false;
  record.fresh = false;
  record.lastSyncMs = null;
  record.graceSeconds = null;
  record.sync = null;
  record.status = null;
  record.evicted = null;
  record.statusDirty = false;
  record.probes = emptyMap();
  for (const container of record.containers.values()) forgetTrouble(container);
}

function forgetTrouble(container: ContainerRecord): void {
  container.trouble = null;
  container.backOff = null;
  for (const run of container.runs) {
    run.seen = isAlive(run) ? 'running' : 'exited';
    forgetStop(run);
  }
}
