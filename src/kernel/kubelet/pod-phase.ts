import type { ContainerStatus } from '../../api/objects';
import { restartsAfter } from './restart-policy';
import type { Statuses } from './pod-conditions';
import type { PodRecord } from './state';

interface Counts {
  waiting: number;
  running: number;
  stopped: number;
  succeeded: number;
  /** Ended, and to be started again. */
  restarting: number;
}

/** The Pod's phase, derived from its containers. Models pkg/kubelet/kubelet_pods.go getPhase. */
export function podPhase(record: PodRecord, statuses: Statuses, podIsTerminal: boolean): string {
  const init = initCounts(record, statuses.init);
  if (init.failed > 0 && record.pod.spec.restartPolicy === 'Never') return 'Failed';
  const counts = mainCounts(record, statuses.main);
  const hasRun = counts.running + counts.stopped > 0;
  if (init.pending + init.failed > 0 || (!hasRun && init.pendingSidecars > 0)) return 'Pending';
  if (counts.waiting + init.waitingSidecars > 0) return 'Pending';
  if (counts.running + init.runningSidecars > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  if (!podIsTerminal && counts.restarting > 0) return 'Running';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}

function initCounts(record: PodRecord, statuses: readonly ContainerStatus[]) {
  const counts = { pending: 0, failed: 0, pendingSidecars: 0, waitingSidecars: 0, runningSidecars: 0 };
  for (const status of statuses) {
    if (record.containers.get(status.name)?.kind === 'sidecar') {
      if (status.state?.running) counts.runningSidecars += 1;
      if (status.state?.running && !status.started) counts.pendingSidecars += 1;
      if (status.state?.waiting && !status.lastState?.terminated) {
        counts.pendingSidecars += 1;
        counts.waitingSidecars += 1;
      }
      continue;
    }
    const ended = status.state?.terminated ?? (status.state?.waiting ? status.lastState?.terminated : undefined);
    if (!ended) counts.pending += 1;
    else if (ended.exitCode !== 0) counts.failed += 1;
  }
  return counts;
}

function mainCounts(record: PodRecord, statuses: readonly ContainerStatus[]): Counts {
  const counts: Counts = { waiting: 0, running: 0, stopped: 0, succeeded: 0, restarting: 0 };
  for (const status of statuses) {
    const ended = status.state?.terminated ?? (status.state?.waiting ? status.lastState?.terminated : undefined);
    if (status.state?.running) counts.running += 1;
    else if (!ended) counts.waiting += 1;
    else {
      counts.stopped += 1;
      if (ended.exitCode === 0) counts.succeeded += 1;
      const container = record.containers.get(status.name);
      if (container && restartsAfter(record, container, ended.exitCode)) counts.restarting += 1;
    }
  }
  return counts;
}
