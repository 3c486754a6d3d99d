import { DUTIES } from '../images/duties';
import type { KubeletCore } from './core';
import type { DevicePlugin } from './state';

/** How long a plugin that stopped is waited for. Models devicemanager/types.go endpointStopGracePeriod. */
const STOP_GRACE_MS = 300_000;
export const PLUGIN_TIMER = 'devicePlugin';

/** How a resource stands; a machine whose plugins are no Pods has them running for as long as it runs. */
export function pluginStage(core: KubeletCore, resource: string): DevicePlugin['stage'] | 'unknown' {
  if (!core.parts.pluggedResources.has(resource)) return 'registered';
  return core.state.plugins.get(resource)?.stage ?? 'unknown';
}

/** A plugin tells of its devices. Models devicemanager/manager.go PluginConnected. */
export function registerPlugin(core: KubeletCore, resource: string, uid: string): void {
  setStage(core, resource, { stage: 'registered', uid });
  core.cancel(PLUGIN_TIMER, resource);
}

/** A plugin is gone: its devices count, and nobody gets one. Models devicemanager/manager.go PluginDisconnected. */
export function stopPlugin(core: KubeletCore, resource: string, uid: string): void {
  if (core.state.plugins.get(resource)?.uid !== uid) return;
  setStage(core, resource, { stage: 'stopped', uid });
  if (core.attended) core.after(STOP_GRACE_MS, PLUGIN_TIMER, resource);
}

/** A plugin has been waited for long enough. Models devicemanager/manager.go GetCapacity. */
export function forgetPlugin(core: KubeletCore, resource: string): void {
  const known = core.state.plugins.get(resource);
  if (known?.stage === 'stopped') setStage(core, resource, { ...known, stage: 'forgotten' });
}

function setStage(core: KubeletCore, resource: string, plugin: DevicePlugin): void {
  core.state.plugins.set(resource, Object.freeze(plugin));
  if (core.attended) core.after(0, 'nodeStatus', '');
}

/** A new process of the kubelet knows which resources there were, and of no device. Models readCheckpoint. */
export function forgetDevices(core: KubeletCore): void {
  for (const [resource, plugin] of core.state.plugins)
    core.state.plugins.set(resource, Object.freeze({ ...plugin, stage: 'forgotten' }));
}

/** The plugins that run have seen the kubelet begin anew, and come back. */
export function reconnectPlugins(core: KubeletCore): void {
  for (const [key, program] of core.state.duties) {
    const duty = DUTIES[program];
    if (duty?.kind === 'devices') registerPlugin(core, duty.resource, key.split('/')[0]!);
  }
}
