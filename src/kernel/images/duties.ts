import type { ProgramName } from './conventions';

/** What a program does for the cluster, beside being a process: for its machine's network, or for its kubelet. */
export type Duty =
  | { readonly kind: 'network'; readonly program: 'kube-proxy' | 'coredns' }
  /** It tells its kubelet of the machine's devices. */
  | { readonly kind: 'devices'; readonly resource: string };

/** The programs that have one. */
export const DUTIES: Readonly<Partial<Record<ProgramName, Duty>>> = {
  'kube-proxy': { kind: 'network', program: 'kube-proxy' },
  coredns: { kind: 'network', program: 'coredns' },
  'nvidia-device-plugin': { kind: 'devices', resource: 'nvidia.com/gpu' },
  'tpu-device-plugin': { kind: 'devices', resource: 'google.com/tpu' },
};
