import type { Container } from '../../api/objects';
import { wholeValue } from '../../api/quantity';
import { isAlive } from './container-run';
import { specOf } from './core';
import type { ContainerRecord, PodRecord, ResizeRecord } from './state';

/**
 * Whether memory limits may become as low as they are to be. Models pkg/kubelet/kuberuntime/kuberuntime_manager.go
 * validateMemoryResizeAction: what is in use already is no limit that can be set.
 */

/** What forbids the limits of a Pod that are to be set; nothing where they can be. */
export function memoryTrouble(record: PodRecord, resize: ResizeRecord, names: readonly string[]): string | undefined {
  const usage = [...record.containers.values()].reduce((sum, container) => sum + usageOf(container), 0);
  const errors: string[] = [];
  const now = limitOfPod(record, (name) => resize.actual.get(name)?.resources ?? specOf(record, name).resources);
  const wanted = limitOfPod(record, (name) => specOf(record, name).resources);
  if (wanted < now && usage >= wanted)
    errors.push(`attempting to set pod memory limit (${wanted}) below current usage (${usage})`);
  for (const name of names) {
    const limit = limitIn(specOf(record, name).resources);
    const decreases = limit < limitIn(resize.actual.get(name)?.resources);
    /* The container's use decides, yet the whole Pod's is told: so it is in v1.36. */
    if (decreases && usageOf(record.containers.get(name)!) >= limit)
      errors.push(
        `attempting to set container ${JSON.stringify(name)} memory limit (${limit}) below current usage (${usage})`,
      );
  }
  if (errors.length === 0) return undefined;
  return `cannot decrease memory limits: ${errors.length > 1 ? `[${errors.join(', ')}]` : errors[0]}`;
}

type Resources = Container['resources'];

const limitIn = (resources: Resources): number => {
  const limit = resources?.limits?.['memory'];
  return limit === undefined ? Infinity : wholeValue(limit);
};

/** A Pod has a limit of its own only where each of its containers has one. */
function limitOfPod(record: PodRecord, resourcesOf: (name: string) => Resources): number {
  const lasting = [...record.containers.values()].filter(({ kind }) => kind !== 'init');
  return lasting.reduce((sum, { name }) => sum + limitIn(resourcesOf(name)), 0);
}

function usageOf({ runs: [run] }: ContainerRecord): number {
  return isAlive(run) ? run.memoryBytes : 0;
}
