import { hasEnded } from './container-run';
import type { KubeletCore } from './core';
import type { PodRecord } from './state';

/**
 * Looks at the containers of all Pods where something has changed. Returns the Pods of which there is news. Models
 * pkg/kubelet/pleg/generic.go Relist.
 */
export function relist(core: KubeletCore): PodRecord[] {
  const changed: PodRecord[] = [];
  for (const uid of core.state.dirty) {
    const record = core.pod(uid);
    if (record && look(record)) changed.push(record);
  }
  core.state.dirty.clear();
  return changed;
}

/** Looks at the containers of one Pod at once. Returns whether there is news. */
export function relistPod(core: KubeletCore, record: PodRecord): boolean {
  core.state.dirty.delete(record.uid);
  record.fresh = true;
  return look(record);
}

/** Takes the picture of a Pod's containers. Returns whether it differs from the one before. */
function look(record: PodRecord): boolean {
  let news = false;
  if (record.sandbox.state === 'ready' && !record.sandbox.seen) {
    record.sandbox.seen = true;
    news = true;
  }
  for (const container of record.containers.values()) {
    for (const run of container.runs) {
      const now = hasEnded(run) ? 'exited' : 'running';
      if (run.seen === now) continue;
      run.seen = now;
      news = true;
    }
  }
  return news;
}
