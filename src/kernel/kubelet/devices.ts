import { wholeValue } from '../../api/quantity';
import type { KubeletCore } from './core';
import type { PodRecord } from './state';

/**
 * Gives each container the devices that its limits name. Returns why that is impossible, if it is. Models
 * pkg/kubelet/cm/devicemanager/manager.go devicesToAllocate.
 */
export function allocateDevices(core: KubeletCore, record: PodRecord): string | undefined {
  const { containers, initContainers = [] } = record.pod.spec;
  for (const spec of [...initContainers, ...containers]) {
    for (const [resource, quantity] of Object.entries(spec.resources?.limits ?? {})) {
      const devices = core.machine.devices.get(resource);
      const wanted = devices ? wholeValue(quantity as string) : 0;
      if (!devices || wanted === 0) continue;
      const free = devices.filter((device) => device.healthy && !core.state.devices.has(`${resource}/${device.id}`));
      if (free.length < wanted) {
        releaseDevices(core, record);
        const counts = `Requested: ${wanted}, Available: ${free.length}`;
        return `Allocate failed due to requested number of devices unavailable for ${resource}. ${counts}, which is unexpected`;
      }
      const ids = free.slice(0, wanted).map((device) => `${resource}/${device.id}`);
      for (const id of ids) core.state.devices.set(id, record.uid);
      record.devices.set(spec.name, [...(record.devices.get(spec.name) ?? []), ...ids]);
    }
  }
  return undefined;
}

/** Takes the Pod's devices back. */
export function releaseDevices(core: KubeletCore, record: PodRecord): void {
  for (const ids of record.devices.values()) for (const id of ids) core.state.devices.delete(id);
  record.devices.clear();
}
