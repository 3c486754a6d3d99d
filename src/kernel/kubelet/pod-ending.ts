import { present } from '../../base/assert';
import { owned } from '../../base/shared-map';
import { endingOrder } from './actions';
import { hasEnded, isAlive, runState } from './container-run';
import type { Containers } from './containers';
import type { KubeletCore } from './core';
import type { ContainerRecord, PodRecord } from './state';

const stopping = (container: ContainerRecord): string => `Stopping container ${container.name}`;

/** Ends a Pod's containers: all of them at once, but sidecars get their signal only when those they serve are gone. */
export class PodEnding {
  constructor(
    private readonly core: KubeletCore,
    private readonly containers: () => Containers,
  ) {}

  /** Asks one container to end. */
  stop(record: PodRecord, container: ContainerRecord, graceSeconds: number, message = stopping(container)): void {
    const run = container.runs[0];
    if (isAlive(run)) this.containers().stop(record, container, run, graceSeconds, message);
  }

  /** Asks all that run to end. Returns whether nothing runs. Models killContainersWithSyncResult. */
  begin(record: PodRecord, graceSeconds: number): boolean {
    const sync = present(record.sync, `a sync of ${record.name}`);
    sync.endsAll = true;
    for (const container of endingOrder(record)) this.stop(record, container, graceSeconds);
    return this.proceed(record);
  }

  /** Gives their turn to those that wait for nobody any more. Returns whether nothing runs. */
  proceed(record: PodRecord): boolean {
    const next = (): ContainerRecord | undefined =>
      endingOrder(record).find((one) => isAwaitingTurn(one) && !this.mustWait(record, one));
    for (let container = next(); container; container = next()) this.containers().takeTurn(record, container);
    return endingOrder(record).length === 0;
  }

  /** Whether a container that is to end waits for others: a sidecar for the main ones, and for sidecars after it. */
  mustWait(record: PodRecord, container: ContainerRecord): boolean {
    const { endsAll = false, excused } = record.sync ?? {};
    return endsAll && servedBy(record, container).some((one) => one.name !== excused?.get(container.name));
  }

  /** Its grace period is over while it waits: it waits no longer for the first of them. Models waitForTurn. */
  excuse(record: PodRecord, container: ContainerRecord): void {
    const [first] = servedBy(record, container);
    const { sync } = record;
    if (first && sync) sync.excused = owned(sync.excused).set(container.name, first.name);
  }

  /** A container that has just ended by itself still looks as if it ran. */
  sayOfUnseen(record: PodRecord): void {
    for (const container of record.containers.values()) {
      const run = container.runs[0];
      if (run?.seen === 'running' && hasEnded(run)) {
        this.core.containerEvent(record, container, 'Normal', 'Killing', stopping(container));
      }
    }
  }
}

function isAwaitingTurn({ runs: [run] }: ContainerRecord): boolean {
  return isAlive(run) && (runState(run) === 'waiting' || runState(run) === 'overdue');
}

/** Those that still run of the containers that a sidecar serves. Models kuberuntime_termination_order.go. */
function servedBy(record: PodRecord, sidecar: ContainerRecord): ContainerRecord[] {
  if (sidecar.kind !== 'sidecar') return [];
  const order = endingOrder(record);
  return order.slice(0, Math.max(0, order.indexOf(sidecar)));
}
