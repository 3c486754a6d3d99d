import type { ContainerStatus } from '../../api/objects';
import { wholeValue } from '../../api/quantity';
import { emptyMap, owned } from '../../base/shared-map';
import type { KubeletCore } from './core';
import { pluginStage } from './device-plugins';
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
      const trouble = pluginTrouble(core, resource);
      if (trouble) {
        releaseDevices(core, record);
        return `Allocate failed due to ${trouble} ${resource}, which is unexpected`;
      }
      const free = devices.filter((device) => device.healthy && !core.state.devices.has(`${resource}/${device.id}`));
      if (free.length < wanted) {
        releaseDevices(core, record);
        const counts = `Requested: ${wanted}, Available: ${free.length}`;
        return `Allocate failed due to requested number of devices unavailable for ${resource}. ${counts}, which is unexpected`;
      }
      const ids = free.slice(0, wanted).map((device) => `${resource}/${device.id}`);
      for (const id of ids) core.state.devices.set(id, record.uid);
      const held = record.devices.get(spec.name) ?? [];
      record.devices = owned(record.devices).set(spec.name, [...held, ...ids]);
    }
  }
  return undefined;
}

/** Why nobody gets a device, as long as no plugin tells of them. */
function pluginTrouble(core: KubeletCore, resource: string): string | undefined {
  const stage = pluginStage(core, resource);
  if (stage === 'registered') return undefined;
  return stage === 'unknown'
    ? 'cannot allocate unregistered device'
    : 'no healthy devices present; cannot allocate unhealthy devices';
}

/** Takes the Pod's devices back. */
export function releaseDevices(core: KubeletCore, record: PodRecord): void {
  for (const ids of record.devices.values()) for (const id of ids) core.state.devices.delete(id);
  record.devices = emptyMap();
}

/** Takes `resource/id` apart: a resource's name has a slash of its own. */
function splitDevice(key: string): { resource: string; id: string } {
  const slash = key.lastIndexOf('/');
  return { resource: key.slice(0, slash), id: key.slice(slash + 1) };
}

function isHealthy(core: KubeletCore, key: string): boolean {
  const { resource, id } = splitDevice(key);
  return core.machine.devices.get(resource)?.find((device) => device.id === id)?.healthy ?? false;
}

/** The id of a device of the container that does not work; empty where all do. */
export function brokenDeviceOf(core: KubeletCore, record: PodRecord, container: string): string {
  const broken = record.devices.get(container)?.find((key) => !isHealthy(core, key));
  return broken === undefined ? '' : splitDevice(broken).id;
}

type DeviceStatus = Pick<ContainerStatus, 'allocatedResourcesStatus'>;

/**
 * How each device of a container is, as its device plugin tells; once the devices are given back, as they last were.
 * Models pkg/kubelet/cm/devicemanager/manager.go UpdateAllocatedResourcesStatus.
 */
export function deviceStatus(core: KubeletCore, record: PodRecord, container: string): DeviceStatus {
  const keys = record.devices.get(container) ?? [];
  if (!core.parts.conventions.devicePlugins) return {};
  if (keys.length === 0) {
    const { initContainerStatuses = [], containerStatuses = [] } = record.status ?? {};
    const known = [...initContainerStatuses, ...containerStatuses].find(({ name }) => name === container);
    return known?.allocatedResourcesStatus ? { allocatedResourcesStatus: known.allocatedResourcesStatus } : {};
  }
  const byResource = new Map<string, { resourceID: string; health: string }[]>();
  for (const key of keys) {
    const { resource, id } = splitDevice(key);
    const health = isHealthy(core, key) ? 'Healthy' : 'Unhealthy';
    byResource.set(resource, [...(byResource.get(resource) ?? []), { resourceID: id, health }]);
  }
  return { allocatedResourcesStatus: Array.from(byResource, ([name, resources]) => ({ name, resources })) };
}

/** The containers that have been given a device. */
export function* holdersOf(core: KubeletCore, id: string): Iterable<{ record: PodRecord; container: string }> {
  for (const record of [...core.state.pods.values()]) {
    for (const [container, keys] of record.devices) {
      if (keys.some((key) => splitDevice(key).id === id)) yield { record, container };
    }
  }
}
