import { needsRestart } from './allocation';
import { seenRun, specOf } from './core';
import { hasEnded, isAlive, isStopping } from './container-run';
import { isStarted, resultOf } from './probe-results';
import { isDone, policyOf, restartsAfter, shouldStart } from './restart-policy';
import type { ContainerRecord, PodRecord, Run } from './state';

/** A container to be ended because something about it is wrong. */
export interface Kill {
  readonly container: ContainerRecord;
  readonly message: string;
  /** The probe that failed, if one did: it may have a grace period of its own. */
  readonly probe: 'liveness' | 'startup' | null;
}

/** What a sync has to do. */
export interface Actions {
  readonly createSandbox: boolean;
  /** Nothing is left to run: the rest is ended. */
  readonly killPod: boolean;
  readonly kills: readonly Kill[];
  readonly initToStart: readonly string[];
  readonly toStart: readonly string[];
}

const NOTHING: Actions = { createSandbox: false, killPod: false, kills: [], initToStart: [], toStart: [] };

/** What a Pod needs to be as it should. Models pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions. */
export function computeActions(record: PodRecord): Actions {
  if (record.sandbox.state !== 'ready') return forNewSandbox(record);
  const init = initActions(record);
  if (init) return init;
  const kills: Kill[] = [];
  const toStart: string[] = [];
  let kept = 0;
  for (const container of ofKind(record, 'main')) {
    const run = seenRun(container);
    if (run?.seen !== 'running') {
      if (shouldStart(record, container, run)) toStart.push(container.name);
      continue;
    }
    const kill = killFor(record, container, run);
    if (!kill) kept += 1;
    else {
      kills.push(kill);
      if (restartsAfterKill(record, container)) toStart.push(container.name);
    }
  }
  const killPod = kept === 0 && toStart.length === 0;
  return { createSandbox: false, killPod, kills, initToStart: killPod ? [] : sidecarsToRestart(record), toStart };
}

function ofKind(record: PodRecord, kind: ContainerRecord['kind'], or = kind): ContainerRecord[] {
  const found: ContainerRecord[] = [];
  for (const container of record.containers.values())
    if (container.kind === kind || container.kind === or) found.push(container);
  return found;
}

/** Without a sandbox everything begins anew, except for a Pod that has had one and does not restart. */
function forNewSandbox(record: PodRecord): Actions {
  const main = ofKind(record, 'main');
  const hadContainers = main.some((container) => seenRun(container));
  const restarts = main.some((container) => policyOf(record, container) !== 'Never');
  if (record.pod.metadata.deletionTimestamp || (!restarts && record.sandbox.attempt > 0 && hadContainers)) {
    return { ...NOTHING, killPod: true };
  }
  const toStart = main
    .filter((container) => !isDone(record, container, seenRun(container)))
    .map((container) => container.name);
  if (toStart.length === 0) return { ...NOTHING, killPod: true };
  const first = ofKind(record, 'init', 'sidecar')[0];
  return { ...NOTHING, createSandbox: true, initToStart: first ? [first.name] : [], toStart: first ? [] : toStart };
}

/** What init containers need before the others may start; `undefined` once they have all done their part. */
function initActions(record: PodRecord): Actions | undefined {
  if (ofKind(record, 'main').some((container) => seenRun(container))) return undefined;
  for (const container of ofKind(record, 'init', 'sidecar')) {
    const run = seenRun(container);
    if (container.kind === 'sidecar') {
      if (isStarted(record, container, run)) continue;
      const kill = run?.seen === 'running' ? killFor(record, container, run) : undefined;
      if (kill) return { ...NOTHING, kills: [kill], initToStart: [container.name] };
      return { ...NOTHING, initToStart: run?.seen === 'running' ? [] : [container.name] };
    }
    if (run?.seen === 'running') return NOTHING;
    if (run && run.exitCode === 0) continue;
    if (!shouldStart(record, container, run)) return { ...NOTHING, killPod: true };
    return { ...NOTHING, initToStart: [container.name] };
  }
  return undefined;
}

function sidecarsToRestart(record: PodRecord): string[] {
  const ended = ofKind(record, 'sidecar').filter((container) => seenRun(container)?.seen !== 'running');
  return ended.map((container) => container.name);
}

/** Why a running container must be ended. */
function killFor(record: PodRecord, container: ContainerRecord, run: Run): Kill | undefined {
  if (hasEnded(run) || isStopping(run)) return undefined;
  const restarts = restartsAfterKill(record, container) ? ', will be restarted' : '';
  const image = specOf(record, container.name).image ?? '';
  if (run.image !== image) {
    return { container, message: `Container ${container.name} definition changed${restarts}`, probe: null };
  }
  if (needsRestart(record, container))
    return { container, message: `Container ${container.name} resize requires restart`, probe: null };
  for (const probe of ['liveness', 'startup'] as const) {
    if (resultOf(record, container.name, probe, run) === false) {
      return { container, message: `Container ${container.name} failed ${probe} probe${restarts}`, probe };
    }
  }
  return undefined;
}

/** A container that was killed counts as failed. */
function restartsAfterKill(record: PodRecord, container: ContainerRecord): boolean {
  return !record.pod.metadata.deletionTimestamp && restartsAfter(record, container, 137);
}

/** Containers that run, the ones to be ended first in front: the main ones, then sidecars from the last to the first. */
export function endingOrder(record: PodRecord): ContainerRecord[] {
  const alive = [...record.containers.values()].filter((container) => isAlive(container.runs[0]));
  return [...alive.filter((one) => one.kind !== 'sidecar'), ...alive.filter((one) => one.kind === 'sidecar').reverse()];
}
