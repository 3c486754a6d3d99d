import { emptyMap } from '../../base/shared-map';
import type { PodRecord, SyncProgress } from './state';

/** What a sync has found and done so far: nothing. */
export function newProgress(nowMs: number): SyncProgress {
  return {
    startedMs: nowMs,
    createSandbox: false,
    killPod: false,
    initToStart: [],
    toStart: [],
    endedMs: emptyMap(),
    starting: null,
    hook: null,
    actions: 0,
    error: false,
    backOffUntilMs: Infinity,
    killing: [],
    toReset: [],
    endsAll: false,
    excused: emptyMap(),
  };
}

/** Whether an init container could not be started: nothing else starts then. */
export function hasInitTrouble(record: PodRecord): boolean {
  return [...record.containers.values()].some((container) => container.kind !== 'main' && container.trouble !== null);
}
