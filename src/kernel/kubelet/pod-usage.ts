import { isAlive } from './container-run';
import { cpuLimit, lastRun } from './core';
import type { PodRecord } from './state';
import { readMeter, type PodUsage } from './usage-meter';

/** What a Pod uses; nothing while one of its containers has not run through a whole window. */
export function podUsage(record: PodRecord, nowMs: number): PodUsage | undefined {
  const containers: { name: string; cpuMilli: number; memoryBytes: number }[] = [];
  let endMs = 0;
  let requestsPerSecond = 0;
  for (const container of record.containers.values()) {
    const run = lastRun(container);
    if (!isAlive(run)) {
      if (container.kind === 'init' || run !== undefined) continue;
      return undefined;
    }
    const read = readMeter(run.meter, nowMs);
    if (!read) return undefined;
    endMs = read.endMs;
    requestsPerSecond += read.requestsPerSecond;
    containers.push({
      name: container.name,
      cpuMilli: Math.min(read.cpuMilli, cpuLimit(record, container.name)),
      memoryBytes: run.memoryBytes,
    });
  }
  if (containers.length === 0) return undefined;
  return { namespace: record.namespace, name: record.name, endMs, containers, requestsPerSecond };
}
