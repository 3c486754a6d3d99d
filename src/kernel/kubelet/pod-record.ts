import type { Pod } from '../../api/objects';
import { emptyMap } from '../../base/shared-map';
import { SmallMap } from '../../base/small-map';
import { requestsOf } from './admission';
import { compileMachine } from './compile-machine';
import { limitsStorage } from './eviction-ranking';
import { resourcesOf } from './pod-resources';
import { podWorkerMachine } from './pod-worker.machine';
import type { ContainerRecord, PodRecord } from './state';

export const WORKER = compileMachine(podWorkerMachine);
const REVISIONS_KEPT = 4;

/** So many paths are kept before all are forgotten. */
const PATHS_KEPT = 1024;
const fieldPaths = new Map<string, string>();

/** Where a container stands in the Pod: worked out once for all of its name. */
function fieldPathOf(name: string, kind: ContainerRecord['kind']): string {
  const key = `${kind} ${name}`;
  let path = fieldPaths.get(key);
  if (path === undefined) {
    if (fieldPaths.size >= PATHS_KEPT) fieldPaths.clear();
    fieldPaths.set(key, (path = `spec.${kind === 'main' ? 'containers' : 'initContainers'}{${name}}`));
  }
  return path;
}

/** A Pod that has just been bound to the machine. */
export function createRecord(pod: Pod): PodRecord {
  const containers = new SmallMap<string, ContainerRecord>();
  const add = (name: string, kind: ContainerRecord['kind']): void => {
    containers.set(name, { name, kind, fieldPath: fieldPathOf(name, kind), runs: [], trouble: null, backOff: null });
  };
  for (const spec of pod.spec.initContainers ?? [])
    add(spec.name, spec.restartPolicy === 'Always' ? 'sidecar' : 'init');
  for (const spec of pod.spec.containers) add(spec.name, 'main');
  return {
    uid: pod.metadata.uid,
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    pod,
    isStatic: false,
    gone: false,
    worker: WORKER.initial,
    workerTaken: 0,
    stage: 'sync',
    pending: false,
    again: false,
    fresh: false,
    lastSyncMs: null,
    graceSeconds: null,
    sync: null,
    sandbox: { state: 'none', seen: false, ip: '', attempt: 0 },
    containers,
    volumes: new SmallMap(),
    volumesSinceMs: 0,
    probes: emptyMap(),
    status: null,
    statusDirty: false,
    refused: false,
    evicted: null,
    limitsStorage: limitsStorage(pod),
    deadlineReported: false,
    devices: emptyMap(),
    resources: resourcesOf(pod),
    requests: requestsOf(pod),
    revisions: [],
  };
}

/** Remembers what the informer has shown: the cause of what is written next. */
export function noteRevision(record: PodRecord, revision: number): void {
  const { revisions } = record;
  record.revisions = (revisions.length < REVISIONS_KEPT ? revisions : revisions.slice(1 - REVISIONS_KEPT)).concat(
    revision,
  );
}

/** The name of the worker's state. */
export const workerState = (record: PodRecord): string => WORKER.states[record.worker]!;

/** Seconds that the Pod's containers have to end: what the deletion says, or the spec. */
export function graceSecondsOf(pod: Pod): number {
  const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return Math.max(1, Number(seconds));
}
