import type { Pod } from '../../api/objects';
import { formatQuantity, wholeValue } from '../../api/quantity';
import { isAlive } from './container-run';
import { lastRun, specOf } from './core';
import type { ContainerRecord, PodRecord, StarvedResource } from './state';

/** What Pods use of the resource that is short, and whose turn it is to go. Models pkg/kubelet/eviction/helpers.go. */

const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** Pods without which the machine or the cluster does not work. Models pkg/kubelet/types IsCriticalPod. */
export function isCritical({ metadata, spec }: Pod): boolean {
  return (
    metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined ||
    (spec.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY
  );
}

const sizeOf = (files: ReadonlyMap<string, string>): number => {
  let bytes = 0;
  for (const text of files.values()) bytes += text.length;
  return bytes;
};

/** Bytes that a container has in memory, or has written to its own file system and its log. */
export function containerUse(container: ContainerRecord, resource: StarvedResource): number {
  const run = lastRun(container);
  if (resource === 'memory') return isAlive(run) ? run.memoryBytes : 0;
  return run ? sizeOf(run.files) + run.log.bytes : 0;
}

/** Bytes in an emptyDir volume of a Pod. */
export function emptyDirUse(record: PodRecord, volume: string): number {
  const found = record.volumes.get(volume);
  return found ? sizeOf(found.files) : 0;
}

/** What a Pod uses altogether: of storage also what its emptyDir volumes hold. */
export function podUse(record: PodRecord, resource: StarvedResource): number {
  let bytes = 0;
  for (const container of record.containers.values()) bytes += containerUse(container, resource);
  if (resource === 'memory') return bytes;
  for (const { name, emptyDir } of record.pod.spec.volumes ?? []) {
    if (emptyDir && emptyDir.medium !== 'Memory') bytes += emptyDirUse(record, name);
  }
  return bytes;
}

/**
 * The Pods in the order in which they are to go: those that use more than they asked for, then those of low priority,
 * then those that use most beyond what they asked for. Models rankMemoryPressure, rankDiskPressureFunc.
 */
export function ranked(records: readonly PodRecord[], resource: StarvedResource): PodRecord[] {
  const beyond = new Map(records.map((one) => [one, podUse(one, resource) - (one.requests.get(resource) ?? 0)]));
  const exceeds = (record: PodRecord): number => (beyond.get(record)! > 0 ? 0 : 1);
  const priority = ({ pod }: PodRecord): number => pod.spec.priority ?? 0;
  return [...records].sort(
    (left, right) =>
      exceeds(left) - exceeds(right) || priority(left) - priority(right) || beyond.get(right)! - beyond.get(left)!,
  );
}

/** A number of bytes as Kubernetes writes it. */
export function bytesText(bytes: number): string {
  return formatQuantity({ nano: BigInt(Math.floor(bytes)) * 1_000_000_000n, format: 'BinarySI' });
}

/** Models evictionMessage. */
export function evictionMessage(
  record: PodRecord,
  resource: StarvedResource,
  threshold: { quantity: number; available: number },
): string {
  const { quantity, available } = threshold;
  const parts = [
    `The node was low on resource: ${resource}. `,
    `Threshold quantity: ${bytesText(quantity)}, available: ${bytesText(available)}. `,
  ];
  for (const container of record.containers.values()) {
    const request = specOf(record, container.name).resources?.requests?.[resource] as string | undefined;
    const used = containerUse(container, resource);
    if (used <= wholeValue(request)) continue;
    parts.push(
      `Container ${container.name} was using ${bytesText(used)}, request is ${request ?? '0'}, has larger consumption of ${resource}. `,
    );
  }
  return parts.join('');
}

/** Whether somebody has set bounds to what the Pod may write on the machine. */
export function limitsStorage({ spec }: Pod): boolean {
  return (
    (spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
    spec.containers.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined)
  );
}

/** Why a Pod must go that has written more than it may. Models localStorageEviction. */
export function storageExcess(record: PodRecord): string | undefined {
  for (const { name, emptyDir } of record.pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit as string | undefined;
    if (limit !== undefined && wholeValue(limit) > 0 && emptyDirUse(record, name) > wholeValue(limit)) {
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
    }
  }
  const limits = record.pod.spec.containers.map(
    ({ resources }) => resources?.limits?.['ephemeral-storage'] as string | undefined,
  );
  const total = limits.reduce((sum, limit) => sum + wholeValue(limit), 0);
  if (total > 0 && podUse(record, 'ephemeral-storage') > total) {
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${bytesText(total)}. `;
  }
  for (const [index, { name }] of record.pod.spec.containers.entries()) {
    const container = record.containers.get(name);
    const limit = limits[index];
    if (container && limit !== undefined && containerUse(container, 'ephemeral-storage') > wholeValue(limit)) {
      return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
    }
  }
  return undefined;
}
