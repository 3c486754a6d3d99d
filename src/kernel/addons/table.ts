import type { AddOn } from './add-on';
import { COREDNS } from './coredns';
import { KUBE_PROXY, NVIDIA_DEVICE_PLUGIN, TPU_DEVICE_PLUGIN } from './daemons';

export type AddOnName = 'coredns' | 'kube-proxy' | 'nvidia-device-plugin' | 'tpu-device-plugin';

/** The add-ons by name. Where a cluster is without one, its machines and its provider do the same out of sight. */
export const ADD_ONS: Readonly<Record<AddOnName, AddOn>> = {
  coredns: COREDNS,
  'kube-proxy': KUBE_PROXY,
  'nvidia-device-plugin': NVIDIA_DEVICE_PLUGIN,
  'tpu-device-plugin': TPU_DEVICE_PLUGIN,
};

/** The extended resources that Pods of these add-ons tell kubelets of. */
export const resourcesOf = (names: readonly AddOnName[] = []): ReadonlySet<string> =>
  new Set(names.flatMap((name) => ADD_ONS[name].resource ?? []));
